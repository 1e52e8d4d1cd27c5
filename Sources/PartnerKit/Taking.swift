import Foundation
import JOSE
import StrictJSON

/// What `runPartner` does with a message that was opened, before its receipt is signed.
///
/// One of three: keep it in clear, keep it sealed for the page, or file it at a desk of one's own.
struct Taking: Sendable {
    private let path: String
    private let opened: KeptMessages?
    /// What the page shows.
    let sealed: KeptMessages?
    /// Recalls that people answer; nil where the program itself stops.
    let recalls: Recalls?
    /// What waits until the role that reads here has acknowledged its covenant; nil where no role is asked.
    let unacknowledged: UnacknowledgedMessages?
    private let filing: DeskFiling?

    init(folder: PartnerFolder, sealed: Bool, role: String? = nil, filing: DeskFiling?) throws(PartnerFault) {
        self.filing = filing
        path = folder.path
        unacknowledged = try role.map { role throws(PartnerFault) in try UnacknowledgedMessages(folder: folder, role: role) }
        self.sealed = sealed ? try KeptMessages(folder: folder, as: .sealed) : nil
        opened = sealed || filing != nil ? nil : try KeptMessages(folder: folder, as: .opened)
        recalls = sealed || filing != nil ? try Recalls(folder: folder) : nil
    }

    /// Whether a message is here and waits for a person.
    func isWaiting(_ id: String) -> Bool { recalls?.isWaiting(id) == true || unacknowledged?.isHeld(id) == true }

    /// Takes a message in when its partner's own system has nothing against it, or lets it wait until the role that reads here has acknowledged
    /// its covenant; nobody is shown anything of it until then.
    func receive(
        _ message: ReceivedMessage, onLine: (String) -> Void, onMessage: (ReceivedMessage) async -> PartnerAnswer
    ) async -> PartnerAnswer {
        if let unacknowledged, let covenant = unacknowledged.missing(for: message.payload) {
            let id = message.payload.messageId
            let isNew = !unacknowledged.isHeld(id)
            guard (try? unacknowledged.hold(message)) != nil else { return .later }
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
            if let notice = message.payload.notice, try removeUnread(notice) {
                return .opened(recall: .stopped, article: nil, readerRole: role)
            }
            if let recalls, let notice = message.payload.notice, notice.code == "recalled" {
                // The exchange recalls all that may have left it. What never came nobody can answer for; an answer that was given stands.
                guard isHere(notice.about) || recalls.given(message.payload.messageId) != nil else {
                    return .opened(recall: .notFound, article: nil, readerRole: role)
                }
                guard let given = try recalls.answer(to: message) else { return .whenAnswered }
                if given.answer != .keptUnderOwnDuty { _ = try sealed?.remove(notice.about) }
                return .opened(recall: given.answer, article: given.article, readerRole: role)
            }
            if message.payload.kind == .referral, let refusal = try await filing?.file(message.payload) { return .refused(code: refusal) }
            let recall: Receipt.Answer? = if let sealed { try await sealed.take(message) } else { try await opened?.take(message) }
            return .opened(recall: said ?? recall, article: article, readerRole: role)
        } catch {
            return .later
        }
    }

    /// Removes what a recall or an erasure is about and nobody here has read; whether nothing of it is left. Nobody is asked then what became of it.
    private func removeUnread(_ notice: MessagePayload.Notice) throws(PartnerFault) -> Bool {
        guard let unacknowledged, ["recalled", "erased"].contains(notice.code) else { return false }
        guard try unacknowledged.remove(notice.about) else { return false }
        return !isHere(notice.about)
    }

    /// Whether any of these messages is on this machine, in whichever form it was taken.
    private func isHere(_ ids: [String]) -> Bool {
        let forms = [("opened", "json"), ("sealed", "jwe"), ("unacknowledged", "jwe"), ("filed", "json")]
        return ids.contains { id in forms.contains { access("\(path)/\($0.0)/\(id).\($0.1)", F_OK) == 0 } }
    }

    /// Answers the recalls that wait for a person while nothing that they are about is here any more, which no page can show.
    private func answerWhatIsGone() {
        guard let recalls else { return }
        for id in recalls.waiting() {
            guard let text = contents(of: "\(path)/notices/\(id).json"),
                let about = (try? parseJSON(text))?["notice"]?["about"]?.arrayValue, !isHere(about.compactMap(\.stringValue))
            else { continue }
            try? recalls.give(.init(answer: .notFound, article: nil), to: id)
        }
    }

    /// What is to be done between two looks: sending answers to recalls that are not sent yet, and following what was filed. Gives lines.
    func turn(inbox: Inbox, client: ExchangeClient) async -> [String] {
        var lines: [String] = []
        answerWhatIsGone()
        for id in recalls?.answered() ?? [] {
            let isSettled = await recalls?.settle(id, inbox: inbox, client: client)
            if isSettled == true { lines.append("\(id) notice - answered") }
        }
        lines += await unacknowledged?.settle(inbox: inbox, client: client) ?? []
        return lines + (await filing?.follow(with: client) ?? [])
    }
}
