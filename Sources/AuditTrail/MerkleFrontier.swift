import Crypto

/// SHA-256(0x00 ‖ entry), RFC 6962, section 2.1.
public func leafHash(_ entry: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: [0x00])
    hash.update(data: entry)
    return bytes(of: hash.finalize())
}

/// SHA-256(0x01 ‖ left ‖ right), RFC 6962, section 2.1.
func nodeHash(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> [UInt8] {
    var node: [UInt8] = [0x01]
    node.reserveCapacity(65)
    node.append(contentsOf: left)
    node.append(contentsOf: right)
    return bytes(of: SHA256.hash(data: node))
}

/// The right edge of a Merkle tree (RFC 6962): what is needed to append, and nothing else.
///
/// It holds the roots of the full subtrees from left to right, one for each bit set in the size. A value: copied at a savepoint and
/// put back on rollback.
public struct MerkleFrontier: Hashable, Sendable {
    /// How many leaves the tree has.
    public private(set) var size: UInt64
    /// The roots of the full subtrees, the largest first.
    private var peaks: [[UInt8]]

    /// An empty tree.
    public init() {
        size = 0
        peaks = []
    }

    /// A tree whose full subtrees are known; nil when their number does not fit the size or one is not 32 bytes.
    public init?(size: UInt64, peaks: [[UInt8]]) {
        guard peaks.count == size.nonzeroBitCount, peaks.allSatisfy({ $0.count == 32 }) else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// Appends a leaf.
    /// - Parameter leaf: the 32 bytes of ``leafHash(_:)``.
    public mutating func append(leaf: [UInt8]) {
        var hash = leaf
        // Every trailing one in the size is a full subtree that the new one completes to twice its size.
        for _ in 0..<(~size).trailingZeroBitCount { hash = nodeHash(peaks.removeLast(), hash) }
        peaks.append(hash)
        size += 1
    }

    /// The root: 32 bytes; of an empty tree SHA-256 of nothing.
    public var root: [UInt8] {
        guard var hash = peaks.last else { return Array(SHA256.hash(data: [UInt8]())) }
        for peak in peaks.dropLast().reversed() { hash = nodeHash(peak, hash) }
        return hash
    }
}
