import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// What a person answered, as a receipt to take along: the information of a consent record (ISO/IEC TS 27560) in its four parts, with the names
    /// of that specification. About the person it holds an id and names of data, never a value. For who works on the case; every look is an entry.
    ///
    /// Each event says which organisation recorded it and in which role (`entity_name`, `entity_role`: not of the specification), as its entry in
    /// the log does; never who. The first of them is the one that asked.
    ///
    /// 200 `{schema_version, record_id, pii_principal_id, pii_processing: {language, privacy_notice?, purposes}, party_identification, events}`.
    public func showConsentReceipt(_ id: String, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        let consentID = try ConsentID(id).orRefuse(.notFound)
        let (person, casefile) = try await livingPerson(for: caller) { transaction in
            try transaction.consentHolder(consentID).flatMap { $0.answer == .notAsked ? nil : $0.person }
        }
        let parties = policyInForce.snapshot.covenants.flatMap(\.parties)
        let found = try await read { transaction -> FoundConsent? in
            guard let record = try transaction.consents(of: person.id).first(where: { $0.id == consentID }),
                let evidence = try transaction.evidence(of: consentID)
            else { return nil }
            var actors: [String: [String: String]] = [:]
            for bytes in try transaction.logEntries(about: person.id, naming: consentID.description) {
                // One entry that is damaged leaves out who recorded that event, and not the receipt.
                guard let entry = try? RecordedEntry(reading: bytes) else { continue }
                if entry.refs["consent"] == consentID.description { actors[entry.event] = actors[entry.event] ?? entry.actor }
            }
            return FoundConsent(
                person: person.id, record: record, evidence: evidence, actors: actors, partners: try transaction.partnerNames(),
                parties: parties)
        }.orRefuse(.notFound)
        let access = try await demandAccess(to: casefile.id, by: caller)
        let look = entry(
            .casefileRead, by: caller, about: [person], in: casefile, refs: [.consent: id],
            facts: access.facts.merging(["what": .text("consentReceipt")]) { $1 })
        try await commit { try $0.append([look]) }
        return DeskAnswer(status: 200, body: found.receipt(of: municipality))
    }
}

private struct FoundConsent: Sendable {
    let person: PersonID
    let record: ConsentRecord
    let evidence: ShownEvidence
    /// Who recorded it, by the event of the log.
    let actors: [String: [String: String]]
    let partners: [OrganisationNumber: String]
    /// Who files need not be a partner, and stands in a covenant.
    let parties: [CovenantParty]

    func receipt(of municipality: Municipality) -> JSONValue {
        var processing: JSONObject = [
            "purposes": .array((record.purposes.map { $0.map(\.rawValue) } ?? ["all"]).map { purpose($0, municipality) })
        ]
        if let language = evidence.language { processing["language"] = .string(language) }
        if let text = evidence.textVersion { processing["privacy_notice"] = .string(text) }
        return [
            "schema_version": "ISO/IEC TS 27560:2023", "record_id": .string(record.id.description),
            "pii_principal_id": .string(person.description), "pii_processing": .object(processing),
            "party_identification": .array(
                [party(municipality.oin.description, municipality.name, "pii_controller")]
                    + [record.speaker.representative].compactMap(\.self).map {
                        party($0.description, nil, "pii_principal_representative")
                    }
                    + record.recipients.map { party($0.text, name(of: $0, municipality), "recipient_third_party") }),
            "events": .array(events(municipality)),
        ]
    }

    private func purpose(_ purpose: String, _ municipality: Municipality) -> JSONValue {
        [
            "purpose": .string(purpose), "freely_given": evidence.freely ? "looked at when it was recorded" : "not looked at",
            "lawful_basis": "consent", "jurisdictions": ["NL"],
            "pii_controllers": [.string(municipality.oin.description)],
            "pii_information": .array(
                record.fields.paths.map {
                    [
                        "pii_type": .string($0),
                        "special_pii_category": .bool(FieldName(path: $0).map(FieldNames.specialCategories.contains) ?? false),
                    ]
                }),
            "collection_method": .string(evidence.how), "recipient_third_parties": .array(record.recipients.map { .string($0.text) }),
            "withdrawal_method": "any worker, by telephone, at the counter or by letter; no reason is asked (GDPR 7(3))",
        ]
    }

    private func name(of recipient: ConsentRecipient, _ municipality: Municipality) -> String? {
        guard case .organisation(let oin) = recipient else { return nil }
        return organisation(oin, municipality)
    }

    private func organisation(_ oin: OrganisationNumber, _ municipality: Municipality) -> String? {
        oin == municipality.oin ? municipality.name : partners[oin] ?? parties.first { $0.oin == oin }?.name
    }

    private func party(_ id: String, _ name: String?, _ role: String) -> JSONValue {
        var json: JSONObject = ["party_id": .string(id), "party_role": .string(role)]
        if let name { json["party_name"] = .string(name) }
        return .object(json)
    }

    private func events(_ municipality: Municipality) -> [JSONValue] {
        func event(_ state: String, _ recorded: AuditEvent, _ at: Instant, until: Instant? = nil) -> JSONValue {
            var json: JSONObject = ["event_time": .string(at.rfc3339), "event_type": "explicit", "event_state": .string(state)]
            if let actor = actors[recorded.rawValue] {
                if let oin = actor["organisation"].flatMap({ OrganisationNumber($0) }) {
                    json["entity_id"] = .string(oin.description)
                    if let name = organisation(oin, municipality) { json["entity_name"] = .string(name) }
                }
                if let role = actor["role"] { json["entity_role"] = .string(role) }
            }
            if let until { json["valid_until"] = .string(until.rfc3339) }
            return .object(json)
        }
        let isYes = record.answer == .given
        var events = [
            event(isYes ? "given" : "refused", isYes ? .consentRecorded : .consentRefused, record.recordedAt, until: record.until)
        ]
        if let confirmed = evidence.confirmedAt { events.append(event("confirmed", .consentConfirmed, confirmed)) }
        if let withdrawn = record.withdrawnAt { events.append(event("withdrawn", .consentWithdrawn, withdrawn)) }
        return events
    }
}
