extension UniformReport {
    /// The report as CSV (RFC 4180, lines ended by CR LF): `line,unit,count,remark`. Warnings come first, as lines without a count.
    public func csv(_ head: ReportHead) -> String { csv(head, guarded: nil) }

    func csv(_ head: ReportHead, guarded: GuardedReport?) -> String {
        var rows = [["line", "unit", "count", "remark"]]
        for warning in head.warnings { rows.append(["warning", "", "", warning.english]) }
        rows.append(["municipality", "", "", head.municipality])
        rows.append(["period", "", "", "\(period.from) to \(period.to)"])
        rows.append(["pack", "", "", head.pack])
        rows.append(["counting rules", "", String(Self.countingRules), ""])
        if guarded != nil { rows.append(["small counts", "", "", GuardedReport.note.english]) }
        for line in guarded?.lines ?? lines {
            var remarks = line.remark.map { [$0.english] } ?? []
            if head.isChosen(line) { remarks.append("chosen by the replay, not published") }
            rows.append([line.name, line.unit.english, line.value.english, remarks.joined(separator: "; ")])
        }
        for month in signals.months {
            let name = String("\(month.first)".prefix(7))
            let values = month.values(guarded)
            rows.append(["meldcode \(name)", Signals.english, values.meldcode.english, ""])
            rows.append(["otherChannels \(name)", Signals.english, values.otherChannels.english, ""])
        }
        for known in acknowledgements(head) {
            rows.append([
                "acknowledged \(known.asked.covenant)", "worker roles", String(known.count), "\(known.asked.name): \(known.english)",
            ])
        }
        for change in breaks {
            rows.append(["break", "", "", "\(change.on): the policy changed; \(UniformReport.DefinitionBreak.meaning.english)"])
        }
        for correction in corrections where guarded == nil {
            rows.append(["correction", "", "", "after the period: \(correction.english)"])
        }
        return rows.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
    }
}

/// A field, in quotes where RFC 4180 asks for them. A field that a spreadsheet would take for a formula gets an apostrophe.
private func field(_ text: String) -> String {
    var text = text
    if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) { text = "'" + text }
    guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0D || $0 == 0x0A }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}
