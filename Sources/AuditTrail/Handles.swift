import Crypto
import Foundation

/// The handle of a person, or of a casefile, in one entry: base64url without padding of HMAC-SHA256(key, UTF-8 of the entry's id).
///
/// The key is that person's (or casefile's) log key of 32 bytes. Made per entry, so that without the key no two entries can be
/// joined; when the key is destroyed, nobody can tell any more whom the entry was about, and its proof still holds.
/// - Parameter entryID: the entry's UUID in lower case with dashes, 36 bytes.
public func personHandle(key: SymmetricKey, entryID: String) -> String {
    base64URL(bytes(of: HMAC<SHA256>.authenticationCode(for: Array(entryID.utf8), using: key)))
}

/// The handle of a member of staff, the same in every entry: base64url without padding of HMAC-SHA256(key, UTF-8 of the account's id).
///
/// Those who answer for the log must be able to see that ten reads were one reader's, so this one joins.
public func staffHandle(key: SymmetricKey, accountID: String) -> String {
    base64URL(bytes(of: HMAC<SHA256>.authenticationCode(for: Array(accountID.utf8), using: key)))
}

/// A commitment to a value: base64url without padding of SHA-256(salt ‖ value).
///
/// Whoever holds the content and its salt can show later what was disclosed; whoever holds only the log cannot guess it.
/// - Parameters:
///   - salt: 32 random bytes, kept with the content and erased with it.
///   - value: the canonical JSON (RFC 8785) of the value.
/// - Precondition: the salt has 32 bytes; with one of another length two pairs of salt and value could give one digest.
public func commitment(salt: [UInt8], value: [UInt8]) -> String {
    precondition(salt.count == 32, "a commitment's salt has 32 bytes")
    var hash = SHA256()
    hash.update(data: salt)
    hash.update(data: value)
    return base64URL(bytes(of: hash.finalize()))
}

/// The bytes of a digest or an authentication code, copied at once.
func bytes(of digest: some ContiguousBytes) -> [UInt8] { digest.withUnsafeBytes { Array($0) } }
