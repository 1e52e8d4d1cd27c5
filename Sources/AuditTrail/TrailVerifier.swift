import Crypto

/// Checks a log that somebody else wrote and stored. It never writes, and takes nothing from the writer's memory: it builds the tree
/// from the first row with ``TrailTree``, which the tests hold against the bare definition of RFC 6962.
///
/// Feed it shard by shard, oldest first; of each shard all entries in the order of their row numbers, then all tiles in any order,
/// then the checkpoint; then call ``finish()``. Row numbers run over all shards, from 1 and without a gap; shards never go back, so an
/// entry may be of a year before its shard's (a writer whose clock was set back over New Year), and never of a later one. It keeps one digest per full tile in memory
/// (about 1.3 MB for ten million entries).
///
/// The tree is built over the *stored* leaves, and each leaf is compared with its entry: so a changed entry is named alone, and does
/// not drag its tile and its checkpoint into the report.
public struct TrailVerifier {
    /// How many faults are kept; more are counted.
    public static let faultLimit = 1000

    private struct TilePlace: Hashable {
        let level: Int
        let index: UInt64
    }

    private struct Shard {
        let year: Int
        let firstSeq: Int64
        var tree = TrailTree()
        var expected: [TilePlace: SHA256Digest] = [:]
        var seen: Set<TilePlace> = []
        var note: String?
        var hasFaultyTile = false
    }

    private let oin: String
    private let simulated: Bool
    private let publicKeys: [Curve25519.Signing.PublicKey]
    private var outside: [(year: Int, checkpoint: Checkpoint)] = []
    private var faults: [TrailFault] = []
    private var faultCount = 0
    private var shard: Shard?
    private var years: [Int] = []
    private var lastSeq: Int64 = 0
    private var entries: UInt64 = 0
    private var previousNote: String?
    private var newest: Checkpoint?

    /// A verifier of one organisation's log.
    /// - Parameters:
    ///   - publicKeys: the keys that may have signed its checkpoints: the one in use, and retired ones.
    ///   - outside: checkpoint notes that somebody else kept, of any shards; they may carry cosignatures.
    public init(oin: String, simulated: Bool, publicKeys: [Curve25519.Signing.PublicKey], outside: [String] = []) {
        self.oin = oin
        self.simulated = simulated
        self.publicKeys = publicKeys
        for note in outside { addOutside(note) }
    }

    private mutating func addOutside(_ note: String) {
        let claimed = Checkpoint.claimedOrigin(note) ?? ""
        let parts = claimed.split(separator: "/")
        guard parts.count >= 3, let year = Int(parts[2]), let checkpoint = open(note, year: year, allowsCosignatures: true) else {
            fault(.outsideInvalid, nil, nil, "the checkpoint given from outside is not signed by a key of this log")
            return
        }
        self.outside.append((year, checkpoint))
    }

    private func open(_ note: String, year: Int, allowsCosignatures: Bool) -> Checkpoint? {
        let origin = checkpointOrigin(oin: oin, year: year, simulated: simulated)
        for key in publicKeys {
            if let found = try? Checkpoint.open(note, publicKey: key, origin: origin, allowsCosignatures: allowsCosignatures) {
                return found
            }
        }
        return nil
    }

    private mutating func fault(_ code: TrailFault.Code, _ shard: Int?, _ seqs: ClosedRange<Int64>?, _ detail: String) {
        faultCount += 1
        if faults.count < Self.faultLimit { faults.append(TrailFault(code: code, shard: shard, seqs: seqs, detail: detail)) }
    }

    // MARK: Entries

    /// The next entry.
    /// - Parameters:
    ///   - seq: its row number.
    ///   - year: the shard that its row names.
    ///   - bytes: the entry.
    ///   - leaf: the stored leaf.
    public mutating func entry(seq: Int64, shard year: Int, bytes: [UInt8], leaf: [UInt8]) {
        entries += 1
        checkOrder(seq)
        let computed = leafHash(bytes)
        if leaf != computed { fault(.leafDiffers, year, seq...seq, "entry \(seq) and its stored leaf do not belong together") }
        var recorded: RecordedEntry?
        do throws(EntryFault) {
            recorded = try RecordedEntry(reading: bytes)
        } catch {
            fault(.entryMalformed, year, seq...seq, "entry \(seq) is no entry of version 1: \(error.detail)")
        }
        if let recorded, recorded.shard > year {
            fault(.wrongShard, year, seq...seq, "entry \(seq) is of \(recorded.shard) and stands in shard \(year)")
        }
        guard enter(year, at: seq) else { return }
        checkLink(recorded, seq)
        append(leaf.count == 32 ? leaf : computed)
    }

    private mutating func checkOrder(_ seq: Int64) {
        if seq <= lastSeq {
            fault(.outOfOrder, shard?.year, seq...seq, "entry \(seq) comes after entry \(lastSeq)")
        } else if seq > lastSeq + 1 {
            fault(.entriesMissing, shard?.year, lastSeq + 1...seq - 1, "entries \(lastSeq + 1) to \(seq - 1) are missing")
        }
        lastSeq = max(lastSeq, seq)
    }

    /// Opens the shard of an entry, if it is not the open one; false when it lies before that.
    private mutating func enter(_ year: Int, at seq: Int64) -> Bool {
        if let open = shard?.year ?? years.last, year < open {
            fault(.wrongShard, year, seq...seq, "entry \(seq) of shard \(year) comes after shard \(open)")
            return false
        }
        guard shard?.year != year else { return true }
        if years.last == year {
            fault(.wrongShard, year, seq...seq, "entry \(seq) comes after the end of its shard")
            return false
        }
        close()
        shard = Shard(year: year, firstSeq: seq)
        years.append(year)
        compareOutside()
        return true
    }

    private mutating func checkLink(_ recorded: RecordedEntry?, _ seq: Int64) {
        guard let shard, let recorded else { return }
        let opens = recorded.event == AuditEvent.shardOpened.rawValue
        guard shard.tree.size == 0 else {
            if opens { fault(.shardNotLinked, shard.year, seq...seq, "entry \(seq) opens a shard that is open") }
            return
        }
        let linked: String? = if case .text(let note) = recorded.facts["checkpoint"] { note } else { nil }
        if years.count == 1 {
            if opens, linked != nil { fault(.shardNotLinked, shard.year, seq...seq, "the shard before \(shard.year) is missing") }
        } else if !opens || linked == nil || linked.map({ Array($0.utf8) }) != previousNote.map({ Array($0.utf8) }) {
            fault(.shardNotLinked, shard.year, seq...seq, "entry \(seq) does not open its shard with the last checkpoint of the one before")
        }
    }

    private mutating func append(_ leaf: [UInt8]) {
        guard let full = shard?.tree.append(leaf: leaf) else { return }
        for tile in full {
            shard?.expected[TilePlace(level: tile.level, index: tile.index)] = SHA256.hash(data: tile.hashes)
        }
        compareOutside()
    }

    // MARK: Tiles and checkpoints

    /// A stored tile of the open shard.
    public mutating func tile(shard year: Int, level: Int, index: UInt64, hashes: [UInt8]) {
        let place = TilePlace(level: level, index: index)
        guard let open = shard, open.year == year, let expected = open.expected[place], !open.seen.contains(place) else {
            fault(.tileSurplus, year, nil, "tile \(index) of level \(level) should not be there")
            return
        }
        shard?.seen.insert(place)
        guard SHA256.hash(data: hashes) == expected else {
            shard?.hasFaultyTile = true
            fault(.tileDiffers, year, seqs(of: place), "tile \(index) of level \(level) differs from its entries")
            return
        }
    }

    /// The row numbers below a tile, as far as they can be represented.
    private func seqs(of place: TilePlace) -> ClosedRange<Int64>? {
        guard let shard, place.level < 7 else { return nil }
        let width = Int64(1) << (8 * Int64(place.level + 1))
        let first = shard.firstSeq + Int64(place.index) * width
        return first...first + width - 1
    }

    /// The stored checkpoint of the open shard.
    public mutating func checkpoint(shard year: Int, note: String) {
        guard let open = shard, open.year == year, open.note == nil else {
            fault(.checkpointSurplus, year, nil, "there is a checkpoint for shard \(year) that should not be there")
            return
        }
        shard?.note = note
        guard let signed = self.open(note, year: year, allowsCosignatures: false) else {
            fault(.checkpointInvalid, year, nil, "the checkpoint of shard \(year) is not signed by a key of this log")
            return
        }
        let size = open.tree.size
        guard signed.size == size else {
            fault(.sizeDiffers, year, nil, "the checkpoint of shard \(year) counts \(signed.size) entries, and there are \(size)")
            return
        }
        guard signed.root == open.tree.root else {
            // When every full tile holds, what differs can only stand behind them.
            let first = open.firstSeq + (open.hasFaultyTile ? 0 : Int64(size - size % 256))
            let last = open.firstSeq + Int64(size) - 1
            fault(
                .rootDiffers, year, first <= last ? first...last : nil,
                "the entries of shard \(year) do not have the root of its checkpoint")
            return
        }
        newest = signed
    }

    private mutating func close() {
        guard let open = shard else { return }
        for place in open.expected.keys.filter({ !open.seen.contains($0) }).sorted(by: { ($0.level, $0.index) < ($1.level, $1.index) }) {
            fault(.tileMissing, open.year, seqs(of: place), "tile \(place.index) of level \(place.level) is missing")
        }
        if open.note == nil { fault(.checkpointInvalid, open.year, nil, "shard \(open.year) has no checkpoint") }
        previousNote = open.note
        for (year, checkpoint) in outside where year == open.year && checkpoint.size > open.tree.size {
            tailCut(year, has: open.tree.size, checkpoint)
        }
        shard = nil
    }

    private mutating func tailCut(_ year: Int, has size: UInt64, _ checkpoint: Checkpoint) {
        let detail = "the checkpoint given from outside counts \(checkpoint.size) entries in shard \(year), and there are \(size)"
        fault(.tailCut, year, nil, detail)
    }

    private mutating func compareOutside() {
        guard !outside.isEmpty, let open = shard else { return }
        for (year, checkpoint) in outside where year == open.year && checkpoint.size == open.tree.size {
            guard checkpoint.root != open.tree.root else { continue }
            let detail = "the first \(checkpoint.size) entries of shard \(year) are others than the checkpoint given from outside says"
            let last = open.firstSeq + Int64(checkpoint.size) - 1
            fault(.rewritten, year, open.firstSeq <= last ? open.firstSeq...last : nil, detail)
        }
    }

    /// Ends the reading.
    public mutating func finish() -> TrailReport {
        close()
        for (year, checkpoint) in outside where !years.contains(year) && checkpoint.size > 0 { tailCut(year, has: 0, checkpoint) }
        return TrailReport(faults: faults, faultCount: faultCount, entries: entries, shards: years, newest: newest)
    }
}
