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

/// What makes a message an invitation: the meeting as its recipient sees it, and what its items tell about whom.
struct Invitation: Sendable {
    let meeting: MeetingID
    let part: MeetingPart
    let scopes: [SealedScope]
}

extension CaseContent {
    /// Only what lies within these scopes.
    fileprivate func within(_ scopes: [SealedScope]) -> CaseContent {
        CaseContent(
            items: items.filter { item in scopes.contains { $0.subject == item.subject && $0.fields.contains(item.field) } })
    }
}

/// What a message about these persons of a case is sealed from, read at once.
struct SealingReading: Sendable {
    let casefile: CasefileRow
    /// Everybody whom the case shows, the erased too.
    let household: [PersonRow]
    let persons: [PersonRow]
    let content: [ShownContent]
    let checkpoint: String?
    /// The recipient; nil when there is no such partner.
    let partner: PartnerRow?
}

extension Transaction {
    /// What a message about these persons of a case is sealed from.
    func sealing(about persons: [PersonID], in casefile: CasefileRow, household: [PersonRow], to recipient: OrganisationNumber) throws
        -> SealingReading
    {
        SealingReading(
            casefile: casefile, household: household,
            persons: try persons.compactMap { id in try household.first { $0.id == id } ?? person(id) },
            content: try content(of: casefile.id), checkpoint: try newestCheckpoint(), partner: try partner(recipient))
    }
}

extension ReferralDesk {
    /// Reads what is stored about the permission's subjects, and seals it. What takes another's place goes on in that one's trace.
    /// - Parameters:
    ///   - scopes: beyond which nothing goes, whatever is permitted; nil for all that is.
    ///   - again: the message of before that is sealed anew in its own place.
    func sealReferral(
        _ permission: Permission, decision: DecisionID, casefile id: CasefileID, referral: ReferralID?, task: TaskID?, replaces: MessageID?,
        by caller: Caller, invitation: Invitation? = nil, within scopes: [SealedScope]? = nil, again: MessageID? = nil
    ) async throws(DeskRefusal) -> QueuedMessage? {
        let question = permission.question
        let found = try await read { transaction -> (sealing: SealingReading, trace: TraceID?)? in
            guard let row = try transaction.casefile(id) else { return nil }
            return (
                try transaction.sealing(
                    about: question.subjects, in: row, household: try transaction.persons(of: id), to: question.recipient),
                try (replaces ?? again).flatMap { try transaction.message($0)?.trace }
            )
        }.orRefuse(.notFound)
        return try await sealReferral(
            permission, of: found.sealing, decision: decision, referral: referral, task: task, replaces: replaces, by: caller,
            trace: found.trace, invitation: invitation, within: scopes, again: again)
    }

    /// Minimises what is stored about the permission's subjects, seals it for the recipient, and encrypts it for the queue.
    ///
    /// Nil when nothing of what is permitted is stored. An invitation goes also then: that its items are spoken of is itself what it tells.
    func sealReferral(
        _ permission: Permission, of found: SealingReading, decision: DecisionID, referral: ReferralID?, task: TaskID?,
        replaces: MessageID?, by caller: Caller, trace: TraceID? = nil, invitation: Invitation? = nil, within limit: [SealedScope]? = nil,
        again: MessageID? = nil
    ) async throws(DeskRefusal) -> QueuedMessage? {
        guard found.persons.count == Set(permission.question.subjects).count else { throw .notFound }
        let row = found.casefile
        let casefile = try casefileKey(row)
        // Who was erased since it was asked about has no key, and nothing of theirs is permitted.
        let subjects = try subjectKeys(found.persons.filter { $0.erasedAt == nil })
        var content = try open(
            openable(found.content, household: found.household, asked: permission.question.subjects), subjects: subjects, casefile: casefile
        )
        if let limit = invitation?.scopes ?? limit { content = content.within(limit) }
        let permitted = try permission.minimise(content).orRefuse(.notDurable)
        guard invitation != nil || permitted.items.contains(where: { $0.field != .householdMembers }) else { return nil }
        let keys = try sealingKeys(of: try found.partner.orRefuse(.notFound))
        let id = again ?? world.newID()
        let wall = world.wall()
        let expiresAt = windowEnd(from: wall)
        let sealedItems = Dictionary(grouping: permitted.items, by: \.subject).map {
            SealedScope(subject: $0.key, fields: FieldNames($0.value.map(\.field)))
        }
        .sorted { ($0.subject?.description ?? "") < ($1.subject?.description ?? "") }
        let scopes = invitation?.scopes ?? sealedItems
        let levers = try await references(to: permission.levers, for: permission.question.recipient)
        let message: SealedMessage
        do {
            message = try seal(
                permitted, decision: decision, meeting: invitation?.part, levers: levers,
                in: Envelope(
                    id: id, from: municipality.oin, to: permission.question.recipient, sentAt: wall, expiresAt: sealedEnd(expiresAt),
                    replaces: replaces,
                    task: task.map { ($0, row.terms.pickUp?.text ?? "") }, checkpoint: found.checkpoint ?? ""),
                for: keys, with: sealing)
        } catch { throw .notDurable }
        var refs: [AuditReference: String] = [.message: id.description, .decision: decision.description]
        if let task { refs[.task] = task.description }
        if let invitation { refs[.meeting] = invitation.meeting.description }
        let trace = trace ?? TraceID(random: world.random(16))
        let sealed = entry(
            .messageSealed, by: caller, about: subjects, in: casefile, refs: refs,
            facts: [
                "recipient": .text(message.recipient.description), "digest": .text(base64URL(message.digest)),
                "trace": .text(trace.description),
            ],
            commitments: commitments(to: permitted.items, subjects: subjects.map(\.id)))
        return try await queued(
            message,
            context: MessageContext(
                casefile: row.id, referral: referral, task: task, scopes: scopes, levers: permission.levers,
                covenant: permission.articles.first.map { "\($0.id)/\($0.version)" },
                household: scopes.contains { $0.subject == nil } ? permission.question.subjects : [], trace: trace), entries: [sealed],
            queuedAt: wall, expiresAt: expiresAt, isAgain: again != nil)
    }

    /// Seals a notice for a party that received what it is about; it goes on in that message's trace.
    func sealNotice(_ notice: Notice, to partner: OrganisationNumber, casefile casefileID: CasefileID?, by caller: Caller)
        async throws(DeskRefusal)
        -> QueuedMessage
    {
        let (checkpoint, earlier) = try await read { transaction in
            (try transaction.newestCheckpoint(), try notice.about.first.flatMap { try transaction.message($0) })
        }
        let trace = earlier?.trace ?? TraceID(random: world.random(16))
        let casefile = try await livingCasefile(casefileID)
        let keys = try await noticeKeys(of: partner)
        let id: MessageID = world.newID()
        let wall = world.wall()
        let expiresAt = windowEnd(from: wall)
        let message: SealedMessage
        do {
            message = try seal(
                notice,
                in: Envelope(
                    id: id, from: municipality.oin, to: partner, sentAt: wall, expiresAt: sealedEnd(expiresAt), checkpoint: checkpoint ?? ""
                ),
                for: keys, with: sealing)
        } catch { throw .notDurable }
        let sealed = entry(
            .messageSealed, by: caller, in: casefile, refs: [.message: id.description],
            facts: [
                "recipient": .text(partner.description), "digest": .text(base64URL(message.digest)), "notice": .text(notice.code.rawValue),
                "about": .list(notice.about.map(\.description)), "trace": .text(trace.description),
            ])
        return try await queued(
            message, context: MessageContext(casefile: casefileID, referral: nil, task: nil, scopes: [], trace: trace), entries: [sealed],
            queuedAt: wall, expiresAt: expiresAt)
    }

    /// The same; nil where nothing can be sealed for the partner now: what it would tell of happens all the same.
    func sealNoticeIfPossible(_ notice: Notice, to partner: OrganisationNumber, casefile: CasefileID?, by caller: Caller)
        async throws(DeskRefusal) -> QueuedMessage?
    {
        do throws(DeskRefusal) { return try await sealNotice(notice, to: partner, casefile: casefile, by: caller) } catch {
            guard error.isOfSealing else { throw error }
            return nil
        }
    }

    /// Until when the recipient may still open a message: as long again as we mean to send it, so that the window can be moved, and a dead letter
    /// sent once more, without sealing anew.
    private func sealedEnd(_ windowEnd: Instant) -> Instant { self.windowEnd(from: windowEnd) }

    private func queued(
        _ message: SealedMessage, context: MessageContext, entries: [JournalEntry], queuedAt: Instant, expiresAt: Instant,
        isAgain: Bool = false
    ) async throws(DeskRefusal) -> QueuedMessage {
        let key = try await newKey()
        let stored: [UInt8]
        do { stored = try sealMessage(message.compact, id: message.id, under: key) } catch { throw .notDurable }
        let opensUntil = sealedEnd(expiresAt)
        return QueuedMessage(message: message, entries: entries) { transaction in
            if isAgain {
                try transaction.enqueueAgain(
                    message, stored: stored, key: key.id, context: context, at: queuedAt, expiresAt: expiresAt, opensUntil: opensUntil)
            } else {
                try transaction.enqueue(
                    message, stored: stored, key: key.id, context: context, queuedAt: queuedAt, expiresAt: expiresAt, opensUntil: opensUntil
                )
            }
        }
    }

    /// What may be opened for a question about these persons. What concerns a household tells about everybody in it: it stays shut unless all
    /// of them are asked about.
    func openable(_ content: [ShownContent], household: [PersonRow], asked: [PersonID]) -> [ShownContent] {
        content.filter { shown in
            guard shown.row.person == nil else { return true }
            return household.toldOf(by: shown.casefile).isSubset(of: asked)
        }
    }

    /// Opens what is stored about these persons and about their household as a whole, of each part of the case under its own key.
    func open(_ content: [ShownContent], subjects: [JournalSubject], casefile: JournalCasefile) throws(DeskRefusal) -> CaseContent {
        var items: [ContentItem] = []
        for shown in content {
            let key: VaultKey
            if let person = shown.row.person {
                // Rows of persons who are not asked about stay shut.
                guard let holder = subjects.first(where: { $0.id == person }) else { continue }
                key = holder.key
            } else {
                key = shown.casefile == casefile.id ? casefile.key : try self.key(shown.casefileKey)
            }
            do {
                items += try StoredContent.decode(
                    try openContent(shown.row.sealed, id: shown.row.id, under: key), about: shown.row.person)
            } catch { throw .notDurable }
        }
        return CaseContent(items: items)
    }

    /// A partner's registered keys, parsed once.
    func partnerKeys(of partner: OrganisationNumber) async throws(DeskRefusal) -> PartnerKeys {
        try partnerKeys(of: try await read { try $0.partner(partner) }.orRefuse(.notFound))
    }

    /// The same for a partner that was read before.
    func partnerKeys(of row: PartnerRow) throws(DeskRefusal) -> PartnerKeys { try parsed(row.keys, as: .registered(row.oin)) }

    /// The keys that the partner had before, while they count beside those that it has; nil outside such an overlap.
    func formerKeys(of row: PartnerRow) throws(DeskRefusal) -> PartnerKeys? {
        guard let jwks = row.formerKeys?.bytes(at: world.wall()) else { return nil }
        return try parsed(jwks, as: .former(row.oin))
    }

    /// The key sets by which a partner is known now: the registered one, and in an overlap the one before.
    func keySets(of row: PartnerRow) throws(DeskRefusal) -> [PartnerKeys] {
        let sets: [PartnerKeys?] = [try partnerKeys(of: row), try formerKeys(of: row)]
        return sets.compactMap(\.self)
    }

    private func parsed(_ jwks: [UInt8], as place: KeyPlace) throws(DeskRefusal) -> PartnerKeys {
        if let known = partnerKeys.withLock({ $0[place] }), known.jwks == jwks { return known.keys }
        do {
            let keys = try PartnerKeys(jwks: jwks)
            partnerKeys.withLock { $0[place] = (jwks, keys) }
            return keys
        } catch { throw .notDurable }
    }
}

/// Whose parsed key set is kept, and which of the two that it may have.
enum KeyPlace: Hashable, Sendable {
    case registered(OrganisationNumber)
    case former(OrganisationNumber)
}
