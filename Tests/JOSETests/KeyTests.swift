import PartnerTrust
import StrictJSON
import Testing

@testable import JOSE

@Suite("a key is taken only when it is exactly one of ours")
struct KeyTests {
    private func publicMembers(_ curve: JWK.Kind = .p256) throws -> JSONObject { try AgreementPrivateKey.generate(curve).publicKey.json }

    @Test("a public key comes back from its JSON", arguments: JWK.Kind.allCases)
    func roundTrip(curve: JWK.Kind) throws {
        let key = try AgreementPrivateKey.generate(curve).publicKey
        let again = try JWK(.object(key.json))
        #expect(again == key && again.use == .encryption && again.kind == curve)
    }

    @Test("a private member in a public key", arguments: ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
    func privateMember(name: String) throws {
        var json = try publicMembers()
        json[name] = "AAAA"
        #expect(throws: JOSEError.invalidKey) { try JWK(.object(json)) }
    }

    @Test("one wrong member of a P-256 key")
    func faults() throws {
        let short = JSONValue.string(Base64URL.string([UInt8](repeating: 1, count: 31)))
        let point = JSONValue.string(Base64URL.string([UInt8](repeating: 1, count: 32)))
        let faults: [(String, JSONValue?, JOSEError)] = [
            ("x", short, .invalidKey), ("x", point, .invalidKey), ("y", point, .invalidKey), ("y", nil, .malformed), ("x", 7, .malformed),
            ("crv", "P-384", .algorithmNotAllowed), ("crv", "secp256k1", .algorithmNotAllowed), ("crv", "X25519", .algorithmNotAllowed),
            ("kty", "RSA", .malformed), ("kty", "oct", .algorithmNotAllowed), ("kty", nil, .malformed),
            ("kid", "other", .invalidKey),
            ("use", "both", .algorithmNotAllowed), ("alg", "ES256", .algorithmNotAllowed), ("alg", "RSA-OAEP", .algorithmNotAllowed),
            ("use", nil, .algorithmNotAllowed), ("x5c", [], .malformed), ("x5c", ["AAAA"], .malformed), ("x5c", "AAAA", .malformed),
        ]
        for (name, value, expected) in faults {
            var json = try publicMembers()
            json[name] = value
            #expect(throws: expected, "\(name)") { try JWK(.object(json)) }
        }
    }

    @Test("unknown members are ignored, as RFC 7517 asks")
    func unknownMember() throws {
        var json = try publicMembers()
        json["key_ops"] = ["wrapKey"]
        _ = try JWK(.object(json))
    }

    @Test("X25519 never signs and has no y")
    func x25519() throws {
        var json = try publicMembers(.x25519)
        json["y"] = json["x"]
        #expect(throws: JOSEError.invalidKey) { try JWK(.object(json)) }
        #expect(throws: JOSEError.algorithmNotAllowed) { try JWK(x25519: [UInt8](repeating: 9, count: 32), use: .signing) }
    }

    @Test("a key set comes back", arguments: JWK.Kind.allCases)
    func keySet(curve: JWK.Kind) throws {
        let (signing, encryption) = try (ES256SigningKey.generate().publicKey, AgreementPrivateKey.generate(curve).publicKey)
        let set = try JWKSet.parse(JWKSet(signing: signing, encryption: encryption).bytes)
        #expect(set.signing == signing && set.encryption == encryption && set.keys.count == 2)
    }

    @Test("a key set with a key missing, a key too many, or one key for both uses")
    func keySetFaults() throws {
        let signing = try ES256SigningKey.generate().publicKey
        let encryption = try AgreementPrivateKey.generate(.p256).publicKey
        let asEncryption = try signing.with(use: .encryption, certificateChain: [])
        let unused = try signing.with(use: nil, certificateChain: [])
        for keys in [
            [], [signing], [encryption], [signing, encryption, encryption], [signing, signing], [signing, asEncryption],
            [unused, encryption],
        ] {
            let bytes = JSONValue.object(["keys": .array(keys.map { .object($0.json) })]).canonicalBytes()
            #expect(throws: JOSEError.keysNotDistinct) { try JWKSet.parse(bytes) }
        }
        #expect(throws: JOSEError.keysNotDistinct) { try JWKSet(signing: signing, encryption: asEncryption) }
        #expect(throws: JOSEError.malformed) { try JWKSet.parse(Array("{}".utf8)) }
        #expect(throws: JOSEError.malformed) { try JWKSet.parse(Array(#"{"keys":[],"keys":[]}"#.utf8)) }
    }

    @Test("a signing key survives its PEM file")
    func pem() throws {
        let key = try ES256SigningKey.generate()
        let again = try ES256SigningKey(pem: key.pem)
        #expect(again.kid == key.kid)
        #expect(verifies(try again.sign([1]), of: [1], by: key.publicKey))
    }

    @Test(
        "a PEM file that holds no P-256 private key",
        arguments: ["", "no pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
    func pemFaults(pem: String) {
        #expect(throws: JOSEError.invalidKey) { try ES256SigningKey(pem: pem) }
    }

    @Test("a private agreement key survives its file", arguments: JWK.Kind.allCases)
    func privateKey(curve: JWK.Kind) throws {
        let key = try AgreementPrivateKey.generate(curve)
        let again = try AgreementPrivateKey.parse(key.jwk)
        let jwe = try JWE.seal([5], to: key.publicKey, typ: "a", cty: "b")
        #expect(again.kid == key.kid)
        #expect(try JWE.open(jwe, key: again, typ: "a", cty: "b") == [5])
    }

    @Test("a private half that does not belong to the public one", arguments: JWK.Kind.allCases)
    func foreignPrivateHalf(curve: JWK.Kind) throws {
        let (key, other) = try (AgreementPrivateKey.generate(curve), AgreementPrivateKey.generate(curve))
        guard case .object(var json) = try parseJSON(key.jwk), case .object(let foreign) = try parseJSON(other.jwk) else {
            throw JOSEError.malformed
        }
        json["d"] = foreign["d"]
        #expect(throws: JOSEError.invalidKey) { try AgreementPrivateKey.parse(JSONValue.object(json).canonicalBytes()) }
        json["d"] = nil
        #expect(throws: JOSEError.malformed) { try AgreementPrivateKey.parse(JSONValue.object(json).canonicalBytes()) }
    }

    @Test("a certificate beside a key certifies this key and no other", arguments: JWK.Kind.allCases)
    func certificates(curve: JWK.Kind) throws {
        let authority = try CertificateAuthority.makeRoot(commonName: "Root", organisation: "Test", from: 0, until: noon)
        let subject = try CertificateSubject(oin: senderOIN, commonName: "partner", organisation: "Partner")
        let (key, other) = try (AgreementPrivateKey.generate(curve).publicKey, AgreementPrivateKey.generate(curve).publicKey)
        let leaf = try authority.issue(subject, for: .encryption, key: .publicKey(key.subjectPublicKeyInfo), from: 0, until: noon).der
        let chain = try [leaf, authority.certificateDER]
        let certified = try JWK(.object(key.with(use: .encryption, certificateChain: chain).json))
        #expect(certified.certificateChain == chain)
        #expect(certificatePublicKey(leaf) == key.subjectPublicKeyInfo)
        #expect(throws: JOSEError.certificateMismatch) { try other.with(use: .encryption, certificateChain: chain) }
        #expect(throws: JOSEError.malformed) { try key.with(use: .encryption, certificateChain: [leaf + [0]]) }
    }
}
