import AuditTrail
import Casework

/// The statements of the log's search; a test looks at how SQLite goes about them.
enum LogSearchQuery {
    static let byTerm = """
        SELECT audit_entry.seq, audit_entry.entry FROM audit_term JOIN audit_entry ON audit_entry.seq = audit_term.seq
        WHERE audit_term.term = ? AND audit_term.seq > ? AND audit_term.seq < ? ORDER BY audit_term.seq DESC LIMIT ?
        """
    /// Walks what a partner did, newest first, to the first of it that is such an event; `CROSS JOIN` keeps SQLite to this order.
    static let newestOfBoth = """
        SELECT entry FROM audit_term AS acted CROSS JOIN audit_term AS happened CROSS JOIN audit_entry
        WHERE acted.term = ? AND happened.term = ? AND happened.seq = acted.seq AND audit_entry.seq = acted.seq
        ORDER BY acted.seq DESC LIMIT 1
        """
    /// What is about one person, or stands under one casefile, by the name of that kind in the index.
    static let about = """
        SELECT audit_entry.seq, audit_entry.entry FROM audit_index JOIN audit_entry ON audit_entry.seq = audit_index.seq
        WHERE audit_index.kind = ? AND audit_index.subject = ? AND audit_index.seq > ? AND audit_index.seq < ?
        ORDER BY audit_index.seq DESC LIMIT ?
        """
    static let newest = "SELECT seq, entry FROM audit_entry WHERE seq > ? AND seq < ? ORDER BY seq DESC LIMIT ?"
    static let one = "SELECT entry FROM audit_entry WHERE seq >= ? ORDER BY seq LIMIT 1"
}

/// Whom or what entries of the log are about: found as long as the key of it lives.
public enum LogSubject: Hashable, Sendable {
    case person(PersonID)
    case casefile(CasefileID)
}

extension Transaction {
    /// Entries about a person or of a casefile, with numbers between two others, newest first.
    public func logEntries(about subject: LogSubject, above: Int64, below: Int64, limit: Int) throws -> [(seq: Int64, entry: [UInt8])] {
        let key: [SQLValue] =
            switch subject {
            case .person(let id): [.text("person"), .of(id)]
            case .casefile(let id): [.text("casefile"), .of(id)]
            }
        return try all(LogSearchQuery.about, key + [.integer(above), .integer(below), .of(limit)]).map(numbered)
    }

    /// Entries with numbers between two others, newest first: those found by any of these terms, or all when there is none.
    /// - Parameter terms: events and organisation numbers, as ``RecordedEntry/terms`` has them.
    public func logEntries(terms: [String], above: Int64, below: Int64, limit: Int) throws -> [(seq: Int64, entry: [UInt8])] {
        guard !terms.isEmpty else {
            return try all(LogSearchQuery.newest, [.integer(above), .integer(below), .of(limit)]).map(numbered)
        }
        var found: [Int64: [UInt8]] = [:]
        // One walk for each term: over several at once SQLite would sort everything that was ever found by them.
        for term in Set(terms) {
            for row in try all(LogSearchQuery.byTerm, [.text(term), .integer(above), .integer(below), .of(limit)]) {
                let (seq, entry) = try numbered(row)
                found[seq] = entry
            }
        }
        return found.sorted { $0.key > $1.key }.prefix(limit).map { ($0.key, $0.value) }
    }

    /// The newest entry found by both of these terms.
    public func newestLogEntry(_ organisation: OrganisationNumber, _ event: AuditEvent) throws -> [UInt8]? {
        try first(LogSearchQuery.newestOfBoth, [.text(organisation.description), .text(event.rawValue)])?.blob("entry")
    }

    /// Between which numbers the entries of a span of time stand: as many looks as the log's length has binary digits.
    ///
    /// Entries stand in the order in which they were committed, and carry the time at which they were made. Around an instant they may stand
    /// a little out of order, so the numbers leave some room, and whoever asks looks at each entry's own time.
    public func logNumbers(from: Instant?, until: Instant?) throws -> (above: Int64, below: Int64) {
        let room: Int64 = 512
        return (
            try from.map { try max(0, firstLogNumber(at: $0) - 1 - room) } ?? 0,
            try until.map { try firstLogNumber(at: $0) + room } ?? .max
        )
    }

    /// The number of the first entry at or after an instant, as far as they stand in order.
    private func firstLogNumber(at instant: Instant) throws -> Int64 {
        var (low, high) = (Int64(1), try lastLogEntry() + 1)
        while low < high {
            let middle = low + (high - low) / 2
            guard let bytes = try first(LogSearchQuery.one, [.integer(middle)])?.blob("entry"),
                let entry = try? RecordedEntry(reading: bytes)
            else { throw StoreFault.corrupt("an entry of the log cannot be read") }
            if entry.at < instant.millisecondsSince1970 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The first entry of the log.
    public func firstLogEntry() throws -> [UInt8]? { try first(LogSearchQuery.one, [.integer(1)])?.blob("entry") }

    private func numbered(_ row: SQLRow) throws -> (seq: Int64, entry: [UInt8]) { (try row.integer("seq"), try row.blob("entry")) }
}
