import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// What a person answered, as a receipt to take along: the information of a consent record (ISO/IEC TS 27560) in its four parts, with the names
    /// of that specification. About the person it holds an id and names of data, never a value. For who works on the case; every look is an entry.
    ///
    /// 200 `{schema_version, record_id, pii_principal_id, pii_processing: {language, privacy_notice?, purposes}, party_identification, events}`.
    public func showConsentReceipt(_ id: String, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        let consentID = try ConsentID(id).orRefuse(.notFound)
        let (person, casefile) = try await livingPerson(for: caller) { transaction in
            try transaction.consentHolder(consentID).flatMap { $0.answer == .notAsked ? nil : $0.person }
        }
        let found = try await read { transaction -> FoundConsent? in
            guard let record = try transaction.consents(of: person.id).first(where: { $0.id == consentID }),
                let evidence = try transaction.evidence(of: consentID)
            else { return nil }
            return FoundConsent(
                person: person.id, record: record, evidence: evidence,
                partners: try transaction.partnerNames())
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
    let partners: [OrganisationNumber: String]

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
            "events": .array(events(by: municipality)),
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
        return oin == municipality.oin ? municipality.name : partners[oin]
    }

    private func party(_ id: String, _ name: String?, _ role: String) -> JSONValue {
        var json: JSONObject = ["party_id": .string(id), "party_role": .string(role)]
        if let name { json["party_name"] = .string(name) }
        return .object(json)
    }

    private func events(by municipality: Municipality) -> [JSONValue] {
        func event(_ state: String, _ at: Instant, until: Instant? = nil) -> JSONValue {
            var json: JSONObject = [
                "event_time": .string(at.rfc3339), "entity_id": .string(municipality.oin.description), "event_type": "explicit",
                "event_state": .string(state),
            ]
            if let until { json["valid_until"] = .string(until.rfc3339) }
            return .object(json)
        }
        var events = [event(record.answer == .given ? "given" : "refused", record.recordedAt, until: record.until)]
        if let confirmed = evidence.confirmedAt { events.append(event("confirmed", confirmed)) }
        if let withdrawn = record.withdrawnAt { events.append(event("withdrawn", withdrawn)) }
        return events
    }
}
