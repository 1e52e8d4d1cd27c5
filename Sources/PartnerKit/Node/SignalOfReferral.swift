import JOSE
import StrictJSON

/// The signal (contract §11) that a referral from another node becomes at a desk of one's own.
///
/// What the sending node disclosed, in the words of filing, and nothing besides: the persons' consent is said only where the referral rests
/// on it, for this desk, for intake, and for the fields that came. Whether that is enough is for the desk's own gate to decide.
/// What filing has no member for (`health`, `offences`) is not passed on, nor an `obtainedBy` that is no code.
public func signal(of payload: MessagePayload) -> JSONValue {
    let fields = payload.fields
    var consent: JSONObject = ["answer": "notAsked", "reason": "willBeSharedAnyway"]
    if payload.ground?.kind == "consent" {
        consent = [
            "answer": "given", "recipients": [.string(payload.to)], "purposes": ["intake"],
            "fields": .array(fieldNames(of: fields).filter { !["health", "offences"].contains($0) }.map { .string($0) }),
        ]
    }
    func member(_ ref: String, _ said: JSONObject) -> JSONValue {
        var member: JSONObject = ["ref": .string(ref), "consents": [.object(consent)]]
        for part in said["identification"]?.objectValue?.members ?? [] { member[part.name] = part.value }
        member["contact"] = said["contact"]
        return .object(member)
    }
    // the first person of a message is `a`, and the others say their letter
    let others = (fields["others"]?.arrayValue ?? []).compactMap(\.objectValue)
    var refs = ["a"]
    var members = [member("a", fields)]
    for other in others {
        guard let ref = other["ref"]?.stringValue else { continue }
        refs.append(ref)
        members.append(member(ref, other))
    }
    for named in fields["household"]?["members"]?.arrayValue ?? [] {
        guard let ref = named["ref"]?.stringValue, !refs.contains(ref) else { continue }
        refs.append(ref)
        members.append(member(ref, [:]))
    }
    var signal: JSONObject = [
        "channel": "consultation", "knowsWhomToCall": true, "household": ["members": .array(members)],
        "concerns": .array(concerns(in: fields, of: refs)),
    ]
    signal["freeText"] = fields["freeText"]
    return .object(signal)
}

/// Whether filing takes it for a code; in another node's words it would be refused for good.
private func isCode(_ value: JSONValue) -> Bool { value.stringValue?.wholeMatch(of: /[A-Za-z0-9.\-]{1,40}/) != nil }

/// One concern for each observation, and one for whatever is a concern without any.
private func concerns(in fields: JSONObject, of refs: [String]) -> [JSONValue] {
    var concerns: [JSONValue] = []
    for domain in fields["domains"]?.objectValue?.members ?? [] {
        func about(_ statement: JSONValue) -> [String] {
            (statement["about"]?.arrayValue ?? []).compactMap(\.stringValue).filter { refs.contains($0) }
        }
        func add(_ statement: JSONValue, _ observation: JSONValue?, _ persons: [String]) {
            var concern: JSONObject = ["domain": .string(domain.name)]
            // said of the household as a whole: of everybody in it
            if !persons.isEmpty { concern["about"] = .array(persons.map { .string($0) }) }
            concern["observation"] = observation
            if let how = statement["obtainedBy"], isCode(how) { concern["obtainedBy"] = how }
            concern["under"] = statement["under"]
            concerns.append(.object(concern))
        }
        let observations = domain.value["observation"]?.arrayValue ?? []
        for statement in observations { add(statement, statement["value"], about(statement)) }
        let observed = Set(observations.flatMap(about))
        for statement in domain.value["concern"]?.arrayValue ?? [] {
            let persons = about(statement)
            let rest = persons.filter { !observed.contains($0) }
            if !rest.isEmpty || (persons.isEmpty && observations.isEmpty) { add(statement, nil, rest) }
        }
    }
    return concerns
}
