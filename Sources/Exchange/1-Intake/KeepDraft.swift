import Casework
import Crypto
import Foundation
import Storage

/// The key of a draft: 32 bytes that stand in the cookie of the browser in which it is typed, and nowhere else.
public struct DraftKey: Sendable {
    /// How long a draft is kept after it was last changed: long enough for a dead telephone to be charged. Milliseconds.
    public static let lifetime: Int64 = 24 * 3_600_000
    /// The row's name: it tells nothing of the key.
    let id: [UInt8]
    private let sealing: SymmetricKey

    /// The key in these bytes; nil unless there are 32.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        let key = SymmetricKey(data: bytes)
        id = Array(HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Array("convenant draft id 1".utf8), outputByteCount: 16).bytes)
        sealing = HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Array("convenant draft 1".utf8), outputByteCount: 32)
    }

    /// Sealed for the account that typed it: whoever signs in after it, in the same browser, cannot open it.
    func seal(_ content: [UInt8], for account: AccountID) -> [UInt8]? {
        (try? AES.GCM.seal(content, using: sealing, authenticating: id + account.bytes))?.combined.map(Array.init)
    }

    func open(_ sealed: [UInt8], for account: AccountID) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed) else { return nil }
        return (try? AES.GCM.open(box, using: sealing, authenticating: id + account.bytes)).map(Array.init)
    }
}

extension SymmetricKey {
    fileprivate var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}

extension ReferralDesk {
    /// Keeps what somebody has begun to type, for a day. Nothing of it can be read here: the gate has not been asked yet.
    public func keepDraft(_ content: [UInt8], under key: DraftKey, by caller: Caller) async throws(DeskRefusal) {
        guard let account = caller.account else { throw .roleMayNot }
        let sealed = try key.seal(content, for: account).orRefuse(.notDurable)
        let until = world.wall().advanced(byMilliseconds: DraftKey.lifetime)
        try await commit { try $0.keepDraft(key.id, sealed: sealed, until: until) }
    }

    /// What was kept under this key, for the same account; nil when its day has passed, or it is another's.
    public func openDraft(under key: DraftKey, by caller: Caller) async throws(DeskRefusal) -> [UInt8]? {
        guard let account = caller.account else { throw .roleMayNot }
        let now = world.wall()
        return try await read { try $0.draft(key.id, at: now) }.flatMap { key.open($0, for: account) }
    }

    /// Forgets a draft. Whoever holds its key may.
    public func dropDraft(under key: DraftKey, by caller: Caller) async throws(DeskRefusal) {
        guard caller.account != nil else { throw .roleMayNot }
        try await commit { try $0.dropDraft(key.id) }
    }
}
