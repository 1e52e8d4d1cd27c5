import Casework
import Storage
import StrictJSON

/// What the year came to: the uniform report as the API gives it, and the log's verdict.
struct YearOutcome: Sendable {
    let report: JSONValue
    let retriaged: JSONValue
    let verdict: String
    let logIntact: Bool

    /// Reads everything back: the report and the re-triaged case over the API, the log from the folder.
    static func read(_ doer: YearDoer, folder: DataFolder) async throws -> YearOutcome {
        let period = "from=\(YearDays.first)&to=\(YearDays.last)"
        let report = try await doer.look("/v1/reports/uniform?\(period)", by: "privacy-1")
        var retriaged = JSONValue.null
        if let number = doer.plan.caseload.cases.first(where: { $0.route == .retriaged })?.number {
            retriaged = try await doer.look("/v1/casefiles/\(try doer.journal.id("case", of: number))", by: "desk-1")
        }
        let verdict = try LogVerdict.of(folder)
        return YearOutcome(report: report, retriaged: retriaged, verdict: verdict.text, logIntact: verdict.isIntact)
    }

    func figure(_ name: String) -> Int { Int(report[name]?.integerValue ?? -1) }

    /// Whether the report shows what the plan did, and the log holds.
    func isAsPromised(_ figures: YearFigures) -> Bool {
        let promised = [
            "signals": figures.signals, "meldcode": figures.meldcode, "otherChannels": figures.otherChannels,
            "handledDirectly": figures.handledDirectly, "takenOn": figures.takenOn, "meetings": figures.meetings,
            "transfers": figures.transfers,
        ]
        return logIntact && promised.allSatisfy { figure($0.key) == $0.value }
    }

    /// The figures without ids, hashes or machine times; two runs print the same bytes.
    var json: JSONValue {
        var object = JSONObject()
        for member in report.objectValue?.members ?? [] where member.value.integerValue != nil { object[member.name] = member.value }
        object["chosenByReplay"] = report["chosenByReplay"]
        object["fictitiousDecisions"] = true
        object["logIntact"] = .bool(logIntact)
        return .object(object)
    }
}
