import Casework
import Disclosure
import Metrics

/// What the desk counts of its own work: numbers of organisations, codes and durations; nothing about a person.
struct DeskFigures: Sendable {
    private let metrics: any MetricsFactory
    let commitsDone: Counter
    let commitsStale: Counter
    let commitsFailed: Counter
    /// How long a body waited until it was on the disk.
    let commitSeconds: Timer

    init(_ metrics: any MetricsFactory) {
        self.metrics = metrics
        func commits(_ outcome: String) -> Counter {
            Counter(label: "convenant_commits_total", dimensions: [("outcome", outcome)], factory: metrics)
        }
        commitsDone = commits("done")
        commitsStale = commits("stale")
        commitsFailed = commits("failed")
        commitSeconds = Timer(label: "convenant_commit_seconds", factory: metrics)
    }

    /// A question was decided.
    func decided(_ decision: DisclosureDecision) {
        var reasons: [RefusalReason] = []
        if case .refused(let found) = decision { reasons = found }
        count("convenant_decisions_total", [("outcome", reasons.isEmpty ? "permitted" : "refused")])
        for reason in reasons { count("convenant_refusals_total", [("reason", reason.rawValue)]) }
    }

    /// A partner came for a message.
    func pulled(by partner: OrganisationNumber, _ result: String) {
        count("convenant_pull_attempts_total", [("partner", partner.description), ("result", result)])
    }

    /// The first receipt of a message was taken.
    func receipted(by partner: OrganisationNumber, opened: Bool) {
        count("convenant_receipts_total", [("partner", partner.description), ("result", opened ? "opened" : "refused")])
    }

    private func count(_ label: String, _ dimensions: [(String, String)]) {
        Counter(label: label, dimensions: dimensions, factory: metrics).increment()
    }
}
