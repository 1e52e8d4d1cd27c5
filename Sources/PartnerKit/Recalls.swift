import Foundation
import JOSE
import StrictJSON

/// Recalls that a person answers: what becomes of what was received is for people to say, and the receipt is their word.
///
/// `recalls/<id>.jwe` is a recall that has no receipt yet, as it came; `recalls/<id>.json` the answer that was given to it.
struct Recalls: Sendable {
    struct Given: Hashable, Sendable {
        let answer: Receipt.Answer
        /// The act and article of the duty under which something is kept.
        let article: String?
    }

    private let folder: String

    init(folder: PartnerFolder) throws(PartnerFault) { self.folder = try folder.makeFolder("recalls") }

    /// Whether a recall is here and nobody has answered it.
    func isWaiting(_ id: String) -> Bool { isUUID(id) && exists("\(id).jwe") && given(id) == nil }

    /// The answer to a recall that came; when there is none it is kept until there is. Throws `notStored`.
    func answer(to message: ReceivedMessage) throws(PartnerFault) -> Given? {
        let id = message.payload.messageId
        if let given = given(id) { return given }
        try writeDurably(message.sealed, to: folder, id + ".jwe")
        return nil
    }

    /// Gives the answer to a recall that waits; the first one stands. Throws `notStored`.
    func give(_ answer: Given, to id: String) throws(PartnerFault) {
        guard isWaiting(id) else { return }
        var object: JSONObject = ["answer": .string(answer.answer.rawValue)]
        object["article"] = answer.article.map { .string($0) }
        try writeDurably(JSONValue.object(object).canonicalBytes(), to: folder, id + ".json")
    }

    /// Recalls that wait for an answer.
    func waiting() -> [String] { namesOfFiles(in: folder, suffix: ".jwe").filter { given($0) == nil } }

    /// Recalls that were answered and whose receipt may not have arrived.
    func answered() -> [String] { namesOfFiles(in: folder, suffix: ".jwe").filter { given($0) != nil }.sorted() }

    /// Signs the receipt of an answered recall and delivers it; whether that succeeded. The same receipt goes at every repetition.
    func settle(_ id: String, inbox: Inbox, client: ExchangeClient) async -> Bool {
        guard let sealed = contents(of: "\(folder)/\(id).jwe") else { return false }
        do throws(PartnerFault) {
            let reception = try await inbox.receiveKept(sealed, listedAs: id)
            _ = try await client.deliver(receipt: reception.receipt, for: id)
        } catch { return false }
        return (try? removeFiles([id], from: folder, suffix: ".jwe")) == true
    }

    /// The answer that was given to a recall; nil where there is none.
    func given(_ id: String) -> Given? {
        guard let bytes = contents(of: "\(folder)/\(id).json"), let object = try? parseJSON(bytes),
            let answer = object["answer"]?.stringValue.flatMap(Receipt.Answer.init(rawValue:))
        else { return nil }
        return Given(answer: answer, article: object["article"]?.stringValue)
    }

    private func exists(_ name: String) -> Bool { access("\(folder)/\(name)", F_OK) == 0 }
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
    guard syncFolder(folder) else { throw .notStored(file: folder) }
    return held
}
