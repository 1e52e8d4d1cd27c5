import Crypto
import StrictJSON
import Testing

@testable import JOSE

@Suite("what an attacker may try with a whole message")
struct HostileMessageTests {
    @Test("no character of a message can be changed: every one of them, in every profile", arguments: JWK.Kind.allCases)
    func everyCharacter(kind: JWK.Kind) throws {
        let fixture = try SealedFixture(kind)
        let jwe = try fixture.sealed()
        // an RSA key needs milliseconds a time, so there it is every eleventh and both sides of each dot
        let dots = jwe.indices.filter { jwe[$0] == UInt8(ascii: ".") }
        for index in jwe.indices where kind != .rsa || index % 11 == 0 || dots.contains(where: { abs($0 - index) < 2 }) {
            var changed = jwe
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(throws: JOSEError.self, "at \(index)") { try fixture.open(changed) }
        }
        _ = try fixture.open(jwe)
    }

    @Test("no character of a signed text can be changed", arguments: [JWK.Kind.p256, .rsa])
    func everySignedCharacter(kind: JWK.Kind) throws {
        let fixture = try SealedFixture(kind)
        let jws = try fixture.signed()
        for index in jws.indices {
            var changed = jws
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(throws: JOSEError.self, "at \(index)") { try fixture.verify(changed) }
        }
    }

    @Test("a message cut at any place, or with anything behind it", arguments: JWK.Kind.allCases)
    func cut(kind: JWK.Kind) throws {
        let fixture = try SealedFixture(kind)
        let jwe = try fixture.sealed()
        for count in stride(from: 0, to: jwe.count, by: kind == .rsa ? 23 : 1) {
            #expect(throws: JOSEError.self, "\(count)") { try fixture.unseal(Array(jwe[..<count])) }
        }
        for more in ["A", ".", "=", " ", "\n", "\0", ".AAAA"] {
            #expect(throws: JOSEError.malformed) { try fixture.unseal(jwe + Array(more.utf8)) }
            #expect(throws: JOSEError.malformed) { try fixture.unseal(Array(more.utf8.prefix(1)) + jwe) }
        }
    }

    @Test("a signature stripped, doubled, or in a form that can hold several", arguments: JWK.Kind.allCases)
    func strippedAndDoubled(kind: JWK.Kind) throws {
        let fixture = try SealedFixture(kind)
        // X25519 does not sign; its messages are signed on P-256
        let signed = parts(try fixture.signed())
        let (header, payload, signature) = (signed[0], signed[1], signed[2])
        let one = #"{"protected":"\#(header)","signature":"\#(signature)"}"#
        let none = Base64URL.string(Array(#"{"alg":"none"}"#.utf8))
        let faults: [(String, String, JOSEError)] = [
            ("stripped", "\(header).\(payload).", .badSignature), ("without its dot", "\(header).\(payload)", .malformed),
            ("the payload alone", String(decoding: Base64URL.decode(payload) ?? [], as: UTF8.self), .malformed),
            ("doubled", "\(header).\(payload).\(signature).\(signature)", .malformed),
            ("twice the same in one", "\(header).\(payload).\(signature)\(signature)", .badSignature),
            ("general form", #"{"payload":"\#(payload)","signatures":[\#(one)]}"#, .malformed),
            ("general form, two signatures", #"{"payload":"\#(payload)","signatures":[\#(one),\#(one)]}"#, .malformed),
            ("general form, one of two is none", #"{"payload":"\#(payload)","signatures":[\#(one),{"protected":"\#(none)"}]}"#, .malformed),
            ("flattened form", #"{"payload":"\#(payload)","protected":"\#(header)","signature":"\#(signature)"}"#, .malformed),
            ("none", "\(none).\(payload).", .algorithmNotAllowed), ("nothing", "", .malformed),
        ]
        let own = fixture.agreement.publicKey
        for (name, text, expected) in faults {
            let jwe = try JWE.seal(Array(text.utf8), to: own, typ: MessageType.sealed(to: own), cty: MessageType.signed)
            #expect(throws: expected, "\(name)") { try fixture.open(jwe) }
        }
    }

    @Test("a sealed message in a form that can hold several recipients", arguments: JWK.Kind.allCases)
    func sealedForms(kind: JWK.Kind) throws {
        let fixture = try SealedFixture(kind)
        let all = parts(try fixture.sealed())
        let flat =
            #"{"protected":"\#(all[0])","encrypted_key":"\#(all[1])","iv":"\#(all[2])","ciphertext":"\#(all[3])","tag":"\#(all[4])"}"#
        let general =
            #"{"protected":"\#(all[0])","recipients":[{"encrypted_key":"\#(all[1])"},{"encrypted_key":"\#(all[1])"}],"iv":"\#(all[2])","#
            + #""ciphertext":"\#(all[3])","tag":"\#(all[4])"}"#
        for text in [flat, general] { #expect(throws: JOSEError.malformed) { try fixture.unseal(Array(text.utf8)) } }
    }

    @Test("sealed twice, or signed twice, is no message", arguments: [JWK.Kind.p256, .rsa])
    func nestedTwice(kind: JWK.Kind) throws {
        let fixture = try SealedFixture(kind)
        let own = fixture.agreement.publicKey
        let twice = try JWE.seal(fixture.sealed(), to: own, typ: MessageType.sealed(to: own), cty: MessageType.signed)
        #expect(throws: JOSEError.malformed) { try fixture.open(twice) }
        let signedTwice = try JWS.sign(payload: fixture.signed(), typ: MessageType.signed, key: fixture.signing)
        let jwe = try JWE.seal(signedTwice, to: own, typ: MessageType.sealed(to: own), cty: MessageType.signed)
        #expect(throws: JOSEError.malformed) { try fixture.open(jwe) }
    }

    /// A point of the twist: -y² = x³ - 3x + b. An x-only implementation would take it, and leak the key by small steps.
    private static let twist: JSONObject = [
        "kty": "EC", "crv": "P-256", "x": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE", "y": "3heyZxBF_lh0AkjBeovS-y73w8SbAdqfkD76Pc2macc",
    ]

    @Test("an ephemeral key on the twist, on another curve's equation, at infinity, or not reduced")
    func invalidCurve() throws {
        let fixture = try SealedFixture(.p256)
        let prime = "_____wAAAAEAAAAAAAAAAAAAAAD_______________8"
        var zero = Self.twist
        for name in ["x", "y"] { zero[name] = .string(Base64URL.string([UInt8](repeating: 0, count: 32))) }
        var unreduced = Self.twist
        unreduced["x"] = .string(prime)
        // (0, 0) lies on y² = x³ - 3x, the curve with b = 0
        for epk in [Self.twist, zero, unreduced] {
            let jwe = try sealed([1], to: fixture.agreement) { $0["epk"] = .object(epk) }
            #expect(throws: JOSEError.invalidKey) { try fixture.unseal(jwe) }
        }
        for (name, value) in [("x", ""), ("x", "AA"), ("y", "AA")] {
            var epk = Self.twist
            epk[name] = .string(value)
            let jwe = try sealed([1], to: fixture.agreement) { $0["epk"] = .object(epk) }
            #expect(throws: JOSEError.self) { try fixture.unseal(jwe) }
        }
    }

    @Test(
        "a curve that is weak, or not ours",
        arguments: ["P-192", "P-224", "P-384", "P-521", "secp256k1", "Ed25519", "X448", "p-256", "RSA"])
    func curves(name: String) throws {
        let fixture = try SealedFixture(.p256)
        let jwe = try sealed([1], to: fixture.agreement) { header in
            var epk = Self.twist
            epk["crv"] = .string(name)
            header["epk"] = .object(epk)
        }
        #expect(throws: JOSEError.algorithmNotAllowed) { try fixture.unseal(jwe) }
    }

    @Test(
        "every X25519 point of small order",
        arguments: [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ])
    func smallOrder(hex: String) throws {
        let fixture = try SealedFixture(.x25519)
        let point = stride(from: 0, to: 64, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
        let epk: JSONObject = ["kty": "OKP", "crv": "X25519", "x": .string(Base64URL.string(point))]
        let jwe = try sealed([1], to: fixture.agreement) { $0["epk"] = .object(epk) }
        #expect(throws: JOSEError.invalidKey) { try fixture.unseal(jwe) }
    }

    @Test("a compressed text of a few bytes that would grow to megabytes is refused unread")
    func bomb() throws {
        let fixture = try SealedFixture(.p256)
        let jwe = try sealed([UInt8](repeating: 0, count: 700_000), to: fixture.agreement) { $0["zip"] = "DEF" }
        #expect(throws: JOSEError.headerNotAllowed) { try fixture.unseal(jwe) }
    }
}
