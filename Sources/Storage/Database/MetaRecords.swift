import Casework

extension Transaction {
    /// A setting of the data folder itself, such as `heartbeat`.
    public func meta(_ key: String) throws -> String? { try first("SELECT value FROM meta WHERE key = ?", [.text(key)])?.text("value") }

    /// Writes a setting of the data folder itself.
    public func setMeta(_ key: String, _ value: String) throws {
        try run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [.text(key), .text(value)])
    }

    /// The two instants, in milliseconds since 1970 with a space between, that a setting holds.
    static func instants(_ text: String, of key: String) throws(StoreFault) -> (Instant, Instant) {
        let parts = text.split(separator: " ").compactMap { Int64($0) }
        guard parts.count == 2 else { throw .corrupt("`\(key)` in `meta` does not hold two instants") }
        return (Instant(millisecondsSince1970: parts[0]), Instant(millisecondsSince1970: parts[1]))
    }
}
