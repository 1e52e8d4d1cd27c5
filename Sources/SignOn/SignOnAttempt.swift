import Crypto
import JOSE

/// One visitor on the way to the provider and back, known by one secret that only their browser keeps.
///
/// `state`, `nonce` and the code challenge (RFC 7636, S256) are made from it one way, so that nothing is stored here and none of what the
/// provider sees tells the secret.
public struct SignOnAttempt: Hashable, Sendable {
    /// The code verifier, and what the browser keeps: 43 characters.
    public let verifier: String

    /// A new attempt.
    /// - Parameter random: 32 bytes that nobody can guess.
    public init(random: [UInt8]) { verifier = Base64URL.string(random) }

    /// The attempt that a browser kept; nil for anything else.
    public init?(verifier: String) {
        guard verifier.utf8.count == 43, Base64URL.decode(verifier)?.count == 32 else { return nil }
        self.verifier = verifier
    }

    /// Ties the return to this browser (RFC 6749 §10.12).
    var state: String { digest("state.") }
    /// Ties the ID token to this attempt (OpenID Connect Core 1.0 §3.1.2.1).
    var nonce: String { digest("nonce.") }
    /// What the token endpoint compares with the verifier.
    var challenge: String { digest("") }

    private func digest(_ purpose: String) -> String { Base64URL.string(Array(SHA256.hash(data: Array((purpose + verifier).utf8)))) }
}
