import Casework
import Disclosure
import JOSE

extension SealingProfile {
    /// The profile that an `enc` key of this kind is for.
    init(_ kind: JWK.Kind) {
        switch kind {
        case .p256: self = .joseP256
        case .x25519: self = .joseX25519
        case .rsa: self = .nlGov
        }
    }
}

/// A field of an HTTP message's header.
public struct HeaderField: Hashable, Sendable {
    public let name: String
    public let value: String
}

extension SealedMessage {
    /// The profile in which it was sealed, as its own header says.
    public var profile: SealingProfile {
        get throws(SealingError) {
            do { return SealingProfile(try JWE.recipientKind(of: compact)) } catch { throw .keys(code: error.code) }
        }
    }

    /// The name of the encryption key that it was sealed to, as its own header says.
    public var recipientKeyID: String {
        get throws(SealingError) {
            do { return try JWE.recipientKeyID(of: compact) } catch { throw .keys(code: error.code) }
        }
    }

    /// The header fields that its profile asks for on the HTTP message that carries it: `Digest` and `Payload-Signature` in the NL GOV
    /// profile, none in the others.
    ///
    /// - Parameters:
    ///   - certificate: that of the profile's signing key, DER, where it has one.
    ///   - now: machine time; stands in the signature.
    public func payloadFields(with keys: SealingKeys, certificate: [UInt8]?, at now: Instant) throws(SealingError) -> [HeaderField] {
        switch try profile {
        case .joseP256, .joseX25519: return []
        case .nlGov:
            guard let key = try keys.signer(for: .nlGov) as? PS256SigningKey else { throw .noKey(.nlGov) }
            do {
                let signed = try PayloadSignature(of: compact, by: key, certificate: certificate, at: now.millisecondsSince1970)
                return [
                    HeaderField(name: PayloadSignature.digestField, value: signed.digest),
                    HeaderField(name: PayloadSignature.field, value: signed.value),
                ]
            } catch { throw .keys(code: error.code) }
        }
    }
}
