import Mustache

extension PartnerCheckReport {
    /// The report as aligned text, ended by a line feed.
    public var text: String {
        let width = facts.map(\.english.count).max() ?? 0
        var rows = ["Partner check", ""]
        rows += facts.map { padded($0.english, width) + "  " + $0.value }
        let columns: [[String]] =
            [["test", "expected", "seen", "verdict"]]
            + lines.map {
                [$0.name, $0.expected.english, $0.seen, $0.verdict.rawValue]
            }
        let widths = (0..<4).map { place in columns.map(\.[place].count).max() ?? 0 }
        rows.append("")
        rows += columns.map { cells in
            (zip(cells, widths).dropLast().map { padded($0, $1) } + cells.suffix(1)).joined(separator: "  ")
        }
        rows += ["", conclusion.english, Self.notTested.english]
        return rows.joined(separator: "\n") + "\n"
    }

    /// The report as one HTML page in Dutch, English beside it: no scripts, nothing from elsewhere, for screen and A4.
    public var html: String {
        let page: [String: Any] = [
            "partner": partner.oin, "on": String(facts.first { $0.name == "started" }?.value.prefix(10) ?? ""),
            "facts": facts.map { ["dutch": $0.dutch, "english": $0.english, "value": $0.value, "differs": $0.dutch != $0.english] },
            "lines": lines.enumerated().map { number, line in
                [
                    "number": number + 1, "name": line.name, "dutch": line.dutch, "english": line.english,
                    "expected": line.expected.dutch, "seen": line.seen, "verdict": line.verdict.rawValue, "mark": line.verdict.dutch,
                ] as [String: Any]
            },
            "conclusion": conclusion.dutch, "conclusionEnglish": conclusion.english,
            "notTested": Self.notTested.dutch, "notTestedEnglish": Self.notTested.english,
            "isRight": isRight, "hasWrong": count(.wrong) > 0,
        ]
        return Self.template.render(page)
    }

    private static let template: MustacheTemplate = {
        do { return try MustacheTemplate(string: String(decoding: PackageResources.check_mustache, as: UTF8.self)) } catch {
            // the template is part of the program; every test of a report would end here
            preconditionFailure("the template of the report cannot be read: \(error)")
        }
    }()

    private var conclusion: (dutch: String, english: String) {
        let (wrong, unseen) = (count(.wrong), count(.unseen))
        if wrong > 0 {
            return (
                "\(wrong) van de \(lines.count) proeven gingen niet goed: niet klaar voor gebruik.",
                "\(wrong) of \(lines.count) tests went wrong: not ready for use."
            )
        }
        if unseen > 0 {
            return (
                "Geen proef ging verkeerd, maar van \(unseen) van de \(lines.count) was de uitkomst niet te zien: nog niet aangetoond.",
                "No test went wrong, but the outcome of \(unseen) of \(lines.count) was not to be seen: not shown yet."
            )
        }
        return ("Alle \(lines.count) proeven gingen goed.", "All \(lines.count) tests went right.")
    }
}

private func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

extension PartnerCheckReport.Expectation {
    fileprivate var english: String {
        switch self {
        case .opened: "opened"
        case .sameReceipt: "the same receipt"
        case .refused: "refused"
        case .shut: "no entry"
        case .answer: "an answer"
        }
    }

    fileprivate var dutch: String {
        switch self {
        case .opened: "geopend"
        case .sameReceipt: "hetzelfde ontvangstbewijs"
        case .refused: "geweigerd"
        case .shut: "geen toegang"
        case .answer: "een antwoord"
        }
    }
}

extension PartnerCheckReport.Verdict {
    fileprivate var dutch: String {
        switch self {
        case .right: "goed"
        case .wrong: "fout"
        case .unseen: "niet te zien"
        }
    }
}
