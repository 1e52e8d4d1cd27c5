import Crypto
import Foundation
import StrictJSON

/// Sealed bytes as JWE compact (RFC 7516) with `A256GCM`: `ECDH-ES+A256KW` on P-256 or X25519, header exactly `alg`, `cty`, `enc`, `epk`,
/// `kid`, `typ`; or, to an RSA key of the NL GOV profile, `RSA-OAEP` and the same header without `epk`.
public enum JWE {
    /// Seals `plaintext` to one recipient, with an ephemeral key and a content key made for this message alone.
    ///
    /// Throws `algorithmNotAllowed` for a key of another use, `invalidKey` for one of small order, `wrongType` for a `typ` or `cty`
    /// that needs escapes, `tooLong` over 1 MiB, `libraryFailure` without randomness.
    public static func seal(_ plaintext: [UInt8], to recipient: JWK, typ: String, cty: String) throws(JOSEError) -> [UInt8] {
        try CompactForm.requirePlain(typ)
        try CompactForm.requirePlain(cty)
        guard recipient.use != .signing else { throw .algorithmNotAllowed }
        let contentKey = SymmetricKey(size: .bits256)
        let (wrapped, epk) = try wrap(contentKey, for: recipient)
        // members in the order of RFC 8785, so that the same input gives the same header
        let header =
            #"{"alg":"\#(recipient.kind.keyManagement)","cty":"\#(cty)","enc":"\#(contentEncryption)","#
            + #"\#(epk.map { #""epk":\#($0),"# } ?? "")"kid":"\#(recipient.kid)","typ":"\#(typ)"}"#
        let protected = Base64URL.encode(header.utf8)
        let nonce = AES.GCM.Nonce()
        guard let box = try? AES.GCM.seal(plaintext, using: contentKey, nonce: nonce, authenticating: protected) else {
            throw .libraryFailure
        }
        var compact = protected
        compact.reserveCapacity(protected.count + plaintext.count / 3 * 4 + wrapped.count * 2 + 56)
        for part in [Base64URL.encode(wrapped), Base64URL.encode(nonce), Base64URL.encode(box.ciphertext), Base64URL.encode(box.tag)] {
            compact.append(UInt8(ascii: "."))
            compact.append(contentsOf: part)
        }
        guard compact.count <= CompactForm.limit else { throw .tooLong }
        return compact
    }

    /// Opens what was sealed to `key`.
    ///
    /// Throws `algorithmNotAllowed`, `headerNotAllowed`, `wrongType`, `wrongRecipient`, `invalidKey` (the ephemeral key), `malformed`,
    /// `tooLong`; `notDecryptable` for everything that fails once the private key was used.
    public static func open(_ compact: [UInt8], key: AgreementPrivateKey, typ: String, cty: String) throws(JOSEError) -> [UInt8] {
        let parts = try CompactForm.parts(compact, count: 5)
        let kind = key.publicKey.kind
        let header = try CompactForm.header(
            parts[0], members: kind.sealedMembers, algorithms: [("alg", [kind.keyManagement]), ("enc", [contentEncryption])])
        try CompactForm.require("typ", typ, in: header)
        try CompactForm.require("cty", cty, in: header)
        guard sameText(try header.requiredString("kid", limit: 64), key.kid) else { throw .wrongRecipient }
        let wrapped = try CompactForm.bytes(parts[1])
        let nonce = try CompactForm.bytes(parts[2])
        let ciphertext = try CompactForm.bytes(parts[3])
        let tag = try CompactForm.bytes(parts[4])
        guard nonce.count == 12, tag.count == 16 else { throw .malformed }
        let contentKey = try unwrap(wrapped, header, with: key)
        do {
            let box = try AES.GCM.SealedBox(nonce: AES.GCM.Nonce(data: nonce), ciphertext: ciphertext, tag: tag)
            return Array(try AES.GCM.open(box, using: contentKey, authenticating: parts[0]))
        } catch {
            throw .notDecryptable
        }
    }

    /// The kind of key that `compact` is sealed to, as its own header says; nothing is opened.
    /// Throws `malformed`, `tooLong`, or `algorithmNotAllowed` for what is of no profile.
    public static func recipientKind(of compact: [UInt8]) throws(JOSEError) -> JWK.Kind {
        let header = try parseObject(CompactForm.bytes(CompactForm.parts(compact, count: 5)[0]))
        let algorithm = try header.requiredString("alg")
        if sameText(algorithm, JWK.Kind.rsa.keyManagement) { return .rsa }
        guard sameText(algorithm, JWK.Kind.p256.keyManagement),
            let curve = JWK.Kind(rawValue: try header.requiredObject("epk").requiredString("crv")), curve != .rsa
        else { throw .algorithmNotAllowed }
        return curve
    }

    /// The name of the key that `compact` is sealed to, as its own header says; nothing is opened.
    /// Throws `malformed`, `tooLong`.
    public static func recipientKeyID(of compact: [UInt8]) throws(JOSEError) -> String {
        try parseObject(CompactForm.bytes(CompactForm.parts(compact, count: 5)[0])).requiredString("kid", limit: 64)
    }

    /// The content key as its recipient alone can have it, and the text of `epk` where there is one.
    private static func wrap(_ contentKey: SymmetricKey, for recipient: JWK) throws(JOSEError) -> (wrapped: [UInt8], epk: String?) {
        if case .rsa(let peer) = recipient.material {
            var bytes = contentKey.withUnsafeBytes { Array($0) }
            defer { wipe(&bytes) }
            return (try peer.encryptOAEP(bytes), nil)
        }
        var (epk, secret) = try agreeEphemerally(with: recipient)
        defer { wipe(&secret) }
        let wrapping = concatKDF(secret: secret, algorithm: recipient.kind.keyManagement)
        guard let wrapped = try? AES.KeyWrap.wrap(contentKey, using: wrapping) else { throw .libraryFailure }
        return (Array(wrapped), epk)
    }

    /// The content key; throws `notDecryptable` where it does not come out, and where RSA is used not even that.
    private static func unwrap(_ wrapped: [UInt8], _ header: JSONObject, with key: AgreementPrivateKey) throws(JOSEError) -> SymmetricKey {
        if case .rsa(let own) = key {
            guard wrapped.count == own.key.modulus.count else { throw .malformed }
            // what does not come out of OAEP is replaced by a key of nobody, so that every failure is the tag's (RFC 7516 §11.5)
            guard var bytes = own.key.decryptOAEP(wrapped), bytes.count == 32 else { return SymmetricKey(size: .bits256) }
            defer { wipe(&bytes) }
            return SymmetricKey(data: bytes)
        }
        guard wrapped.count == 40 else { throw .malformed }
        var secret = try key.agree(with: ephemeralKey(in: header, for: key))
        defer { wipe(&secret) }
        let wrapping = concatKDF(secret: secret, algorithm: key.publicKey.kind.keyManagement)
        guard let contentKey = try? AES.KeyWrap.unwrap(wrapped, using: wrapping), contentKey.bitCount == 256 else { throw .notDecryptable }
        return contentKey
    }

    /// The sender's ephemeral key: on the recipient's curve, nothing in it but the key, its point proved before it meets the private key
    /// (the invalid-curve attack on JWE of 2017).
    private static func ephemeralKey(in header: JSONObject, for key: AgreementPrivateKey) throws(JOSEError) -> JWK {
        let epk = try header.requiredObject("epk")
        guard case .string(let curve)? = epk["crv"], sameText(curve, key.publicKey.kind.rawValue) else { throw .algorithmNotAllowed }
        let ephemeral = try JWK(publicMembersOf: epk, use: .encryption)
        guard epk.count == ephemeral.publicMembers.count else { throw .headerNotAllowed }
        return ephemeral
    }

    /// A fresh key on the recipient's curve as the text of `epk`, and the secret with the recipient. The private half ends here.
    private static func agreeEphemerally(with recipient: JWK) throws(JOSEError) -> (epk: String, secret: [UInt8]) {
        switch recipient.material {
        case .p256(let peer):
            let own = try P256Key.generate()
            let (x, y) = try own.coordinates()
            let epk = #"{"crv":"P-256","kty":"EC","x":"\#(Base64URL.string(x))","y":"\#(Base64URL.string(y))"}"#
            return (epk, try own.agree(with: peer))
        case .x25519(let peer):
            let own = Curve25519.KeyAgreement.PrivateKey()
            let epk = #"{"crv":"X25519","kty":"OKP","x":"\#(Base64URL.string(own.publicKey.rawRepresentation))"}"#
            return (epk, try agreeX25519(own, peer))
        case .rsa: throw .algorithmNotAllowed
        }
    }
}
