import Exchange
import StrictJSON
import Testing

@testable import SignOn

@Suite("The way to a provider")
struct ProviderTests {
    private let issuer = "https://id.example.nl/o"
    private var metadata: JSONObject {
        [
            "issuer": .string(issuer), "authorization_endpoint": "https://id.example.nl/o/authorize",
            "token_endpoint": "https://id.example.nl/o/token", "jwks_uri": "https://id.example.nl/o/keys",
            "response_types_supported": ["code", "code id_token"], "code_challenge_methods_supported": ["plain", "S256"],
        ]
    }

    @Test("what a provider says of itself is read, and the secret goes where it takes it")
    func reads() throws {
        #expect(try !ProviderMetadata(.object(metadata), issuer: issuer).postsSecret)
        var posting = metadata
        posting["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
        #expect(try ProviderMetadata(.object(posting), issuer: issuer).postsSecret)
    }

    @Test(
        "one that speaks for another, leaves TLS, or does not look at the challenge is not used",
        arguments: [
            ("issuer", "https://id.example.nl"), ("authorization_endpoint", "http://id.example.nl/o/authorize"), ("token_endpoint", nil),
            ("jwks_uri", "keys"), ("response_types_supported", ["id_token"]), ("code_challenge_methods_supported", ["plain"]),
        ] as [(String, JSONValue?)])
    func refuses(_ name: String, _ value: JSONValue?) {
        var other = metadata
        other[name] = value
        #expect(throws: SignOnFault.unusable(member: name)) { try ProviderMetadata(.object(other), issuer: issuer) }
    }

    @Test("an attempt is known by what the browser keeps, and by nothing that the provider sees")
    func attempt() throws {
        let attempt = SignOnAttempt(random: Array(repeating: 7, count: 32))
        #expect(SignOnAttempt(verifier: attempt.verifier) == attempt)
        let seen = [attempt.state, attempt.nonce, attempt.challenge]
        #expect(Set(seen + [attempt.verifier]).count == 4)
        for text in ["", "short", attempt.verifier + "A", String(repeating: "=", count: 43)] {
            #expect(SignOnAttempt(verifier: text) == nil)
        }
    }

    @Test("RFC 7636 appendix B: the challenge of its verifier")
    func challenge() throws {
        let attempt = try #require(SignOnAttempt(verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
        #expect(attempt.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test("names and values are written as a form writes them")
    func form() {
        #expect(encodedForm([("a b", "c&d=é"), ("scope", "openid")]) == "a%20b=c%26d%3D%C3%A9&scope=openid")
    }
}
