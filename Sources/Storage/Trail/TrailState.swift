import AuditTrail
import Casework

/// Where the log stands: a value, copied at each savepoint and put back on rollback.
struct TrailState: Sendable {
    /// What every state of one store shares.
    struct Home: Sendable {
        let signer: TrailSigner
        let newEntryID: @Sendable () -> EntryID
    }

    let home: Home
    /// The open shard; nil in an empty log.
    var year: Int?
    var lastSeq: Int64 = 0
    var tree = TrailTree()
    /// True when entries were appended since the last checkpoint.
    var unsigned = false

    init(home: Home) { self.home = home }

    /// The state the disk has, compared with its checkpoint: a tree that differs is never signed on top of.
    static func load(_ transaction: Transaction, home: Home) throws(StoreFault) -> TrailState {
        var state = TrailState(home: home)
        guard let last = try transaction.first("SELECT seq, shard FROM audit_entry ORDER BY seq DESC LIMIT 1") else {
            guard try transaction.first("SELECT 1 AS one FROM audit_checkpoint LIMIT 1") == nil else {
                throw .corrupt("the log has a checkpoint and no entries")
            }
            return state
        }
        state.lastSeq = try last.integer("seq")
        let year = Int(try last.integer("shard"))
        state.year = year
        guard let checkpoint = try transaction.first("SELECT size, note FROM audit_checkpoint WHERE shard = ?", [.of(year)]) else {
            throw .corrupt("shard \(year) of the log has no checkpoint")
        }
        let stored = try checkpoint.integer("size")
        guard stored > 0, stored <= state.lastSeq else { throw .corrupt("the checkpoint of shard \(year) counts wrongly") }
        let size = UInt64(stored)
        // Row numbers run over all shards without a gap, so a shard's entries end at the last one.
        let first = state.lastSeq - stored + 1
        let restored = try TrailTree.restore(size: size) { (range: Range<UInt64>) throws(StoreFault) -> [UInt8] in
            let rows = try transaction.all(
                "SELECT leaf FROM audit_entry WHERE shard = ? AND seq >= ? ORDER BY seq",
                [.of(year), .integer(first + Int64(range.lowerBound))])
            var leaves: [UInt8] = []
            for row in rows { leaves += try row.blob("leaf") }
            return leaves
        } tile: { (level: Int, index: UInt64) throws(StoreFault) -> [UInt8] in
            let row = try transaction.first(
                "SELECT hashes FROM audit_tile WHERE shard = ? AND level = ? AND idx = ?", [.of(year), .of(level), .integer(Int64(index))])
            return try row?.blob("hashes") ?? []
        }
        guard let restored, home.signer.signed(try checkpoint.text("note"), year: year, tree: restored) else {
            throw .corrupt("shard \(year) of the log does not have the tree that its checkpoint signs")
        }
        state.tree = restored
        return state
    }
}

/// By what an entry can be found; the rows die with the key of what they name.
public enum AuditIndexKey: Hashable, Sendable {
    /// A person, with the vault key that made the handle in the entry.
    case person(PersonID, key: Int64)
    /// A casefile, with the vault key that made the handle in the entry.
    case casefile(CasefileID, key: Int64)
    case message(MessageID)

    /// Writes the row of entry ?1. None where the key has ended since the entry was prepared: the row would outlive it.
    fileprivate var insertion: (sql: String, values: [SQLValue]) {
        switch self {
        case .person(let id, let key):
            (
                """
                INSERT INTO audit_index (kind, subject, seq)
                SELECT 'person', id, ?1 FROM person WHERE id = ?2 AND key = ?3 AND erased_at IS NULL
                """, [.of(id), .integer(key)]
            )
        case .casefile(let id, let key):
            (
                "INSERT INTO audit_index (kind, subject, seq) SELECT 'casefile', id, ?1 FROM casefile WHERE id = ?2 AND key = ?3",
                [.of(id), .integer(key)]
            )
        case .message(let id): ("INSERT INTO audit_index (kind, subject, seq) VALUES ('message', ?2, ?1)", [.of(id)])
        }
    }
}

extension Transaction {
    /// Appends an entry to the log, within this commit, and the rows by which it is found, as far as their keys have not ended.
    ///
    /// The first entry of a new year is preceded by `shard.opened`, which holds the last checkpoint of the shard before. Shards never go back
    /// (contract §6): an entry that was prepared before New Year and comes after it, or under a clock that was set back, stands in the open one,
    /// with its own time.
    public func append(_ entry: EncodedEntry, index: [AuditIndexKey] = []) throws {
        guard let year = trail?.year else {
            guard trail != nil else { throw StoreFault.body("a snapshot does not write to the log") }
            trail?.year = entry.shard
            return try insert(entry, in: entry.shard, index: index)
        }
        if entry.shard > year { try openShard(entry.shard, at: entry.at) }
        try insert(entry, in: max(entry.shard, year), index: index)
    }

    /// Signs the tree as it stands, once a batch.
    func signTrail() throws(StoreFault) {
        guard let trail, trail.unsigned, let year = trail.year else { return }
        let note = try trail.home.signer.note(year: year, tree: trail.tree)
        try run(
            "INSERT INTO audit_checkpoint (shard, size, note) VALUES (?, ?, ?) ON CONFLICT (shard) DO UPDATE SET size = excluded.size, note = excluded.note",
            [.of(year), .integer(Int64(trail.tree.size)), .text(note)])
        self.trail?.unsigned = false
    }

    private func openShard(_ year: Int, at: Int64) throws(StoreFault) {
        try signTrail()
        guard let before = trail, let closed = before.year else { return }
        guard let note = try first("SELECT note FROM audit_checkpoint WHERE shard = ?", [.of(closed)])?.text("note") else {
            throw .corrupt("shard \(closed) of the log has no checkpoint")
        }
        trail?.year = year
        trail?.tree = TrailTree()
        try insert(before.home.signer.opening(id: before.home.newEntryID(), at: at, note: note), in: year, index: [])
    }

    private func insert(_ entry: EncodedEntry, in shard: Int, index: [AuditIndexKey]) throws(StoreFault) {
        guard var next = trail else { return }
        next.lastSeq += 1
        next.unsigned = true
        let year = SQLValue.of(shard)
        try run(
            "INSERT INTO audit_entry (seq, shard, entry, leaf) VALUES (?, ?, ?, ?)",
            [.integer(next.lastSeq), year, .blob(entry.bytes), .blob(entry.leaf)])
        // The copy and the original would share the tree's buffers, and the append would copy 8 KiB for each entry.
        trail = nil
        let full = next.tree.append(leaf: entry.leaf)
        trail = next
        for tile in full {
            try run(
                "INSERT INTO audit_tile (shard, level, idx, hashes) VALUES (?, ?, ?, ?)",
                [year, .of(tile.level), .integer(Int64(tile.index)), .blob(tile.hashes)])
        }
        if !entry.terms.isEmpty {
            let rows = Array(repeating: "(?, ?)", count: entry.terms.count).joined(separator: ", ")
            try run("INSERT INTO audit_term (term, seq) VALUES \(rows)", entry.terms.flatMap { [.text($0), .integer(next.lastSeq)] })
        }
        for key in Set(index) {
            let (sql, values) = key.insertion
            try run(sql, [.integer(next.lastSeq)] + values)
        }
    }
}
