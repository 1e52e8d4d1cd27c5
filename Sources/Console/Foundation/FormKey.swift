import Crypto
import Foundation

/// The key that stands in every form, so that no other site can send one in the visitor's name (CSRF).
///
/// It is an HMAC under what only the visitor's cookie holds, the session's token or, before signing in, the visit's number: the server keeps
/// nothing for it, and a form outlives a restart.
enum FormKey {
    /// The name of the field that holds it.
    static let field = "key"
    /// The name of the field that says for whom the form was shown.
    static let account = "for"

    /// The key of everybody who holds this secret.
    static func key(for secret: String) -> String {
        let mac = HMAC<SHA256>.authenticationCode(for: Array("convenant form 1".utf8), using: SymmetricKey(data: Array(secret.utf8)))
        return Data(mac).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Whether a form holds that key; compared in a time that does not tell how far.
    static func holds(_ form: FormFields, secret: String?) -> Bool {
        guard let secret, !secret.isEmpty else { return false }
        let (given, wanted) = (Array(form[field].utf8), Array(key(for: secret).utf8))
        return given.count == wanted.count && zip(given, wanted).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
