import AuditTrail
import GRDB

/// One entry as it is stored.
public struct StoredEntry: Sendable {
    /// Its row number, over all shards.
    public let seq: Int64
    /// The calendar year.
    public let shard: Int
    /// The canonical JSON.
    public let bytes: [UInt8]
}

/// Something in the tables of the log that no checkpoint signs, and that is not as it follows from what one signs.
public struct DerivedFault: Hashable, Sendable {
    /// What is wrong.
    public enum Code: String, CaseIterable, Sendable {
        /// `audit_checkpoint.size` is not what its note says.
        case sizeColumn = "size-column-differs"
        /// An index row names an entry that is not there.
        case noEntry = "index-without-entry"
        /// An index row names somebody the entry is not about.
        case notAbout = "index-not-about"
        /// An index row outlived the key, or the row, of what it names.
        case outlivedKey = "index-outlived-key"
        /// An entry is about somebody whose key lives, and cannot be found by it.
        case missing = "index-missing"
        /// An entry is searched by something else than it says.
        case terms = "terms-differ"
        /// The key of somebody, or of a household, is gone whom nobody erased.
        case keyLost = "key-lost"
        /// More of those who were filed cannot be named any more than the log tells erasures of.
        case erasureUnlogged = "erasure-unlogged"
    }

    public let code: Code
    /// The entry's row number; nil for a checkpoint or a key.
    public let seq: Int64?
    /// One sentence.
    public let detail: String
}

/// What comparing the index with the entries and the living keys came to.
public struct IndexReport: Sendable {
    public let faults: [DerivedFault]
    /// How many entries name somebody, or a household, to whom no key leads any more; their proofs hold as those of all others.
    public let unnamed: Int
    /// How often the log tells that somebody was erased, by the reason.
    public let erasures: [String: Int]
}

/// Reads a log for those who check it: from a folder, without its lock, through one connection that cannot write.
public final class TrailReader: Sendable {
    private let folder: DataFolder
    private let main: DatabaseQueue

    /// Opens a folder's log, also while a daemon writes to it.
    /// - Throws: ``StoreFault/newerSchema(file:found:known:)`` for a log that this program may misread.
    public init(_ folder: DataFolder) throws(StoreFault) {
        self.folder = folder
        main = try SQLiteFile.openReadOnly(folder.database, .main)
    }

    /// Feeds the whole log to a verifier, in one snapshot.
    /// - Returns: its report, and where the size column differs from the note beside it.
    public func verify(_ verifier: TrailVerifier) throws(StoreFault) -> (report: TrailReport, derived: [DerivedFault]) {
        try main.snapshot { transaction in
            var verifier = verifier
            var derived: [DerivedFault] = []
            let shards = try transaction.all(
                "SELECT shard FROM audit_entry UNION SELECT shard FROM audit_tile UNION SELECT shard FROM audit_checkpoint ORDER BY shard")
            for row in shards {
                let shard = try row.integer("shard")
                try Self.feedEntries(of: shard, from: transaction, to: &verifier)
                try Self.feedTiles(of: shard, from: transaction, to: &verifier)
                for row in try transaction.all("SELECT size, note FROM audit_checkpoint WHERE shard = ?", [.integer(shard)]) {
                    let note = try row.text("note")
                    verifier.checkpoint(shard: Int(shard), note: note)
                    // The second line of a checkpoint is its size (C2SP tlog-checkpoint).
                    let lines = note.split(separator: "\n", omittingEmptySubsequences: false)
                    let size = String(try row.integer("size"))
                    if lines.count < 2 || lines[1] != size {
                        derived.append(
                            DerivedFault(
                                code: .sizeColumn, seq: nil, detail: "the size beside the checkpoint of shard \(shard) is not the one in it"
                            ))
                    }
                }
            }
            return (verifier.finish(), derived)
        }
    }

    private static func feedEntries(of shard: Int64, from transaction: Transaction, to verifier: inout TrailVerifier) throws(StoreFault) {
        var last = Int64.min
        while true {
            let rows = try transaction.all(
                "SELECT seq, entry, leaf FROM audit_entry WHERE seq > ? AND shard = ? ORDER BY seq LIMIT 1000",
                [.integer(last), .integer(shard)])
            guard let final = rows.last else { return }
            for row in rows {
                verifier.entry(seq: try row.integer("seq"), shard: Int(shard), bytes: try row.blob("entry"), leaf: try row.blob("leaf"))
            }
            last = try final.integer("seq")
        }
    }

    private static func feedTiles(of shard: Int64, from transaction: Transaction, to verifier: inout TrailVerifier) throws(StoreFault) {
        var last: [SQLValue] = [.integer(.min), .integer(.min)]
        while true {
            let rows = try transaction.all(IndexQuery.tiles, [.integer(shard)] + last)
            guard let final = rows.last else { return }
            for row in rows {
                // A tile below 0 cannot be: it is fed as one that cannot be, and named as surplus.
                let index = UInt64(exactly: try row.integer("idx")) ?? .max
                verifier.tile(shard: Int(shard), level: Int(try row.integer("level")), index: index, hashes: try row.blob("hashes"))
            }
            last = [.integer(try final.integer("level")), .integer(try final.integer("idx"))]
        }
    }

    /// Entries in order, after this row number.
    /// - Parameter limit: at most this many.
    public func entries(after seq: Int64, limit: Int) throws(StoreFault) -> [StoredEntry] {
        try main.snapshot { transaction in
            var entries: [StoredEntry] = []
            let rows = try transaction.all(
                "SELECT seq, shard, entry FROM audit_entry WHERE seq > ? ORDER BY seq LIMIT ?", [.integer(seq), .of(limit)])
            for row in rows {
                entries.append(StoredEntry(seq: try row.integer("seq"), shard: Int(try row.integer("shard")), bytes: try row.blob("entry")))
            }
            return entries
        }
    }

    /// The newest checkpoint note of each shard, oldest shard first.
    public func checkpoints() throws(StoreFault) -> [String] {
        try main.snapshot { transaction in
            var notes: [String] = []
            for row in try transaction.all("SELECT note FROM audit_checkpoint ORDER BY shard") { notes.append(try row.text("note")) }
            return notes
        }
    }

    /// The last sign of life of whoever held the folder; nil in a new one.
    public func heartbeat() throws(StoreFault) -> Heartbeat? { try main.snapshot { try $0.heartbeat() } }

    /// The newest checkpoint note of all, and the revision of the policy in force.
    func newest() throws(StoreFault) -> (note: String?, policies: String?) {
        try main.snapshot { transaction in (try transaction.newestCheckpoint(), try transaction.policyState()?.revision) }
    }

    /// Rebuilds the index as far as keys exist, and compares: every row must name somebody its entry is about, and every handle that a
    /// living key makes must have its row; nobody's key may be gone but by an erasure that the log tells of. It holds as far as the entries are as
    /// they were signed, which ``verify(_:)`` tells.
    public func verifyIndex() throws(StoreFault) -> IndexReport {
        let report = try compareIndex()
        // A daemon that erases somebody meanwhile destroys a key which the snapshot still counts on; a later snapshot does not.
        return report.faults.contains { $0.code == .keyLost } ? try compareIndex() : report
    }

    private func compareIndex() throws(StoreFault) -> IndexReport {
        let keys = try VaultReader(folder)
        return try main.snapshot { transaction in
            var check = try IndexCheck(transaction, keys: keys)
            return try check.run()
        }
    }
}
