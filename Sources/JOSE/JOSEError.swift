/// Why a message, a receipt or a key was refused.
///
/// Carries no content: what a caller may log or answer is `code`, which never changes once published.
/// Everything that fails behind the recipient's key is one case, so that the answer tells an attacker nothing (RFC 7516 §11.5).
public enum JOSEError: String, Error, Hashable, Sendable, CaseIterable {
    /// Not a compact JWS or JWE, not strict base64url, or not the JSON that its place demands.
    case malformed
    /// Longer than this profile allows.
    case tooLong = "too-long"
    /// A header member that the profile does not list, or one that it demands is absent.
    case headerNotAllowed = "header-not-allowed"
    /// `alg`, `enc` or the curve is not on the allow-list.
    case algorithmNotAllowed = "algorithm-not-allowed"
    /// `typ` or `cty` names another kind of object.
    case wrongType = "wrong-type"
    /// `kid` names no key of the sender.
    case unknownKey = "unknown-key"
    /// `kid` names another key than the recipient's, or `to` another organisation.
    case wrongRecipient = "wrong-recipient"
    /// `from` names another organisation than the one whose key signed.
    case wrongSender = "wrong-sender"
    /// The signature does not belong to these bytes and this key.
    case badSignature = "bad-signature"
    /// The sealed bytes do not open: changed, or sealed to another key.
    case notDecryptable = "not-decryptable"
    /// A key that is not well-formed: wrong length, not on its curve, private members, a `kid` that is not its thumbprint.
    case invalidKey = "invalid-key"
    /// A key set without exactly one `sig` and one `enc` key, or with one key in both uses.
    case keysNotDistinct = "keys-not-distinct"
    /// The certificate in `x5c` certifies another key.
    case certificateMismatch = "certificate-mismatch"
    /// A version of message or receipt that this reader does not know.
    case unknownVersion = "unknown-version"
    /// A kind of message that this reader does not know.
    case unknownKind = "unknown-kind"
    /// `expiresAt` has passed.
    case expired
    /// The library underneath failed: no memory, no randomness.
    case libraryFailure = "library-failure"

    /// The stable code, for receipts, log entries and answers.
    public var code: String { rawValue }
}

extension JOSEError: CustomStringConvertible {
    /// The code alone; never anything of the input.
    public var description: String { rawValue }
}
