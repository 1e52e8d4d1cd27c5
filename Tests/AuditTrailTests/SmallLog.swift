import AuditTrail
import Crypto

/// A log of three shards as a store would hold it: 300 entries (a full tile), 3 and 2.
struct SmallLog {
    struct Row {
        var seq: Int64
        var shard: Int
        var bytes: [UInt8]
        var leaf: [UInt8]
    }
    struct Tile {
        var shard: Int
        var tile: AuditTile
    }

    static let oin = "00000099000000001000"
    static let years = [2026, 2027, 2028]
    static let yearStart: [Int: Int64] = [2026: 1_767_225_600_000, 2027: 1_798_761_600_000, 2028: 1_830_297_600_000]
    let key: Curve25519.Signing.PrivateKey
    var rows: [Row] = []
    var tiles: [Tile] = []
    var notes: [Int: String] = [:]
    /// The checkpoint of 2026 at 200 entries, as a partner may hold it.
    var heldAt200 = ""

    init(key: Curve25519.Signing.PrivateKey = .init(), counts: [Int] = [300, 3, 2], flavour: String = "") throws {
        self.key = key
        for (index, count) in counts.enumerated() {
            let year = Self.years[index]
            for number in 0..<count {
                let seq = Int64(rows.count + 1)
                let link = index > 0 && number == 0 ? notes[Self.years[index - 1]] : nil
                let digits = String(seq)
                let entry = AuditEntry(
                    id: "0199f3a2-0000-7000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits,
                    at: (Self.yearStart[year] ?? 0) + Int64(number), event: link == nil ? .taskMoved : .shardOpened,
                    actor: AuditActor(kind: .daemon), refs: [.task: "t\(seq)\(flavour)"],
                    facts: link.map { ["checkpoint": .text($0)] } ?? [:])
                let encoded = entry.encoded()
                rows.append(Row(seq: seq, shard: encoded.shard, bytes: encoded.bytes, leaf: encoded.leaf))
                if number == 199 { heldAt200 = try signed(year, tree(year)) }
            }
            try sign(year)
        }
    }

    private func tree(_ year: Int) -> TrailTree {
        var tree = TrailTree()
        for row in rows where row.shard == year { _ = tree.append(leaf: row.leaf) }
        return tree
    }

    private func signed(_ year: Int, _ tree: TrailTree) throws -> String {
        let origin = checkpointOrigin(oin: Self.oin, year: year, simulated: false)
        return try Checkpoint(origin: origin, size: tree.size, root: tree.root).sign(with: key)
    }

    /// Makes the tiles and the checkpoint of a shard anew, as the owner of the key can.
    mutating func sign(_ year: Int) throws {
        var tree = TrailTree()
        tiles.removeAll { $0.shard == year }
        for row in rows where row.shard == year {
            tiles.append(contentsOf: tree.append(leaf: row.leaf).map { Tile(shard: year, tile: $0) })
        }
        notes[year] = try signed(year, tree)
    }

    func verifier(outside: [String] = []) -> TrailVerifier {
        TrailVerifier(oin: Self.oin, simulated: false, publicKeys: [key.publicKey], outside: outside)
    }

    func verify(outside: [String] = []) -> TrailReport {
        var verifier = verifier(outside: outside)
        for year in Self.years {
            for row in rows where row.shard == year { verifier.entry(seq: row.seq, shard: row.shard, bytes: row.bytes, leaf: row.leaf) }
            for tile in tiles where tile.shard == year {
                verifier.tile(shard: year, level: tile.tile.level, index: tile.tile.index, hashes: tile.tile.hashes)
            }
            if let note = notes[year] { verifier.checkpoint(shard: year, note: note) }
        }
        return verifier.finish()
    }
}
