import Foundation

/// The private key files of one profile while our signing key is changed: next, current and former, each mode 0600.
///
/// The next key takes the current one's place by one renaming, before which the former one got a second name: whatever moment a crash chooses,
/// there is a key that signs. A key that is the current and the former one by the same bytes is the current one.
public struct SigningKeyFiles: Sendable {
    /// The file of the key that signs; those beside it are named after it.
    public let current: String
    /// The file of the key that is published and signs later.
    public var next: String { beside("next") }
    /// The file of the key that signed before.
    public var former: String { beside("former") }

    /// The files around `…/NAME.pem`.
    public init(current: String) { self.current = current }

    /// Writes a next key, all of it or nothing: a part of one would be no key. One that is there already is never overwritten.
    public func create(_ pem: [UInt8]) throws(StoreFault) { try SecretFile.createWhole(next, pem) }

    /// Puts the next key in the current one's place, which becomes the former. There may be no former one before.
    public func advance() throws(StoreFault) {
        // Left by a crash between the two steps: it is the current key under another name.
        guard unlink(former) == 0 || errno == ENOENT else { throw .system(errno: errno, path: former) }
        guard link(current, former) == 0 else { throw .system(errno: errno, path: former) }
        guard rename(next, current) == 0 else { throw .system(errno: errno, path: next) }
        try SecretFile.flush(URL(filePath: current).deletingLastPathComponent().path)
    }

    /// Overwrites and removes the former key.
    public func destroyFormer() throws(StoreFault) {
        // A second name of the current key is only taken away: overwriting would reach the current one.
        if FileManager.default.contentsEqual(atPath: former, andPath: current) {
            guard unlink(former) == 0 else { throw .system(errno: errno, path: former) }
            return
        }
        try SecretFile.destroy(former)
    }

    private func beside(_ state: String) -> String {
        (current.hasSuffix(".pem") ? String(current.dropLast(4)) : current) + ".\(state).pem"
    }
}
