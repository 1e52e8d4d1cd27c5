import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Records who decides for a person: a parent or guardian of a child, or a curator, mentor or administrator of an adult. No name is kept; it may
    /// be somebody of the household.
    ///
    /// Body: `{personId, office, purposes?, memberId?}`. 201 `{representativeId}`; 400 where a mentor's or administrator's matters are not named, or
    /// somebody would represent themselves. What waits about the person is decided again.
    public func recordRepresentative(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?)
        async throws(DeskRefusal) -> DeskAnswer
    {
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        try await demandAccess(to: casefileID, by: caller)
        let members = ["personId", "office", "purposes", "memberId"]
        let (personID, office, purposes, member) = try reading(body) {
            reader -> (PersonID, Representative.Office, [Purpose]?, PersonID?)? in
            guard let object = reader.object(members, required: ["personId", "office"]) else { return nil }
            let person = object["personId"]?.identifier(PersonID.self)
            let member = object["memberId"]?.identifier(PersonID.self)
            if let person, person == member {
                object["memberId"]?.fault("own-ref", "nobody represents themselves", hint: "name somebody else")
            }
            guard let person, let (office, purposes) = object.office() else { return nil }
            return (person, office, purposes, member)
        }
        let answer = try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let (person, casefile) = try await livingPerson(personID, for: caller)
            if let member {
                let isThere = try await read { try $0.shows(casefileID, living: member) }
                guard isThere else { throw .invalidInput([.unknownPerson(at: "/memberId")]) }
            }
            let row = RepresentativeRow(
                representative: Representative(id: world.newID(), office: office, purposes: purposes), person: personID, member: member,
                recordedAt: world.calendar())
            let entry = entry(.representativeRecorded, by: caller, about: [person], in: casefile, facts: row.logged)
            let recorder = handle(of: caller)
            return Prepared(basis: Basis()) { transaction in
                for person in [personID] + [member].compactMap(\.self) {
                    guard try transaction.shows(casefileID, living: person) else { return DeskRefusal.notFound.answer }
                }
                try transaction.insertRepresentative(row, by: recorder)
                try transaction.append([entry])
                return DeskAnswer(
                    status: 201, body: ["representativeId": .string(row.representative.id.description)])
            }
        }
        try await endWhatNoLongerStands(about: [personID])
        return answer
    }

    /// A decision by name: the person must be protected against this representative, whose answers count for nothing from now on, the yes and the
    /// no. For good: who decides again is recorded anew.
    ///
    /// Body: `{because}`. 200 `{representativeId}`; 409 `already-decided`. What waits about the person is decided again, and what went and no
    /// longer stands is recalled.
    public func setAsideRepresentative(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?)
        async throws(DeskRefusal) -> DeskAnswer
    {
        let member = try demandMember(Self.justifyingRoles, caller)
        let because = try reading(body) { $0.object(["because"], required: ["because"])?["because"]?.sentence() }
        let representativeID = try RepresentativeID(id).orRefuse(.notFound)
        let (subject, _) = try await livingPerson(for: caller) { try $0.person(ofRepresentative: representativeID) }
        let since = world.wall()
        let answer = try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let (person, casefile) = try await livingPerson(subject.id, for: caller)
            let own = try await read { transaction in
                try transaction.person(person.id).flatMap { try transaction.casefile($0.casefile) }
            }.orRefuse(.notFound)
            let why = try sealed(because, id: representativeID.bytes, use: setAsideUse, under: own.key)
            let entry = entry(
                .representativeSetAside, by: caller, about: [person], in: casefile,
                facts: ["representative": .text(id), "sentences": .text(why.hash)])
            let now = world.calendar()
            return Prepared(basis: Basis()) { transaction in
                guard
                    try transaction.setAside(representativeID, of: person.id, because: why.bytes, by: member.account, at: now)
                else { return DeskRefusal.alreadyDecided.answer }
                try transaction.expectRecall(about: person.id, since: since)
                try transaction.append([entry])
                return DeskAnswer(status: 200, body: ["representativeId": .string(id)])
            }
        }
        if answer.status == 200 { _ = try await recall(about: subject.id, since: since, by: caller) }
        return answer
    }

    /// Notes how old a person is: the birth date as far as it is known, or only whether it is an adult. Of an adult nothing else is kept here, of a
    /// child no more than the month. What waits about the person is decided again.
    ///
    /// Body: `{personId, birthDate?, adult?}`, one of the two at least. 200 `{personId, age}`.
    public func noteAge(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        try await demandAccess(to: casefileID, by: caller)
        let now = world.calendar()
        let (personID, age) = try reading(body) { reader -> (PersonID, KnownAge)? in
            guard let object = reader.object(["personId", "birthDate", "adult"], required: ["personId"]) else { return nil }
            if object["birthDate"] == nil, object["adult"] == nil {
                object.fault("missing-member", "say the birth date, or whether it is an adult", hint: "`birthDate`, `adult`, or both")
            }
            let person = object["personId"]?.identifier(PersonID.self)
            let age = object.age(object.birthDate(), at: now)
            return person.map { ($0, age) }
        }
        let answer = try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let (person, casefile) = try await livingPerson(personID, for: caller)
            let entry = entry(.ageNoted, by: caller, about: [person], in: casefile)
            return Prepared(basis: Basis()) { transaction in
                guard try transaction.shows(casefileID, living: personID) else { return DeskRefusal.notFound.answer }
                try transaction.setAge(age, of: personID)
                try transaction.append([entry])
                return DeskAnswer(status: 200, body: ["personId": .string(personID.description), "age": .string(age.onTheWire)])
            }
        }
        try await endWhatNoLongerStands(about: [personID])
        return answer
    }

    /// Somebody who decides for a person, as those see it who may work on the case; `because` is absent once erased.
    func representativeJSON(_ row: RepresentativeRow) -> JSONValue {
        let representative = row.representative
        var json: JSONObject = [
            "representativeId": .string(representative.id.description), "office": .string(representative.office.rawValue),
            "recordedAt": .string(row.recordedAt.rfc3339),
        ]
        if let purposes = representative.purposes { json["purposes"] = .array(purposes.map { .string($0.rawValue) }) }
        if let member = row.member { json["memberId"] = .string(member.description) }
        if let setAside = row.setAside {
            var one: JSONObject = ["at": .string(setAside.at.rfc3339), "by": .string(setAside.by)]
            if let because = opened(setAside.sealed, id: representative.id.bytes, use: setAsideUse, under: setAside.casefileKey) {
                one["because"] = .string(String(decoding: because, as: UTF8.self))
            }
            json["setAside"] = .object(one)
        }
        return .object(json)
    }
}

/// The sub-key under which it is sealed why a representative was set aside.
private let setAsideUse = "set-aside"

extension RepresentativeRow {
    /// What the log tells of it: an id, an office and purposes.
    var logged: [String: AuditFact] {
        var facts: [String: AuditFact] = [
            "representative": .text(representative.id.description), "office": .text(representative.office.rawValue),
        ]
        if let purposes = representative.purposes { facts["purposes"] = .list(purposes.map(\.rawValue)) }
        return facts
    }

    /// The same, naming the member of the household only where that member is one of these.
    func among(_ persons: [PersonID]) -> RepresentativeRow {
        RepresentativeRow(
            representative: representative, person: person, member: member.flatMap { persons.contains($0) ? $0 : nil },
            recordedAt: recordedAt)
    }
}

extension KnownAge {
    /// As a case shows it: `adult`, `child`, `unknown`, or `born` where a birth date to the month at most is kept.
    var onTheWire: String {
        switch self {
        case .adult: "adult"
        case .child: "child"
        case .born(let date): date == .unknown ? "unknown" : "born"
        }
    }
}
