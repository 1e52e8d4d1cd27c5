import Crypto
import Exchange
import Foundation
import JWTKit
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
        do throws(SignOnFault) {
            try await IDToken.verified(token, by: keys).check(against: provider, nonce: "n", now: now)
            return nil
        } catch { return error }
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
}

extension Data {
    fileprivate var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
