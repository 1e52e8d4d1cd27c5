import AuditTrail
import Casework
import Crypto

/// The statements that walk what is derived from the log, page by page in the order of a key; a test looks at how SQLite goes about them.
enum IndexQuery {
    static let rows = """
        SELECT kind, subject, seq FROM audit_index WHERE (kind, subject, seq) > (?1, ?2, ?3) ORDER BY kind, subject, seq LIMIT 5000
        """
    static let terms = "SELECT term, seq FROM audit_term WHERE (term, seq) > (?1, ?2) ORDER BY term, seq LIMIT 5000"
    static let message = "SELECT 1 AS one FROM audit_index WHERE kind = 'message' AND subject = ?1 AND seq = ?2"
    static let term = "SELECT 1 AS one FROM audit_term WHERE term = ?1 AND seq = ?2"
    /// Whether a casefile shows somebody who was not erased, also by its parts.
    static let showsLiving = """
        WITH RECURSIVE shown (id) AS (
            SELECT ?1 UNION SELECT casefile_part.part FROM shown JOIN casefile_part ON casefile_part.casefile = shown.id)
        SELECT 1 AS one FROM shown JOIN person ON person.casefile = shown.id WHERE person.erased_at IS NULL LIMIT 1
        """
    static let tiles = """
        SELECT level, idx, hashes FROM audit_tile WHERE shard = ?1 AND (level, idx) > (?2, ?3) ORDER BY level, idx LIMIT 100
        """
}

/// Compares `audit_index` and `audit_term` with what the entries and the living keys say (contract §6).
///
/// Each table is walked once. A handle that no row explains is of somebody who was erased, or its row is missing: only living keys can tell, and
/// it is tried with each that was there by then. The handles that no key makes are counted: the log must tell of an erasure for each person filed. A key is as old as the filing that brought it, whose entry is signed; one whose first row is of
/// another entry is tried with all.
struct IndexCheck {
    /// The log keys of living persons, or casefiles.
    private struct LivingKeys {
        /// Each with the first entry that can hold a handle of it.
        var keys: [(log: SymmetricKey, since: Int64)] = []
        /// Where in `keys`, by the id that the index names.
        var places: [[UInt8]: Int32] = [:]
        /// Places in `keys`, those that can be in the oldest entries first.
        var oldestFirst: [Int32] = []
        /// The keys that rows count on and that are gone.
        var lost: [Int64] = []

        func handle(_ place: Int32, in entry: RecordedEntry) -> String { personHandle(key: keys[Int(place)].log, entryID: entry.id) }
    }
    /// A row of the index that names a person or a casefile, in a few bytes.
    private struct IndexRow {
        enum Subject { case person(Int32), casefile(Int32) }
        let seq: Int64
        let subject: Subject
    }
    /// How many rows each entry has, of those of which only the number is asked: a byte an entry.
    private struct RowCounts {
        private var counts: [UInt8]

        init(entries: Int64) { counts = [UInt8](repeating: 0, count: Int(entries) + 1) }

        /// Of an entry that is not there the rows are reported elsewhere.
        mutating func add(_ seq: Int64) {
            guard counts.indices.contains(Int(seq)), counts[Int(seq)] < .max else { return }
            counts[Int(seq)] += 1
        }
        subscript(_ seq: Int64) -> Int { counts.indices.contains(Int(seq)) ? Int(counts[Int(seq)]) : 0 }
    }

    /// The entries of a filing that stand before the one that names it: its decision, and the opening of a year.
    private static let beforeFiling: Int64 = 2

    private let transaction: Transaction
    private var persons: LivingKeys
    private var casefiles: LivingKeys
    private var messages: RowCounts
    private var terms: RowCounts
    private var faults: [DerivedFault] = []
    /// How many keys were tried in search of missing rows.
    private(set) var tried = 0
    /// How many entries name somebody or something to whom no key leads.
    private var unnamed = 0
    /// How many persons cannot be named any more: each was filed once, in an entry of its own signal.
    private var unnamedFiled = 0
    private var erasures: [String: Int] = [:]

    init(_ transaction: Transaction, keys: VaultReader) throws(StoreFault) {
        self.transaction = transaction
        persons = try Self.logKeys(transaction, "SELECT id, key FROM person WHERE erased_at IS NULL", keys)
        // The key of a case whose household was erased as a whole was ended, which older versions did not mark in its row where it has parts.
        casefiles = try Self.logKeys(transaction, "SELECT id, key FROM casefile WHERE key > 0", keys) { id throws(StoreFault) in
            try transaction.first(IndexQuery.showsLiving, [.blob(id)]) != nil
        }
        let entries: Int64
        do { entries = try transaction.lastLogEntry() } catch { throw StoreFault(error) }
        (messages, terms) = (RowCounts(entries: entries), RowCounts(entries: entries))
    }

    /// - Parameter isLost: whether a key that is not there is lost, by the id of whose it was.
    private static func logKeys(
        _ transaction: Transaction, _ sql: String, _ keys: VaultReader,
        isLost: (_ id: [UInt8]) throws(StoreFault) -> Bool = { _ in true }
    ) throws(StoreFault) -> LivingKeys {
        var found = LivingKeys()
        for row in try transaction.all(sql) {
            let number = try row.integer("key")
            let id = try row.blob("id")
            guard let key = try keys.key(number) else {
                if try isLost(id) { found.lost.append(number) }
                continue
            }
            found.places[id] = Int32(found.keys.count)
            found.keys.append((log: key.log, since: .min))
        }
        return found
    }

    mutating func run() throws(StoreFault) -> IndexReport {
        // First, as there is room for so many faults only.
        reportLostKeys()
        try countTerms()
        var rows = try indexRows()
        rows.sort { $0.seq < $1.seq }
        try date(by: rows)
        try compareEntries(with: rows)
        for table in ["audit_index", "audit_term"] {
            for row in try transaction.all("SELECT seq FROM \(table) WHERE seq NOT IN (SELECT seq FROM audit_entry) LIMIT 1000") {
                report(.noEntry, try row.integer("seq"), "the index names an entry that is not there")
            }
        }
        let told = erasures.values.reduce(0, +)
        if unnamedFiled > told {
            let detail = "\(unnamedFiled) of those who were filed cannot be named any more, and the log tells of \(told) erasures"
            report(.erasureUnlogged, nil, detail)
        }
        return IndexReport(faults: faults, unnamed: unnamed, erasures: erasures)
    }

    private mutating func reportLostKeys() {
        for (whose, keys) in [("a person", persons.lost), ("a casefile", casefiles.lost)] {
            for key in keys { report(.keyLost, nil, "key \(key) of \(whose) is gone, and nobody erased whose it was") }
        }
    }

    /// The rows of the index that name persons and casefiles, but those that outlived their key, which are reported; those of messages are counted.
    private mutating func indexRows() throws(StoreFault) -> [IndexRow] {
        var found: [IndexRow] = []
        var last: [SQLValue] = [.text(""), .blob([]), .integer(.min)]
        while true {
            let page = try transaction.all(IndexQuery.rows, last)
            guard let final = page.last else { return found }
            for row in page {
                let seq = try row.integer("seq")
                let subject = try row.blob("subject")
                switch try row.text("kind") {
                case "person":
                    guard let place = persons.places[subject] else {
                        outlived(seq)
                        continue
                    }
                    found.append(IndexRow(seq: seq, subject: .person(place)))
                case "casefile":
                    guard let place = casefiles.places[subject] else {
                        outlived(seq)
                        continue
                    }
                    found.append(IndexRow(seq: seq, subject: .casefile(place)))
                default: messages.add(seq)
                }
            }
            last = [.text(try final.text("kind")), .blob(try final.blob("subject")), .integer(try final.integer("seq"))]
        }
    }

    /// Counts the rows by which entries are searched.
    private mutating func countTerms() throws(StoreFault) {
        var last: [SQLValue] = [.text(""), .integer(.min)]
        while true {
            let page = try transaction.all(IndexQuery.terms, last)
            guard let final = page.last else { return }
            for row in page { terms.add(try row.integer("seq")) }
            last = [.text(try final.text("term")), .integer(try final.integer("seq"))]
        }
    }

    /// Finds out since when each key can be in the log.
    /// - Parameter rows: in the order of their entries.
    private mutating func date(by rows: [IndexRow]) throws(StoreFault) {
        var (datedPersons, datedCasefiles): (Set<Int32>, Set<Int32>) = ([], [])
        for row in rows {
            switch row.subject {
            case .person(let place):
                guard datedPersons.insert(place).inserted, let filed = try filing(row.seq),
                    filed.subjects.contains(persons.handle(place, in: filed))
                else { continue }
                persons.keys[Int(place)].since = row.seq - Self.beforeFiling
            case .casefile(let place):
                guard datedCasefiles.insert(place).inserted, let filed = try filing(row.seq),
                    filed.casefile == casefiles.handle(place, in: filed)
                else { continue }
                casefiles.keys[Int(place)].since = row.seq - Self.beforeFiling
            }
        }
        persons.oldestFirst = persons.places.values.sorted { persons.keys[Int($0)].since < persons.keys[Int($1)].since }
        casefiles.oldestFirst = casefiles.places.values.sorted { casefiles.keys[Int($0)].since < casefiles.keys[Int($1)].since }
    }

    /// The entry of this number, when it is of a filing: the keys of whom and what it files are new.
    private func filing(_ seq: Int64) throws(StoreFault) -> RecordedEntry? {
        guard seq > 0, let row = try transaction.first("SELECT entry FROM audit_entry WHERE seq = ?", [.integer(seq)]),
            let entry = try? RecordedEntry(reading: try row.blob("entry")), entry.event == AuditEvent.signalFiled.rawValue
        else { return nil }
        return entry
    }

    private mutating func compareEntries(with rows: [IndexRow]) throws(StoreFault) {
        var last = Int64.min
        var place = 0
        while true {
            let entries = try transaction.all("SELECT seq, entry FROM audit_entry WHERE seq > ? ORDER BY seq LIMIT 1000", [.integer(last)])
            guard let final = entries.last else { return }
            for entry in entries {
                let seq = try entry.integer("seq")
                while place < rows.count, rows[place].seq < seq { place += 1 }
                let start = place
                while place < rows.count, rows[place].seq == seq { place += 1 }
                // An entry that cannot be read is named by the verifier of the tree.
                guard let recorded = try? RecordedEntry(reading: try entry.blob("entry")) else { continue }
                try compare(recorded, seq: seq, rows: rows[start..<place])
            }
            last = try final.integer("seq")
        }
    }

    private mutating func compare(_ entry: RecordedEntry, seq: Int64, rows: ArraySlice<IndexRow>) throws(StoreFault) {
        // A resident who acted is named in the entry's actor, by the same kind of handle.
        var unexplained = Set(entry.subjects)
        if entry.actor["kind"] == "resident", let handle = entry.actor["handle"] { unexplained.insert(handle) }
        let about = unexplained
        var casefile = entry.casefile
        for row in rows {
            switch row.subject {
            case .person(let place):
                let handle = persons.handle(place, in: entry)
                if about.contains(handle) { unexplained.remove(handle) } else { notAbout(seq) }
            case .casefile(let place):
                if casefiles.handle(place, in: entry) == entry.casefile { casefile = nil } else { notAbout(seq) }
            }
        }
        let households = Set([casefile].compactMap(\.self))
        let foundPersons = search(persons, for: unexplained, in: entry, seq)
        let foundCasefiles = search(casefiles, for: households, in: entry, seq)
        for _ in 0..<foundPersons { missing(seq, "a person") }
        for _ in 0..<foundCasefiles { missing(seq, "a casefile") }
        count(entry, persons: unexplained.count - foundPersons, casefiles: households.count - foundCasefiles)
        try compareMessage(entry, seq, rows: messages[seq])
        try compareTerms(Set(entry.terms), seq, rows: terms[seq])
    }

    /// Counts an entry with how many it names to whom no key leads.
    private mutating func count(_ entry: RecordedEntry, persons: Int, casefiles: Int) {
        if persons + casefiles > 0 { unnamed += 1 }
        switch AuditEvent(rawValue: entry.event) {
        case .signalFiled?: unnamedFiled += persons
        case .erasureDone?:
            let reason: String = if case .text(let text)? = entry.facts["because"] { text } else { "unstated" }
            erasures[reason, default: 0] += 1
        default: break
        }
    }

    /// How many of these handles, which no row explains, a living key makes.
    private mutating func search(_ living: LivingKeys, for handles: Set<String>, in entry: RecordedEntry, _ seq: Int64) -> Int {
        guard !handles.isEmpty else { return 0 }
        var found = 0
        for place in living.oldestFirst {
            guard found < handles.count, living.keys[Int(place)].since <= seq else { break }
            tried += 1
            if handles.contains(living.handle(place, in: entry)) { found += 1 }
        }
        return found
    }

    private mutating func compareMessage(_ entry: RecordedEntry, _ seq: Int64, rows: Int) throws(StoreFault) {
        var own = 0
        if let named = entry.refs["message"], let message = MessageID(named) {
            own = try transaction.first(IndexQuery.message, [.of(message), .integer(seq)]) == nil ? 0 : 1
            if own == 0 { missing(seq, "a message") }
        }
        if rows > own { notAbout(seq) }
    }

    private mutating func compareTerms(_ terms: Set<String>, _ seq: Int64, rows: Int) throws(StoreFault) {
        var found = 0
        for term in terms {
            let row = try transaction.first(IndexQuery.term, [.text(term), .integer(seq)])
            found += row == nil ? 0 : 1
        }
        if found < terms.count || rows > found { report(.terms, seq, "entry \(seq) is not searched by what it says") }
    }

    private mutating func notAbout(_ seq: Int64) {
        report(.notAbout, seq, "the index names somebody or something that entry \(seq) is not about")
    }
    private mutating func outlived(_ seq: Int64) { report(.outlivedKey, seq, "the index of entry \(seq) names what has no key any more") }
    private mutating func missing(_ seq: Int64, _ what: String) {
        report(.missing, seq, "entry \(seq) cannot be found by \(what) that it is about")
    }

    private mutating func report(_ code: DerivedFault.Code, _ seq: Int64?, _ detail: String) {
        // As many as anybody reads; one is enough to fail.
        if faults.count < TrailVerifier.faultLimit { faults.append(DerivedFault(code: code, seq: seq, detail: detail)) }
    }
}
