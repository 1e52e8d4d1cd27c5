import Casework
import Reporting
import Storage
import StrictJSON

/// The last page: the report, the log's verdict, and four stories out of the year.
struct YearPage {
    let plan: YearPlan
    let outcome: YearOutcome
    let journal: YearJournal
    private let screen = DemoScreen(quiet: false)

    init(plan: YearPlan, outcome: YearOutcome, journal: YearJournal) {
        self.plan = plan
        self.outcome = outcome
        self.journal = journal
    }

    func show(_ folder: DataFolder) throws {
        if let period = ReportPeriod(from: YearDays.first, to: YearDays.last) {
            print(try Report.rendered(period, .text, folder: folder))
        }
        screen.step(1, "The log")
        screen.fact("verdict", outcome.verdict)
        screen.step(2, "The call list on the morning before the desk called the silent helper")
        callList()
        screen.step(3, "The MDA that the silent helper caused")
        silentMeeting()
        screen.step(4, "The single case in which there turned out to be more")
        retriaged()
        screen.step(5, "The call half a year after closing")
        aftercare()
    }

    private func callList() {
        let rows = journal.note("callList")?.arrayValue ?? []
        screen.table(
            [["helper", "for", "days open", "due"]]
                + rows.map { row in
                    [
                        row["partnerName"]?.stringValue ?? "", row["purpose"]?.stringValue ?? "", row["daysOpen"]?.canonicalText ?? "",
                        day(row["dueAt"]),
                    ]
                })
        if let call = journal.note("call") {
            screen.fact("the call", "\(call["outcome"]?.stringValue ?? ""); the ladder's next rung is due on \(day(call["dueAt"]))")
        }
    }

    private func silentMeeting() {
        let meeting = journal.note("silentMeeting")
        let dated = journal.note("silentInvitations")
        screen.fact("trigger", meeting?["trigger"]?.stringValue ?? "none")
        screen.fact("held", dated?["on"]?.stringValue ?? "")
        for party in dated?["invited"]?.arrayValue ?? [] {
            let items = (party["items"]?.arrayValue ?? []).compactMap(\.stringValue)
            screen.fact("invited", "\(name(party["helper"])), for \(items.joined(separator: ", "))")
        }
        for party in dated?["notInvited"]?.arrayValue ?? [] {
            let reasons = (party["items"]?.arrayValue ?? []).compactMap(\.stringValue)
            screen.fact("not invited", "\(name(party["helper"])): \(reasons.joined(separator: ", "))")
        }
    }

    private func retriaged() {
        guard let number = plan.caseload.cases.first(where: { $0.route == .retriaged })?.number else { return }
        for step in plan.steps where step.about == number {
            switch step.action {
            case .triage(let triage, _): screen.fact("triaged", "\(triage.rawValue) on \(step.on)")
            case .move(let helper, .accepted, _): screen.fact("accepted", "by \(name(helper)) on \(step.on)")
            case .close(let outcome): screen.fact("closed", "\(outcome.rawValue) on \(step.on)")
            default: break
            }
        }
        let triage = outcome.retriaged["triage"]?.stringValue ?? ""
        screen.fact("counts", "once, as \(triage): by what the signal was found to be in the end")
    }

    private func aftercare() {
        let closed = journal.note("closed")
        let held = journal.note("aftercare")
        screen.fact("closed", "\(closed?["on"]?.stringValue ?? ""), \(closed?["outcome"]?.stringValue ?? "")")
        screen.fact("due", day(closed?["aftercareOn"]))
        screen.fact("called", "\(held?["on"]?.stringValue ?? ""), \(held?["outcome"]?.stringValue ?? "")")
    }

    /// The organisation behind one of the replay's keys.
    private func name(_ key: JSONValue?) -> String {
        key?.stringValue.flatMap(YearHelper.init(rawValue:)).map(name) ?? ""
    }

    private func name(_ helper: YearHelper) -> String { YearTown.partners.first { $0.oin == helper.offer.oin }?.name ?? "" }

    /// The date of an instant or a date of the API.
    private func day(_ value: JSONValue?) -> String {
        guard let text = value?.stringValue else { return "" }
        return Instant(rfc3339: text).map { WorkingCalendar().localDate(of: $0).description } ?? text
    }
}
