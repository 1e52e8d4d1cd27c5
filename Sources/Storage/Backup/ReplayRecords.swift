import Casework

/// The time of which a restored folder knows nothing: from the copy of its data to the restore. Until somebody has said that what was told
/// to the desk in it has been entered again, nothing that a decision rests on leaves.
public struct RestoredGap: Hashable, Sendable {
    public let from: Instant
    public let until: Instant

    public init(from: Instant, until: Instant) {
        self.from = from
        self.until = until
    }
}

extension Transaction {
    /// The gap that nobody has closed yet; nil in a folder that was never restored, and once deliveries were resumed.
    public func restoredGap() throws -> RestoredGap? {
        guard let text = try meta("restored"), !text.isEmpty else { return nil }
        let (from, until) = try Self.instants(text, of: "restored")
        return RestoredGap(from: from, until: until)
    }

    /// Opens the gap, or closes it.
    public func setRestoredGap(_ gap: RestoredGap?) throws {
        try setMeta("restored", gap.map { "\($0.from.millisecondsSince1970) \($0.until.millisecondsSince1970)" } ?? "")
    }

    /// Persons who are not erased here, with the key that opens what is stored about them.
    public func livingPersons(after id: PersonID?, limit: Int) throws -> [(id: PersonID, casefile: CasefileID, key: Int64)] {
        try all(
            "SELECT id, casefile, key FROM person WHERE erased_at IS NULL AND id > ? ORDER BY id LIMIT ?",
            [.blob(id?.bytes ?? []), .of(limit)]
        ).map { (try $0.identifier("id"), try $0.identifier("casefile"), try $0.integer("key")) }
    }

    /// The person whose key this is; nil where nobody here has it, or who had it is erased.
    public func livingPerson(ofKey key: Int64) throws -> PersonID? {
        try first("SELECT id FROM person WHERE key = ? AND erased_at IS NULL", [.integer(key)])?.identifier("id")
    }

    /// Messages that wait or may have left, oldest first.
    public func liveMessages(after id: MessageID?, limit: Int) throws -> [MessageID] {
        try all(
            "SELECT id FROM message WHERE \(MessageQuery.isLive) AND id > ? ORDER BY id LIMIT ?", [.blob(id?.bytes ?? []), .of(limit)]
        ).map { try $0.identifier("id") }
    }

    /// Ends every session: which of them ended since the copy was made, nobody knows.
    public func endAllSessions() throws { try run("DELETE FROM session") }

    /// Lets everything that is pushed and that nobody holds go from this instant on.
    public func wakeLanes(at now: Instant) throws {
        try run("UPDATE message SET next_try_at = ? WHERE next_try_at IS NOT NULL AND lease IS NULL", [.of(now)])
        hasWorkForCourier = true
    }
}
