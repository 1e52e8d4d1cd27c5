import JOSE

/// Why a partner's side could not do its work.
///
/// Names files of the partner's own folder, addresses and stable codes; never anything of a message's content.
public enum PartnerFault: Error, Hashable, Sendable {
    /// A file of the partner's folder is not there or cannot be read.
    case missing(file: String)
    /// A secret that others on this machine may read, or a pinned file or a folder that others may change.
    case permissions(file: String, mode: String)
    /// A file that is not what its name promises; `code` says in which way.
    case unusable(file: String, code: String)
    /// Not an `https` address.
    case notAnAddress(String)
    /// The exchange answered with a problem (RFC 9457); `code` is the problem's, `retryAfter` in seconds.
    case answered(status: Int, code: String, retryAfter: Int?)
    /// The exchange's answer is not the one that the contract promises.
    case unexpectedAnswer(String)
    /// Beside the message no signature over the payload that holds (NL GOV profile); `reason` is the code of what is wrong with it.
    case payloadNotSigned(reason: String)
    /// No answer, and nothing was asked: network, certificate or time.
    case unreachable(String)
    /// No answer to what was asked: it may have been done.
    case unanswered(String)
    /// The partner's own disk refused; without a stored receipt none is sent.
    case notStored(file: String)
    /// A message is sealed to an `enc` key that is not in the folder.
    case sealedToOtherKey
    /// A message of this id was received before with other bytes.
    case otherBytes
    /// The same message is being handled at this moment.
    case beingHandled
    /// The message could not be taken in now: by the partner's own system, or as it is too early to ask for the key that signed it.
    case notTaken
    /// A recall waits for a person's answer; the receipt follows.
    case awaitsAnswer
    /// Nothing can listen at this address: taken, or not this machine's.
    case notListening(String)
    /// Another process works in this folder.
    case folderInUse(String)
    /// A receipt could not be signed.
    case notSigned(code: String)

    /// A stable code for logs and counters.
    public var code: String {
        switch self {
        case .missing: "missing-file"
        case .permissions: "permissions"
        case .unusable(_, let code): code
        case .notAnAddress: "not-an-address"
        case .answered(_, let code, _): code
        case .unexpectedAnswer: "unexpected-answer"
        case .payloadNotSigned: "payload-not-signed"
        case .unreachable: "unreachable"
        case .unanswered: "unanswered"
        case .notStored: "not-stored"
        case .sealedToOtherKey: "sealed-to-other-key"
        case .otherBytes: "other-bytes"
        case .beingHandled: "being-handled"
        case .notTaken: "not-taken"
        case .awaitsAnswer: "awaits-answer"
        case .notListening: "not-listening"
        case .folderInUse: "folder-in-use"
        case .notSigned(let code): code
        }
    }
}

extension PartnerFault: CustomStringConvertible {
    /// A sentence for whoever runs the partner's side, with what to do next.
    public var description: String {
        switch self {
        case .missing(let file): "`\(file)` cannot be read (hint: a partner's folder holds \(PartnerFolder.listing))"
        case .permissions(let file, let mode):
            "`\(file)` has mode \(mode) (hint: `chmod 700` for the folder, `chmod 600` for keys, `chmod go-w` for everything else)"
        case .unusable(let file, let code): "`\(file)` cannot be used: \(code) (hint: see certs/README.md for what belongs in it)"
        case .notAnAddress(let text): "`\(text)` is not an address of an exchange (hint: write https://host:port)"
        case .answered(let status, let code, let retryAfter):
            "the exchange answered \(status) \(code)" + (retryAfter.map { " (hint: try again in \($0) s)" } ?? "")
        case .unexpectedAnswer(let what): "the exchange's answer is not the agreed one: \(what) (hint: is this the partners' listener?)"
        case .payloadNotSigned(let reason):
            "the message came without a payload signature that holds: \(reason) (hint: compare exchange-jwks.json with the exchange's keys)"
        case .unreachable(let why): "the exchange cannot be reached: \(why) (hint: check address, certificate and exchange-roots.pem)"
        case .unanswered(let why): "the exchange gave no answer: \(why) (hint: check the network; what was asked may have been done)"
        case .notStored(let file): "`\(file)` cannot be written (hint: look at space and owner of the folder)"
        case .sealedToOtherKey:
            "the message is sealed to a key that is not here (hint: an `enc` key of before belongs beside enc.jwk as enc.former.jwk)"
        case .otherBytes: "a message of this id was received before with other bytes (hint: ask the exchange; nothing was sent)"
        case .beingHandled: "this message is being handled already"
        case .notTaken: "the message was not taken in (hint: it comes again at the next turn)"
        case .awaitsAnswer: "the recall waits for a person's answer"
        case .notListening(let address): "`\(address)` cannot be listened at (hint: is something listening there already?)"
        case .folderInUse(let path): "`\(path)` is in use by another process (hint: one `partner run` a folder)"
        case .notSigned(let code): "the receipt cannot be signed: \(code) (hint: check sig.pem)"
        }
    }
}
