import Crypto
import StrictJSON
import Testing

@testable import JOSE

@Suite("a signature counts only in the one form")
struct SignedMessageTests {
    @Test("what was signed verifies and says which key")
    func roundTrip() throws {
        let fixture = try SealedFixture()
        let jws = try JWS.sign(payload: [1, 2, 3], typ: MessageType.signed, key: fixture.signing)
        let (payload, key) = try JWS.verify(jws, typ: MessageType.signed, keys: [fixture.signing.publicKey])
        #expect(payload == [1, 2, 3] && key == fixture.signing.publicKey)
        #expect(try fixture.verify(fixture.signed(header: fixture.plainHeader)) == [1, 2, 3])
    }

    @Test("a changed character in each of the three parts", arguments: 0..<3)
    func changedPart(part: Int) throws {
        let fixture = try SealedFixture()
        var all = parts(try fixture.signed())
        var text = Array(all[part].utf8)
        let index = text.count / 2
        text[index] = text[index] == 0x41 ? 0x42 : 0x41
        all[part] = String(decoding: text, as: UTF8.self)
        let error = #expect(throws: JOSEError.self) { try fixture.verify(joined(all)) }
        if part > 0 { #expect(error == .badSignature) }
    }

    @Test(
        "an algorithm that is not listed",
        arguments: ["none", "HS256", "RS256", "PS256", "ES384", "ES512", "EdDSA", "Ed25519", "es256", ""])
    func algorithm(name: String) throws {
        let fixture = try SealedFixture()
        let jws = try fixture.signed(header: fixture.plainHeader.replacing("ES256", with: name))
        #expect(throws: JOSEError.algorithmNotAllowed) { try fixture.verify(jws) }
    }

    @Test("none with an empty signature")
    func none() throws {
        let fixture = try SealedFixture()
        let header = fixture.plainHeader.replacing("ES256", with: "none")
        let jws = joined([Base64URL.string(header.utf8), "AAAA", ""])
        #expect(throws: JOSEError.algorithmNotAllowed) { try fixture.verify(jws) }
    }

    @Test("HS256 with the public key as the secret")
    func publicKeyAsSecret() throws {
        let fixture = try SealedFixture()
        let header = fixture.plainHeader.replacing("ES256", with: "HS256")
        let input = Base64URL.string(header.utf8) + ".AAAA"
        let secret = SymmetricKey(data: fixture.signing.publicKey.subjectPublicKeyInfo)
        let mac = HMAC<SHA256>.authenticationCode(for: Array(input.utf8), using: secret)
        #expect(throws: JOSEError.algorithmNotAllowed) { try fixture.verify(Array((input + "." + Base64URL.string(Array(mac))).utf8)) }
    }

    @Test(
        "a header member that is not listed",
        arguments: [
            #""crit":["x"]"#, #""b64":false"#, #""jwk":{}"#, #""jku":"https://x.example""#, #""x5u":"u""#, #""x5c":[]"#, #""cty":"a""#,
            #""zip":"DEF""#,
        ])
    func unlistedMember(member: String) throws {
        let fixture = try SealedFixture()
        let jws = try fixture.signed(header: fixture.plainHeader.dropLast() + ",\(member)}")
        #expect(throws: JOSEError.headerNotAllowed) { try fixture.verify(jws) }
    }

    @Test("a missing kid, a missing typ, a member twice, another typ, another key's kid")
    func headers() throws {
        let fixture = try SealedFixture()
        let kid = fixture.signing.kid
        let other = try ES256SigningKey.generate().kid
        for (header, expected) in [
            (#"{"alg":"ES256","typ":"convenant+jws"}"#, JOSEError.headerNotAllowed),
            (#"{"alg":"ES256","kid":"\#(kid)"}"#, .headerNotAllowed),
            (#"{"alg":"ES256","alg":"ES256","kid":"\#(kid)","typ":"convenant+jws"}"#, .malformed),
            (#"{"alg":"ES256","kid":"\#(kid)","typ":"convenant-receipt+jws"}"#, .wrongType),
            (#"{"alg":"ES256","kid":"\#(kid)","typ":"JWT"}"#, .wrongType),
            (#"{"alg":"ES256","kid":"\#(other)","typ":"convenant+jws"}"#, .unknownKey),
            (#"{"alg":"ES256","kid":7,"typ":"convenant+jws"}"#, .malformed),
            (#"{"alg":["ES256"],"kid":"\#(kid)","typ":"convenant+jws"}"#, .algorithmNotAllowed),
            (fixture.plainHeader + String(repeating: " ", count: 1024), .tooLong),
        ] {
            let jws = try fixture.signed(header: header)
            #expect(throws: expected, "\(header.prefix(40))") { try fixture.verify(jws) }
        }
    }

    @Test("another key under the right kid")
    func otherKey() throws {
        let (fixture, other) = try (SealedFixture(), SealedFixture())
        let jws = try withHeader(other.signed()) { $0["kid"] = .string(fixture.signing.kid) }
        #expect(throws: JOSEError.badSignature) { try fixture.verify(jws) }
    }

    @Test("padding, stray bits, DER instead of r‖s, a signature of zeros, parts too many")
    func signatures() throws {
        let fixture = try SealedFixture()
        let all = parts(try fixture.signed())
        for (signature, expected) in [
            (all[2] + "==", JOSEError.malformed), (String(all[2].dropLast()) + "_", .malformed),
            (Base64URL.string([UInt8](repeating: 0, count: 64)), .badSignature),
            (Base64URL.string([0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01]), .badSignature), ("", .badSignature),
            (all[2] + ".", .malformed),
        ] {
            #expect(throws: expected) { try fixture.verify(joined([all[0], all[1], signature])) }
        }
    }

    @Test("an encryption key never verifies, though it lies on the same curve")
    func encryptionKey() throws {
        let fixture = try SealedFixture()
        let jws = try fixture.signed()
        let asEncryption = try fixture.signing.publicKey.with(use: .encryption, certificateChain: [])
        #expect(throws: JOSEError.unknownKey) { try JWS.verify(jws, typ: MessageType.signed, keys: [asEncryption]) }
    }
}
