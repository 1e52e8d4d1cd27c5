import StrictJSON

/// A partner's signed word that a message was opened or refused, version 1.
///
/// It names the message by id and by the digest of its sealed bytes, so it cannot be moved to another message; it says nothing of content.
public struct Receipt: Hashable, Sendable {
    /// What became of the message.
    public enum Result: String, Sendable, CaseIterable {
        /// It was opened and its signature was right.
        case opened
        /// It was not taken; `code` says why.
        case refused
    }

    /// What the partner does after a recall (a notice that ends an earlier message).
    public enum Answer: String, Sendable, CaseIterable {
        /// Processing has stopped.
        case stopped
        /// Kept under a duty of the partner's own; `article` names it.
        case keptUnderOwnDuty
        /// Nothing of the kind was there.
        case notFound
    }

    /// The most that ``article`` holds, in bytes of UTF-8.
    public static let articleLimit = 64

    /// The message that was received, UUID in lower case.
    public var messageId: String
    /// SHA-256 of the compact JWE as received: 32 bytes.
    public var digest: [UInt8]
    /// Who signs: organisation number (OIN).
    public var from: String
    /// Whose message it was: organisation number (OIN).
    public var to: String
    /// Whether it was opened or refused.
    public var result: Result
    /// Why it was refused: a stable code such as those of ``JOSEError``.
    public var code: String?
    /// The answer to a recall.
    public var answer: Answer?
    /// The article of the duty under which something was kept; at most ``articleLimit`` bytes.
    public var article: String?
    /// The role of whoever read it; never a name.
    public var readerRole: String?
    /// The version of the covenant that the partner holds.
    public var covenantVersion: Int64?
    /// When the partner opened or refused it by its own clock, ms since 1970; recorded, never compared.
    public var at: Int64

    /// A receipt from its members; see there for units. What cannot be read back is refused when it is signed.
    public init(
        messageId: String, digest: [UInt8], from: String, to: String, result: Result, code: String? = nil, answer: Answer? = nil,
        article: String? = nil, readerRole: String? = nil, covenantVersion: Int64? = nil, at: Int64
    ) {
        self.messageId = messageId
        self.digest = digest
        self.from = from
        self.to = to
        self.result = result
        self.code = code
        self.answer = answer
        self.article = article
        self.readerRole = readerRole
        self.covenantVersion = covenantVersion
        self.at = at
    }

    /// The receipt as a JWS compact of type ``MessageType/receipt``. Throws `malformed` when a member could not be read back.
    public func signed(by key: some MessageSigning) throws(JOSEError) -> [UInt8] {
        guard try Receipt(payload: payload) == self else { throw .malformed }
        return try JWS.sign(payload: payload, typ: MessageType.receipt, key: key)
    }

    /// Reads a receipt that one of `keys` signed, all of them of the one organisation `from`.
    ///
    /// Whether message and digest are known is for the caller to say (404 and 409).
    /// Throws as ``JWS/verify(_:typ:keys:by:)``; `unknownVersion`; `wrongSender` and `wrongRecipient` when `from` or `to` are others.
    public static func verify(_ compact: [UInt8], keys: [JWK], from sender: String, to recipient: String) throws(JOSEError) -> Receipt {
        let receipt = try Receipt(payload: JWS.verify(compact, typ: MessageType.receipt, keys: keys).payload)
        guard sameText(receipt.from, sender) else { throw .wrongSender }
        guard sameText(receipt.to, recipient) else { throw .wrongRecipient }
        return receipt
    }

    /// The payload as canonical JSON (RFC 8785).
    var payload: [UInt8] {
        var object: JSONObject = [
            "v": 1, "messageId": .string(messageId), "digest": .string(Base64URL.string(digest)), "from": .string(from), "to": .string(to),
            "result": .string(result.rawValue), "at": .string(WireInstant.text(at)),
        ]
        object["code"] = code.map { .string($0) }
        object["answer"] = answer.map { .string($0.rawValue) }
        object["article"] = article.map { .string($0) }
        object["readerRole"] = readerRole.map { .string($0) }
        object["covenantVersion"] = covenantVersion.map { .integer($0) }
        return JSONValue.object(object).canonicalBytes()
    }

    /// Reads a payload; unknown members are ignored, so that version 1 can grow by adding.
    init(payload: [UInt8]) throws(JOSEError) {
        let object = try parseObject(payload)
        guard try object.optionalInteger("v") == 1 else { throw .unknownVersion }
        messageId = try object.requiredUUID("messageId")
        digest = try object.requiredBytes("digest", length: 32)
        from = try object.requiredOIN("from")
        to = try object.requiredOIN("to")
        guard let result = Result(rawValue: try object.requiredString("result")) else { throw .malformed }
        self.result = result
        code = try object.optionalString("code", limit: 64)
        if let text = try object.optionalString("answer") {
            guard let answer = Answer(rawValue: text) else { throw .malformed }
            self.answer = answer
        }
        article = try object.optionalString("article", limit: Self.articleLimit)
        readerRole = try object.optionalString("readerRole", limit: 64)
        covenantVersion = try object.optionalInteger("covenantVersion")
        at = try object.requiredInstant("at")
    }
}
