import Casework
import Crypto
import Foundation

/// The code that an authenticator app shows, worked out from the base 32 that was typed into it: written apart from the program's own.
public func appCode(_ secret: String, at now: Instant) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    let bits = secret.flatMap { letter in
        let value = alphabet.firstIndex(of: letter) ?? 0
        return (0..<5).map { value >> (4 - $0) & 1 }
    }
    let key = stride(from: 0, to: bits.count - 7, by: 8).map { start in UInt8(bits[start..<start + 8].reduce(0) { $0 * 2 + $1 }) }
    var counter = UInt64(now.millisecondsSince1970 / 30_000).bigEndian
    let message = withUnsafeBytes(of: &counter) { Data($0) }
    let mac = Data(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    let start = Int(mac[19] & 15)
    let number = (UInt32(mac[start]) & 0x7F) << 24 | UInt32(mac[start + 1]) << 16 | UInt32(mac[start + 2]) << 8 | UInt32(mac[start + 3])
    return String(format: "%06d", number % 1_000_000)
}
