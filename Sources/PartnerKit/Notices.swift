import Foundation
import JOSE
import Synchronization

/// What the exchange said of messages afterwards, by what it is about.
///
/// It is read from `notices/` once, when it is first asked for, and each notice is added as soon as it is opened: what one says counts also where
/// it cannot be written down, as on a full disk.
final class Notices: Sendable {
    /// What one of them says.
    struct Said: Hashable, Sendable {
        /// The id of the notice.
        let notice: String
        let code: String
        /// When it was sent, ms since 1970.
        let at: Int64
        /// Ids of messages.
        let about: [String]

        /// What a notice says; nil for any other message.
        init?(_ payload: MessagePayload) {
            guard let said = payload.notice else { return nil }
            (notice, code, at, about) = (payload.messageId, said.code, payload.sentAt, said.about)
        }

        /// Whether it takes back what it is about.
        var isEnd: Bool { code == "recalled" || code == "erased" }
    }

    private struct Known: Sendable {
        var isRead = false
        var byNotice: [String: Said] = [:]
        var byMessage: [String: [Said]] = [:]
        /// Notices that came and cannot be read.
        var unreadable: Set<String> = []

        mutating func read(_ identity: PartnerIdentity) {
            guard !isRead else { return }
            isRead = true
            let (notices, recalls) = (identity.folder.path + "/notices", identity.folder.path + "/recalls")
            for id in namesOfFiles(in: notices, suffix: ".json") {
                let payload = contents(of: "\(notices)/\(id).json").flatMap { try? MessagePayload($0, ownOIN: identity.oin, now: 0) }
                add(payload.flatMap { Said($0) }, as: id)
            }
            // What is written of a recall may be damaged; one that waits lies here itself.
            for id in namesOfFiles(in: recalls, suffix: ".jwe") where byNotice[id] == nil {
                let payload = contents(of: "\(recalls)/\(id).jwe").flatMap { try? identity.openKept($0).payload }
                add(payload.flatMap { Said($0) }, as: id)
            }
        }

        /// - Parameter said: nil where it cannot be read.
        mutating func add(_ said: Said?, as id: String) {
            guard let said, said.notice == id else {
                unreadable.insert(id)
                return
            }
            unreadable.remove(id)
            guard byNotice[id] == nil else { return }
            byNotice[id] = said
            for message in Set(said.about) { byMessage[message, default: []].append(said) }
        }
    }

    private let identity: PartnerIdentity
    private let known = Mutex(Known())

    /// Those of a partner's folder; nothing is read yet.
    init(identity: PartnerIdentity) { self.identity = identity }

    /// What is known by now.
    private var current: Known {
        known.withLock { known -> Known in
            known.read(identity)
            return known
        }
    }

    /// Notes what a notice says as soon as it is opened; any other message is passed over.
    func note(_ payload: MessagePayload) {
        guard let said = Said(payload) else { return }
        known.withLock { known in
            known.read(identity)
            known.add(said, as: said.notice)
        }
    }

    /// Whether a message is itself a notice.
    func contains(_ id: String) -> Bool {
        let known = current
        return known.byNotice[id] != nil || known.unreadable.contains(id)
    }

    /// What a notice says; nil for one that did not come or cannot be read.
    func said(by notice: String) -> Said? { current.byNotice[notice] }

    /// What was said of a message.
    func said(of message: String) -> [Said] { current.byMessage[message] ?? [] }

    /// Whether a recall or an erasure of a message came; nil where that cannot be said, as a notice cannot be read.
    /// - Parameter notice: one that does not count.
    func hasEnded(_ message: String, before notice: String? = nil) -> Bool? {
        let known = current
        if known.byMessage[message]?.contains(where: { $0.isEnd && $0.notice != notice }) == true { return true }
        return known.unreadable.allSatisfy { $0 == notice } ? false : nil
    }

    /// Whether a recall or an erasure of a message was looked at before the message came.
    ///
    /// It is written down when what it is about is looked for, and not while that is being taken in: one that came then comes again, and finds it.
    func hadEnded(_ message: String) -> Bool {
        said(of: message).contains { $0.isEnd && access("\(identity.folder.path)/notices/\($0.notice).json", F_OK) == 0 }
    }
}
