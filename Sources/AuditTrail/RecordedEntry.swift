import StrictJSON

/// An entry read back from its bytes, also one of a later program: events and members that we do not know are kept or passed over.
public struct RecordedEntry: Hashable, Sendable {
    /// The id of the entry, a UUID in lower case.
    public let id: String
    /// When, in milliseconds since 1970 UTC.
    public let at: Int64
    /// The event's raw value; perhaps none of ``AuditEvent``.
    public let event: String
    /// The kind of the actor, its handle, organisation and role.
    public let actor: [String: String]
    /// The handles of the persons concerned.
    public let subjects: [String]
    /// The handle of the casefile.
    public let casefile: String?
    /// The ids it refers to, by kind.
    public let refs: [String: String]
    /// Facts.
    public let facts: [String: AuditFact]
    /// Commitments by field path.
    public let commitments: [String: String]

    /// The calendar year of `at` in UTC.
    public var shard: Int { EntryTime.year(at) }

    /// Reads an entry and demands its canonical form, so that one entry has one spelling.
    /// - Throws: what is wrong with it, without its content.
    public init(reading bytes: [UInt8]) throws(EntryFault) {
        let value: JSONValue
        do throws(JSONFaults) {
            value = try parseJSON(bytes)
        } catch {
            throw EntryFault(code: error.faults.first?.code.rawValue ?? "invalid-json", detail: "the entry is not json")
        }
        guard value.canonicalBytes() == bytes else {
            throw EntryFault(code: "not-canonical", detail: "the entry is not in the canonical form of rfc 8785")
        }
        let faults = InputFaults()
        let entry = JSONReader(value, into: faults).object(
            ["casefile", "commitments"], required: ["v", "id", "at", "event", "actor", "subjects", "refs", "facts"],
            ignoringUnknown: true)
        func text(_ reader: JSONReader?) -> String { reader?.string(maxLength: 10_000) ?? "" }
        _ = entry?["v"]?.integer(in: 1...1)
        id = text(entry?["id"])
        let time = text(entry?["at"])
        at = EntryTime.instant(time) ?? 0
        event = text(entry?["event"])
        subjects = entry?["subjects"]?.strings(max: 10_000) ?? []
        casefile = entry?["casefile"]?.string()
        actor = texts(entry?["actor"])
        refs = texts(entry?["refs"])
        commitments = texts(entry?["commitments"])
        facts = readFacts(entry?["facts"])
        if actor["kind"] == nil { faults.add("/actor/kind", "missing-member", "this member must be given") }
        if EntryTime.instant(time) == nil { faults.add("/at", "not-a-time", "the time is not utc with three decimals") }
        if !isLowerCaseUUID(id) { faults.add("/id", "not-a-uuid", "the id is not a uuid in lower case") }
        if let first = faults.all.first {
            throw EntryFault(code: first.code, detail: "at `\(first.pointer)`: \(first.detail)")
        }
    }
}

/// Why bytes are not an entry of version 1.
public struct EntryFault: Error, Hashable, Sendable {
    /// For programs.
    public let code: String
    /// For people; holds nothing of the entry's content but a pointer.
    public let detail: String
}

private func texts(_ reader: JSONReader?) -> [String: String] {
    guard let object = reader?.object([], ignoringUnknown: true) else { return [:] }
    var found: [String: String] = [:]
    for member in object.object.members { found[member.name] = object[member.name]?.string(maxLength: 10_000) }
    return found
}

private func readFacts(_ reader: JSONReader?) -> [String: AuditFact] {
    guard let object = reader?.object([], ignoringUnknown: true) else { return [:] }
    var found: [String: AuditFact] = [:]
    for member in object.object.members {
        switch member.value {
        case .string(let text): found[member.name] = .text(text)
        case .integer(let value): found[member.name] = .integer(value)
        case .array: found[member.name] = object[member.name]?.strings(max: 10_000, allowEmpty: true).map(AuditFact.list)
        default: object.fault("wrong-type", "a fact is a string, a whole number or a list of strings")
        }
    }
    return found
}

/// 8-4-4-4-12 hexadecimal digits, the letters small.
private func isLowerCaseUUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return false }
    return bytes.indices.allSatisfy { index in
        let isDash = index == 8 || index == 13 || index == 18 || index == 23
        let isHex = (0x30...0x39).contains(bytes[index]) || (0x61...0x66).contains(bytes[index])
        return isDash ? bytes[index] == 0x2D : isHex
    }
}
