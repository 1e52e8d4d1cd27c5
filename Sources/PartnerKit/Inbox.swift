import Foundation
import JOSE
import Synchronization

/// A message that was opened and checked, for the partner's own system.
public struct ReceivedMessage: Sendable {
    /// What the municipality signed: recipient, sender, term and version were checked.
    public let payload: MessagePayload
    /// The signed text itself (JSON), for keeping.
    public let plaintext: [UInt8]
    /// SHA-256 of the sealed bytes as received, as the receipt repeats it: 32 bytes.
    public let digest: [UInt8]
    /// The sealed bytes as received.
    public internal(set) var sealed: [UInt8] = []
}

/// What the partner's own system says of a message, for the receipt.
public enum PartnerAnswer: Sendable {
    /// It was taken in. After a recall `recall` says what became of what it is about; `article` names the duty under which something is kept.
    case opened(recall: Receipt.Answer? = nil, article: String? = nil, readerRole: String? = nil)
    /// It cannot be taken in; `code` in lower case with hyphens, without anything of the content.
    case refused(code: String)
    /// Not at this moment (a full disk, a system that is down): no receipt is given, and the message comes again.
    case later
    /// A person answers first, as to a recall; the receipt follows.
    case whenAnswered
}

/// What became of one message.
public struct InboxResult: Sendable {
    public enum Outcome: Sendable, Hashable {
        case opened
        /// Not opened, or not taken in; the receipt says so with this code.
        case refused(code: String)
        /// Received before; the same receipt went again.
        case repeated
        /// The exchange took it back before it was fetched (410); nothing came, so nothing is owed.
        case ended
        /// A recall that a person has to answer first; the receipt follows.
        case waiting
        /// Nothing was settled; it stays in the inbox.
        case failed(PartnerFault)
    }

    public let messageId: String
    /// As opened, or as listed when it was not opened.
    public let kind: String?
    /// The names of the disclosed fields; no values.
    public let fields: [String]
    /// The task that the message gives, as the message or the answer to the receipt says.
    public let taskId: String?
    public let outcome: Outcome
    /// How many items of the meeting this partner is invited to; nil for what is no invitation.
    public let items: Int?
    /// The code of a notice; nil for what is none.
    public let notice: String?
    /// Where the task stands after the receipt, as the exchange said.
    public let state: String?
}

/// The pull side of a partner: fetch, open, deduplicate, sign a receipt, deliver it.
///
/// The order is: hand over, store the receipt, deliver it. After a crash in between, a message is handed over once more (its id is the same);
/// a message whose receipt is stored is neither fetched nor handed over again. Different messages may be received at once.
public final class Inbox: Sendable {
    let identity: PartnerIdentity
    private let client: ExchangeClient?
    private let store: ReceivedStore
    private let taking: Taking?
    private let notices: Notices
    private let now: @Sendable () -> Int64
    private let waits: @Sendable (String) -> Bool
    private let onMessage: @Sendable (ReceivedMessage) async -> PartnerAnswer
    private let beingHandled = Mutex<Set<String>>([])
    /// What is listed and sealed to a key that is not here. Keys are read at the start, so that fetching it again would be in vain, and each time
    /// stands in the exchange's log; what is no longer listed may come again sealed anew.
    private let unopenable = Mutex<Set<String>>([])

    /// - Parameters:
    ///   - client: leave it out where only ``receive(_:listedAs:)`` is used, for messages that the exchange pushes.
    ///   - now: the partner's own clock, ms since 1970.
    ///   - waits: whether a message is here already and waits for a person; it is neither fetched nor judged again then.
    ///   - onMessage: takes a message in. It may be called again with the same id after a crash.
    /// - Throws: `notStored`, `folderInUse`.
    public convenience init(
        identity: PartnerIdentity, client: ExchangeClient?, now: @escaping @Sendable () -> Int64 = systemMilliseconds,
        waits: @escaping @Sendable (String) -> Bool = { _ in false },
        onMessage: @escaping @Sendable (ReceivedMessage) async -> PartnerAnswer
    ) throws(PartnerFault) {
        try self.init(identity: identity, client: client, now: now, taking: nil, waits: waits, onMessage: onMessage)
    }

    /// The same where messages are kept in the partner's folder.
    /// - Parameter taking: is told of notices before anything of them is written, and keeps again what was lost.
    init(
        identity: PartnerIdentity, client: ExchangeClient?, now: @escaping @Sendable () -> Int64 = systemMilliseconds, taking: Taking?,
        waits: @escaping @Sendable (String) -> Bool, onMessage: @escaping @Sendable (ReceivedMessage) async -> PartnerAnswer
    ) throws(PartnerFault) {
        self.identity = identity
        self.client = client
        self.now = now
        self.taking = taking
        notices = taking?.here.notices ?? Notices(identity: identity)
        self.waits = waits
        self.onMessage = onMessage
        store = try ReceivedStore(identity: identity)
        try identity.keepExchangeKeys()
    }

    /// Goes through the inbox once. The failure of one message does not stop the others; it stands in the results.
    /// Throws when the inbox itself cannot be read, or there is no client.
    ///
    /// - Parameter waitSeconds: where nothing waits, how long to wait for something; at most ``ExchangeClient/longestWait``.
    public func pull(waitSeconds: Int = 0) async throws(PartnerFault) -> [InboxResult] {
        guard let client else { throw .unreachable("no client") }
        let listed = try await client.whole { after throws(PartnerFault) in
            try await client.inbox(after: after, waitSeconds: after == nil ? waitSeconds : 0)
        }
        let ids = listed.map(\.messageId)
        unopenable.withLock { $0.formIntersection(ids) }
        var results: [InboxResult] = []
        for item in listed { results.append(await settle(item, with: client)) }
        return results
    }

    private func settle(_ item: ExchangeClient.Listed, with client: ExchangeClient) async -> InboxResult {
        func result(_ outcome: InboxResult.Outcome, _ payload: MessagePayload? = nil, _ standing: ExchangeClient.TaskStanding? = nil)
            -> InboxResult
        {
            InboxResult(
                messageId: item.messageId, kind: payload?.kind.rawValue ?? item.kind,
                fields: payload.map { fieldNames(of: $0.fields) } ?? [],
                taskId: payload?.task?.taskId ?? standing?.taskId, outcome: outcome, items: payload?.meeting?.items.count,
                notice: payload?.notice?.code, state: standing?.state)
        }
        do throws(PartnerFault) {
            if let known = try store.receipt(for: item.messageId), taking?.hasLost(item.messageId, known.receipt, opening: identity) != true
            {
                let standing = try await client.deliver(receipt: known.bytes, for: item.messageId)
                return result(known.receipt.code.map { .refused(code: $0) } ?? .repeated, nil, standing)
            }
            if waits(item.messageId) { return result(.waiting) }
            guard !unopenable.withLock({ $0.contains(item.messageId) }) else { throw .sealedToOtherKey }
            // From before it is fetched: a recall that comes meanwhile is not taken before what it is about has been.
            try begin([item.messageId])
            defer { end([item.messageId]) }
            let reception = try await taken(try await client.message(item.messageId), item.messageId, isKept: false)
            let standing = try await client.deliver(receipt: reception.receipt, for: item.messageId)
            let outcome: InboxResult.Outcome = reception.payload == nil ? .repeated : .opened
            return result(reception.refusal.map { .refused(code: $0) } ?? outcome, reception.payload, standing)
        } catch {
            if case .answered(410, _, _) = error { return result(.ended) }
            if error == .awaitsAnswer { return result(.waiting) }
            if error == .sealedToOtherKey { unopenable.withLock { _ = $0.insert(item.messageId) } }
            return result(.failed(error))
        }
    }

    /// What receiving a message gave.
    public struct Reception: Sendable {
        /// The signed receipt (JWS compact): the body of the answer to a push, or what is posted after a pull.
        public let receipt: [UInt8]
        /// Why it was refused; nil when it was opened.
        public let refusal: String?
        /// What was opened; nil when it was refused by us or received before.
        public let payload: MessagePayload?
        /// What the receipt answers to a recall or an erasure.
        let answer: Receipt.Answer?
    }

    /// Receives one sealed message, without network: for pulled messages, and for a partner's own endpoint where the exchange pushes.
    ///
    /// - Parameter id: the id under which it was listed or that stood in `Convenant-Message-Id`.
    /// - Throws: `sealedToOtherKey`, `otherBytes`, `beingHandled` (also of a notice about a message that is, and of a message that such a notice is
    ///   about), `notTaken`, `awaitsAnswer` (also of what came before and waits since, which is not judged anew), `notStored`, `notSigned`; no
    ///   receipt may be given then.
    public func receive(_ sealed: [UInt8], listedAs id: String) async throws(PartnerFault) -> Reception {
        try begin([id])
        defer { end([id]) }
        return try await taken(sealed, id, isKept: false)
    }

    /// The same for a message that is checked first: a recall that comes meanwhile is not taken before the message has been.
    func receive(
        _ sealed: [UInt8], listedAs id: String, after check: @Sendable () async throws(PartnerFault) -> Void
    ) async throws(PartnerFault) -> Reception {
        try begin([id])
        defer { end([id]) }
        try await check()
        return try await taken(sealed, id, isKept: false)
    }

    /// The same for a message that came before and waited here for a person: its term was looked at then, and may have passed since.
    func receiveKept(_ sealed: [UInt8], listedAs id: String) async throws(PartnerFault) -> Reception {
        try begin([id])
        defer { end([id]) }
        return try await taken(sealed, id, isKept: true)
    }

    /// Without this a message pushed twice at once would be handed over twice. All of them, or none: throws `beingHandled`.
    private func begin(_ ids: [String]) throws(PartnerFault) {
        guard ids.allSatisfy(isUUID) else { throw .unexpectedAnswer("an id that is none") }
        let isFree = beingHandled.withLock { handled -> Bool in
            guard handled.isDisjoint(with: ids) else { return false }
            handled.formUnion(ids)
            return true
        }
        guard isFree else { throw .beingHandled }
    }

    private func end(_ ids: [String]) { beingHandled.withLock { $0.subtract(ids) } }

    private func taken(_ sealed: [UInt8], _ id: String, isKept: Bool) async throws(PartnerFault) -> Reception {
        let digest = sha256(sealed)
        if let known = try store.receipt(for: id) {
            // What was lost comes as it was or sealed anew. The receipt stands and nothing is handed over again.
            if let taking, taking.hasLost(id, known.receipt, opening: identity),
                let message = try? await open(sealed, id, isKept: known.receipt.digest == digest), message.payload.notice == nil
            {
                try await taking.here.sealed.keep(message)
            } else {
                guard known.receipt.digest == digest else { throw .otherBytes }
            }
            return Reception(receipt: known.bytes, refusal: known.receipt.code, payload: nil, answer: known.receipt.answer)
        }
        guard isKept || !waits(id) else { throw .awaitsAnswer }
        var receipt = Receipt(messageId: id, digest: digest, from: identity.oin, to: identity.exchangeOIN, result: .opened, at: now())
        var payload: MessagePayload?
        do {
            let message = try await open(sealed, id, isKept: isKept)
            receipt.covenantVersion = message.payload.covenant?.version
            switch try await handOver(message) {
            case .opened(let recall, let article, let role):
                (receipt.answer, receipt.article, receipt.readerRole) = (recall, article, role)
                payload = message.payload
            case .refused(let code):
                (receipt.result, receipt.code) = (.refused, code)
            case .later:
                throw PartnerFault.notTaken
            case .whenAnswered:
                throw PartnerFault.awaitsAnswer
            }
        } catch let error as JOSEError {
            (receipt.result, receipt.code) = (.refused, error.code)
        } catch is OtherMessage {
            (receipt.result, receipt.code) = (.refused, "other-message")
        } catch let fault as PartnerFault {
            throw fault
        } catch {
            throw .notSigned(code: "malformed")
        }
        let signed: [UInt8]
        do { signed = try receipt.signed(by: identity.signingKey) } catch { throw .notSigned(code: error.code) }
        try await store.store(signed, for: id)
        return Reception(receipt: signed, refusal: receipt.code, payload: payload, answer: receipt.answer)
    }

    private func handOver(_ message: ReceivedMessage) async throws(PartnerFault) -> PartnerAnswer {
        guard let notice = message.payload.notice else {
            guard notices.hadEnded(message.payload.messageId) else { return await onMessage(message) }
            // It was held up on its way, and is taken back already: nobody is handed anything of it, and what it takes the place of counts no more.
            try taking?.here.replaced.note(message.payload)
            return .refused(code: "recalled")
        }
        notices.note(message.payload)
        // What is still being written could not be removed yet, and would stay; what began meanwhile would not be found.
        try begin(notice.about)
        defer { end(notice.about) }
        try store.store(notice: message.plaintext, id: message.payload.messageId)
        return await onMessage(message)
    }

    private struct OtherMessage: Error {}

    /// Opens a message. One that a key signed which is not known here is looked at again when the exchange has told of its keys of now.
    private func open(_ sealed: [UInt8], _ id: String, isKept: Bool) async throws -> ReceivedMessage {
        let tried = identity.exchangeKeys
        do { return try opened(sealed, id, isKept: isKept) } catch JOSEError.unknownKey {
            guard let client, try await client.renewKeys(after: tried) else { throw JOSEError.unknownKey }
            return try opened(sealed, id, isKept: isKept)
        }
    }

    private func opened(_ sealed: [UInt8], _ id: String, isKept: Bool) throws -> ReceivedMessage {
        let opened = try isKept ? identity.openKept(sealed) : identity.open(sealed, now: now())
        // whoever changes the list in the inbox must not make one message pass for another
        guard opened.payload.messageId == id else { throw OtherMessage() }
        return ReceivedMessage(payload: opened.payload, plaintext: opened.plaintext, digest: opened.digest, sealed: sealed)
    }
}

/// The machine's clock in ms since 1970.
@Sendable public func systemMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
