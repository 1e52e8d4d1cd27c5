import Casework

extension Transaction {
    /// The partners for whom a message waits that they have not received.
    public func awaitedPartners() throws -> [OrganisationNumber] {
        try all("SELECT DISTINCT partner FROM message WHERE state IN ('queued', 'left') AND dead_at IS NULL ORDER BY partner").map {
            try $0.organisation("partner")
        }
    }

    /// When the next deadline acts that was not found yet; nil when nothing is due at all.
    public func nextActing() throws -> Instant? {
        let tasks = try first("SELECT min(act_at) AS at FROM open_task WHERE fell_due_at IS NULL")?.instantOrNil("at")
        let others = try [SweepQuery.oldestDeadline, SweepQuery.oldestOfLaw].map { try first($0)?.instantOrNil("oldest") }
        return ([tasks] + others).compactMap { $0 }.min()
    }
}
