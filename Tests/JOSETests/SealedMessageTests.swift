import StrictJSON
import Testing

@testable import JOSE

@Suite("what was sealed opens, for its recipient and nobody else", .serialized)
struct SealedMessageTests {
    @Test("a message comes back whole, with the digest of its sealed bytes", arguments: JWK.Kind.allCases)
    func roundTrip(curve: JWK.Kind) throws {
        let fixture = try SealedFixture(curve)
        let jwe = try fixture.sealed()
        let opened = try fixture.open(jwe)
        #expect(opened.payload.fields == ["identification": ["name": ["family": "Test"]]])
        #expect(opened.digest == sha256(jwe))
        #expect(opened.signedBy == fixture.signing.kid)
    }

    @Test("no two messages share an ephemeral key, a content key or a nonce", arguments: JWK.Kind.allCases)
    func freshness(curve: JWK.Kind) throws {
        let fixture = try SealedFixture(curve)
        let all = try (0..<8).map { _ in parts(try fixture.sealed()) }
        // an RSA recipient's header has no ephemeral key, and is the same each time
        for index in (curve == .rsa ? 1 : 0)..<4 { #expect(Set(all.map { $0[index] }).count == all.count) }
    }

    @Test("an empty and a large plaintext come back", arguments: [0, 1, 200_000])
    func sizes(count: Int) throws {
        let fixture = try SealedFixture()
        let plaintext = [UInt8](repeating: 7, count: count)
        #expect(
            try fixture.unseal(JWE.seal(plaintext, to: fixture.agreement.publicKey, typ: MessageType.sealed, cty: MessageType.signed))
                == plaintext)
    }

    @Test("over 1 MiB nothing is sealed, signed or opened")
    func tooLong() throws {
        let fixture = try SealedFixture()
        let long = [UInt8](repeating: 0x41, count: 1 << 20)
        #expect(throws: JOSEError.tooLong) { try JWE.seal(long, to: fixture.agreement.publicKey, typ: "a", cty: "b") }
        #expect(throws: JOSEError.tooLong) { try JWS.sign(payload: long, typ: "a", key: fixture.signing) }
        #expect(throws: JOSEError.tooLong) { try fixture.unseal(long + [0x41]) }
    }

    @Test("a changed character in each of the five parts", arguments: JWK.Kind.allCases, 0..<5)
    func changedPart(curve: JWK.Kind, part: Int) throws {
        let fixture = try SealedFixture(curve)
        var all = parts(try fixture.sealed())
        var text = Array(all[part].utf8)
        // the middle of the header is inside `epk` or `kid`; the first character of the others is data in any case
        let index = part == 0 ? text.count / 2 : 0
        text[index] = text[index] == 0x41 ? 0x42 : 0x41
        all[part] = String(decoding: text, as: UTF8.self)
        let error = #expect(throws: JOSEError.self) { try fixture.unseal(joined(all)) }
        if part > 0 { #expect(error == .notDecryptable) }
    }

    @Test("another recipient's key")
    func wrongKey() throws {
        let (fixture, other) = try (SealedFixture(), SealedFixture())
        let jwe = try fixture.sealed()
        #expect(throws: JOSEError.wrongRecipient) { try other.unseal(jwe) }
    }

    @Test("a recipient's kid put over a message sealed to another")
    func swappedRecipient() throws {
        let (fixture, other) = try (SealedFixture(), SealedFixture())
        let jwe = try withHeader(fixture.sealed()) { $0["kid"] = .string(other.agreement.kid) }
        #expect(throws: JOSEError.notDecryptable) { try other.unseal(jwe) }
    }

    @Test("the ciphertext of one message under the header of another")
    func mixedMessages() throws {
        let fixture = try SealedFixture()
        let (first, second) = try (parts(fixture.sealed()), parts(fixture.sealed()))
        #expect(throws: JOSEError.notDecryptable) { try fixture.unseal(joined([first[0], first[1]] + second[2...])) }
        #expect(throws: JOSEError.notDecryptable) { try fixture.unseal(joined([first[0]] + second[1...])) }
    }

    @Test(
        "an algorithm that is not listed, before any key is touched",
        arguments: [
            "none", "RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "dir", "A256KW", "ECDH-ES", "ECDH-ES+A128KW", "PBES2-HS256+A128KW",
            "ECDH-ES+A256\u{212A}W", "",
        ])
    func algorithm(name: String) throws {
        let fixture = try SealedFixture()
        let jwe = try sealed([1], to: fixture.agreement) { $0["alg"] = .string(name) }
        #expect(throws: JOSEError.algorithmNotAllowed) { try fixture.unseal(jwe) }
    }

    @Test("a content encryption that is not listed", arguments: ["A128GCM", "A256CBC-HS512", "none", ""])
    func encryption(name: String) throws {
        let fixture = try SealedFixture()
        let jwe = try sealed([1], to: fixture.agreement) { $0["enc"] = .string(name) }
        #expect(throws: JOSEError.algorithmNotAllowed) { try fixture.unseal(jwe) }
    }

    @Test(
        "a header member that is not listed",
        arguments: [
            ("zip", "DEF"), ("crit", ["exp"]), ("apu", "QQ"), ("apv", "QQ"), ("jku", "https://x.example"), ("x5u", "https://x.example"),
            ("jwk", [:]),
            ("x5c", []), ("b64", false), ("p2c", 1),
        ] as [(String, JSONValue)])
    func unlistedMember(name: String, value: JSONValue) throws {
        let fixture = try SealedFixture()
        let jwe = try sealed([1], to: fixture.agreement) { $0[name] = value }
        #expect(throws: JOSEError.headerNotAllowed) { try fixture.unseal(jwe) }
    }

    @Test("a header member that is missing", arguments: ["kid", "epk", "typ", "cty"])
    func missingMember(name: String) throws {
        let fixture = try SealedFixture()
        let jwe = try sealed([1], to: fixture.agreement) { $0[name] = nil }
        #expect(throws: JOSEError.headerNotAllowed) { try fixture.unseal(jwe) }
    }

    @Test("the helper that makes wrong headers makes right ones too")
    func helperIsHonest() throws {
        for curve in JWK.Kind.allCases {
            let fixture = try SealedFixture(curve)
            #expect(try fixture.unseal(sealed([1, 2], to: fixture.agreement) { _ in }) == [1, 2])
        }
    }

    @Test("another typ or cty")
    func wrongType() throws {
        let fixture = try SealedFixture()
        let wrongTyp = try sealed([1], to: fixture.agreement) { $0["typ"] = "JWE" }
        let wrongCty = try sealed([1], to: fixture.agreement) { $0["cty"] = "JWT" }
        #expect(throws: JOSEError.wrongType) { try fixture.unseal(wrongTyp) }
        #expect(throws: JOSEError.wrongType) { try fixture.unseal(wrongCty) }
    }

    @Test("an ephemeral key off the curve, of another curve, of the wrong length, or with more than the key")
    func ephemeralKeys() throws {
        let fixture = try SealedFixture()
        let zero = JSONValue.string(Base64URL.string([UInt8](repeating: 0, count: 32)))
        let one = JSONValue.string(Base64URL.string([UInt8](repeating: 0, count: 31) + [1]))
        let own = try AgreementPrivateKey.generate(.p256).publicKey
        let x = JSONValue.string(Base64URL.string(own.x))
        let y = JSONValue.string(Base64URL.string(own.y))
        let faults: [(JSONObject, JOSEError)] = [
            (["kty": "EC", "crv": "P-256", "x": one, "y": one], .invalidKey),
            (["kty": "EC", "crv": "P-256", "x": zero, "y": zero], .invalidKey),
            (["kty": "EC", "crv": "P-256", "x": x, "y": x], .invalidKey),
            (["kty": "EC", "crv": "P-256", "x": x, "y": .string(Base64URL.string(own.y + [0]))], .invalidKey),
            (["kty": "EC", "crv": "P-256", "x": x, "y": .string(Base64URL.string(own.y.dropLast()))], .invalidKey),
            (["kty": "EC", "crv": "P-256", "x": .string(Base64URL.string([UInt8](repeating: 0xff, count: 32))), "y": y], .invalidKey),
            (["kty": "EC", "crv": "P-384", "x": x, "y": y], .algorithmNotAllowed),
            (["kty": "OKP", "crv": "X25519", "x": x], .algorithmNotAllowed),
            (["kty": "OKP", "crv": "P-256", "x": x, "y": y], .algorithmNotAllowed),
            (["kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "a"], .headerNotAllowed),
            (["kty": "EC", "crv": "P-256", "x": x], .malformed),
        ]
        for (epk, expected) in faults {
            let jwe = try sealed([1], to: fixture.agreement) { $0["epk"] = .object(epk) }
            #expect(throws: expected) { try fixture.unseal(jwe) }
        }
    }

    @Test("an X25519 point of small order, whose secret is zero", arguments: [0, 1] as [UInt8])
    func smallOrder(first: UInt8) throws {
        let fixture = try SealedFixture(.x25519)
        let point = [first] + [UInt8](repeating: 0, count: 31)
        let epk: JSONObject = ["kty": "OKP", "crv": "X25519", "x": .string(Base64URL.string(point))]
        let jwe = try sealed([1], to: fixture.agreement) { $0["epk"] = .object(epk) }
        #expect(throws: JOSEError.invalidKey) { try fixture.unseal(jwe) }
        #expect(throws: JOSEError.invalidKey) { try JWE.seal([1], to: JWK(x25519: point), typ: "a", cty: "b") }
    }

    @Test("a header over the limit, one with a duplicate member, one that is no object")
    func headers() throws {
        let fixture = try SealedFixture()
        var all = parts(try fixture.sealed())
        let plain = String(decoding: try #require(Base64URL.decode(all[0])), as: UTF8.self)
        for (header, expected) in [
            (plain + String(repeating: " ", count: 1024), JOSEError.tooLong), (plain.dropLast() + #","enc":"A256GCM"}"#, .malformed),
            ("[]", .malformed),
            ("", .malformed), ("{}", .algorithmNotAllowed),
        ] {
            all[0] = Base64URL.string(header.utf8)
            #expect(throws: expected) { try fixture.unseal(joined(all)) }
        }
    }

    @Test("padding, stray bits, a part too many, a part too few", arguments: JWK.Kind.allCases)
    func encodings(curve: JWK.Kind) throws {
        let fixture = try SealedFixture(curve)
        let all = parts(try fixture.sealed())
        // the tag has 16 bytes, so its last character holds four bits that must be zero
        let stray = all[4].dropLast() + "_"
        #expect(throws: JOSEError.malformed) { try fixture.unseal(joined(all.dropLast() + [String(stray)])) }
        #expect(throws: JOSEError.malformed) { try fixture.unseal(joined(all.dropLast() + [all[4] + "=="])) }
        #expect(throws: JOSEError.malformed) { try fixture.unseal(joined(all + [""])) }
        #expect(throws: JOSEError.malformed) { try fixture.unseal(joined(all.dropLast())) }
        #expect(throws: JOSEError.malformed) { try fixture.unseal([]) }
    }

    @Test("a tag cut short, a nonce of another length, a wrapped key of another length", arguments: [1, 2, 4])
    func lengths(part: Int) throws {
        let fixture = try SealedFixture()
        var all = parts(try fixture.sealed())
        all[part] = Base64URL.string(try #require(Base64URL.decode(all[part])).dropLast())
        #expect(throws: JOSEError.malformed) { try fixture.unseal(joined(all)) }
    }

    @Test("a signing key is never sealed to")
    func sealToSigningKey() throws {
        let fixture = try SealedFixture()
        #expect(throws: JOSEError.algorithmNotAllowed) { try JWE.seal([1], to: fixture.signing.publicKey, typ: "a", cty: "b") }
    }

    @Test("a typ that would break out of its quotes", arguments: ["", "a\"b", "a,b", "a b", "ä"])
    func types(typ: String) throws {
        let fixture = try SealedFixture()
        #expect(throws: JOSEError.wrongType) { try JWE.seal([1], to: fixture.agreement.publicKey, typ: typ, cty: "b") }
        #expect(throws: JOSEError.wrongType) { try JWS.sign(payload: [1], typ: typ, key: fixture.signing) }
    }
}
