import JOSE

/// The messages on the partner's own machine, in one of two forms.
struct KeptMessages: Sendable {
    enum Form: String {
        /// As text, for a system of the partner's that reads files.
        case opened
        /// As they came; they open in memory, with the partner's key.
        case sealed

        var suffix: String { self == .opened ? ".json" : ".jwe" }
    }

    private let form: Form
    private let folder: DurableFolder

    init(folder: PartnerFolder, as form: Form) throws(PartnerFault) {
        self.form = form
        self.folder = DurableFolder(try folder.makeFolder(form.rawValue))
    }

    /// Keeps a message, or removes what a recall or an erasure is about and says whether there was anything. Throws `notStored`.
    func take(_ message: ReceivedMessage) async throws(PartnerFault) -> Receipt.Answer? {
        guard let notice = message.payload.notice else {
            let bytes = form == .opened ? message.plaintext : message.sealed
            try await folder.write(bytes, message.payload.messageId + form.suffix)
            return nil
        }
        guard ["recalled", "erased"].contains(notice.code) else { return nil }
        return try remove(notice.about) ? .stopped : .notFound
    }

    /// Removes messages; whether any was there. Throws `notStored`.
    func remove(_ ids: [String]) throws(PartnerFault) -> Bool { try removeFiles(ids, from: folder.path, suffix: form.suffix) }

    /// The ids of what is kept, newest first: ids are in the order of time.
    func ids() -> [String] { namesOfFiles(in: folder.path, suffix: form.suffix).sorted(by: >) }

    /// The bytes of a message; nil when it is not kept.
    func bytes(_ id: String) -> [UInt8]? { isUUID(id) ? contents(of: folder.path + "/" + id + form.suffix) : nil }
}
