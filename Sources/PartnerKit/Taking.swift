import JOSE

/// What `runPartner` does with a message that was opened, before its receipt is signed.
///
/// One of three: keep it in clear, keep it sealed for the page, or file it at a desk of one's own.
struct Taking: Sendable {
    private let opened: KeptMessages?
    /// What the page shows.
    let sealed: KeptMessages?
    /// Recalls that people answer; nil where the program itself stops.
    let recalls: Recalls?
    private let filing: DeskFiling?

    init(folder: PartnerFolder, sealed: Bool, filing: DeskFiling?) throws(PartnerFault) {
        self.filing = filing
        self.sealed = sealed ? try KeptMessages(folder: folder, as: .sealed) : nil
        opened = sealed || filing != nil ? nil : try KeptMessages(folder: folder, as: .opened)
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
            let recall: Receipt.Answer? = if let sealed { try sealed.take(message) } else { try opened?.take(message) }
            return .opened(recall: said ?? recall, article: article, readerRole: role)
        } catch {
            return .later
        }
    }

    /// What is to be done between two looks: sending answers to recalls that are not sent yet, and following what was filed. Gives lines.
    func turn(inbox: Inbox, client: ExchangeClient) async -> [String] {
        var lines: [String] = []
        for id in recalls?.answered() ?? [] {
            let isSettled = await recalls?.settle(id, inbox: inbox, client: client)
            if isSettled == true { lines.append("\(id) notice - answered") }
        }
        return lines + (await filing?.follow(with: client) ?? [])
    }
}
