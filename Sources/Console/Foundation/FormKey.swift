import Crypto
import Foundation

/// The key that stands in every form, so that no other site can send one in the visitor's name (CSRF).
///
/// It is an HMAC under what only the visitor's cookie holds, the session's token or, before signing in, the visit's number: the server
/// keeps nothing for it, and a form outlives a restart.
enum FormKey {
    /// The name of the field that holds it.
    static let field = "key"
    /// The name of the field that says for whom the form was shown.
    static let account = "for"

    private static let purpose = Array("convenant form 1".utf8)

    /// The key of everybody who holds this secret.
    static func key(for secret: String) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: purpose, using: SymmetricKey(data: Array(secret.utf8)))).base64EncodedString()
    }

    /// Whether a form holds that key.
    static func holds(_ form: FormFields, secret: String?) -> Bool {
        guard let secret, !secret.isEmpty, let given = Data(base64Encoded: form[field]) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(given, authenticating: purpose, using: SymmetricKey(data: Array(secret.utf8)))
    }
}
