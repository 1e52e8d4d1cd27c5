import Foundation
import GRDB

extension KeyVault {
    /// Destroys keys: when it returns, no byte of them stands in `keys.sqlite`, its log or memory of the vault's, and no refusal under them.
    ///
    /// Ids that are gone already are passed over, so it can be repeated after a crash. Calls that come together share one flush.
    public func destroy(_ ids: [Int64]) async throws(StoreFault) {
        guard !ids.contains(Self.instanceKeyID) else { throw .key("the instance's own key cannot be destroyed") }
        guard !ids.isEmpty else { return }
        let fault = await withCheckedContinuation { (continuation: CheckedContinuation<StoreFault?, Never>) in
            let first = doomed.withLock { doomed in
                doomed.ids.formUnion(ids)
                doomed.waiting.append { continuation.resume(returning: $0) }
                return doomed.waiting.count == 1
            }
            if first { thread.async { self.destroyDoomed() } }
        }
        if let fault { throw fault }
    }

    private func destroyDoomed() {
        let batch = doomed.withLock { doomed in
            defer { doomed = Doomed() }
            return doomed
        }
        var fault: StoreFault?
        do {
            try file.writer.writeWithoutTransaction { database in
                try database.inTransaction(.immediate) {
                    // Overwritten in place and not deleted: that the old places of cells which move between pages are zeroed, too, is
                    // nothing SQLite promises, and a copy left there would outlive its key.
                    let statement = try database.cachedStatement(sql: "UPDATE key SET wrapped = ? WHERE id = ?")
                    for id in batch.ids { try statement.execute(arguments: [Data(Self.tombstone), id]) }
                    // Deleting is enough for these: `secure_delete` zeroes them, and what may stay of an old place opens no more.
                    let refusals = try database.cachedStatement(sql: "DELETE FROM refusal WHERE key = ?")
                    for id in batch.ids { try refusals.execute(arguments: [id]) }
                    return .commit
                }
                try Self.emptyLog(database)
            }
        } catch {
            fault = StoreFault(error)
        }
        cache.withLock { $0.forget(batch.ids) }
        for answer in batch.waiting { answer(fault) }
    }

    /// Destroys every key with one of these ids that no row uses and that was not made since the vault was opened: what a crash left between a
    /// commit and the destruction that should have followed it, and the stock of the run before.
    /// - Parameter referenced: ``Store/referencedKeys(in:)`` of the same ids, read after the vault was opened.
    public func sweep(_ ids: Range<Int64>, keeping referenced: Set<Int64>) async throws(StoreFault) {
        let unused = try await onThread { () throws(StoreFault) -> [Int64] in
            do {
                let living = try self.file.writer.read { database in
                    try Int64.fetchAll(
                        database, sql: "SELECT id FROM key WHERE id >= ? AND id < ? AND wrapped <> ?",
                        arguments: [ids.lowerBound, min(ids.upperBound, self.firstOwnID), Data(Self.tombstone)])
                }
                return living.filter { $0 != Self.instanceKeyID && !referenced.contains($0) }
            } catch {
                throw StoreFault(error)
            }
        }
        try await destroy(unused)
    }

    /// Moves the write-ahead log into the file and cuts it to nothing: old pages in it would keep what was overwritten. For readers of older
    /// pages it waits up to ten seconds, the connection's time-out.
    static func emptyLog(_ database: Database) throws {
        let busy = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")?[0] as Int64?
        guard busy == 0 else { throw StoreFault.notDurable(code: ResultCode.SQLITE_BUSY.rawValue) }
    }
}
