import Casework
import Crypto
import Disclosure
import JOSE
import StrictJSON

/// Our key for signing messages. It serves no other use.
public struct SigningKey: Sendable {
    let key: ES256SigningKey

    /// The key in a PKCS#8 PEM file.
    public init(pem: String) throws(SealingError) {
        do { key = try ES256SigningKey(pem: pem) } catch { throw .keys(code: error.code) }
    }
    private init(_ key: ES256SigningKey) { self.key = key }

    /// A new key.
    public static func generate() throws(SealingError) -> SigningKey {
        do { return SigningKey(try ES256SigningKey.generate()) } catch { throw .keys(code: error.code) }
    }
    /// The PKCS#8 PEM form.
    public var pem: String {
        get throws(SealingError) { do { return try key.pem } catch { throw .keys(code: error.code) } }
    }
    /// The DER SubjectPublicKeyInfo, for a certificate request.
    public var subjectPublicKeyInfo: [UInt8] { key.publicKey.subjectPublicKeyInfo }
    /// The public half as a JWK (RFC 7517), with this certificate chain as `x5c` when there is one.
    public func publicJWK(chain: [[UInt8]]) throws(SealingError) -> JSONValue {
        do { return .object(try key.publicKey.with(use: .signing, certificateChain: chain).json) } catch { throw .keys(code: error.code) }
    }
}

/// The two keys of a partner's JWK Set: `sig`, by which it signs receipts, and `enc`, to which we seal.
public struct PartnerKeys: Sendable {
    let keySet: JWKSet

    /// The keys in this JWK Set; refused when a key is missing, weak, private, used twice, or not the one of its certificate.
    public init(jwks: [UInt8]) throws(SealingError) {
        do { keySet = try JWKSet.parse(jwks) } catch { throw .keys(code: error.code) }
    }
    /// The signing key's `x5c`, leaf first, DER.
    public var signingChain: [[UInt8]] { keySet.signing.certificateChain }
    /// The encryption key's `x5c`, leaf first, DER.
    public var encryptionChain: [[UInt8]] { keySet.encryption.certificateChain }
    /// The profile that the encryption key is for.
    public var profile: SealingProfile { keySet.encryption.curve == .x25519 ? .joseX25519 : .joseP256 }
}

/// What sealing needs of us: the signing key and the key of the queue seal.
public struct SealingKeys: Sendable {
    public let signing: SigningKey
    public let queue: SymmetricKey
    public init(signing: SigningKey, queue: SymmetricKey) {
        self.signing = signing
        self.queue = queue
    }
}

/// Seals what the gate permitted: signed by us, then encrypted to the recipient.
///
/// - Parameter meeting: what makes it an invitation and not a referral; its items must be within the permission.
public func seal(
    _ permitted: PermittedDisclosure, decision: DecisionID, meeting: MeetingPart? = nil, in envelope: Envelope,
    for recipient: PartnerKeys, with keys: SealingKeys
) throws(SealingError) -> SealedMessage {
    let permission = permitted.permission
    guard permission.question.recipient == envelope.to, let first = permission.articles.first else { throw .wrongRecipient }
    if let fault = meeting?.fault(under: permission, in: envelope) { throw fault }
    let kind = meeting == nil ? MessageKind.referral : .invitation
    var payload = envelope.payload(kind: kind)
    payload["purpose"] = .string(permission.question.purpose.rawValue)
    var ground: JSONObject = ["kind": .string(permission.question.ground.kind)]
    if let article = permission.question.ground.article { ground["article"] = .string(article.text) }
    payload["ground"] = .object(ground)
    payload["covenant"] = first.json
    if permission.articles.count > 1 { payload["furtherArticles"] = .array(permission.articles.dropFirst().map(\.json)) }
    payload["decisionId"] = .string(decision.description)
    payload["fields"] = MessageFields(permitted).json
    if let meeting { payload["meeting"] = meeting.json }
    return try sealed(payload, kind, envelope, decision, recipient, keys)
}

/// Seals a notice: ids, a code and an instant.
public func seal(_ notice: Notice, in envelope: Envelope, for recipient: PartnerKeys, with keys: SealingKeys) throws(SealingError)
    -> SealedMessage
{
    var payload = envelope.payload(kind: .notice)
    payload["notice"] = [
        "code": .string(notice.code.rawValue), "about": .array(notice.about.map { .string($0.description) }),
        "at": .string(notice.at.rfc3339),
    ]
    return try sealed(payload, .notice, envelope, nil, recipient, keys)
}

private func sealed(
    _ payload: JSONObject, _ kind: MessageKind, _ envelope: Envelope, _ decision: DecisionID?, _ recipient: PartnerKeys,
    _ keys: SealingKeys
) throws(SealingError) -> SealedMessage {
    do {
        let signed = try JWS.sign(payload: JSONValue.object(payload).canonicalBytes(), typ: "convenant+jws", key: keys.signing.key)
        let compact = try JWE.seal(signed, to: recipient.keySet.encryption, typ: "convenant+jwe", cty: "convenant+jws")
        return SealedMessage(id: envelope.id, kind: kind, recipient: envelope.to, decision: decision, compact: compact, under: keys.queue)
    } catch { throw .keys(code: error.code) }
}

extension CovenantReference {
    /// The reference as messages and answers write it.
    public var json: JSONValue { ["id": .string(id), "version": .integer(Int64(version)), "article": .string(article)] }
}
