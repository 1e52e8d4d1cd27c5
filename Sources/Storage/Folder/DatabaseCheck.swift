import Foundation
import GRDB

extension DataFolder {
    /// Refuses a folder that has lost its database, or a part of it: to go on with what is left would destroy the keys of all that it does not name,
    /// and what was lost could be put back in vain. Only reads, and may be asked beside a daemon.
    /// - Throws: ``StoreFault/folder(_:)``, ``StoreFault/corrupt(_:)`` for a file that is no database, ``StoreFault/newerSchema(file:found:known:)``.
    public func checkDatabase() throws(StoreFault) {
        guard FileManager.default.fileExists(atPath: database) else {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: secrets)) ?? []
            let held = FileManager.default.fileExists(atPath: keys) ? keys : names.first { $0.hasPrefix("kek-") }.map { "\(secrets)/\($0)" }
            guard let held else { return }
            throw .folder("`\(database)` is missing, and `\(held)` is there (hint: put it back, or `convenant restore` it from a copy)")
        }
        // In this order: a daemon may append meanwhile.
        let known = try knownEntries()
        let logged = try loggedEntries()
        guard logged >= known else {
            throw .folder(
                "`\(database)` has \(logged) entries of the log, and `\(keys)` knows of \(known) "
                    + "(hint: put it back together with its `-wal`, or `convenant restore` it from a copy)")
        }
        guard logged == 0 || !FileManager.default.fileExists(atPath: keys) || !Self.isEmpty(keys) else {
            throw .folder("`\(keys)` is empty, and `\(database)` is in use (hint: put it back, or `convenant restore` both from copies)")
        }
    }

    /// How many entries the log had when the vault last noted it; 0 where there is no vault, or a new one.
    private func knownEntries() throws(StoreFault) -> Int64 {
        guard FileManager.default.fileExists(atPath: keys), !Self.isEmpty(keys) else { return 0 }
        let vault = try SQLiteFile.openReadOnly(keys, .keys)
        do {
            return try vault.read { database -> Int64 in
                guard try database.tableExists("key") else { return 0 }
                if try database.tableExists("log_length"),
                    let noted = try Int64.fetchOne(database, sql: "SELECT entries FROM log_length")
                {
                    return noted
                }
                // An older program noted nothing; it handed out keys only after the log had begun.
                let issued = try KeyVault.highestID(database) ?? 0
                return issued > KeyVault.instanceKeyID ? 1 : 0
            }
        } catch {
            throw StoreFault(error)
        }
    }

    /// How many entries the log in the database has; 0 where nobody has written one.
    private func loggedEntries() throws(StoreFault) -> Int64 {
        guard !Self.isEmpty(database) else { return 0 }
        return try SQLiteFile.openReadOnly(database, .main).snapshot { try $0.hasTable("audit_entry") ? $0.lastLogEntry() : 0 }
    }

    /// Whether a file has no bytes. A database that has none is never opened to be read: SQLite takes its write-ahead log away, and that may be all
    /// there is.
    static func isEmpty(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size == 0
    }
}
