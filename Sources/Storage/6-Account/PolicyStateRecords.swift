import Casework

/// The policy in force, as a row: the number is part of every decision's basis.
public struct PolicyState: Hashable, Sendable {
    public let number: Int64
    public let revision: String
}

extension Transaction {
    /// The policy in force, or nil before the first was loaded.
    public func policyState() throws(StoreFault) -> PolicyState? {
        guard let row = try first("SELECT number, revision FROM policy_state WHERE id = 1") else { return nil }
        return PolicyState(number: try row.integer("number"), revision: try row.text("revision"))
    }

    /// Puts a policy in force and makes every decision under way stale.
    public func setPolicy(revision: String, at now: Instant) throws -> PolicyState {
        let number = (try policyState()?.number ?? 0) + 1
        try run(
            "INSERT OR REPLACE INTO policy_state (id, number, revision, loaded_at) VALUES (1, ?, ?, ?)",
            [.integer(number), .text(revision), .of(now)])
        return PolicyState(number: number, revision: revision)
    }
}
