import Foundation
import JOSE
import StrictJSON

/// Recalls that a person answers: what becomes of what was received is for people to say, and the receipt is their word.
///
/// `recalls/<id>.jwe` is a recall that has no receipt yet, as it came; `recalls/<id>.json` the answer that was given to it. Where the program
/// answers by itself, it writes that down there as well before it removes anything.
struct Recalls: Sendable {
    struct Given: Hashable, Sendable {
        let answer: Receipt.Answer
        /// The act and article of the duty under which something is kept.
        let article: String?
    }

    /// What became of an answer that was to be sent.
    enum Settlement: Sendable {
        /// The receipt that says it has arrived.
        case delivered
        /// It goes when that can be done.
        case later
        /// A receipt with another answer had gone before; the first one stands.
        case otherStands
        /// No receipt can say it; the recall waits for another answer.
        case notSigned
    }

    private let folder: String

    init(folder: PartnerFolder) throws(PartnerFault) { self.folder = try folder.makeFolder("recalls") }

    /// Whether a recall is here and nobody has answered it.
    func isWaiting(_ id: String) -> Bool { isUUID(id) && access("\(folder)/\(id).jwe", F_OK) == 0 && given(id) == nil }

    /// Keeps a recall until it is answered. Throws `notStored`.
    func keep(_ message: ReceivedMessage) throws(PartnerFault) {
        try writeDurably(message.sealed, to: folder, message.payload.messageId + ".jwe")
    }

    /// Gives the answer to a recall; the first one stands. Throws `notStored`.
    func give(_ answer: Given, to id: String) throws(PartnerFault) {
        guard isUUID(id), given(id) == nil else { return }
        var object: JSONObject = ["answer": .string(answer.answer.rawValue)]
        object["article"] = answer.article.map { .string($0) }
        try writeDurably(JSONValue.object(object).canonicalBytes(), to: folder, id + ".json")
    }

    /// Recalls that wait for an answer.
    func waiting() -> [String] { namesOfFiles(in: folder, suffix: ".jwe").filter { given($0) == nil } }

    /// Recalls that were answered and whose receipt may not have arrived.
    func answered() -> [String] { namesOfFiles(in: folder, suffix: ".jwe").filter { given($0) != nil }.sorted() }

    /// Removes what an answered recall is about, unless it is kept, then signs the receipt and delivers it. The same receipt goes at every
    /// repetition.
    func settle(_ id: String, of here: MessagesHere, inbox: Inbox, client: ExchangeClient) async -> Settlement {
        guard let given = given(id), let sealed = contents(of: "\(folder)/\(id).jwe") else { return .later }
        // Where its file was damaged a receipt would refuse it: it comes again, and this answer stands.
        guard let about = (try? inbox.identity.openKept(sealed))?.payload.notice?.about else { return .later }
        do throws(PartnerFault) {
            // Also where another receipt went before: no message is handed over then.
            if given.answer != .keptUnderOwnDuty { try here.remove(about) }
            let reception = try await inbox.receiveKept(sealed, listedAs: id)
            _ = try await client.deliver(receipt: reception.receipt, for: id)
            _ = try removeFiles([id], from: folder, suffix: ".jwe")
            return reception.answer == given.answer ? .delivered : .otherStands
        } catch {
            guard case .notSigned = error, (try? removeFiles([id], from: folder, suffix: ".json")) != nil else { return .later }
            return .notSigned
        }
    }

    /// The answer that was given to a recall; nil where there is none.
    func given(_ id: String) -> Given? {
        guard let bytes = contents(of: "\(folder)/\(id).json"), let object = try? parseJSON(bytes),
            let answer = object["answer"]?.stringValue.flatMap(Receipt.Answer.init(rawValue:))
        else { return nil }
        return Given(answer: answer, article: object["article"]?.stringValue)
    }
}

/// The whole of a file; nil when it cannot be read.
func contents(of path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return readAll(descriptor)
}

/// The ids that files of this suffix are named after.
func namesOfFiles(in folder: String, suffix: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }.filter(isUUID)
}

/// Removes the files named after these ids, for good; whether any was there. Throws `notStored`.
func removeFiles(_ ids: [String], from folder: String, suffix: String) throws(PartnerFault) -> Bool {
    var held = false
    for id in ids where isUUID(id) {
        let removed = unlink("\(folder)/\(id)\(suffix)") == 0
        guard removed || errno == ENOENT else { throw .notStored(file: folder) }
        held = held || removed
    }
    // No run took anything in this way yet.
    guard held || access(folder, F_OK) == 0 else { return false }
    guard syncFolder(folder) else { throw .notStored(file: folder) }
    return held
}
