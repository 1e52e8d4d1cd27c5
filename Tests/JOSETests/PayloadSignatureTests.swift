import StrictJSON
import Testing

@testable import JOSE

@Suite("the signature over a payload, in the header of its HTTP message")
struct PayloadSignatureTests {
    let key: PS256SigningKey
    let body = Array("a sealed message".utf8)
    let signed: PayloadSignature

    init() throws {
        key = try RSAKeys.signing(other: false)
        signed = try PayloadSignature(of: body, by: key, certificate: [1, 2, 3], at: noon)
    }

    private func verify(_ values: [String]? = nil, digests: [String]? = nil, body: [UInt8]? = nil, keys: [JWK]? = nil) throws(JOSEError)
        -> Int64
    {
        try PayloadSignature.verify(
            values ?? [signed.value], digests: digests ?? [signed.digest], of: body ?? self.body, keys: keys ?? [key.publicKey])
    }

    /// The same signature with another header, honestly made.
    private func respelled(_ change: (inout JSONObject) -> Void) throws -> String {
        var header = try parseObject(#require(Base64URL.decode(parts(Array(signed.value.utf8))[0])))
        change(&header)
        let protected = Base64URL.string(JSONValue.object(header).canonicalBytes())
        return protected + ".." + Base64URL.string(try key.sign(Array("\(protected).digest: \(signed.digest)".utf8)))
    }

    @Test("it verifies, says when, and its header is that of JAdES at level B")
    func roundTrip() throws {
        #expect(try verify() == noon)
        #expect(signed.digest == "SHA-256=" + base64(padded: sha256(body)))
        let all = parts(Array(signed.value.utf8))
        #expect(all.count == 3 && all[1].isEmpty)
        #expect(
            try parseObject(#require(Base64URL.decode(all[0]))) == [
                "alg": "PS256", "b64": false, "crit": ["b64", "sigD"], "iat": .integer(noon / 1000), "kid": .string(key.kid),
                "sigD": ["mId": "http://uri.etsi.org/19182/HttpHeaders", "pars": ["digest"]],
                "x5t#S256": .string(Base64URL.string(sha256([1, 2, 3]))),
            ])
        #expect(try verify([respelled { _ in }]) == noon)
    }

    @Test("none, two, or two of the digest: invalid")
    func duplicated() throws {
        for values in [[], [signed.value, signed.value], [signed.value, ""], [signed.value + "," + signed.value]] {
            #expect(throws: JOSEError.malformed) { try verify(values) }
        }
        for digests in [[], [signed.digest, signed.digest]] { #expect(throws: JOSEError.malformed) { try verify(digests: digests) } }
    }

    @Test("another body, another digest, another digest algorithm")
    func otherBody() throws {
        #expect(throws: JOSEError.badSignature) { try verify(body: body + [0]) }
        let other = try PayloadSignature(of: [0], by: key, certificate: nil, at: noon)
        #expect(throws: JOSEError.badSignature) { try verify(digests: [other.digest]) }
        #expect(throws: JOSEError.badSignature) { try verify(digests: [other.digest], body: [0]) }
        #expect(throws: JOSEError.badSignature) { try verify(digests: [signed.digest.replacing("SHA-256", with: "sha-256")]) }
        #expect(throws: JOSEError.badSignature) { try verify(digests: [signed.digest + ",SHA=AAAA"]) }
    }

    @Test("a key that is not the sender's, or of another profile")
    func otherKey() throws {
        let other = try RSAKeys.signing(other: true)
        #expect(throws: JOSEError.unknownKey) { try verify(keys: [other.publicKey]) }
        #expect(throws: JOSEError.unknownKey) { try verify(keys: []) }
        let forged = try PayloadSignature(of: body, by: other, certificate: nil, at: noon).value
        #expect(throws: JOSEError.unknownKey) { try verify([forged]) }
        let named = try respelled { $0["kid"] = .string(other.kid) }
        #expect(throws: JOSEError.badSignature) { try verify([named], keys: [other.publicKey]) }
    }

    @Test("an algorithm that is not listed", arguments: ["none", "RS256", "ES256", "HS256", "PS512", ""])
    func algorithm(name: String) throws {
        let value = try respelled { $0["alg"] = .string(name) }
        #expect(throws: JOSEError.algorithmNotAllowed) { try verify([value]) }
    }

    @Test(
        "a header that says something else is signed",
        arguments: [
            ("b64", true), ("b64", nil), ("crit", ["b64"]), ("crit", ["b64", "sigD", "exp"]), ("crit", nil), ("iat", nil), ("iat", -1),
            ("sigD", nil), ("sigD", ["mId": "http://uri.etsi.org/19182/HttpHeaders", "pars": ["digest", "date"]]),
            ("sigD", ["mId": "http://uri.etsi.org/19182/HttpHeaders", "pars": []]),
            ("sigD", ["mId": "http://uri.etsi.org/19182/ObjectIdByURI", "pars": ["digest"]]), ("jwk", [:]), ("x5u", "https://x.example"),
            ("sigT", "2026-11-21T12:00:00Z"),
        ] as [(String, JSONValue?)])
    func header(name: String, value: JSONValue?) throws {
        let respelled = try respelled { $0[name] = value }
        #expect(throws: JOSEError.headerNotAllowed) { try verify([respelled]) }
    }

    @Test("a payload inside, a part too many, padding, a changed signature")
    func forms() throws {
        let all = parts(Array(signed.value.utf8))
        for value in ["\(all[0]).AAAA.\(all[2])", "\(all[0])..\(all[2]).", "\(all[0]).\(all[2])", all[0], "", signed.value + "=="] {
            #expect(throws: JOSEError.malformed, "\(value.prefix(8))") { try verify([value]) }
        }
        var bytes = try #require(Base64URL.decode(all[2]))
        bytes[7] ^= 1
        #expect(throws: JOSEError.badSignature) { try verify(["\(all[0])..\(Base64URL.string(bytes))"]) }
    }
}
