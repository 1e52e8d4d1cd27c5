import JOSE

/// What `runPartner` does with a message that was opened, before its receipt is signed.
///
/// One of three: keep it in clear, keep it sealed for the page, or file it at a desk of one's own.
struct Taking: Sendable {
    /// Whatever lies here, also by a run that took messages in another way.
    let here: MessagesHere
    /// The answers to recalls, and those that wait for a person's, also where this run would not have asked one.
    let recalls: Recalls
    /// What waits until the role that reads here has acknowledged its covenant; nil where no role is asked.
    let unacknowledged: UnacknowledgedMessages?
    private let isSealed: Bool
    private let filing: DeskFiling?

    init(identity: PartnerIdentity, sealed: Bool, role: String? = nil, filing: DeskFiling?) throws(PartnerFault) {
        let folder = identity.folder
        self.filing = filing
        isSealed = sealed
        let here = try MessagesHere(identity: identity)
        self.here = here
        unacknowledged = try role.map { role throws(PartnerFault) in
            try UnacknowledgedMessages(folder: folder, role: role, kept: here.unacknowledged)
        }
        if sealed || filing == nil { _ = try folder.makeFolder((sealed ? KeptMessages.Form.sealed : .opened).rawValue) }
        recalls = try Recalls(folder: folder)
    }

    /// Whether a message is here and waits for a person.
    func isWaiting(_ id: String) -> Bool { recalls.isWaiting(id) || unacknowledged?.kept.holds([id]) == true }

    /// Takes a message in when its partner's own system has nothing against it, or lets it wait until the role that reads here has acknowledged
    /// its covenant; nobody is shown anything of it until then.
    func receive(
        _ message: ReceivedMessage, onLine: (String) -> Void, onMessage: (ReceivedMessage) async -> PartnerAnswer
    ) async -> PartnerAnswer {
        // Before anything else becomes of it: what it takes the place of counts no longer.
        guard (try? here.replaced.note(message.payload)) != nil else { return .later }
        if let unacknowledged, let covenant = unacknowledged.missing(for: message.payload) {
            let id = message.payload.messageId
            let isNew = !unacknowledged.kept.holds([id])
            guard (try? await unacknowledged.kept.keep(message)) != nil else { return .later }
            if isNew { onLine(unacknowledged.advice(id, covenant)) }
            return .whenAnswered
        }
        let answer = await onMessage(message)
        guard case .opened(let recall, let article, let role) = answer else { return answer }
        return await take(message, saying: .opened(recall: recall, article: article, readerRole: role ?? unacknowledged?.role))
    }

    /// - Parameter answer: what the receipt says unless something is to be added.
    func take(_ message: ReceivedMessage, saying answer: PartnerAnswer) async -> PartnerAnswer {
        guard case .opened(let said, let article, let role) = answer else { return answer }
        do throws(PartnerFault) {
            if let notice = message.payload.notice {
                guard ["recalled", "erased"].contains(notice.code) else { return answer }
                return try end(message, notice, saying: said, article: article, role: role)
            }
            if message.payload.kind == .referral, let refusal = try await filing?.file(message.payload) { return .refused(code: refusal) }
            if isSealed { try await here.sealed.keep(message) } else if filing == nil { try await here.opened.keep(message) }
            return answer
        } catch {
            return .later
        }
    }

    /// Answers a recall or an erasure. Unless a person at the page keeps it under a duty, nothing of what it is about lies here afterwards.
    ///
    /// The answer is written down before anything is removed: after a crash in between it is the same, and not that nothing was here.
    private func end(
        _ message: ReceivedMessage, _ notice: MessagePayload.Notice, saying said: Receipt.Answer?, article: String?, role: String?
    ) throws(PartnerFault) -> PartnerAnswer {
        let id = message.payload.messageId
        if recalls.given(id) == nil {
            guard !recalls.isWaiting(id) else { return .whenAnswered }
            // The exchange recalls all that may have left it. What never came nobody can answer for.
            guard here.holds(notice.about) else {
                // What was opened here and went another way, as to a system that reads files, nobody here can answer for either.
                return .opened(
                    recall: said ?? (here.wasOpened(notice.about, before: id) ? nil : .notFound), article: article, readerRole: role)
            }
            let (isRecall, wasFiled) = (notice.code == "recalled", here.wasFiled(notice.about))
            if !isRecall, let kept = here.duty(notice.about, in: recalls) {
                // What a person keeps under a duty is kept against an erasure as well (GDPR 17(3)(b)).
                return .opened(recall: kept.answer, article: kept.article, readerRole: role)
            }
            if isRecall, wasFiled || ((isSealed || filing != nil) && here.wasRead(notice.about)) {
                try recalls.keep(message)
                // Nobody has read that, so nobody is asked what became of it.
                _ = try here.unacknowledged.remove(notice.about)
                return .whenAnswered
            }
            if wasFiled || said == .keptUnderOwnDuty {
                // What stands elsewhere, at a desk or in a system of one's own, has not ended with what lies here.
                try here.remove(notice.about)
                return .opened(recall: said, article: article, readerRole: role)
            }
            try recalls.give(.init(answer: .stopped, article: nil), to: id)
        }
        guard let given = recalls.given(id) else { return .later }
        if given.answer != .keptUnderOwnDuty { try here.remove(notice.about) }
        return .opened(recall: given.answer, article: given.article, readerRole: role)
    }

    /// Whether a message that the page showed is no longer here as it came, though nothing took it back: its file was damaged or lost.
    ///
    /// It is not asked of what this run does not keep sealed. A file in clear may have been taken away by the system that reads it, and what was
    /// filed has had its effect.
    func hasLost(_ id: String, _ receipt: Receipt, opening identity: PartnerIdentity) -> Bool {
        guard isSealed, receipt.result == .opened, !here.opened.holds([id]), !here.unacknowledged.holds([id]), !here.wasFiled([id]) else {
            return false
        }
        let kept = here.sealed.bytes(id).flatMap { try? identity.openKept($0).payload.messageId }
        return kept != id && !here.notices.contains(id) && here.notices.hasEnded(id) == false
    }

    /// Carries out the answer that a person gave to a recall, and sends it.
    func settle(_ id: String, inbox: Inbox, client: ExchangeClient) async -> Recalls.Settlement {
        await recalls.settle(id, of: here, inbox: inbox, client: client)
    }

    /// What is to be done between two looks: sending answers to recalls that are not sent yet, and following what was filed. Gives lines.
    func turn(inbox: Inbox, client: ExchangeClient) async -> [String] {
        var lines: [String] = []
        for id in recalls.answered() {
            switch await settle(id, inbox: inbox, client: client) {
            case .delivered: lines.append("\(id) notice - answered")
            case .otherStands: lines.append("\(id) notice - failed:answered-before")
            case .notSigned: lines.append("\(id) notice - failed:not-signed")
            case .later: break
            }
        }
        lines += await unacknowledged?.settle(inbox: inbox, client: client) ?? []
        return lines + (await filing?.follow(with: client) ?? [])
    }
}
