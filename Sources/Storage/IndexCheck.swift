import AuditTrail
import Casework
import Crypto

/// Compares `audit_index` with what the entries and the living keys say (contract §6).
struct IndexCheck {
    private let transaction: Transaction
    /// Log keys of living persons and casefiles, by the id that the index names.
    private let persons: [[UInt8]: SymmetricKey]
    private let casefiles: [[UInt8]: SymmetricKey]
    private var faults: [DerivedFault] = []

    init(_ transaction: Transaction, keys: VaultReader) throws(StoreFault) {
        self.transaction = transaction
        persons = try Self.logKeys(transaction, "SELECT id, key FROM person WHERE erased_at IS NULL", keys)
        casefiles = try Self.logKeys(transaction, "SELECT id, key FROM casefile", keys)
    }

    private static func logKeys(_ transaction: Transaction, _ sql: String, _ keys: VaultReader) throws(StoreFault) -> [[UInt8]:
        SymmetricKey]
    {
        var found: [[UInt8]: SymmetricKey] = [:]
        for row in try transaction.all(sql) { found[try row.blob("id")] = try keys.key(try row.integer("key"))?.log }
        return found
    }

    mutating func run() throws(StoreFault) -> [DerivedFault] {
        let last = try transaction.first("SELECT max(seq) AS last FROM audit_entry")?.integerOrNil("last") ?? 0
        // The index is ordered by whom it names: each window costs one pass over it, and has room for its rows in memory.
        let window: Int64 = 50_000
        for start in stride(from: Int64(1), through: last, by: Int64.Stride(window)) {
            var bySeq: [Int64: [(kind: String, subject: [UInt8])]] = [:]
            let rows = try transaction.all(
                "SELECT kind, subject, seq FROM audit_index WHERE seq BETWEEN ? AND ?", [.integer(start), .integer(start + window - 1)])
            for row in rows { bySeq[try row.integer("seq"), default: []].append((try row.text("kind"), try row.blob("subject"))) }
            try compareEntries(start, start + window - 1, bySeq, terms: try terms(start, start + window - 1))
        }
        for table in ["audit_index", "audit_term"] {
            for row in try transaction.all("SELECT seq FROM \(table) WHERE seq NOT IN (SELECT seq FROM audit_entry) LIMIT 1000") {
                report(.noEntry, try row.integer("seq"), "the index names an entry that is not there")
            }
        }
        return faults
    }

    private mutating func compareEntries(
        _ start: Int64, _ end: Int64, _ rows: [Int64: [(kind: String, subject: [UInt8])]], terms: [Int64: Set<String>]
    ) throws(StoreFault) {
        var last = start - 1
        while true {
            let entries = try transaction.all(
                "SELECT seq, entry FROM audit_entry WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT 1000", [.integer(last), .integer(end)])
            guard let final = entries.last else { return }
            for entry in entries {
                let seq = try entry.integer("seq")
                // An entry that cannot be read is named by the verifier of the tree.
                guard let recorded = try? RecordedEntry(reading: try entry.blob("entry")) else { continue }
                compare(recorded, seq: seq, rows: rows[seq] ?? [])
                if terms[seq] ?? [] != Set(recorded.terms) {
                    report(.terms, seq, "entry \(seq) is not searched by what it says")
                }
            }
            last = try final.integer("seq")
        }
    }

    /// By what entries are searched, by their numbers.
    private func terms(_ first: Int64, _ last: Int64) throws(StoreFault) -> [Int64: Set<String>] {
        var terms: [Int64: Set<String>] = [:]
        for row in try transaction.all("SELECT term, seq FROM audit_term WHERE seq BETWEEN ? AND ?", [.integer(first), .integer(last)]) {
            terms[try row.integer("seq"), default: []].insert(try row.text("term"))
        }
        return terms
    }

    private mutating func compare(_ entry: RecordedEntry, seq: Int64, rows: [(kind: String, subject: [UInt8])]) {
        // A resident who acted is named in the entry's actor, by the same kind of handle.
        var unexplained = Set(entry.subjects)
        if entry.actor["kind"] == "resident", let handle = entry.actor["handle"] { unexplained.insert(handle) }
        let about = unexplained
        var (casefileFound, messageFound) = (false, false)
        for row in rows {
            switch row.kind {
            case "person":
                guard let key = persons[row.subject] else {
                    outlived(seq)
                    continue
                }
                let handle = personHandle(key: key, entryID: entry.id)
                if about.contains(handle) { unexplained.remove(handle) } else { notAbout(seq) }
            case "casefile":
                guard let key = casefiles[row.subject] else {
                    outlived(seq)
                    continue
                }
                if personHandle(key: key, entryID: entry.id) == entry.casefile { casefileFound = true } else { notAbout(seq) }
            default:
                if let named = entry.refs["message"], MessageID(named)?.bytes == row.subject { messageFound = true } else { notAbout(seq) }
            }
        }
        // Handles without a row are of persons who were erased, or their rows are missing: only the living keys can tell.
        if !unexplained.isEmpty {
            for key in persons.values where unexplained.contains(personHandle(key: key, entryID: entry.id)) {
                missing(seq, "a person")
            }
        }
        if let handle = entry.casefile, !casefileFound,
            casefiles.values.contains(where: { personHandle(key: $0, entryID: entry.id) == handle })
        {
            missing(seq, "a casefile")
        }
        if let named = entry.refs["message"], MessageID(named) != nil, !messageFound { missing(seq, "a message") }
    }

    private mutating func notAbout(_ seq: Int64) {
        report(.notAbout, seq, "the index names somebody or something that entry \(seq) is not about")
    }
    private mutating func outlived(_ seq: Int64) { report(.outlivedKey, seq, "the index of entry \(seq) names what has no key any more") }
    private mutating func missing(_ seq: Int64, _ what: String) {
        report(.missing, seq, "entry \(seq) cannot be found by \(what) that it is about")
    }

    private mutating func report(_ code: DerivedFault.Code, _ seq: Int64, _ detail: String) {
        // As many as anybody reads; one is enough to fail.
        if faults.count < TrailVerifier.faultLimit { faults.append(DerivedFault(code: code, seq: seq, detail: detail)) }
    }
}
