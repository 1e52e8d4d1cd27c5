import Crypto
import Exchange
import Foundation
import JWTKit
import StrictJSON
import Testing

@testable import SignOn

@Suite("ID tokens")
struct IDTokenTests {
    private let key = ES256PrivateKey()
    private let now: Int64 = 1_795_000_000_000
    private let provider = ProviderSettings(
        issuer: "https://id.example.nl/o", clientID: "convenant", clientSecret: nil, ownAddress: "https://desk.example.nl:8444",
        levels: ["two", "three"])

    private var good: [String: any Sendable] {
        let seconds = Int(now / 1000)
        return [
            "iss": "https://id.example.nl/o", "sub": "42", "aud": "convenant", "exp": seconds + 300, "iat": seconds - 5, "nonce": "n",
            "acr": "two",
        ]
    }

    /// A token as a provider makes it.
    private func token(_ claims: [String: any Sendable], header: String = #"{"alg":"ES256","kid":"k"}"#, by signer: ES256PrivateKey? = nil)
        throws -> String
    {
        let body = try JSONSerialization.data(withJSONObject: claims)
        let text = Data(header.utf8).base64URL + "." + body.base64URL
        let key = try P256.Signing.PrivateKey(pemRepresentation: (signer ?? key).pemRepresentation)
        return text + "." + (try key.signature(for: Data(text.utf8)).rawRepresentation.base64URL)
    }

    /// What becomes of a token: nil when it is taken.
    private func fault(_ token: String) async -> SignOnFault? {
        let keys = JWTKeyCollection()
        await keys.add(ecdsa: key.publicKey, kid: "k")
        return await fault(token, by: keys)
    }

    private func fault(_ token: String, by keys: JWTKeyCollection) async -> SignOnFault? {
        do throws(SignOnFault) {
            try await IDToken.verified(token, by: keys).check(against: provider, nonce: "n", now: now)
            return nil
        } catch { return error }
    }

    /// The key that signs, as the provider publishes it.
    private func published(kid: String?) throws -> JSONValue {
        let point = try P256.Signing.PrivateKey(pemRepresentation: key.pemRepresentation).publicKey.rawRepresentation
        var jwk: JSONObject = [
            "kty": "EC", "crv": "P-256", "x": .string(point.prefix(32).base64URL), "y": .string(point.suffix(32).base64URL),
        ]
        if let kid { jwk["kid"] = .string(kid) }
        return .object(jwk)
    }

    @Test("one that is right is taken, also when it is for several and names us as the party that asked")
    func right() async throws {
        #expect(await fault(try token(good)) == nil)
        let both = good.merging(["aud": ["other", "convenant"], "azp": "convenant"]) { $1 }
        #expect(await fault(try token(both)) == nil)
    }

    @Test(
        "one claim that does not hold, and it is refused by that",
        arguments: [
            ("iss", "https://id.example.nl"), ("aud", "another"), ("azp", "another"), ("exp", 1_794_999_800), ("iat", 1_795_000_200),
            ("iat", 1_794_990_000), ("nonce", "m"), ("acr", "one"), ("sub", ""),
        ] as [(String, any Sendable)])
    func oneClaim(_ name: String, _ value: any Sendable) async throws {
        #expect(await fault(try token(good.merging([name: value]) { $1 })) == .unusable(member: name))
    }

    @Test("one that lacks what was asked for is refused", arguments: ["nonce", "acr"])
    func missing(_ name: String) async throws {
        #expect(await fault(try token(good.filter { $0.key != name })) == .unusable(member: name))
    }

    @Test("one for several that does not say who asked is refused")
    func severalWithoutParty() async throws {
        #expect(await fault(try token(good.merging(["aud": ["other", "convenant"]]) { $1 })) == .unusable(member: "azp"))
    }

    @Test("one that another signed, that nobody signed, or that names a shared secret is refused")
    func signatures() async throws {
        #expect(await fault(try token(good, by: ES256PrivateKey())) == .unusable(member: "id_token"))
        for header in [#"{"alg":"none"}"#, #"{"alg":"HS256","kid":"k"}"#, #"{"alg":"ES256","alg":"none","kid":"k"}"#, "{}"] {
            #expect(await fault(try token(good, header: header)) == .unusable(member: "alg"), "\(header)")
        }
        let parts = try token(good).split(separator: ".")
        let other = try token(good.merging(["sub": "43"]) { $1 }).split(separator: ".")
        #expect(await fault([parts[0], other[1], parts[2]].joined(separator: ".")) == .unusable(member: "id_token"))
        #expect(await fault("") == .unusable(member: "alg"))
    }

    @Test(
        "a key that verifies nothing here keeps nobody out, wherever it stands in the set; a set of nothing else is refused",
        arguments: [
            ["kty": "RSA", "use": "enc", "alg": "RSA-OAEP-256", "kid": "e", "n": "AQAB", "e": "AQAB"],
            ["kty": "EC", "use": "enc", "crv": "P-256", "kid": "k", "x": "AQAB", "y": "AQAB"],
            ["kty": "EC", "alg": "ECDH-ES", "crv": "P-256", "kid": "e", "x": "AQAB", "y": "AQAB"],
            ["kty": "EC", "use": "sig", "crv": "secp256k1", "kid": "s", "x": "AQAB", "y": "AQAB"],
            ["kty": "AKP", "use": "sig", "alg": "ML-DSA-65", "kid": "a"], ["kty": "RSA", "use": "sig", "kid": "m"], "no key",
        ] as [JSONValue])
    func otherKeys(_ other: JSONValue) async throws {
        let own = try published(kid: "k")
        for set in [[other, own], [own, other]] {
            let keys = try await JWTKeyCollection.verifying(["keys": .array(set)])
            #expect(await fault(try token(good), by: keys) == nil)
        }
        await #expect(throws: SignOnFault.unusable(member: "keys")) { try await JWTKeyCollection.verifying(["keys": .array([other])]) }
    }

    @Test("the one key that signs needs no name, nor does a token then")
    func withoutName() async throws {
        let encrypting: JSONValue = ["kty": "RSA", "use": "enc", "alg": "RSA-OAEP-256", "n": "AQAB", "e": "AQAB"]
        let keys = try await JWTKeyCollection.verifying(["keys": .array([encrypting, published(kid: nil)])])
        for header in [#"{"alg":"ES256"}"#, #"{"alg":"ES256","kid":"k"}"#] {
            #expect(await fault(try token(good, header: header), by: keys) == nil, "\(header)")
        }
        #expect(await fault(try token(good, by: ES256PrivateKey()), by: keys) == .unusable(member: "id_token"))
        for set in [["keys": []], ["keys": "none"], [:]] as [JSONValue] {
            await #expect(throws: SignOnFault.unusable(member: "keys")) { try await JWTKeyCollection.verifying(set) }
        }
    }
}

extension Data {
    fileprivate var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
