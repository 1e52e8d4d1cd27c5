import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage

/// A message that is sealed and ready to be queued, with the entries that tell of it.
struct QueuedMessage: Sendable {
    let message: SealedMessage
    let entries: [JournalEntry]
    let enqueue: @Sendable (Transaction) throws -> Void
}

extension ReferralDesk {
    /// Minimises what is stored about the permission's subjects, seals it for the recipient, and encrypts it for the queue.
    ///
    /// Nil when nothing of what is permitted is stored.
    func sealReferral(
        _ permission: Permission, decision: DecisionID, casefile casefileID: CasefileID, referral: ReferralID?, task: TaskID?,
        replaces: MessageID?,
        by caller: Caller
    ) async throws(DeskRefusal) -> QueuedMessage? {
        let found = try await read { transaction in
            (
                casefile: try transaction.casefile(casefileID),
                persons: try permission.question.subjects.compactMap { try transaction.person($0) },
                content: try transaction.content(of: casefileID), checkpoint: try transaction.newestCheckpoint(),
                household: try transaction.persons(of: casefileID).map(\.id)
            )
        }
        guard let row = found.casefile, found.persons.count == Set(permission.question.subjects).count else { throw .notFound }
        let casefile = try casefileKey(row)
        let subjects = try subjectKeys(found.persons)
        // What concerns the household tells about everybody in it: it stays shut unless everybody is asked about, the erased included.
        let isAboutAll = Set(found.household).isSubset(of: permission.question.subjects)
        let rows = found.content.filter { $0.person != nil || isAboutAll }
        let permitted = try permission.minimise(try open(rows, subjects: subjects, casefile: casefile)).orRefuse(.notDurable)
        guard permitted.items.contains(where: { $0.field != .householdMembers }) else { return nil }
        let keys = try await partnerKeys(of: permission.question.recipient)
        let id: MessageID = world.newID()
        let wall = world.wall()
        let expiresAt = wall.advanced(byMilliseconds: settings.retryWindow)
        let scopes = Dictionary(grouping: permitted.items, by: \.subject).map {
            SealedScope(subject: $0.key, fields: FieldNames($0.value.map(\.field)))
        }
        .sorted { ($0.subject?.description ?? "") < ($1.subject?.description ?? "") }
        let message: SealedMessage
        do {
            message = try seal(
                permitted, decision: decision,
                in: Envelope(
                    id: id, from: municipality.oin, to: permission.question.recipient, sentAt: wall, expiresAt: expiresAt,
                    replaces: replaces,
                    task: task.map { ($0, row.terms.pickUp?.text ?? "") }, checkpoint: found.checkpoint ?? ""),
                for: keys, with: sealing)
        } catch { throw .notDurable }
        var refs: [AuditReference: String] = [.message: id.description, .decision: decision.description]
        if let task { refs[.task] = task.description }
        let sealed = entry(
            .messageSealed, by: caller, about: subjects, in: casefile, refs: refs,
            facts: ["recipient": .text(message.recipient.description), "digest": .text(base64URL(message.digest))],
            commitments: commitments(to: permitted.items, subjects: subjects.map(\.id)))
        return try await queued(
            message, context: MessageContext(casefile: casefileID, referral: referral, task: task, scopes: scopes), entries: [sealed],
            queuedAt: wall,
            expiresAt: expiresAt)
    }

    /// Seals a notice for a party that received what it is about.
    func sealNotice(_ notice: Notice, to partner: OrganisationNumber, casefile casefileID: CasefileID?, by caller: Caller)
        async throws(DeskRefusal)
        -> QueuedMessage
    {
        let checkpoint = try await read { try $0.newestCheckpoint() }
        let casefile = try await livingCasefile(casefileID)
        let keys = try await partnerKeys(of: partner)
        let id: MessageID = world.newID()
        let wall = world.wall()
        let expiresAt = wall.advanced(byMilliseconds: settings.retryWindow)
        let message: SealedMessage
        do {
            message = try seal(
                notice,
                in: Envelope(id: id, from: municipality.oin, to: partner, sentAt: wall, expiresAt: expiresAt, checkpoint: checkpoint ?? ""),
                for: keys, with: sealing)
        } catch { throw .notDurable }
        let sealed = entry(
            .messageSealed, by: caller, in: casefile, refs: [.message: id.description],
            facts: [
                "recipient": .text(partner.description), "digest": .text(base64URL(message.digest)), "notice": .text(notice.code.rawValue),
                "about": .list(notice.about.map(\.description)),
            ])
        return try await queued(
            message, context: MessageContext(casefile: casefileID, referral: nil, task: nil, scopes: []), entries: [sealed], queuedAt: wall,
            expiresAt: expiresAt)
    }

    private func queued(
        _ message: SealedMessage, context: MessageContext, entries: [JournalEntry], queuedAt: Instant, expiresAt: Instant
    ) async throws(DeskRefusal) -> QueuedMessage {
        let key = try await newKey()
        let stored: [UInt8]
        do { stored = try sealBlob(message.compact, id: message.id.bytes, under: key) } catch { throw .notDurable }
        return QueuedMessage(message: message, entries: entries) { transaction in
            try transaction.enqueue(message, stored: stored, key: key.id, context: context, queuedAt: queuedAt, expiresAt: expiresAt)
        }
    }

    /// Opens what is stored about these persons and about their household as a whole.
    func open(_ rows: [ContentRow], subjects: [JournalSubject], casefile: JournalCasefile) throws(DeskRefusal) -> CaseContent {
        var items: [ContentItem] = []
        do {
            for row in rows {
                let holder = row.person.map { person in subjects.first { $0.id == person }?.key }
                // Rows of persons who are not asked about stay shut.
                guard let key = holder ?? casefile.key else { continue }
                items += try StoredContent.decode(try openContent(row.sealed, id: row.id, under: key), about: row.person)
            }
        } catch { throw .notDurable }
        return CaseContent(items: items)
    }

    /// A partner's registered keys, parsed once.
    func partnerKeys(of partner: OrganisationNumber) async throws(DeskRefusal) -> PartnerKeys {
        guard let row = try await read({ try $0.partner(partner) }) else { throw .notFound }
        if let known = partnerKeys.withLock({ $0[partner] }), known.jwks == row.keys { return known.keys }
        do {
            let keys = try PartnerKeys(jwks: row.keys)
            partnerKeys.withLock { $0[partner] = (row.keys, keys) }
            return keys
        } catch { throw .notDurable }
    }
}
