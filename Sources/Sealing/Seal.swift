import Casework
import Crypto
import Disclosure
import JOSE
import StrictJSON

/// Our key for signing messages of one profile. It serves no other use.
public struct SigningKey: Sendable {
    let key: any MessageSigning

    /// The key in a PKCS#8 PEM file: on P-256, or RSA for the NL GOV profile.
    public init(pem: String) throws(SealingError) {
        do { key = try signingKey(pem: pem) } catch { throw .keys(code: error.code) }
    }
    private init(_ key: any MessageSigning) { self.key = key }

    /// A new key for the default profile.
    public static func generate() throws(SealingError) -> SigningKey {
        do { return SigningKey(try ES256SigningKey.generate()) } catch { throw .keys(code: error.code) }
    }
    /// A new key for the NL GOV profile.
    public static func generateNLGov() throws(SealingError) -> SigningKey {
        do { return SigningKey(try PS256SigningKey.generate()) } catch { throw .keys(code: error.code) }
    }
    /// Whether it is a key of the NL GOV profile.
    public var isNLGov: Bool { key is PS256SigningKey }
    /// The PKCS#8 PEM form.
    public var pem: String {
        get throws(SealingError) { do { return try key.pem } catch { throw .keys(code: error.code) } }
    }
    /// The DER SubjectPublicKeyInfo, for a certificate request.
    public var subjectPublicKeyInfo: [UInt8] { key.publicKey.subjectPublicKeyInfo }
    /// Its name: the thumbprint of the public half (RFC 7638).
    public var kid: String { key.publicKey.kid }
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
    /// The name of the signing key: its thumbprint (RFC 7638).
    public var signingKeyID: String { keySet.signing.kid }
    /// The name of the encryption key: its thumbprint (RFC 7638).
    public var encryptionKeyID: String { keySet.encryption.kid }
    /// The profile that the encryption key is for.
    public var profile: SealingProfile { SealingProfile(keySet.encryption.kind) }
}

/// What sealing needs of us: the signing keys and the key of the queue seal.
public struct SealingKeys: Sendable {
    public let signing: SigningKey
    /// The signing key of the NL GOV profile, where we have one.
    public let nlGov: SigningKey?
    public let queue: SymmetricKey
    public init(signing: SigningKey, nlGov: SigningKey? = nil, queue: SymmetricKey) {
        self.signing = signing
        self.nlGov = nlGov
        self.queue = queue
    }

    /// The key that signs in this profile; another one never takes its place.
    func signer(for profile: SealingProfile) throws(SealingError) -> any MessageSigning {
        switch profile {
        case .joseP256, .joseX25519: return signing.key
        case .nlGov:
            guard let nlGov, nlGov.isNLGov else { throw .noKey(profile) }
            return nlGov.key
        }
    }
}

/// Seals what the gate permitted: signed by us, then encrypted to the recipient.
///
/// - Parameters:
///   - meeting: what makes it an invitation and not a referral; its items must be within the permission.
///   - levers: how the recipient knows each lever on which the permission rests.
public func seal(
    _ permitted: PermittedDisclosure, decision: DecisionID, meeting: MeetingPart? = nil, levers: [LeverID: LeverReferenceID] = [:],
    in envelope: Envelope, for recipient: PartnerKeys, with keys: SealingKeys
) throws(SealingError) -> SealedMessage {
    let permission = permitted.permission
    guard permission.question.recipient == envelope.to, let first = permission.articles.first else { throw .wrongRecipient }
    if let fault = meeting?.fault(under: permission, in: envelope) { throw fault }
    let kind = meeting == nil ? MessageKind.referral : .invitation
    var payload = envelope.payload(kind: kind)
    payload["purpose"] = .string(permission.question.purpose.rawValue)
    var ground: JSONObject = ["kind": .string(permission.question.ground.kind)]
    if let article = permission.question.ground.article { ground["article"] = .string(article.text) }
    // Of what may be compelled: every message says on which lever it rests, so that whoever receives it can ask after that (R24).
    if !permission.levers.isEmpty {
        let known = permission.levers.compactMap { levers[$0] }
        guard known.count == permission.levers.count else { throw .leverWithoutReference }
        // In an order of their own: that of the levers' ids would tell which is older.
        ground["levers"] = .array(known.sorted().map { .string($0.description) })
    }
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
    let key = try keys.signer(for: recipient.profile)
    let peer = recipient.keySet.encryption
    do {
        let signed = try JWS.sign(payload: JSONValue.object(payload).canonicalBytes(), typ: MessageType.signed, key: key)
        let compact = try JWE.seal(signed, to: peer, typ: MessageType.sealed(to: peer), cty: MessageType.signed)
        return SealedMessage(id: envelope.id, kind: kind, recipient: envelope.to, decision: decision, compact: compact, under: keys.queue)
    } catch { throw .keys(code: error.code) }
}

extension CovenantReference {
    /// The reference as messages and answers write it.
    public var json: JSONValue { ["id": .string(id), "version": .integer(Int64(version)), "article": .string(article)] }
}
