import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// The desk's day: its date as `today`, a member for each of `DeskSection.all`, and `certificates`; `more` when one of the lists is longer than it is shown.
    /// `unreadable`: how many rows of the lists are damaged and left out. `deliveriesHeld` when nothing leaves since a restore: the span of which
    /// the folder knows nothing.
    public func showDesk(by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demand([.contactPoint], of: caller)
        var body = try await day()
        body["certificates"] = try await certificatesSection()
        if let gap = restoredGap.withLock({ $0 }) {
            body["deliveriesHeld"] = ["from": .string(gap.from.rfc3339), "until": .string(gap.until.rfc3339)]
        }
        return DeskAnswer(status: 200, body: .object(body))
    }

    /// The lists of the day, with `today`, `more` and `unreadable`.
    func day() async throws(DeskRefusal) -> JSONObject {
        let (now, wall, calendar, oin) = (world.calendar(), world.wall(), calendar, municipality.oin)
        return try await read { transaction in
            let page = DeskPage(transaction, now: now, wall: wall, calendar: calendar, municipality: oin)
            var body: JSONObject = ["today": .string(calendar.localDate(of: now).description)]
            for section in DeskSection.all { body[section.name] = try section.read(transaction, page) }
            if page.isCut { body["more"] = true }
            if transaction.damaged > 0 { body["unreadable"] = .integer(Int64(transaction.damaged)) }
            return body
        }
    }

    /// The cases given to the caller, oldest first.
    public func listCasefiles(after: String?, limit: Int, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        guard case .staff(let member) = caller, member.organisation == municipality.oin else { throw .roleMayNot }
        let cursor = try after.map { text throws(DeskRefusal) in try CasefileID(text).orRefuse(.invalidInput([.badCursor])) }
        let (rows, domains) = try await read { transaction in
            let rows = try transaction.casefiles(assignedTo: member.account, after: cursor, limit: limit + 1)
            return (rows, try rows.map { try transaction.domainsJSON(of: $0.id) })
        }
        let items = zip(rows, domains).map { row, domains -> JSONValue in
            var json = casefileJSON(row)
            json["domains"] = domains
            return .object(json)
        }
        var body: JSONObject = ["items": .array(Array(items.prefix(limit)))]
        if rows.count > limit { body["next"] = .string(rows[limit - 1].id.description) }
        return DeskAnswer(status: 200, body: .object(body))
    }

    /// A case with what is stored about its household. Every read of a case is a log entry.
    public func showCasefile(_ id: String, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        let access = try await demandAccess(to: casefileID, by: caller)
        let found = try await read { transaction in
            (
                casefile: try transaction.casefile(casefileID),
                persons: try transaction.persons(of: casefileID).filter { $0.erasedAt == nil },
                content: try transaction.content(of: casefileID), tasks: try transaction.tasks(of: casefileID),
                assigned: try transaction.assignments(of: casefileID)
            )
        }
        guard let row = found.casefile else { throw .notFound }
        let casefile = try casefileKey(row)
        let subjects = try subjectKeys(found.persons)
        let items = try open(found.content, subjects: subjects, casefile: casefile).items
        let (now, policy) = (world.calendar(), policyInForce.snapshot)
        let today = calendar.localDate(of: now)
        let (consents, heeded, doubtful, objections, levers, representatives, history, names) = try await read { transaction in
            (
                try found.persons.map { try transaction.consents(of: $0.id) },
                try found.persons.map { try transaction.consents(of: $0.id, heeding: transaction.twins(of: $0.id)) },
                try found.persons.map { try transaction.doubtfulConsents(of: $0.id) },
                try found.persons.map { try transaction.allObjections(of: $0.id) },
                try found.persons.map { try transaction.shownLevers(of: $0.id) },
                try found.persons.map { try transaction.representatives(of: $0.id) },
                try transaction.caseHistory(of: row, persons: found.persons, today: today),
                Dictionary(
                    try Set(found.tasks.map(\.task.partner)).map { ($0, try transaction.partnerName($0) ?? "") },
                    uniquingKeysWith: { first, _ in first })
            )
        }
        let read = entry(.casefileRead, by: caller, about: subjects, in: casefile, facts: access.facts)
        try await commit { try $0.append([read]) }
        var body = casefileJSON(row)
        body["persons"] = .array(
            found.persons.indices.map { place -> JSONValue in
                var json: JSONObject = [
                    "personId": .string(found.persons[place].id.description), "fields": fieldsJSON(items, of: found.persons[place].id),
                    "consents": .array(
                        consents[place].map {
                            consentJSON(
                                $0, isConfirmed: !doubtful[place].unconfirmed.contains($0.id),
                                isFree: !doubtful[place].unchecked.contains($0.id),
                                counts: policy.stillCounts($0, among: heeded[place], at: now))
                        }),
                    "objections": .array(objections[place].map(objectionJSON)), "levers": .array(levers[place].map(leverJSON)),
                    "age": .string(found.persons[place].age.onTheWire),
                    "representatives": .array(representatives[place].map(representativeJSON)),
                ]
                let registration = found.persons[place].registration
                if registration.secrecyIndicator > 0 { json["secrecyIndicator"] = .integer(Int64(registration.secrecyIndicator)) }
                if registration.deceased { json["deceased"] = true }
                return .object(json)
            })
        body["assigned"] = .array(
            found.assigned.map {
                ["account": .string($0.account), "role": .string($0.role.rawValue), "since": .string($0.at.rfc3339)]
            })
        body["household"] = fieldsJSON(items, of: nil)
        body["tasks"] = .array(
            found.tasks.map { task in
                var json = taskJSON(task.task).objectValue ?? [:]
                json["partner"] = .string(task.task.partner.description)
                json["partnerName"] = .string(names[task.task.partner] ?? "")
                json["purpose"] = .string(task.purpose.rawValue)
                json["createdAt"] = .string(task.createdAt.rfc3339)
                json["movedAt"] = .string(task.movedAt.rfc3339)
                if let reason = task.reason { json["reason"] = .string(reason.rawValue) }
                json["fellDue"] = .bool(task.task.fellDueAt != nil)
                return .object(json)
            })
        for member in history.members { body[member.name] = member.value }
        return DeskAnswer(status: 200, body: .object(body))
    }

    private func casefileJSON(_ row: CasefileRow) -> JSONObject {
        var json: JSONObject = [
            "casefileId": .string(row.id.description), "state": .string(row.state.rawValue), "openedAt": .string(row.openedAt.rfc3339),
        ]
        if let triage = row.triage { json["triage"] = .string(triage.rawValue) }
        return json
    }

    private func fieldsJSON(_ items: [ContentItem], of subject: PersonID?) -> JSONValue {
        .array(
            items.filter { $0.subject == subject }.map { item in
                var json: JSONObject = [
                    "field": .string(item.field.path), "value": item.value.json,
                    "organisation": .string(item.provenance.organisation.description),
                ]
                if let how = item.provenance.obtainedBy { json["obtainedBy"] = .string(how) }
                if let under = item.provenance.under { json["under"] = .string(under.text) }
                return .object(json)
            })
    }

    private func consentJSON(
        _ consent: ConsentRecord, isConfirmed: Bool, isFree: Bool, counts: Bool
    ) -> JSONValue {
        var json: JSONObject = [
            "consentId": .string(consent.id.description), "answer": .string(consent.answer.rawValue),
            "recipients": .array(consent.recipients.map { .string($0.text) }), "fields": .array(consent.fields.paths.map(JSONValue.string)),
            "from": .string(consent.from.rfc3339), "recordedAt": .string(consent.recordedAt.rfc3339),
        ]
        // Of a yes that rests on what somebody else says that the person said.
        if !isConfirmed { json["confirmed"] = false }
        if consent.answer == .given {
            json["freely"] = .bool(isFree)
            json["counts"] = .bool(counts)
        }
        if let representative = consent.speaker.representative { json["by"] = .string(representative.description) }
        if let purposes = consent.purposes { json["purposes"] = .array(purposes.map { .string($0.rawValue) }) }
        if let until = consent.until { json["until"] = .string(until.rfc3339) }
        if let withdrawn = consent.withdrawnAt { json["withdrawnAt"] = .string(withdrawn.rfc3339) }
        return .object(json)
    }
}
