import Crypto
import StrictJSON
import Testing

@testable import JOSE

@Suite("the NL GOV profile: RSA-OAEP, PS256, and nothing of the default one", .serialized)
struct NLGovTests {
    let fixture: SealedFixture
    let other: SealedFixture

    init() throws {
        fixture = try SealedFixture(.rsa)
        other = try SealedFixture(.rsa, other: true)
    }

    private var header: JSONObject {
        get throws {
            let text = try #require(Base64URL.decode(parts(try fixture.sealed())[0]))
            return try parseObject(text)
        }
    }

    @Test("the headers are those that the standard prescribes")
    func headers() throws {
        let kid = fixture.agreement.kid
        #expect(
            try header == ["alg": "RSA-OAEP", "cty": "convenant+jws", "enc": "A256GCM", "kid": .string(kid), "typ": "JWE"])
        let inner = parts(try fixture.unseal(fixture.sealed()))
        #expect(
            try parseObject(#require(Base64URL.decode(inner[0])))
                == ["alg": "PS256", "kid": .string(fixture.signing.kid), "typ": "convenant+jws"])
    }

    @Test("another recipient's key, and a recipient's kid put over a message sealed to another")
    func wrongKey() throws {
        let jwe = try fixture.sealed()
        #expect(throws: JOSEError.wrongRecipient) { try other.unseal(jwe) }
        let swapped = try withHeader(jwe) { $0["kid"] = .string(other.agreement.kid) }
        #expect(throws: JOSEError.notDecryptable) { try other.unseal(swapped) }
    }

    @Test(
        "an algorithm that is not the profile's, before the key is touched",
        arguments: ["none", "RSA1_5", "RSA-OAEP-256", "RSA-OAEP-384", "dir", "A256KW", "ECDH-ES+A256KW", "rsa-oaep", "RSA\u{2010}OAEP", ""])
    func algorithm(name: String) throws {
        let jwe = try sealed([1], to: fixture.agreement) { $0["alg"] = .string(name) }
        #expect(throws: JOSEError.algorithmNotAllowed) { try fixture.unseal(jwe) }
    }

    @Test("a content encryption that is not the profile's", arguments: ["A128GCM", "A256CBC-HS512", "none"])
    func encryption(name: String) throws {
        let jwe = try sealed([1], to: fixture.agreement) { $0["enc"] = .string(name) }
        #expect(throws: JOSEError.algorithmNotAllowed) { try fixture.unseal(jwe) }
    }

    @Test(
        "a header member that is not listed, such as compression or an ephemeral key",
        arguments: [("zip", "DEF"), ("crit", ["exp"]), ("epk", [:]), ("x5c", []), ("jku", "https://x.example")] as [(String, JSONValue)])
    func unlistedMember(name: String, value: JSONValue) throws {
        let jwe = try sealed([1], to: fixture.agreement) { $0[name] = value }
        #expect(throws: JOSEError.headerNotAllowed) { try fixture.unseal(jwe) }
    }

    @Test("a missing member, the default profile's typ, another cty")
    func types() throws {
        for name in ["kid", "typ", "cty"] {
            let jwe = try sealed([1], to: fixture.agreement) { $0[name] = nil }
            #expect(throws: JOSEError.headerNotAllowed) { try fixture.unseal(jwe) }
        }
        for (name, value) in [("typ", "convenant+jwe"), ("typ", "jwe"), ("cty", "JWT")] {
            let jwe = try sealed([1], to: fixture.agreement) { $0[name] = .string(value) }
            #expect(throws: JOSEError.wrongType) { try fixture.unseal(jwe) }
        }
    }

    @Test("a wrapped key of another length, one of another key, and one that is no OAEP at all")
    func wrappedKey() throws {
        var all = parts(try fixture.sealed())
        let wrapped = try #require(Base64URL.decode(all[1]))
        let foreign = try #require(Base64URL.decode(parts(try other.sealed())[1]))
        for (bytes, expected) in [
            (Array(wrapped.dropLast()), JOSEError.malformed), (wrapped + [0], .malformed), ([], .malformed), (foreign, .notDecryptable),
            ([UInt8](repeating: 0, count: wrapped.count), .notDecryptable),
            ([UInt8](repeating: 0xff, count: wrapped.count), .notDecryptable),
        ] {
            all[1] = Base64URL.string(bytes)
            #expect(throws: expected) { try fixture.unseal(joined(all)) }
        }
    }

    @Test("a content key of another length than the profile's", arguments: [0, 16, 31, 33, 64])
    func contentKey(count: Int) throws {
        guard case .rsa(let peer) = fixture.agreement.publicKey.material else { throw JOSEError.invalidKey }
        var all = parts(try fixture.sealed())
        all[1] = Base64URL.string(try peer.encryptOAEP([UInt8](repeating: 1, count: count)))
        #expect(throws: JOSEError.notDecryptable) { try fixture.unseal(joined(all)) }
    }

    @Test("a signature of the default profile inside an NL GOV message, and the reverse")
    func mixedProfiles() throws {
        let plain = try SealedFixture(.p256)
        let keys = [fixture.signing.publicKey, plain.signing.publicKey]
        for (outer, inner) in [(fixture, plain), (plain, fixture)] {
            let own = outer.agreement
            let jwe = try JWE.seal(
                inner.signed(), to: own.publicKey, typ: MessageType.sealed(to: own.publicKey), cty: MessageType.signed)
            // also for a reader who knows both keys of the sender
            #expect(throws: JOSEError.algorithmNotAllowed) {
                try SealedOpener.open(jwe, encKey: own, senderKeys: keys, senderOIN: senderOIN, ownOIN: ownOIN, now: noon)
            }
            #expect(throws: JOSEError.algorithmNotAllowed) { try outer.unseal(inner.sealed()) }
        }
    }

    @Test("among keys of both profiles, one's algorithm with the other's kid")
    func algorithmOfOtherKey() throws {
        let plain = try SealedFixture(.p256)
        let keys = [fixture.signing.publicKey, plain.signing.publicKey]
        let swapped = fixture.plainHeader.replacing("PS256", with: "ES256")
        let jws = try fixture.signed(header: swapped)
        #expect(throws: JOSEError.algorithmNotAllowed) { try JWS.verify(jws, typ: MessageType.signed, keys: keys) }
        let good = try fixture.signed(header: fixture.plainHeader)
        #expect(try JWS.verify(good, typ: MessageType.signed, keys: keys).key == fixture.signing.publicKey)
    }

    @Test("a signature with another salt, digest or padding, of another key, of another length")
    func signatures() throws {
        let all = parts(try fixture.signed())
        let signature = try #require(Base64URL.decode(all[2]))
        let foreign = try #require(Base64URL.decode(parts(try other.signed())[2]))
        for bytes in [
            Array(signature.dropLast()), [0] + signature, [], [UInt8](repeating: 0, count: signature.count), foreign,
            signature.dropLast() + [signature[signature.count - 1] ^ 1], [UInt8](repeating: 0xff, count: signature.count),
        ] {
            #expect(throws: JOSEError.badSignature) { try fixture.verify(joined([all[0], all[1], Base64URL.string(bytes)])) }
        }
        for name in ["none", "RS256", "PS384", "PS512", "HS256", "ES256"] {
            let jws = try fixture.signed(header: fixture.plainHeader.replacing("PS256", with: name))
            #expect(throws: JOSEError.algorithmNotAllowed) { try fixture.verify(jws) }
        }
    }

    @Test("an RSA key with a short or long modulus, a small exponent, a leading zero, or numbers that say nothing")
    func keys() throws {
        let good = fixture.agreement.publicKey.json
        let modulus = try #require(Base64URL.decode(good["n"]?.stringValue ?? ""))
        func number(_ bytes: [UInt8]) -> JSONValue { .string(Base64URL.string(bytes)) }
        let faults: [(String, JSONValue, JOSEError)] = [
            ("n", number(Array(modulus.prefix(128))), .invalidKey), ("n", number(Array(modulus.prefix(256))), .invalidKey),
            ("n", number(modulus + [UInt8](repeating: 1, count: 641)), .invalidKey), ("n", number([0] + modulus), .invalidKey),
            ("n", number([]), .malformed), ("n", number([UInt8](repeating: 0, count: 384)), .invalidKey),
            ("e", "Aw", .invalidKey), ("e", "AQAA", .invalidKey), ("e", "AAEAAQ", .invalidKey), ("e", "AQ", .invalidKey),
            ("e", "", .malformed), ("alg", "RSA1_5", .algorithmNotAllowed), ("alg", "RSA-OAEP-256", .algorithmNotAllowed),
            ("alg", "PS256", .algorithmNotAllowed), ("d", "AQ", .invalidKey), ("p", "AQ", .invalidKey),
        ]
        for (name, value, expected) in faults {
            var json = good
            json["kid"] = nil
            json[name] = value
            #expect(throws: expected, "\(name)") { try JWK(.object(json)) }
        }
        _ = try JWK(.object(good))
    }

    @Test("a key set mixes profiles in one way only: a partner of this profile may sign its receipts with ES256")
    func keySets() throws {
        let plain = try SealedFixture(.p256)
        _ = try JWKSet(signing: fixture.signing.publicKey, encryption: fixture.agreement.publicKey)
        _ = try JWKSet(signing: plain.signing.publicKey, encryption: fixture.agreement.publicKey)
        #expect(throws: JOSEError.algorithmNotAllowed) {
            try JWKSet(signing: fixture.signing.publicKey, encryption: plain.agreement.publicKey)
        }
    }

    @Test("a receipt signed with PS256 counts, of its own key alone")
    func receipt() throws {
        let receipt = Receipt(
            messageId: "0193532a-0000-7000-8000-000000000001", digest: sha256([1]), from: ownOIN, to: senderOIN, result: .opened, at: noon)
        let signed = try receipt.signed(by: fixture.signing)
        #expect(try Receipt.verify(signed, keys: [fixture.signing.publicKey], from: ownOIN, to: senderOIN) == receipt)
        #expect(throws: JOSEError.unknownKey) { try Receipt.verify(signed, keys: [other.signing.publicKey], from: ownOIN, to: senderOIN) }
        let plain = try SealedFixture(.p256)
        #expect(throws: JOSEError.algorithmNotAllowed) {
            try Receipt.verify(signed, keys: [plain.signing.publicKey], from: ownOIN, to: senderOIN)
        }
    }

    @Test("a PEM file gives the key of its own kind")
    func pem() throws {
        #expect(try signingKey(pem: fixture.signing.pem).kid == fixture.signing.kid)
        #expect(throws: JOSEError.invalidKey) { try ES256SigningKey(pem: fixture.signing.pem) }
        #expect(throws: JOSEError.invalidKey) { try PS256SigningKey(pem: SealedFixture(.p256).signing.pem) }
        #expect(throws: JOSEError.invalidKey) { try signingKey(pem: "no pem") }
    }
}
