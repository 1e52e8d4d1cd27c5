import JOSE

/// What `runPartner` does with a message that was opened, before its receipt is signed.
///
/// One of three: keep it in clear, keep it sealed for the page, or file it at a desk of one's own.
struct Taking: Sendable {
    private let kept: KeptMessages?
    let sealed: SealedMessages?
    /// Recalls that people answer; nil where the program itself stops.
    let recalls: Recalls?
    private let filing: DeskFiling?

    init(folder: PartnerFolder, sealed: Bool, filing: DeskFiling?) throws(PartnerFault) {
        self.filing = filing
        self.sealed = sealed ? try SealedMessages(folder: folder) : nil
        kept = sealed || filing != nil ? nil : try KeptMessages(folder: folder)
        recalls = sealed || filing != nil ? try Recalls(folder: folder) : nil
    }

    /// - Parameter answer: what the receipt says unless something is to be added.
    func take(_ message: ReceivedMessage, saying answer: PartnerAnswer) async -> PartnerAnswer {
        guard case .opened(let said, let article, let role) = answer else { return answer }
        do throws(PartnerFault) {
            if let recalls, let notice = message.payload.notice, notice.code == "recalled" {
                guard let given = try recalls.answer(to: message) else { return .whenAnswered }
                if given.answer != .keptUnderOwnDuty { _ = try sealed?.remove(notice.about) }
                return .opened(recall: given.answer, article: given.article, readerRole: role)
            }
            if message.payload.kind == .referral, let refusal = try await filing?.file(message.payload) { return .refused(code: refusal) }
            let recall: Receipt.Answer? = if let sealed { try sealed.take(message) } else { try kept?.take(message) }
            return .opened(recall: said ?? recall, article: article, readerRole: role)
        } catch {
            return .later
        }
    }

    /// What is to be done between two looks: sending answers to recalls that are not sent yet, and following what was filed. Gives lines.
    func turn(inbox: Inbox, client: ExchangeClient) async -> [String] {
        var lines: [String] = []
        for id in recalls?.answered() ?? [] where await recalls?.settle(id, inbox: inbox, client: client) == true {
            lines.append("\(id) notice - answered")
        }
        return lines + (await filing?.follow(with: client) ?? [])
    }
}

/// Messages as they came: sealed. They open in memory, with the partner's key.
struct SealedMessages: Sendable {
    private let folder: String

    init(folder: PartnerFolder) throws(PartnerFault) { self.folder = try folder.makeFolder("sealed") }

    /// Keeps a message; after an erasure removes what it is about, and says whether there was anything. Throws `notStored`.
    func take(_ message: ReceivedMessage) throws(PartnerFault) -> Receipt.Answer? {
        guard let notice = message.payload.notice else {
            try writeDurably(message.sealed, to: folder, message.payload.messageId + ".jwe")
            return nil
        }
        guard notice.code == "erased" else { return nil }
        return try remove(notice.about) ? .stopped : .notFound
    }

    /// Removes messages; whether any was there. Throws `notStored`.
    func remove(_ ids: [String]) throws(PartnerFault) -> Bool { try removeFiles(ids, from: folder, suffix: ".jwe") }

    /// The ids of what is kept, newest first: ids are in the order of time.
    func ids() -> [String] { namesOfFiles(in: folder, suffix: ".jwe").sorted(by: >) }

    /// The sealed bytes of a message; nil when it is not kept.
    func bytes(_ id: String) -> [UInt8]? { isMessageID(id) ? contents(of: "\(folder)/\(id).jwe") : nil }
}
