import Casework
import Crypto
import Foundation
import GRDB
import Synchronization

/// The keys of persons, casefiles and messages, apart from what they open: `keys.sqlite`, wrapped under a key of their epoch.
///
/// Destroying a row's bytes is what erasing means. Everything that writes runs on one thread; keys are handed out from memory, from a
/// stock that is on the disk before the first of it is used.
public final class KeyVault: Sendable {
    struct Stock {
        var unused: [VaultKey] = []
        var refilling = false
    }
    struct Cache {
        var keys: [Int64: VaultKey] = [:]
        var order: [Int64] = []
    }
    struct Doomed {
        var ids: Set<Int64> = []
        var waiting: [@Sendable (StoreFault?) -> Void] = []
    }
    /// What only ``thread`` changes.
    struct Ledger {
        var current: Int64
        var nextID: Int64
        var keks: [Int64: SymmetricKey]
    }

    static let refillBelow = 256
    static let refillBy: Int64 = 512
    static let cacheLimit = 4096
    static let instanceKeyID: Int64 = 1
    static let tombstone = [UInt8](repeating: 0, count: 40)

    let folder: DataFolder
    /// Held so that nobody else writes to the vault while it lives.
    private let lock: RunLock
    let file: SQLiteFile
    let thread = DispatchQueue(label: "convenant.vault")
    let stock = Mutex(Stock())
    let cache = Mutex(Cache())
    let doomed = Mutex(Doomed())
    let ledger: Mutex<Ledger>
    /// How many entries the log had when that was last noted on its own; 0 before.
    let notedLength = Mutex<Int64>(0)
    /// How many entries the log has; nil where nobody can tell.
    let logLength: @Sendable () -> Int64?
    /// The first id of this run: what stands below it was made by an earlier one.
    public let firstOwnID: Int64

    /// The instance's own key: of the queue seal, the BSN index and the like.
    public let instance: VaultKey

    /// Opens the vault of a locked folder; makes it, with epoch 1 and the instance's key, when there is none.
    ///
    /// Ends what a crash left half done, and hands out no key that was on the disk before: each of them may have been used.
    /// - Parameters:
    ///   - highest: ``Store/highestKey()``: the vault hands out only higher ids, even when it was restored from an older backup.
    ///   - isNew: ``Transaction/isLogEmpty()``: only in a folder in which nothing was recorded a vault is made; in another it was lost.
    ///   - now: stands in the row of epoch 1 when the vault is made.
    ///   - logLength: how many entries the log has: noted beside the keys, so that an older database is told from this one.
    public static func open(
        _ lock: RunLock, above highest: Int64, forNew isNew: Bool = true, at now: Instant,
        logLength: @escaping @Sendable () -> Int64? = { nil }
    ) async throws(StoreFault) -> KeyVault {
        guard isNew || FileManager.default.fileExists(atPath: lock.folder.keys) else {
            throw .folder(
                "`\(lock.folder.keys)` is missing, and `\(lock.folder.database)` is in use (hint: put it back, or `convenant restore` both from copies)"
            )
        }
        return try KeyVault(lock, above: highest, forNew: isNew, at: now, logLength: logLength)
    }

    private init(
        _ lock: RunLock, above highest: Int64, forNew isNew: Bool, at now: Instant, logLength: @escaping @Sendable () -> Int64?
    ) throws(StoreFault) {
        self.lock = lock
        self.logLength = logLength
        folder = lock.folder
        file = try SQLiteFile(SQLiteFile.Options(path: folder.keys, schema: .keys))
        let folder = folder
        let opened: (Ledger, VaultKey)
        do {
            opened = try file.writer.writeWithoutTransaction { database in
                try Self.load(database, folder, above: highest, forNew: isNew, at: now)
            }
        } catch {
            throw StoreFault(error)
        }
        ledger = Mutex(opened.0)
        instance = opened.1
        firstOwnID = opened.0.nextID
    }

    /// A key nobody has used; it is on the disk.
    public func take() async throws(StoreFault) -> VaultKey {
        let (key, low) = stock.withLock { stock -> (VaultKey?, Bool) in
            let key = stock.unused.popLast()
            let low = stock.unused.count < Self.refillBelow && !stock.refilling
            if low { stock.refilling = true }
            return (key, low)
        }
        if let key {
            // A refill that fails is tried again by whoever finds the stock empty, and fails there.
            if low { thread.async { try? self.refill() } }
            return key
        }
        return try await onThread { () throws(StoreFault) -> VaultKey in
            if self.stock.withLock({ $0.unused.isEmpty }) { try self.refill() }
            guard let key = self.stock.withLock({ $0.unused.popLast() }) else { throw .key("no key could be made") }
            return key
        }
    }

    /// The key with this id; nil when it has been destroyed or never was.
    public func key(_ id: Int64) throws(StoreFault) -> VaultKey? {
        // Read under the cache's lock: a key that is destroyed meanwhile is thrown out after it was put in, never before.
        let found = cache.withLock { cache -> Result<VaultKey?, StoreFault> in
            if let key = cache.keys[id] { return .success(key) }
            do throws(StoreFault) {
                guard let key = try readKey(id) else { return .success(nil) }
                cache.keep(key)
                return .success(key)
            } catch {
                return .failure(error)
            }
        }
        return try found.get()
    }

    private func readKey(_ id: Int64) throws(StoreFault) -> VaultKey? {
        do {
            guard let row = try file.readers.read({ database in try Self.row(database, id) }) else { return nil }
            return try Self.unwrap(id, row, under: ledger.withLock { $0.keks[row.epoch] })
        } catch {
            throw StoreFault(error)
        }
    }

    /// The epoch and the wrapped bytes of a key that lives.
    static func row(_ database: Database, _ id: Int64) throws -> (epoch: Int64, wrapped: [UInt8])? {
        let statement = try database.cachedStatement(sql: "SELECT epoch, wrapped FROM key WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { return nil }
        let wrapped = [UInt8](row["wrapped"] as Data)
        return wrapped == tombstone ? nil : (row["epoch"], wrapped)
    }

    /// The key of a row, under the key-encryption key of its epoch; nil for that when the epoch has ended.
    static func unwrap(_ id: Int64, _ row: (epoch: Int64, wrapped: [UInt8]), under kek: SymmetricKey?) throws(StoreFault) -> VaultKey {
        guard let kek else { throw .key("the epoch of a key has ended") }
        return try VaultKey(id: id, unwrapping: row.wrapped, under: kek)
    }

    /// The highest id that a key was ever given; nil before the first.
    static func highestID(_ database: Database) throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'key'")
    }

    /// Writes keys ahead, durably, then puts them in stock. Only on ``thread``.
    func refill() throws(StoreFault) {
        defer { stock.withLock { $0.refilling = false } }
        let (epoch, first, kek) = ledger.withLock { ($0.current, $0.nextID, $0.keks[$0.current]) }
        guard let kek else { throw .key("epoch \(epoch) has no key-encryption key") }
        var fresh: [VaultKey] = []
        var rows: [(Int64, Data)] = []
        for id in first..<first + Self.refillBy {
            let key = VaultKey(id: id, secret: SymmetricKey(size: .bits256))
            fresh.append(key)
            rows.append((id, Data(try key.wrapped(under: kek))))
        }
        let length = logLength()
        do {
            try file.writer.write { database in
                for (id, wrapped) in rows { try Self.insert(database, id: id, epoch: epoch, wrapped: wrapped) }
                if let length { try Self.note(length, in: database) }
            }
        } catch {
            throw StoreFault(error)
        }
        ledger.withLock { $0.nextID = first + Self.refillBy }
        // Taken from the end, so that ids go up in the order of use and rows stand together.
        stock.withLock { $0.unused = fresh.reversed() + $0.unused }
    }

    static func insert(_ database: Database, id: Int64, epoch: Int64, wrapped: Data) throws {
        try database.cachedStatement(sql: "INSERT INTO key (id, epoch, wrapped) VALUES (?, ?, ?)").execute(arguments: [id, epoch, wrapped])
    }

    /// Runs work on the vault's thread and waits for it without blocking a thread of the caller.
    func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws(StoreFault) -> Value) async throws(StoreFault) -> Value {
        let outcome = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, StoreFault>, Never>) in
            thread.async {
                do throws(StoreFault) {
                    continuation.resume(returning: .success(try work()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try outcome.get()
    }
}

extension KeyVault.Cache {
    /// Keeps a key, at the cost of the oldest ones when there are too many.
    mutating func keep(_ key: VaultKey) {
        if keys.count >= KeyVault.cacheLimit {
            for id in order.prefix(KeyVault.cacheLimit / 4) { keys[id] = nil }
            order.removeFirst(min(order.count, KeyVault.cacheLimit / 4))
        }
        keys[key.id] = key
        order.append(key.id)
    }

    /// Throws keys out, and their ids with them.
    mutating func forget(_ ids: Set<Int64>) {
        for id in ids { keys[id] = nil }
        order.removeAll(where: ids.contains)
    }
}
