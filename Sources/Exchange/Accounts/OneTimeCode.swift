import Casework
import Crypto
import Foundation

/// Time-based one-time codes (RFC 6238) as authenticator apps make them: HMAC-SHA-1, steps of 30 seconds, six digits.
enum OneTimeCode {
    static let digits = 6
    static let stepMilliseconds: Int64 = 30_000

    /// The step of time in which an instant lies.
    static func step(at now: Instant) -> Int64 { now.millisecondsSince1970 / stepMilliseconds }

    /// The code of a step (RFC 4226, section 5.3).
    static func code(secret: [UInt8], step: Int64, digits: Int = digits) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(mac[19] & 0x0F)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let text = String(number % (0..<digits).reduce(1) { power, _ in power * 10 })
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// The step whose code this is: the one of now, or one on either side, later than those that are spent. All three are always compared.
    static func matching(_ code: String, secret: [UInt8], at now: Instant, after used: Int64) -> Int64? {
        let current = step(at: now)
        var found: Int64?
        for candidate in current - 1...current + 1
        where constantTimeEqual(Array(Self.code(secret: secret, step: candidate).utf8), Array(code.utf8)) && candidate > used {
            found = candidate
        }
        return found
    }

    /// What an authenticator app reads from a picture, `otpauth://totp/…`: the municipality, the account and the secret.
    static func uri(secret: [UInt8], account: String, issuer: String) -> String {
        // What RFC 3986 calls unreserved; everything else is escaped, also where a query would not demand it.
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }
        return "otpauth://totp/\(escaped(issuer)):\(escaped(account))?secret=\(base32(secret))&issuer=\(escaped(issuer))"
            + "&algorithm=SHA1&digits=\(digits)&period=\(stepMilliseconds / 1000)"
    }
}

/// Base 32 (RFC 4648, section 6) without padding, as authenticator apps take it.
func base32(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    var (text, buffer, bits) = ("", UInt32(0), 0)
    for byte in bytes {
        buffer = buffer << 8 | UInt32(byte)
        bits += 8
        while bits >= 5 {
            text.append(alphabet[Int(buffer >> (bits - 5) & 31)])
            bits -= 5
        }
    }
    if bits > 0 { text.append(alphabet[Int(buffer << (5 - bits) & 31)]) }
    return text
}

/// Whether two byte strings are the same, in a time that does not tell where they differ.
func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
}
