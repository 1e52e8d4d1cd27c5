import Foundation
import JOSE
import StrictJSON

/// What was received, one file a message: the signed receipt that was given for it, and the notices.
///
/// The receipt is stored before it is sent. A message that comes again gets the same bytes again, also after a crash, so the exchange never
/// holds two different words of one partner about one message. ECDSA signs the same text differently each time, so the bytes are kept.
final class ReceivedStore: Sendable {
    private let identity: PartnerIdentity
    private let receipts: DurableFolder
    private let notices: String
    /// Held for the life of the store: the lock on the folder.
    private let lock: Int32

    /// Throws `notStored`, or `folderInUse` when another process works in the folder.
    init(identity: PartnerIdentity) throws(PartnerFault) {
        self.identity = identity
        receipts = DurableFolder(try identity.folder.makeFolder(Self.folderName))
        notices = try identity.folder.makeFolder("notices")
        lock = open(receipts.path + "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .notStored(file: receipts.path) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw .folderInUse(identity.folder.path)
        }
        // Nobody else writes in these now, and what is half-written may be a message in clear that no recall would find.
        for name in ["received", "notices", "recalls", "opened", "sealed", "unacknowledged", "filed", "replaced"] {
            try removeUnfinished(in: identity.folder.path + "/" + name)
        }
    }

    deinit { close(lock) }

    private static let folderName = "received"
    private static func name(_ id: String) -> String { id + ".jws" }

    /// Whether the receipt that was given for a message says that it was opened, whichever `sig` key signed it.
    static func saysOpened(_ id: String, in folder: PartnerFolder) -> Bool {
        guard isUUID(id), let receipt = contents(of: "\(folder.path)/\(folderName)/\(name(id))") else { return false }
        let parts = receipt.split(separator: UInt8(ascii: "."))
        guard parts.count == 3, let said = Base64URL.decode(parts[1]) else { return false }
        return (try? parseJSON(said))?["result"] == "opened"
    }

    /// The receipt given for a message, as its bytes and what they say; nil when there was none.
    ///
    /// A file that was damaged from outside, or that a former `sig` key signed, is put aside and the message counts as new: opening it again
    /// does no harm, while a receipt that nobody can verify would hold up the task.
    func receipt(for id: String) throws(PartnerFault) -> (bytes: [UInt8], receipt: Receipt)? {
        let path = receipts.path + "/" + Self.name(id)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw .missing(file: path) }
            return nil
        }
        defer { close(descriptor) }
        guard let bytes = readAll(descriptor) else { throw .missing(file: path) }
        let keys = [identity.signingPublicKey]
        if let receipt = try? Receipt.verify(bytes, keys: keys, from: identity.oin, to: identity.exchangeOIN), receipt.messageId == id {
            return (bytes, receipt)
        }
        guard rename(path, path + ".damaged") == 0 else { throw .notStored(file: path) }
        return nil
    }

    /// Stores the receipt for a message; when this returns it survives a crash.
    func store(_ receipt: [UInt8], for id: String) async throws(PartnerFault) {
        try await receipts.write(receipt, Self.name(id))
    }

    /// Records a notice: ids, a code and an instant.
    func store(notice plaintext: [UInt8], id: String) throws(PartnerFault) {
        try writeDurably(plaintext, to: notices, id + ".json")
    }
}
