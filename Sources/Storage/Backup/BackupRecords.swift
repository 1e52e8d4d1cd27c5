import Casework

extension Transaction {
    /// When the last copy of a part was made; nil when none was.
    public func lastBackup(of part: BackupPart) throws -> Instant? {
        guard let text = try meta("backup.\(part.rawValue)") else { return nil }
        guard let milliseconds = Int64(text) else { throw StoreFault.corrupt("`backup.\(part.rawValue)` in `meta` holds no instant") }
        return Instant(millisecondsSince1970: milliseconds)
    }

    /// Writes that a copy of a part was made.
    public func setLastBackup(of part: BackupPart, at instant: Instant) throws {
        try setMeta("backup.\(part.rawValue)", "\(instant.millisecondsSince1970)")
    }
}
