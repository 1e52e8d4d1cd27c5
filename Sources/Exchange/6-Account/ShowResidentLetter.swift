import AuditTrail
import Casework
import Disclosure
import PolicyFiles
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// What a letter to one resident of a case tells (GDPR 13 and 14, R107): who gave which data to whom, for what and on which ground, by what the
    /// resident may be compelled, and how long the case is kept. From messages, what was told and justifications that somebody agreed to; names of
    /// fields, and of the resident's values the name alone. For who works on the case; every look is an entry.
    ///
    /// While any telling about the case or a part of it is postponed there is no letter: what one telling is about also shows in what others tell. What police
    /// gave under an act by which nobody passes it on is left out of the sources.
    ///
    /// Body: `{personId}`. 200 `{casefileId, personId, name?, municipality, policyRevision, refusesFreely, isPostponed, keptFor?,
    /// sources?: [{organisation, name?, fields}], shares?: [{sender, senderName?, recipient, recipientName?, purpose, ground?, fields}],
    /// levers?: [{kind, article, signers, until}]}`; a share without a ground was told though nothing permitted it, `isPostponed` is whether
    /// any telling about the case is, and then the last three are left out; `keptFor` is the calendar term from closing, where it is decided.
    /// 404 for somebody whom the case does not show, or who was erased.
    public func showResidentLetter(_ id: String, _ body: JSONValue, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        let personID = try reading(body) { $0.object(["personId"], required: ["personId"])?["personId"]?.identifier(PersonID.self) }
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        let access = try await demandAccess(to: casefileID, by: caller)
        let found = try await read { transaction -> (person: PersonRow, casefile: CasefileRow, content: [ShownContent])? in
            guard let person = try transaction.person(personID, shownBy: casefileID), person.erasedAt == nil,
                let casefile = try transaction.casefile(casefileID)
            else { return nil }
            return (person, casefile, try transaction.content(of: casefileID))
        }.orRefuse(.notFound)
        let subject = JournalSubject(id: personID, key: try key(found.person.key))
        let casefile = try casefileKey(found.casefile)
        let items = try open(found.content, subjects: [subject], casefile: casefile).items
        let spoken = try await trace(of: subject).spoken
        let (now, own) = (world.calendar(), municipality)
        let parts = Set(found.content.map(\.casefile)).union([casefileID])
        let recorded = try await read { transaction -> RecordedSharing? in
            if try parts.contains(where: { try transaction.deadlines(.telling, of: $0).contains(where: \.isPostponed) }) { return nil }
            return RecordedSharing(
                shares: try transaction.shares(about: personID, in: casefileID, spoken: spoken, from: own.oin, at: now),
                levers: try transaction.shownLevers(of: personID).map(\.row.lever).filter {
                    [LeverState.upcoming, .holding].contains($0.state(at: now))
                })
        }
        let read = entry(
            .casefileRead, by: caller, about: [subject], in: casefile, facts: access.facts.merging(["what": .text("residentLetter")]) { $1 }
        )
        try await commit { try $0.append([read]) }
        let policy = policyInForce.loaded
        var json: JSONObject = [
            "casefileId": .string(id), "personId": .string(personID.description), "municipality": .string(own.name),
            "policyRevision": .string(policy.snapshot.revision), "refusesFreely": .bool(letsRefuseFreely),
            "isPostponed": .bool(recorded == nil),
        ]
        if let recorded {
            let sources = fieldsBySource(of: items.filter { $0.subject == personID && !policy.snapshot.forbidsOnward($0.provenance) })
            let organisations: [String] =
                sources.keys.map(\.description) + recorded.shares.flatMap { [$0.sender, $0.recipient] }
                + recorded.levers.flatMap(\.signers).map(\.description)
            let names = try await names(of: Set(organisations))
            json["sources"] = .array(
                sources.sorted { $0.key < $1.key }.map { source, fields in
                    var json: JSONObject = [
                        "organisation": .string(source.description), "fields": .array(fields.paths.map(JSONValue.string)),
                    ]
                    if let name = names[source.description] { json["name"] = .string(name) }
                    return .object(json)
                })
            json["shares"] = .array(recorded.shares.map { $0.json(names) })
            json["levers"] = .array(
                recorded.levers.map { lever in
                    [
                        "kind": .string(lever.kind.rawValue), "article": .string(lever.article.text),
                        "signers": .array(lever.signers.map { .string(names[$0.description] ?? $0.description) }),
                        "until": .string(lever.until.rfc3339),
                    ]
                })
        }
        let name = items.first { $0.subject == personID && $0.field.path == "identification.name" }
        if let name { json["name"] = name.value.json }
        if let term = policy.pack.retention.caseAfterClosing { json["keptFor"] = .string(term.text) }
        return DeskAnswer(status: 200, body: .object(json))
    }

    /// Which fields came from which other organisation.
    private func fieldsBySource(of items: [ContentItem]) -> [OrganisationNumber: FieldNames] {
        items.filter { $0.provenance.organisation != municipality.oin }.reduce(into: [:]) { sources, item in
            sources[item.provenance.organisation, default: []].formUnion([item.field])
        }
    }
}

/// What is recorded of sharing about one person.
private struct RecordedSharing: Sendable {
    let shares: [LetterShare]
    let levers: [Lever]
}

extension PolicySnapshot {
    /// Whether what was obtained so is under an act by which whoever got it passes nothing on.
    fileprivate func forbidsOnward(_ provenance: Provenance) -> Bool {
        guard let act = provenance.under?.act else { return false }
        return statutes.contains { statute in
            statute.rules.contains { $0.effect == .forbidsOnward && !$0.bill && ($0.sources?.contains(act) ?? true) }
        }
    }
}

/// What goes from one organisation to another about a person, for one purpose and on one ground.
private struct LetterShare: Sendable {
    let sender: String
    let recipient: String
    let purpose: String
    /// Nil for what was told though nothing permitted it.
    let ground: String?
    var fields: FieldNames

    /// Whether it goes the same way, for the same.
    func isLike(_ other: LetterShare) -> Bool {
        sender == other.sender && recipient == other.recipient && purpose == other.purpose && ground == other.ground
    }

    func json(_ names: [String: String]) -> JSONValue {
        var json: JSONObject = ["purpose": .string(purpose), "fields": .array(fields.paths.map(JSONValue.string))]
        json["sender"] = .string(sender)
        json["recipient"] = .string(recipient)
        if let name = names[sender] { json["senderName"] = .string(name) }
        if let name = names[recipient] { json["recipientName"] = .string(name) }
        if let ground { json["ground"] = .string(ground) }
        return .object(json)
    }
}

extension [LetterShare] {
    /// Adds a share, to the like of it where there is one.
    fileprivate mutating func add(_ share: LetterShare) {
        if share.fields.isEmpty { return }
        if let place = firstIndex(where: { $0.isLike(share) }) {
            self[place].fields.formUnion(share.fields)
        } else {
            append(share)
        }
    }
}

extension Transaction {
    /// What partners have, may have or are to get about a person.
    fileprivate func shares(
        about person: PersonID, in casefile: CasefileID, spoken: [SharedItem], from own: OrganisationNumber, at now: Instant
    ) throws -> [LetterShare] {
        var shares: [LetterShare] = []
        for message in try messages(about: person) where message.kind != .notice && (message.state != .queued || message.deadAt == nil) {
            guard let question = try message.decision.flatMap({ try question(of: $0) }) else { continue }
            shares.add(
                LetterShare(
                    sender: question.sender.description, recipient: message.partner.description, purpose: question.purpose.rawValue,
                    ground: question.ground.text,
                    fields: message.scopes.filter { $0.subject == person || $0.subject == nil }
                        .reduce(into: FieldNames()) { $0.formUnion($1.fields) }))
        }
        for item in spoken {
            shares.add(
                LetterShare(
                    sender: own.description, recipient: item.recipient, purpose: item.purpose,
                    ground: item.state == "toldUnpermitted" ? nil : item.ground,
                    fields: FieldNames(item.fields.compactMap { FieldName(path: $0) })))
        }
        // What was agreed to and has not gone yet may go any moment.
        for row in try justifications(of: casefile).map(\.row)
        where row.subjects.contains(person) && row.agreedAt != nil && row.endedAt == nil && now < row.until {
            let share = LetterShare(
                sender: own.description, recipient: row.recipient.description, purpose: row.purpose.rawValue, ground: row.ground.text,
                fields: row.fields)
            if !shares.contains(where: { $0.isLike(share) }) { shares.add(share) }
        }
        return shares
    }
}
