import Crypto
import Foundation
import StrictJSON

/// Sealed bytes as JWE compact (RFC 7516), in the one profile of Convenant: `ECDH-ES+A256KW` on P-256 or X25519, `A256GCM`,
/// header exactly `alg`, `cty`, `enc`, `epk`, `kid`, `typ`.
public enum JWE {
    private static let members = ["alg", "cty", "enc", "epk", "kid", "typ"]

    /// Seals `plaintext` to one recipient, with an ephemeral key and a content key made for this message alone.
    ///
    /// Throws `algorithmNotAllowed` for a key of another use, `invalidKey` for one of small order, `wrongType` for a `typ` or `cty`
    /// that needs escapes, `tooLong` over 1 MiB, `libraryFailure` without randomness.
    public static func seal(_ plaintext: [UInt8], to recipient: JWK, typ: String, cty: String) throws(JOSEError) -> [UInt8] {
        try CompactForm.requirePlain(typ)
        try CompactForm.requirePlain(cty)
        guard recipient.use != .signing else { throw .algorithmNotAllowed }
        var (ephemeral, secret) = try agreeEphemerally(with: recipient)
        defer { wipe(&secret) }

        let header =
            #"{"alg":"ECDH-ES+A256KW","cty":"\#(cty)","enc":"A256GCM","epk":\#(ephemeral),"kid":"\#(recipient.kid)","typ":"\#(typ)"}"#
        let protected = Base64URL.encode(header.utf8)
        let contentKey = SymmetricKey(size: .bits256)
        let nonce = AES.GCM.Nonce()
        let wrapped: Data
        let box: AES.GCM.SealedBox
        do {
            wrapped = try AES.KeyWrap.wrap(contentKey, using: concatKDF(secret: secret, algorithm: Allowed.keyManagement))
            box = try AES.GCM.seal(plaintext, using: contentKey, nonce: nonce, authenticating: protected)
        } catch {
            throw .libraryFailure
        }
        var compact = protected
        compact.reserveCapacity(protected.count + plaintext.count / 3 * 4 + 112)
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
        let header = try CompactForm.header(
            parts[0], members: members, algorithms: [("alg", Allowed.keyManagement), ("enc", Allowed.encryption)])
        try CompactForm.require("typ", typ, in: header)
        try CompactForm.require("cty", cty, in: header)
        guard sameText(try header.requiredString("kid", limit: 64), key.kid) else { throw .wrongRecipient }
        let wrapped = try CompactForm.bytes(parts[1])
        let nonce = try CompactForm.bytes(parts[2])
        let ciphertext = try CompactForm.bytes(parts[3])
        let tag = try CompactForm.bytes(parts[4])
        guard wrapped.count == 40, nonce.count == 12, tag.count == 16 else { throw .malformed }
        let ephemeral = try ephemeralKey(in: header, for: key)

        var secret = try key.agree(with: ephemeral)
        defer { wipe(&secret) }
        do {
            let contentKey = try AES.KeyWrap.unwrap(wrapped, using: concatKDF(secret: secret, algorithm: Allowed.keyManagement))
            guard contentKey.bitCount == 256 else { throw JOSEError.notDecryptable }
            let box = try AES.GCM.SealedBox(nonce: AES.GCM.Nonce(data: nonce), ciphertext: ciphertext, tag: tag)
            return Array(try AES.GCM.open(box, using: contentKey, authenticating: parts[0]))
        } catch {
            throw .notDecryptable
        }
    }

    /// The sender's ephemeral key: on the recipient's curve, nothing in it but the key, its point proved before it meets the private key
    /// (the invalid-curve attack on JWE of 2017).
    private static func ephemeralKey(in header: JSONObject, for key: AgreementPrivateKey) throws(JOSEError) -> JWK {
        let epk = try header.requiredObject("epk")
        guard case .string(let curve)? = epk["crv"], sameText(curve, key.publicKey.curve.rawValue) else { throw .algorithmNotAllowed }
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
        }
    }
}
