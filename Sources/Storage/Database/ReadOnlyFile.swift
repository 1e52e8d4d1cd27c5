import Foundation
import GRDB

extension SQLiteFile {
    /// Opens a file that is there through one connection that cannot write, also while a daemon writes to it.
    /// - Throws: ``StoreFault/newerSchema(file:found:known:)`` for a file that this program may misread.
    static func openReadOnly(_ path: String, _ schema: SchemaVersions) throws(StoreFault) -> DatabaseQueue {
        guard FileManager.default.fileExists(atPath: path) else {
            throw .folder("`\(path)` is missing (hint: name the data folder with --data)")
        }
        guard !DataFolder.isEmpty(path) else {
            throw .folder("`\(path)` is empty (hint: put it back together with its `-wal`, or `convenant restore` it from a copy)")
        }
        do {
            _ = setUp
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(10)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let found = try queue.read { try Int64.fetchOne($0, sql: "PRAGMA user_version") } ?? 0
            try schema.refuseNewer(found, file: path)
            return queue
        } catch let error as DatabaseError where [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode) {
            throw .corrupt("`\(path)` is no database")
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN && access(path, R_OK) != 0 {
            throw .system(errno: errno, path: path)
        } catch {
            throw StoreFault(error)
        }
    }
}

extension DatabaseQueue {
    /// What one state of the database says.
    func snapshot<Value>(_ body: (Transaction) throws -> Value) throws(StoreFault) -> Value {
        do {
            return try read { database in
                let transaction = Transaction(database)
                defer { transaction.invalidate() }
                return try body(transaction)
            }
        } catch {
            throw StoreFault(error)
        }
    }
}
