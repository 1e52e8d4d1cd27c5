import Foundation
import JOSE

/// The messages on the partner's own machine, in one of three forms.
struct KeptMessages: Sendable {
    enum Form: String {
        /// As text, for a system of the partner's that reads files.
        case opened
        /// As they came; they open in memory, with the partner's key.
        case sealed
        /// As they came, until the role that reads here has acknowledged their covenant: nobody has seen anything of them.
        case unacknowledged

        var suffix: String { self == .opened ? ".json" : ".jwe" }
    }

    private let form: Form
    private let folder: DurableFolder

    init(folder: PartnerFolder, as form: Form) {
        self.form = form
        self.folder = DurableFolder(folder.path + "/" + form.rawValue)
    }

    /// Keeps a message. Throws `notStored`.
    func keep(_ message: ReceivedMessage) async throws(PartnerFault) {
        try await keep(form == .opened ? message.plaintext : message.sealed, message.payload.messageId)
    }

    /// Keeps a message in the bytes of this form. Throws `notStored`.
    func keep(_ bytes: [UInt8], _ id: String) async throws(PartnerFault) { try await folder.write(bytes, id + form.suffix) }

    /// Whether any of these is kept, also where it cannot be read.
    func holds(_ ids: [String]) -> Bool { ids.contains { isUUID($0) && access(path($0), F_OK) == 0 } }

    /// Removes messages; whether any was there. Throws `notStored`.
    func remove(_ ids: [String]) throws(PartnerFault) -> Bool { try removeFiles(ids, from: folder.path, suffix: form.suffix) }

    /// The ids of what is kept.
    func ids() -> [String] { namesOfFiles(in: folder.path, suffix: form.suffix) }

    /// The bytes of a message; nil when it is not kept.
    func bytes(_ id: String) -> [UInt8]? { isUUID(id) ? contents(of: path(id)) : nil }

    private func path(_ id: String) -> String { folder.path + "/" + id + form.suffix }
}

/// Whatever lies on this machine of messages: what one run took in a form, the next may be asked about that takes them in another.
struct MessagesHere: Sendable {
    let opened: KeptMessages
    let sealed: KeptMessages
    let unacknowledged: KeptMessages
    /// What the exchange said of messages afterwards.
    let notices: Notices
    /// Which message took the place of which.
    let replaced: ReplacedMessages
    private let identity: PartnerIdentity

    /// What lies in a partner's folder. Throws `notStored`.
    init(identity: PartnerIdentity) throws(PartnerFault) {
        self.identity = identity
        let folder = identity.folder
        opened = KeptMessages(folder: folder, as: .opened)
        sealed = KeptMessages(folder: folder, as: .sealed)
        unacknowledged = KeptMessages(folder: folder, as: .unacknowledged)
        notices = Notices(identity: identity)
        replaced = try ReplacedMessages(folder: folder)
    }

    private var forms: [KeptMessages] { [sealed, opened, unacknowledged] }

    /// Whether any of these was, or may have been, read by a person or a system.
    func wasRead(_ ids: [String]) -> Bool { opened.holds(ids) || sealed.holds(ids) }

    /// Whether any of these is, or may be, at a desk of one's own, where nothing here can take it back.
    func wasFiled(_ ids: [String]) -> Bool { ids.contains { isUUID($0) && access("\(identity.folder.path)/filed/\($0).json", F_OK) == 0 } }

    /// Whether any of these is here, or went from here to a desk of one's own.
    func holds(_ ids: [String]) -> Bool { forms.contains { $0.holds(ids) } || wasFiled(ids) }

    /// Removes all of these, in every form. Throws `notStored`; something may be left then.
    func remove(_ ids: [String]) throws(PartnerFault) {
        for id in ids {
            // Of one that an earlier version took in, nothing else says what it took the place of.
            guard let kept = bytes(id) ?? unacknowledged.bytes(id), let payload = identity.payload(ofKept: kept) else { continue }
            try replaced.note(payload)
        }
        for form in forms { _ = try form.remove(ids) }
    }

    /// The ids of what is here and may be read.
    func ids() -> [String] { Array(Set(sealed.ids() + opened.ids())) }

    /// The bytes of a message that may be read, as it came or as text; nil when there are none.
    func bytes(_ id: String) -> [UInt8]? { sealed.bytes(id) ?? opened.bytes(id) }

    /// Whether any of these was opened here and nothing took it back since, wherever it is now.
    /// - Parameter notice: the one that takes it back now.
    func wasOpened(_ ids: [String], before notice: String) -> Bool {
        ids.contains { ReceivedStore.saysOpened($0, in: identity.folder) && notices.hasEnded($0, before: notice) != true }
    }

    /// The answer by which a person keeps one of these under a duty of their own; nil where nobody does.
    func duty(_ ids: [String], in recalls: Recalls) -> Recalls.Given? {
        for said in ids.flatMap({ notices.said(of: $0) }) {
            if let given = recalls.given(said.notice), given.answer == .keptUnderOwnDuty { return given }
        }
        return nil
    }
}
