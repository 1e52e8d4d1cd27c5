import Crypto
import StrictJSON

@testable import JOSE

let ownOIN = "00000099000000002000"
let senderOIN = "00000099000000001000"
/// 2026-11-21T12:00:00.000Z
let noon: Int64 = 1_795_262_400_000

/// RSA keys, made once, as making one takes long.
enum RSAKeys {
    private static let signers = Result { try (0..<2).map { _ in try PS256SigningKey.generate() } }
    private static let transports = Result { try (0..<2).map { _ in try AgreementPrivateKey.generate(.rsa) } }

    static func signing(other: Bool) throws -> PS256SigningKey { try signers.get()[other ? 1 : 0] }
    static func transport(other: Bool) throws -> AgreementPrivateKey { try transports.get()[other ? 1 : 0] }
}

/// One sender and one recipient, and a message between them that opens.
struct SealedFixture {
    let signing: any MessageSigning
    let agreement: AgreementPrivateKey

    /// - Parameter other: other RSA keys than without it; those on curves are new each time.
    init(_ kind: JWK.Kind = .p256, other: Bool = false) throws {
        signing = kind == .rsa ? try RSAKeys.signing(other: other) : try ES256SigningKey.generate()
        agreement = kind == .rsa ? try RSAKeys.transport(other: other) : try .generate(kind)
    }

    static let payload: JSONObject = [
        "v": 1, "messageId": "0193532a-0000-7000-8000-000000000001", "kind": "referral", "from": .string(senderOIN), "to": .string(ownOIN),
        "sentAt": "2026-11-21T11:59:00.000Z", "expiresAt": "2026-11-28T12:00:00.000Z",
        "task": ["taskId": "0193532a-0000-7000-8000-000000000002", "pickUpWithin": ["workingDays": 5]], "purpose": "debtAssistance",
        "ground": ["kind": "consent"], "covenant": ["id": "den-haag-debt-help", "version": 1, "article": "3.2"], "decisionId": "d-1",
        "fields": ["identification": ["name": ["family": "Test"]]], "checkpoint": "convenant/x\n1\nAAAA\n",
    ]

    func signed(_ payload: JSONObject = Self.payload) throws -> [UInt8] {
        try JWS.sign(payload: JSONValue.object(payload).canonicalBytes(), typ: MessageType.signed, key: signing)
    }

    func sealed(_ payload: JSONObject = Self.payload) throws -> [UInt8] {
        try JWE.seal(signed(payload), to: agreement.publicKey, typ: MessageType.sealed(to: agreement.publicKey), cty: MessageType.signed)
    }

    func open(_ jwe: [UInt8], now: Int64 = noon, as own: String = ownOIN, from sender: String? = senderOIN) throws(JOSEError)
        -> OpenedMessage
    {
        try SealedOpener.open(jwe, encKey: agreement, senderKeys: [signing.publicKey], senderOIN: sender, ownOIN: own, now: now)
    }

    /// Opens the outer layer only.
    func unseal(_ jwe: [UInt8]) throws(JOSEError) -> [UInt8] {
        try JWE.open(jwe, key: agreement, typ: MessageType.sealed(to: agreement.publicKey), cty: MessageType.signed)
    }

    func verify(_ jws: [UInt8]) throws(JOSEError) -> [UInt8] {
        try JWS.verify(jws, typ: MessageType.signed, keys: [signing.publicKey]).payload
    }

    /// A JWS with this header text, honestly signed: only the header is wrong.
    func signed(header: String, payload: [UInt8] = [1, 2, 3]) throws -> [UInt8] {
        let input = Base64URL.string(header.utf8) + "." + Base64URL.string(payload)
        return Array((input + "." + Base64URL.string(try signing.sign(Array(input.utf8)))).utf8)
    }

    var plainHeader: String { #"{"alg":"\#(signing.publicKey.kind.signature ?? "")","kid":"\#(signing.kid)","typ":"convenant+jws"}"# }
}

/// A compact form's parts as texts, so that one can be exchanged.
func parts(_ compact: [UInt8]) -> [String] {
    String(decoding: compact, as: UTF8.self).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
}

func joined(_ parts: [String]) -> [UInt8] { Array(parts.joined(separator: ".").utf8) }

/// The same compact form with another header, made from the one it had.
func withHeader(_ compact: [UInt8], _ change: (inout JSONObject) throws -> Void) throws -> [UInt8] {
    var all = parts(compact)
    guard case .object(var header) = try parseJSON(Base64URL.decode(all[0]) ?? []) else { throw JOSEError.malformed }
    try change(&header)
    all[0] = Base64URL.string(JSONValue.object(header).canonicalBytes())
    return joined(all)
}

/// An honest JWE whose header, and therefore whose authentication, holds more or other members: only the header's content is wrong.
func sealed(_ plaintext: [UInt8], to key: AgreementPrivateKey, header change: (inout JSONObject) -> Void) throws -> [UInt8] {
    var header: JSONObject = [
        "alg": .string(key.publicKey.kind.keyManagement), "enc": "A256GCM", "kid": .string(key.kid),
        "typ": .string(MessageType.sealed(to: key.publicKey)), "cty": "convenant+jws",
    ]
    let content = SymmetricKey(size: .bits256)
    let wrapped: [UInt8]
    if case .rsa(let peer) = key.publicKey.material {
        wrapped = try peer.encryptOAEP(content.withUnsafeBytes { Array($0) })
    } else {
        let own = try AgreementPrivateKey.generate(key.publicKey.kind)
        header["epk"] = .object(own.publicKey.publicMembers)
        let secret = try own.agree(with: key.publicKey)
        wrapped = Array(try AES.KeyWrap.wrap(content, using: concatKDF(secret: secret, algorithm: "ECDH-ES+A256KW")))
    }
    change(&header)
    let text = Base64URL.string(JSONValue.object(header).canonicalBytes())
    let box = try AES.GCM.seal(plaintext, using: content, authenticating: Array(text.utf8))
    return joined([
        text, Base64URL.string(wrapped), Base64URL.string(box.nonce), Base64URL.string(box.ciphertext), Base64URL.string(box.tag),
    ])
}
