import StrictJSON

/// Who did what an entry tells; never a name.
public struct AuditActor: Hashable, Sendable {
    /// What kind of actor.
    public enum Kind: String, CaseIterable, Sendable { case staff, partner, daemon, resident }

    /// What kind of actor.
    public let kind: Kind
    /// A keyed handle: ``staffHandle(key:accountID:)`` for staff, ``personHandle(key:entryID:)`` for a resident.
    public let handle: String?
    /// The OIN of the actor's organisation.
    public let organisation: String?
    /// The role in which it was done.
    public let role: String?

    /// An actor from its parts.
    public init(kind: Kind, handle: String? = nil, organisation: String? = nil, role: String? = nil) {
        self.kind = kind
        self.handle = handle
        self.organisation = organisation
        self.role = role
    }
}

/// A fact of an entry: ids, codes, versions, counts and digests only. No free text, no value about a person.
public enum AuditFact: Hashable, Sendable {
    case text(String)
    /// A whole number. Beyond ±(2^53 − 1), where canonical JSON would round it, it is written as text.
    case integer(Int64)
    case list([String])

    /// As it stands in an entry.
    public var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .integer(let value): value.magnitude < 1 << 53 ? .integer(value) : .string(String(value))
        case .list(let items): .array(items.map(JSONValue.string))
        }
    }
}

/// What an entry refers to, so that the entries of one signal or task can be found together.
public enum AuditReference: String, CaseIterable, Sendable { case signal, task, message, decision, consent, meeting, attempt }

/// One entry of the log, version 1, before it is bytes.
public struct AuditEntry: Hashable, Sendable {
    /// A UUID in lower case, which the handles of the entry are made from.
    public let id: String
    /// When, in milliseconds since 1970 UTC.
    public let at: Int64
    /// What happened.
    public let event: AuditEvent
    /// Who did it.
    public let actor: AuditActor
    /// The handles of the persons it was about, made for this entry alone.
    public let subjects: [String]
    /// The handle of the casefile, made for this entry alone.
    public let casefile: String?
    /// The ids it refers to.
    public let refs: [AuditReference: String]
    /// What else is to be known.
    public let facts: [String: AuditFact]
    /// Salted digests of the values that were recorded or disclosed, by field path; see ``commitment(salt:value:)``.
    public let commitments: [String: String]

    /// An entry from its parts.
    public init(
        id: String, at: Int64, event: AuditEvent, actor: AuditActor, subjects: [String] = [], casefile: String? = nil,
        refs: [AuditReference: String] = [:], facts: [String: AuditFact] = [:], commitments: [String: String] = [:]
    ) {
        self.id = id
        self.at = at
        self.event = event
        self.actor = actor
        self.subjects = subjects
        self.casefile = casefile
        self.refs = refs
        self.facts = facts
        self.commitments = commitments
    }

    /// The entry as it is stored and hashed: canonical JSON (RFC 8785) and its leaf.
    public func encoded() -> EncodedEntry {
        let actorParts: [(String, String?)] = [
            ("handle", actor.handle), ("kind", actor.kind.rawValue), ("organisation", actor.organisation), ("role", actor.role),
        ]
        let actorMembers = actorParts.compactMap { name, text in
            text.map { JSONObject.Member(name: name, value: .string($0)) }
        }
        var members: [JSONObject.Member] = []
        func add(_ name: String, _ value: JSONValue) { members.append(JSONObject.Member(name: name, value: value)) }
        add("actor", .object(JSONObject(unique: actorMembers)))
        add("at", .string(EntryTime.text(at)))
        if let casefile { add("casefile", .string(casefile)) }
        if !commitments.isEmpty { add("commitments", object(commitments) { .string($0) }) }
        add("event", .string(event.rawValue))
        add("facts", object(facts) { $0.json })
        add("id", .string(id))
        add("refs", .object(JSONObject(unique: refs.map { JSONObject.Member(name: $0.key.rawValue, value: .string($0.value)) })))
        add("subjects", .array(subjects.map(JSONValue.string)))
        add("v", 1)
        let bytes = JSONValue.object(JSONObject(unique: members)).canonicalBytes()
        return EncodedEntry(
            id: id, at: at, bytes: bytes, leaf: leafHash(bytes), shard: EntryTime.year(at),
            terms: searchTerms(
                event: event.rawValue, actor: actor.kind == .partner ? actor.organisation : nil,
                named: [facts["recipient"], facts["partner"]]))
    }
}

private func object<Value>(_ members: [String: Value], _ value: (Value) -> JSONValue) -> JSONValue {
    .object(JSONObject(unique: members.map { JSONObject.Member(name: $0.key, value: value($0.value)) }))
}

/// An entry as bytes, ready to be appended.
public struct EncodedEntry: Hashable, Sendable {
    /// The id of the entry.
    public let id: String
    /// When, in milliseconds since 1970 UTC.
    public let at: Int64
    /// The canonical JSON.
    public let bytes: [UInt8]
    /// SHA-256(0x00 ‖ bytes), 32 bytes.
    public let leaf: [UInt8]
    /// The calendar year of `at` in UTC. Shards never go back: see ``TrailVerifier``.
    public let shard: Int
    /// By what the entry is searched; see ``searchTerms(event:actor:named:)``.
    public let terms: [String]
}
