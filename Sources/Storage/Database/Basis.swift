import Casework

/// What a use case had read when it decided: if one of these has changed, what it prepared may not be written.
public struct Basis: Sendable, Hashable {
    /// `policy_state.number`, or nil where no policy mattered.
    public let policy: Int64?
    /// `person.disclosure_revision` of each person the decision was about; a person erased since is stale, too.
    public let persons: [PersonID: Int64]

    /// Names what the decision stood on.
    public init(policy: Int64? = nil, persons: [PersonID: Int64] = [:]) {
        self.policy = policy
        self.persons = persons
    }

    /// Nothing was read that can go stale.
    public static let none = Basis()

    /// True while every row is as it was; runs inside the body's own savepoint.
    func holds(in transaction: Transaction) throws(StoreFault) -> Bool {
        if let policy {
            let row = try transaction.first("SELECT number FROM policy_state WHERE id = 1")
            guard try row?.integer("number") == policy else { return false }
        }
        for (person, revision) in persons {
            let row = try transaction.first("SELECT disclosure_revision, erased_at FROM person WHERE id = ?", [.of(person)])
            guard let row, try row.integer("disclosure_revision") == revision, try row.integerOrNil("erased_at") == nil else {
                return false
            }
        }
        return true
    }
}

/// What became of a body that did not fail.
public enum Committed<Value: Sendable>: Sendable {
    /// It is on the disk.
    case done(Value)
    /// The basis no longer holds; nothing was written, and the use case starts again.
    case stale
}
