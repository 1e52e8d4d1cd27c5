import Crypto
import JOSE
import StrictJSON

/// A message with one fault, named by it.
struct BadMessage: Sendable {
    /// A stable name.
    let name: String
    let dutch: String
    let english: String
    /// Whether a partner may answer that it cannot say yet: it looks for a newer key set of the sender first.
    var mayBePutOff = false
    /// The kinds of keys for which it is a fault.
    var kinds = Set(JWK.Kind.allCases)
    /// What is put beside it in the header.
    var fields: @Sendable (TestMessages, [UInt8]) throws(JOSEError) -> [PayloadField] = {
        (messages, bytes) throws(JOSEError) in try messages.payloadFields(of: bytes)
    }
    let make: @Sendable (TestMessages, String) throws(JOSEError) -> [UInt8]
}

extension BadMessage {
    /// Every kind of fault that is sent to a partner with such a key, in the order of the report.
    static func all(for kind: JWK.Kind) -> [BadMessage] {
        (envelopes + signatures + payloadSignatures + payloads).filter { $0.kinds.contains(kind) }
    }

    /// The sealed envelope was changed, or is of another make.
    private static let envelopes: [BadMessage] = [
        BadMessage(name: "content-changed", dutch: "één bit van de inhoud gewijzigd", english: "one bit of the content changed") {
            (messages, id) throws(JOSEError) in flipped(try messages.good(id), part: 3)
        },
        BadMessage(name: "tag-changed", dutch: "één bit van het zegel gewijzigd", english: "one bit of the tag changed") {
            (messages, id) throws(JOSEError) in flipped(try messages.good(id), part: 4)
        },
        BadMessage(
            name: "wrapped-key-changed", dutch: "één bit van de ingepakte sleutel gewijzigd", english: "one bit of the wrapped key changed"
        ) {
            (messages, id) throws(JOSEError) in flipped(try messages.good(id), part: 1)
        },
        BadMessage(name: "header-changed", dutch: "kop gewijzigd: gecomprimeerd (zip)", english: "header changed: compressed (zip)") {
            (messages, id) throws(JOSEError) in try withHeader(messages.good(id)) { $0["zip"] = "DEF" }
        },
        BadMessage(
            name: "weak-algorithm", dutch: "kop gewijzigd: verouderd algoritme (RSA1_5)",
            english: "header changed: outdated algorithm (RSA1_5)"
        ) {
            (messages, id) throws(JOSEError) in try withHeader(messages.good(id)) { $0["alg"] = "RSA1_5" }
        },
        BadMessage(
            name: "off-curve", dutch: "tijdelijke sleutel met een punt buiten de kromme",
            english: "ephemeral key with a point off the curve", kinds: [.p256, .x25519]
        ) {
            (messages, id) throws(JOSEError) in
            try withHeader(messages.good(id)) {
                $0["epk"] = [
                    "kty": "EC", "crv": "P-256", "x": .string(Base64URL.string([UInt8](repeating: 1, count: 32))),
                    "y": .string(Base64URL.string([UInt8](repeating: 1, count: 32))),
                ]
            }
        },
        BadMessage(name: "cut", dutch: "afgekapt", english: "cut off") { (messages, id) throws(JOSEError) in
            Array(try messages.good(id).dropLast(30))
        },
        BadMessage(name: "other-key", dutch: "verzegeld met een sleutel van een ander", english: "sealed to somebody else's key") {
            (messages, id) throws(JOSEError) in
            try messages.sealed(
                messages.signed(messages.referral(id)), to: AgreementPrivateKey.generate(messages.partner.keys.encryption.kind).publicKey)
        },
    ]

    /// Well sealed, but we did not sign it, or it was changed after we did.
    private static let signatures: [BadMessage] = [
        BadMessage(name: "changed-after-signing", dutch: "na het ondertekenen gewijzigd", english: "changed after signing") {
            (messages, id) throws(JOSEError) in
            let parts = try messages.signed(messages.referral(id)).split(separator: UInt8(ascii: "."))
            let other = JSONValue.object(messages.referral(id) { $0["purpose"] = "anotherPurpose" }).canonicalBytes()
            return try messages.sealed(Array(parts[0]) + dot + Base64URL.encode(other) + dot + Array(parts[2]))
        },
        BadMessage(name: "unsigned", dutch: "zonder handtekening (alg: none)", english: "without a signature (alg: none)") {
            (messages, id) throws(JOSEError) in
            try messages.sealed(messages.unsigned(id, algorithm: "none") + dot)
        },
        BadMessage(
            name: "shared-secret", dutch: "ondertekend met onze openbare sleutel als geheim (HS256)",
            english: "signed with our public key as a secret (HS256)"
        ) {
            (messages, id) throws(JOSEError) in
            let text = messages.unsigned(id, algorithm: "HS256")
            let key = SymmetricKey(data: messages.key.publicKey.subjectPublicKeyInfo)
            return try messages.sealed(text + dot + Base64URL.encode(Array(HMAC<SHA256>.authenticationCode(for: text, using: key))))
        },
        BadMessage(
            name: "stranger", dutch: "ondertekend door een onbekende", english: "signed by a stranger", mayBePutOff: true
        ) {
            (messages, id) throws(JOSEError) in
            let payload = JSONValue.object(messages.referral(id)).canonicalBytes()
            return try messages.sealed(JWS.sign(payload: payload, typ: MessageType.signed, key: messages.stranger()))
        },
        BadMessage(
            name: "brings-its-key", dutch: "ondertekend door een onbekende, sleutel meegestuurd",
            english: "signed by a stranger who sends the key along"
        ) {
            (messages, id) throws(JOSEError) in
            let stranger = try messages.stranger()
            let header: JSONValue = [
                "alg": .string(messages.algorithm), "kid": .string(messages.key.kid), "typ": .string(MessageType.signed),
                "jwk": .object(stranger.publicKey.json),
            ]
            let text =
                Base64URL.encode(header.canonicalBytes()) + dot
                + Base64URL.encode(JSONValue.object(messages.referral(id)).canonicalBytes())
            return try messages.sealed(text + dot + Base64URL.encode(stranger.sign(text)))
        },
        BadMessage(name: "signed-as-receipt", dutch: "ondertekend als ontvangstbewijs", english: "signed as a receipt") {
            (messages, id) throws(JOSEError) in
            let payload = JSONValue.object(messages.referral(id)).canonicalBytes()
            return try messages.sealed(JWS.sign(payload: payload, typ: MessageType.receipt, key: messages.key))
        },
    ]

    /// Well sealed, and in the NL GOV profile still not to be opened.
    private static let payloadSignatures: [BadMessage] = [
        BadMessage(
            name: "other-profile", dutch: "ondertekend in het gewone profiel (ES256)", english: "signed in the default profile (ES256)",
            kinds: [.rsa]
        ) {
            (messages, id) throws(JOSEError) in
            let payload = JSONValue.object(messages.referral(id)).canonicalBytes()
            return try messages.sealed(JWS.sign(payload: payload, typ: MessageType.signed, key: messages.sender.signingKey(for: .p256)))
        },
        BadMessage(
            name: "payload-signature-none", dutch: "zonder Payload-Signature", english: "without a Payload-Signature", kinds: [.rsa],
            fields: { (_, _) throws(JOSEError) in [] }, make: good),
        BadMessage(
            name: "payload-signature-of-another", dutch: "met de Payload-Signature van een ander bericht",
            english: "with another message's Payload-Signature", kinds: [.rsa],
            fields: { (messages, bytes) throws(JOSEError) in try messages.payloadFields(of: bytes + dot) }, make: good),
        BadMessage(
            name: "payload-signature-twice", dutch: "met twee keer een Payload-Signature", english: "with two Payload-Signatures",
            kinds: [.rsa],
            fields: { (messages, bytes) throws(JOSEError) in
                let fields = try messages.payloadFields(of: bytes)
                return fields + fields
            }, make: good),
        BadMessage(
            name: "payload-signature-of-a-stranger", dutch: "met een Payload-Signature van een onbekende",
            english: "with a stranger's Payload-Signature", mayBePutOff: true, kinds: [.rsa],
            fields: { (messages, bytes) throws(JOSEError) in try messages.payloadFields(of: bytes, by: PS256SigningKey.generate()) },
            make: good),
    ]

    private static let good: @Sendable (TestMessages, String) throws(JOSEError) -> [UInt8] = { (messages, id) throws(JOSEError) in
        try messages.good(id)
    }

    /// Well signed and well sealed, and still not to be opened.
    private static let payloads: [BadMessage] = [
        BadMessage(name: "misaddressed", dutch: "gericht aan een andere organisatie", english: "addressed to another organisation") {
            (messages, id) throws(JOSEError) in try messages.good(id) { $0["to"] = "00000099999999999999" }
        },
        BadMessage(name: "expired", dutch: "verlopen", english: "expired") { (messages, id) throws(JOSEError) in
            let now = messages.now
            return try messages.good(id) {
                $0["sentAt"] = .string(WireInstant.text(now - 172_800_000))
                $0["expiresAt"] = .string(WireInstant.text(now - 86_400_000))
            }
        },
        BadMessage(
            name: "other-sender", dutch: "noemt een andere afzender dan die ondertekende",
            english: "names another sender than the one that signed"
        ) {
            (messages, id) throws(JOSEError) in try messages.good(id) { $0["from"] = "00000099999999999999" }
        },
        BadMessage(name: "other-id", dutch: "aangeboden onder een ander berichtnummer", english: "offered under another message id") {
            (messages, _) throws(JOSEError) in try messages.good(newMessageID(at: messages.now))
        },
        BadMessage(name: "member-twice", dutch: "een gegeven staat er twee keer in", english: "a member stands in it twice") {
            (messages, id) throws(JOSEError) in
            let text = JSONValue.object(messages.referral(id)).canonicalText
            let twice = Array((String(text.dropLast()) + #","to":"\#(messages.partner.oin)"}"#).utf8)
            return try messages.sealed(JWS.sign(payload: twice, typ: MessageType.signed, key: messages.key))
        },
        BadMessage(name: "unknown-version", dutch: "een versie die nog niet bestaat", english: "a version that does not exist yet") {
            (messages, id) throws(JOSEError) in try messages.good(id) { $0["v"] = 2 }
        },
        BadMessage(name: "notice-with-content", dutch: "een mededeling met inhoud", english: "a notice with content in it") {
            (messages, id) throws(JOSEError) in
            var payload = messages.notice("recalled", id, about: newMessageID(at: messages.now))
            payload["fields"] = ["identification": ["birthDate": "1900"]]
            return try messages.sealed(messages.signed(payload))
        },
    ]
}

private let dot = [UInt8(ascii: ".")]

extension TestMessages {
    /// A good referral as it goes over the wire, unless `change` spoils it before it is signed.
    func good(_ id: String, _ change: (inout JSONObject) -> Void = { _ in }) throws(JOSEError) -> [UInt8] {
        try sealed(signed(referral(id, change)))
    }

    /// A key of the partner's profile that nobody knows.
    fileprivate func stranger() throws(JOSEError) -> any MessageSigning {
        key is PS256SigningKey ? try PS256SigningKey.generate() : try ES256SigningKey.generate()
    }

    fileprivate var algorithm: String { key is PS256SigningKey ? "PS256" : "ES256" }

    /// Header and payload of a referral under an algorithm that is not ours, up to the place of the signature.
    fileprivate func unsigned(_ id: String, algorithm: String) -> [UInt8] {
        let header: JSONValue = ["alg": .string(algorithm), "kid": .string(key.kid), "typ": .string(MessageType.signed)]
        return Base64URL.encode(header.canonicalBytes()) + dot + Base64URL.encode(JSONValue.object(referral(id)).canonicalBytes())
    }
}

/// The compact form with the middle bit of one part turned over.
private func flipped(_ compact: [UInt8], part: Int) -> [UInt8] {
    replacing(compact, part: part) { bytes in bytes[bytes.count / 2] ^= 1 }
}

/// The compact form with another header.
private func withHeader(_ compact: [UInt8], _ change: (inout JSONObject) -> Void) -> [UInt8] {
    replacing(compact, part: 0) { bytes in
        guard var header = (try? parseJSON(bytes))?.objectValue else { return }
        change(&header)
        bytes = JSONValue.object(header).canonicalBytes()
    }
}

private func replacing(_ compact: [UInt8], part: Int, _ change: (inout [UInt8]) -> Void) -> [UInt8] {
    var parts = compact.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Array($0) }
    var bytes = Base64URL.decode(parts[part]) ?? []
    change(&bytes)
    parts[part] = Base64URL.encode(bytes)
    return Array(parts.joined(separator: dot))
}
