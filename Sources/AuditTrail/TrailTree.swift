/// A full tile of the tree: 256 hashes side by side, as in C2SP tlog-tiles. Partial tiles are not stored.
public struct AuditTile: Hashable, Sendable {
    /// How many hashes a tile has.
    public static let width = 256

    /// 0: the hashes are leaves; above: each is the root of a full tile one level below.
    public let level: Int
    /// The how manieth tile of its level, from 0.
    public let index: UInt64
    /// 256 hashes of 32 bytes, 8192 bytes.
    public let hashes: [UInt8]

    /// A tile from its parts.
    public init(level: Int, index: UInt64, hashes: [UInt8]) {
        self.level = level
        self.index = index
        self.hashes = hashes
    }
}

/// The tree of one shard as its writer needs it: the frontier, and the hashes of the tiles that are not full yet.
///
/// A value: copied at a savepoint and put back on rollback. A copy costs nothing until the next append, then 8 KiB at most.
public struct TrailTree: Hashable, Sendable {
    /// The right edge, with size and root.
    public private(set) var frontier: MerkleFrontier
    /// For each level the hashes that have no full tile yet, fewer than 256 of them, side by side.
    private var pending: [[UInt8]]

    /// An empty tree.
    public init() {
        frontier = MerkleFrontier()
        pending = []
    }

    /// How many leaves the tree has.
    public var size: UInt64 { frontier.size }
    /// The root, 32 bytes.
    public var root: [UInt8] { frontier.root }

    /// Appends a leaf; gives the tiles that became full by it, the lowest level first. Mostly none, seldom one, hardly ever two.
    public mutating func append(leaf: [UInt8]) -> [AuditTile] {
        frontier.append(leaf: leaf)
        var full: [AuditTile] = []
        var hash = leaf
        for level in 0... {
            if level == pending.count { pending.append([]) }
            pending[level].append(contentsOf: hash)
            guard pending[level].count == AuditTile.width * 32 else { break }
            let index = (frontier.size >> (8 * UInt64(level + 1))) - 1
            full.append(AuditTile(level: level, index: index, hashes: pending[level]))
            hash = subtreeRoot(pending[level][...])
            pending[level] = []
        }
        return full
    }

    /// The tree as the disk has it: read when the program starts.
    /// - Parameters:
    ///   - size: how many entries the shard has.
    ///   - leaves: gives the stored leaves of the entries with these positions in the shard, counted from 0, one after the other.
    ///   - tile: gives the 8192 bytes of a stored full tile.
    /// - Returns: nil when what was given has the wrong length. Whether it is *right* is seen by comparing ``root`` with the checkpoint.
    public static func restore<Failure: Error>(
        size: UInt64, leaves: (Range<UInt64>) throws(Failure) -> [UInt8],
        tile: (_ level: Int, _ index: UInt64) throws(Failure) -> [UInt8]
    ) throws(Failure) -> TrailTree? {
        var pending = [try leaves(size - size % 256..<size)]
        guard pending[0].count == Int(size % 256) * 32 else { return nil }
        var level = 1
        while size >> (8 * UInt64(level)) > 0 {
            let count = size >> (8 * UInt64(level))
            var hashes: [UInt8] = []
            for index in count - count % 256..<count {
                let below = try tile(level - 1, index)
                guard below.count == AuditTile.width * 32 else { return nil }
                hashes.append(contentsOf: subtreeRoot(below[...]))
            }
            pending.append(hashes)
            level += 1
        }
        let peaks = pending.reversed().flatMap(peakHashes)
        guard let frontier = MerkleFrontier(size: size, peaks: peaks) else { return nil }
        var tree = TrailTree()
        tree.frontier = frontier
        tree.pending = size == 0 ? [] : pending
        return tree
    }
}

/// The root over hashes side by side whose number is a power of two.
func subtreeRoot(_ hashes: ArraySlice<UInt8>) -> [UInt8] {
    var row = Array(hashes)
    while row.count > 32 {
        var next: [UInt8] = []
        next.reserveCapacity(row.count / 2)
        for start in stride(from: 0, to: row.count, by: 64) {
            next.append(contentsOf: nodeHash(row[start..<start + 32], row[start + 32..<start + 64]))
        }
        row = next
    }
    return row
}

/// The full subtrees over fewer than 256 hashes, the largest first.
private func peakHashes(_ hashes: [UInt8]) -> [[UInt8]] {
    var (peaks, start): ([[UInt8]], Int) = ([], 0)
    for bit in (0..<8).reversed() where (hashes.count / 32) & (1 << bit) != 0 {
        let end = start + (32 << bit)
        peaks.append(subtreeRoot(hashes[start..<end]))
        start = end
    }
    return peaks
}
