import Exchange
import Foundation
import JWTKit
import Logging
import StrictJSON

/// The municipality's OpenID provider: the authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636, RFC 9700).
///
/// What it learns is who somebody is at the provider, and nothing else: no access token is kept and no profile is asked for. Which account that
/// is, the desk knows. Call ``close()`` when done.
public actor IdentityProvider {
    /// The path at which the provider sends people back.
    public static let returnPath = "/sign-in/provider/return"
    /// How long the way there and back may take, s.
    public static let patience = 600

    private let settings: ProviderSettings
    private let client: ProviderClient
    private let logger: Logger
    /// The machine's clock, ms since 1970.
    private let now: @Sendable () -> Int64
    private var known: (metadata: ProviderMetadata, readAt: Int64)?
    private var keys: (collection: JWTKeyCollection, readAt: Int64)?
    /// How long what the provider says of itself is believed without asking again, ms.
    private static let hour: Int64 = 3_600_000

    /// Nothing is asked of the provider yet.
    /// - Parameter logger: is told why somebody was not signed in; never who.
    /// - Throws: `unusable(roots)`.
    public init(_ settings: ProviderSettings, now: @escaping @Sendable () -> Int64, logger: Logger) throws(SignOnFault) {
        self.settings = settings
        self.now = now
        self.logger = logger
        client = try ProviderClient(roots: settings.roots)
    }

    /// Ends its connections.
    public func close() async { await client.close() }

    /// The address at the provider to which a visitor is sent.
    public func address(for attempt: SignOnAttempt) async throws(SignOnFault) -> String {
        try await telling { () async throws(SignOnFault) in try await begin(attempt) }
    }

    private func begin(_ attempt: SignOnAttempt) async throws(SignOnFault) -> String {
        let authorization = try await metadata().authorization
        var query = [
            ("response_type", "code"), ("scope", "openid"), ("client_id", settings.clientID), ("redirect_uri", redirect),
            ("state", attempt.state), ("nonce", attempt.nonce), ("code_challenge", attempt.challenge), ("code_challenge_method", "S256"),
        ]
        if !settings.levels.isEmpty { query.append(("acr_values", settings.levels.joined(separator: " "))) }
        return authorization + (authorization.contains("?") ? "&" : "?") + encodedForm(query)
    }

    /// Who came back, by what the provider put into the address.
    ///
    /// - Parameter query: the values of `state`, `code`, `error` and `iss`, where they are.
    /// - Throws: `notBegun` unless the visitor's browser kept this very attempt, `declined`, `unreachable`, `unusable`.
    public func subject(of attempt: SignOnAttempt, returning query: [String: String]) async throws(SignOnFault) -> ProvenSubject {
        try await telling { () async throws(SignOnFault) in try await finish(attempt, query) }
    }

    private func finish(_ attempt: SignOnAttempt, _ query: [String: String]) async throws(SignOnFault) -> ProvenSubject {
        guard query["state"] == attempt.state else { throw .notBegun }
        let metadata = try await metadata()
        // A provider that names itself must be the one that was asked (RFC 9207).
        guard query["iss"].map({ $0 == settings.issuer }) ?? !metadata.namesItself else { throw .unusable(member: "iss") }
        if let error = query["error"] { throw .declined(code: Self.errors.contains(error) ? error : "other") }
        guard let code = query["code"], (1...2048).contains(code.utf8.count) else { throw .unusable(member: "code") }
        let token = try await redeem(code, attempt, at: metadata)
        let claims = try await verified(token, metadata)
        try claims.check(against: settings, nonce: attempt.nonce, now: now())
        return ProvenSubject(issuer: claims.iss, subject: claims.sub)
    }

    private func telling<Result>(_ step: () async throws(SignOnFault) -> Result) async throws(SignOnFault) -> Result {
        do { return try await step() } catch {
            logger.warning("nobody was signed in by the provider", metadata: ["code": "\(error.code)"])
            throw error
        }
    }

    private var redirect: String { settings.ownAddress + Self.returnPath }

    private static let errors: Set = [
        "access_denied", "interaction_required", "invalid_request", "invalid_scope", "login_required", "server_error",
        "temporarily_unavailable", "unauthorized_client", "unmet_authentication_requirements", "unsupported_response_type",
    ]

    private func metadata() async throws(SignOnFault) -> ProviderMetadata {
        if let known, now() - known.readAt < Self.hour { return known.metadata }
        let base = settings.issuer.hasSuffix("/") ? String(settings.issuer.dropLast()) : settings.issuer
        let json = try await client.get(base + "/.well-known/openid-configuration", what: "configuration")
        let metadata = try ProviderMetadata(json, issuer: settings.issuer)
        known = (metadata, now())
        return metadata
    }

    /// The ID token for a code; what else the provider gives with it is thrown away.
    private func redeem(_ code: String, _ attempt: SignOnAttempt, at metadata: ProviderMetadata) async throws(SignOnFault) -> String {
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect), ("client_id", settings.clientID),
            ("code_verifier", attempt.verifier),
        ]
        var basic: String?
        if let secret = settings.clientSecret {
            if metadata.postsSecret {
                form.append(("client_secret", secret))
            } else {
                // Both are encoded as in a form before they are joined (RFC 6749 §2.3.1).
                let pair = encodedForm([(settings.clientID, secret)]).split(separator: "=", maxSplits: 1).joined(separator: ":")
                basic = Data(pair.utf8).base64EncodedString()
            }
        }
        let answer = try await client.post(form, to: metadata.token, basic: basic, what: "token")
        guard let token = answer["id_token"]?.stringValue, token.utf8.count <= 16_384 else { throw .unusable(member: "id_token") }
        return token
    }

    /// The token's claims. Keys that do not verify it are read anew, at most once a minute: the provider may have changed its own.
    private func verified(_ token: String, _ metadata: ProviderMetadata) async throws(SignOnFault) -> IDToken {
        if let keys, now() - keys.readAt < Self.hour {
            do throws(SignOnFault) { return try await IDToken.verified(token, by: keys.collection) } catch {
                guard now() - keys.readAt > 60_000 else { throw error }
            }
        }
        let collection = try await JWTKeyCollection.verifying(client.get(metadata.keys, what: "keys"))
        keys = (collection, now())
        return try await IDToken.verified(token, by: collection)
    }
}
