import JOSE
import JWTKit
import StrictJSON

/// The claims of an ID token that are looked at (OpenID Connect Core 1.0 §2).
struct IDToken: JWTPayload {
    let iss: String
    let sub: String
    let aud: AudienceClaim
    let azp: String?
    /// s since 1970, as `iat`.
    let exp: Double
    let iat: Double
    let nonce: String?
    let acr: String?

    /// By what it may be signed: no secret that both know, and nothing unsigned, so that the provider alone can have signed it.
    static let algorithms: Set<String> = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]

    /// Every claim is compared in ``check(against:nonce:now:)``, which knows what was asked and what time it is.
    func verify(using algorithm: some JWTAlgorithm) {}

    /// The validation of OpenID Connect Core 1.0 §3.1.3.7, after the signature.
    ///
    /// - Parameter now: ms since 1970; two minutes of difference between the clocks are forgiven.
    /// - Throws: `unusable` with the claim that does not hold.
    func check(against provider: ProviderSettings, nonce expected: String, now: Int64) throws(SignOnFault) {
        func demand(_ holds: Bool, _ claim: String) throws(SignOnFault) { if !holds { throw .unusable(member: claim) } }
        let (seconds, slack) = (Double(now) / 1000, 120.0)
        try demand(iss == provider.issuer, "iss")
        try demand(aud.value.contains(provider.clientID), "aud")
        try demand(azp.map { $0 == provider.clientID } ?? (aud.value.count == 1), "azp")
        try demand(seconds < exp + slack, "exp")
        try demand(iat - slack < seconds && seconds < iat + 600 + slack, "iat")
        try demand(nonce == expected, "nonce")
        try demand((1...255).contains(sub.utf8.count), "sub")
        try demand(provider.levels.isEmpty || acr.map(provider.levels.contains) == true, "acr")
    }

    /// Verifies a token's signature by the provider's own keys.
    /// - Throws: `unusable` with `alg` for another algorithm than ``algorithms``, with `id_token` for a signature that does not hold.
    static func verified(_ token: String, by keys: JWTKeyCollection) async throws(SignOnFault) -> IDToken {
        let header = token.split(separator: ".").first.flatMap { Base64URL.decode(String($0)) }.flatMap { try? parseJSON($0) }
        guard header?["alg"]?.stringValue.map(algorithms.contains) == true else { throw .unusable(member: "alg") }
        do { return try await keys.verify(token, as: IDToken.self) } catch { throw .unusable(member: "id_token") }
    }
}
