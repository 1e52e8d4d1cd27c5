import Casework

extension UniformReport {
    /// The report as aligned text, ended by a line feed: labels in 30 columns, numbers in six, and the unit where it is not signals.
    public func text(_ head: ReportHead) -> String { text(head, guarded: nil) }

    func text(_ head: ReportHead, guarded: GuardedReport?) -> String {
        var lines = ["Uniform report, \(head.municipality)"]
        lines.append("\(period.from.inEnglishWithYear) to \(period.to.inEnglishWithYear) · pack \(head.pack)")
        for state in head.log { lines.append("log \(state.origin), \(state.size) entries, root \(state.root)") }
        for warning in head.warnings { lines += ["", "*** \(warning.english) ***"] }
        if guarded != nil { lines += ["", GuardedReport.note.english] }
        for (index, section) in (guarded?.sections ?? sections).enumerated() {
            lines.append("")
            if index > 0 { lines.append(section.english.uppercased()) }
            lines += section.lines.map { row($0, head) }
            if index == 0, guarded == nil { lines.append("Checks: \(checks.joined(separator: "; "))") }
        }
        if !head.workers.isEmpty {
            lines += ["", "ACKNOWLEDGED COVENANTS"]
            lines += acknowledgements(head).map { "\($0.asked.name), \($0.asked.covenant): \($0.english)" }
        }
        if !head.chosenByReplay.isEmpty {
            lines += ["", "~ chosen by the replay, not published"]
        }
        for change in breaks {
            lines += [
                "", "----- \(change.on): the policy changed from \(short(change.before)) to \(short(change.after)) (pack \(change.pack));",
                "      \(UniformReport.DefinitionBreak.meaning.english)",
            ]
        }
        lines += ["", "Counted by rules \(Self.countingRules): reports of other rules do not compare with this one"]
        if !corrections.isEmpty, guarded == nil {
            lines += ["", "Corrections (known after the period; the figures above stand)"]
            lines += corrections.map { "  after the period: \($0.english)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func row(_ line: ReportLine, _ head: ReportHead) -> String {
        let label = String(repeating: " ", count: 2 * line.depth) + line.english
        let number = line.value.english
        var row = label + String(repeating: " ", count: max(1, 36 - label.count - number.count)) + number
        var notes: [String] = []
        if line.unit.english != Signals.english { notes.append(line.unit.english) }
        if let remark = line.remark { notes.append(remark.english) }
        if head.isChosen(line) { row += " ~" }
        if !notes.isEmpty { row += (head.isChosen(line) ? " " : "   ") + "(\(notes.joined(separator: "; ")))" }
        return row
    }
}

/// The first twelve characters of a revision, which is a long digest.
func short(_ revision: String) -> String { String(revision.prefix(12)) }

extension UniformReport.Correction {
    /// One line in English.
    var english: String {
        switch self {
        case .moved(let count, let from, let to):
            "\(one(count, "signal")) moved from \(from.label.english) to \(to.label.english)"
        case .joined(let count): "\(one(count, "signal")) joined to another's case"
        case .parted(let count): "\(one(count, "signal")) parted from another's case"
        case .reopened(let count): "\(one(count, "case")) reopened that had closed within it"
        }
    }

    /// One line in Dutch.
    var dutch: String {
        switch self {
        case .moved(let count, let from, let to):
            "\(count.value) \(count.value == 1 ? "melding ging" : "meldingen gingen") van \(from.label.dutch) naar \(to.label.dutch)"
        case .joined(let count):
            "\(count.value) \(count.value == 1 ? "melding" : "meldingen") gevoegd bij een andere casus"
        case .parted(let count):
            "\(count.value) \(count.value == 1 ? "melding" : "meldingen") weer losgemaakt van een andere casus"
        case .reopened(let count):
            "\(count.value) \(count.value == 1 ? "afgesloten casus" : "afgesloten casussen") heropend"
        }
    }

    private func one<Unit: ReportUnit>(_ count: Count<Unit>, _ unit: String) -> String {
        "\(count.value) \(unit)\(count.value == 1 ? "" : "s")"
    }
}
