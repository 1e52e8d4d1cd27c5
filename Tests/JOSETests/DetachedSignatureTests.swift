import StrictJSON
import Testing

@testable import JOSE

@Suite("a signature beside what it signs")
struct DetachedSignatureTests {
    private let key: ES256SigningKey
    private let payload = Array("validUntil: null\n".utf8)
    private let text: String
    private let typ = "convenant-covenant+jws"

    init() throws {
        key = try ES256SigningKey.generate()
        text = try JWS.signDetached(payload, typ: typ, claims: ["iss": "00000099000000001000"], key: key)
    }

    private func verify(
        _ text: String? = nil, of payload: [UInt8]? = nil, typ: String? = nil, claims: [String] = ["iss"], keys: [JWK]? = nil
    )
        throws(JOSEError) -> JSONObject
    {
        try JWS.verifyDetached(
            text ?? self.text, of: payload ?? self.payload, typ: typ ?? self.typ, claims: claims, keys: keys ?? [key.publicKey]
        ).header
    }

    @Test("it verifies over exactly these bytes, and the payload put back makes a compact JWS that any reader verifies")
    func roundTrip() throws {
        #expect(try verify()["iss"] == "00000099000000001000")
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        #expect(parts.count == 3 && parts[1].isEmpty)
        let input = Array("\(parts[0]).\(Base64URL.string(payload))".utf8)
        #expect(verifies(try #require(Base64URL.decode(String(parts[2]))), of: input, by: key.publicKey))
    }

    @Test("one bit of the payload, in any byte, and it does not")
    func alteredPayload() {
        for place in payload.indices {
            var other = payload
            other[place] ^= 1
            #expect(throws: JOSEError.badSignature) { try verify(of: other) }
        }
        #expect(throws: JOSEError.badSignature) { try verify(of: payload + [10]) }
    }

    @Test("another key, another type, another member, a payload inside: each is refused by its own reason")
    func refused() throws {
        let stranger = try ES256SigningKey.generate()
        #expect(throws: JOSEError.unknownKey) { try verify(keys: [stranger.publicKey]) }
        #expect(throws: JOSEError.wrongType) { try verify(typ: "convenant-receipt+jws") }
        #expect(throws: JOSEError.headerNotAllowed) { try verify(claims: []) }
        #expect(throws: JOSEError.headerNotAllowed) { try verify(claims: ["iss", "iat"]) }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        #expect(throws: JOSEError.malformed) { try verify("\(parts[0]).\(Base64URL.string(payload)).\(parts[2])") }
        let none = Base64URL.string(Array(#"{"alg":"none","iss":"a","kid":"\#(key.kid)","typ":"\#(typ)"}"#.utf8))
        #expect(throws: JOSEError.algorithmNotAllowed) { try verify("\(none)..") }
    }
}
