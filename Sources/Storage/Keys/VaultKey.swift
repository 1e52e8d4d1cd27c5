import Crypto
import Foundation
import Synchronization

/// A key of the vault: 32 random bytes that never serve themselves; each use has a sub-key of its own.
///
/// Sub-key = HKDF-SHA256 (RFC 5869) of the 32 bytes, salt empty, info the UTF-8 of `convenant/1/<label>`, 32 bytes long.
public struct VaultKey: Sendable {
    /// Its row in `keys.sqlite`.
    public let id: Int64
    private let secret: SymmetricKey
    private let derived = DerivedKeys()

    init(id: Int64, secret: SymmetricKey) {
        self.id = id
        self.secret = secret
    }

    /// The sub-key for a use of its own.
    public func derive(_ label: String) -> SymmetricKey {
        derived.key(label) {
            HKDF<SHA256>.deriveKey(inputKeyMaterial: secret, info: Data("convenant/1/\(label)".utf8), outputByteCount: 32)
        }
    }

    /// Wraps the data keys of content (label `content`).
    public var content: SymmetricKey { derive("content") }
    /// Makes the handles of the log (label `log`).
    public var log: SymmetricKey { derive("log") }
    /// Seals the rows of the queue (label `queue`).
    public var queue: SymmetricKey { derive("queue") }

    /// The row's form: AES Key Wrap (RFC 3394) under the key-encryption key of its epoch, 40 bytes.
    func wrapped(under kek: SymmetricKey) throws(StoreFault) -> [UInt8] { try wrapKey(secret, under: kek) }

    /// The key of a row.
    init(id: Int64, unwrapping wrapped: [UInt8], under kek: SymmetricKey) throws(StoreFault) {
        self.init(id: id, secret: try unwrapKey(wrapped, under: kek))
    }
}

/// The sub-keys that were asked for, as long as their key is in memory: deriving one costs four times what using it does.
private final class DerivedKeys: Sendable {
    private let made = Mutex<[(label: String, key: SymmetricKey)]>([])

    func key(_ label: String, derive: () -> SymmetricKey) -> SymmetricKey {
        made.withLock { made in
            if let known = made.first(where: { $0.label == label }) { return known.key }
            let key = derive()
            made.append((label, key))
            return key
        }
    }
}

/// AES Key Wrap (RFC 3394): 40 bytes for a key of 32.
func wrapKey(_ key: SymmetricKey, under wrapping: SymmetricKey) throws(StoreFault) -> [UInt8] {
    do {
        return [UInt8](try AES.KeyWrap.wrap(key, using: wrapping))
    } catch {
        throw .key("a key cannot be wrapped")
    }
}

/// The key inside 40 wrapped bytes; a wrong wrapping key is found out by RFC 3394 itself.
func unwrapKey(_ wrapped: [UInt8], under wrapping: SymmetricKey) throws(StoreFault) -> SymmetricKey {
    do {
        return try AES.KeyWrap.unwrap(Data(wrapped), using: wrapping)
    } catch {
        throw .key("a wrapped key does not open under the key that should have wrapped it")
    }
}
