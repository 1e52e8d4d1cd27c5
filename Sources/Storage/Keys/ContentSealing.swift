import Casework
import Crypto
import Foundation

/// An encrypted content row: `wrapped_key` and `sealed`.
public struct SealedContent: Hashable, Sendable {
    /// The row's data key, AES Key Wrap (RFC 3394) under the `content` sub-key of the person's or casefile's key: 40 bytes.
    public let wrappedKey: [UInt8]
    /// Nonce (12) ‖ ciphertext ‖ tag (16), AES-256-GCM under the data key; the row's id is authenticated with it.
    public let sealed: [UInt8]

    /// A row read back.
    public init(wrappedKey: [UInt8], sealed: [UInt8]) {
        self.wrappedKey = wrappedKey
        self.sealed = sealed
    }
}

/// Encrypts content under a fresh data key, bound to the id of its row.
public func sealContent(_ plaintext: [UInt8], id: ContentID, under key: VaultKey) throws(StoreFault) -> SealedContent {
    let dataKey = SymmetricKey(size: .bits256)
    return SealedContent(
        wrappedKey: try wrapKey(dataKey, under: key.content), sealed: try seal(plaintext, authenticating: id.bytes, under: dataKey))
}

/// Decrypts a content row.
/// - Throws: ``StoreFault/key(_:)`` for another key, another id, or bytes that were changed.
public func openContent(_ content: SealedContent, id: ContentID, under key: VaultKey) throws(StoreFault) -> [UInt8] {
    try open(content.sealed, authenticating: id.bytes, under: try unwrapKey(content.wrappedKey, under: key.content))
}

/// Encrypts a queued message under its own vault key (sub-key `message`): nonce ‖ ciphertext ‖ tag, bound to the 16 bytes
/// of the message's id.
public func sealMessage(_ compact: [UInt8], id: MessageID, under key: VaultKey) throws(StoreFault) -> [UInt8] {
    try seal(compact, authenticating: id.bytes, under: key.derive("message"))
}

/// Decrypts a queued message.
/// - Throws: ``StoreFault/key(_:)`` for another key, another id, or bytes that were changed.
public func openMessage(_ sealed: [UInt8], id: MessageID, under key: VaultKey) throws(StoreFault) -> [UInt8] {
    try open(sealed, authenticating: id.bytes, under: key.derive("message"))
}

/// Encrypts a small secret under a sub-key made for its kind: nonce ‖ ciphertext ‖ tag, bound to the bytes of the id of what it belongs to.
public func sealSecret(_ plaintext: [UInt8], id: [UInt8], under key: SymmetricKey) throws(StoreFault) -> [UInt8] {
    try seal(plaintext, authenticating: id, under: key)
}

/// Decrypts a small secret.
/// - Throws: ``StoreFault/key(_:)`` for another key, another id, or bytes that were changed.
public func openSecret(_ sealed: [UInt8], id: [UInt8], under key: SymmetricKey) throws(StoreFault) -> [UInt8] {
    try open(sealed, authenticating: id, under: key)
}

private func seal(_ plaintext: [UInt8], authenticating id: [UInt8], under key: SymmetricKey) throws(StoreFault) -> [UInt8] {
    guard let combined = try? AES.GCM.seal(plaintext, using: key, authenticating: id).combined else {
        throw .key("content cannot be encrypted")
    }
    return [UInt8](combined)
}

private func open(_ sealed: [UInt8], authenticating id: [UInt8], under key: SymmetricKey) throws(StoreFault) -> [UInt8] {
    guard let box = try? AES.GCM.SealedBox(combined: sealed), let plaintext = try? AES.GCM.open(box, using: key, authenticating: id) else {
        throw .key("content does not open under its key")
    }
    return [UInt8](plaintext)
}
