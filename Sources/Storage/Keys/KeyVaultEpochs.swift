import Casework
import Crypto
import Foundation
import GRDB

/// One epoch of the wrapping keys.
public struct KeyEpoch: Hashable, Sendable {
    public let number: Int64
    public let madeAt: Instant
    /// When a newer epoch took over; nil for the one in use.
    public let retiredAt: Instant?
    /// When its key-encryption key was destroyed.
    public let endedAt: Instant?
    /// How many keys are wrapped under it, the unused ones in stock among them.
    public let livingKeys: Int
}

extension KeyVault {
    /// Makes the next epoch and wraps every living key anew under it. Nothing is decrypted but keys; ids stay.
    /// - Returns: the new epoch. The old one stays readable until ``endEpoch(_:at:)``.
    @discardableResult
    public func rotate(at now: Instant) async throws(StoreFault) -> Int64 {
        try await onThread { () throws(StoreFault) -> Int64 in
            let ledger = self.ledger.withLock { $0 }
            let next = ledger.current + 1
            do {
                try self.file.writer.writeWithoutTransaction { database in
                    try Self.createEpoch(next, database, self.folder, at: now) { database, kek in
                        // Readers find rows of the new epoch as soon as it is committed.
                        self.ledger.withLock { $0.keks[next] = kek }
                        try Self.rewrap(database, from: ledger.keks, under: kek, epoch: next)
                    }
                    self.ledger.withLock { $0.current = next }
                    // New rows are a byte longer at some epochs and cells move; rewriting the file leaves no old page behind.
                    try database.execute(sql: "VACUUM")
                    try Self.emptyLog(database)
                }
            } catch {
                throw StoreFault(error)
            }
            return next
        }
    }

    private static func rewrap(_ database: Database, from keks: [Int64: SymmetricKey], under kek: SymmetricKey, epoch: Int64) throws {
        try database.execute(sql: "DELETE FROM key WHERE wrapped = ?", arguments: [Data(tombstone)])
        let rows = try database.makeStatement(sql: "SELECT id, epoch, wrapped FROM key WHERE id > ? ORDER BY id LIMIT 1000")
        let update = try database.makeStatement(sql: "UPDATE key SET epoch = ?, wrapped = ? WHERE id = ?")
        var last: Int64 = 0
        while true {
            let batch = try Row.fetchAll(rows, arguments: [last])
            guard let final = batch.last else { return }
            for row in batch {
                guard let old = keks[row["epoch"]] else { throw StoreFault.key("a key stands under an epoch that has ended") }
                let key = try unwrapKey([UInt8](row["wrapped"] as Data), under: old)
                try update.execute(arguments: [epoch, Data(try wrapKey(key, under: kek)), row["id"] as Int64])
            }
            last = final["id"]
        }
    }

    /// Ends a retired epoch: its key-encryption key is destroyed here, and no copy of a key wrapped under it opens any more. One that lies beside a
    /// copy of the key-encryption key still does, as in a backup of the keys: of those only the newest is kept.
    /// - Throws: ``StoreFault/key(_:)`` while the epoch is in use or a living key is wrapped under it.
    public func endEpoch(_ number: Int64, at now: Instant) async throws(StoreFault) {
        try await onThread { () throws(StoreFault) in
            guard number != self.ledger.withLock({ $0.current }) else {
                throw .key("epoch \(number) is in use and cannot end; make the next one first with `keys rotate`")
            }
            do {
                try self.file.writer.write { database in
                    guard try Row.fetchOne(database, sql: "SELECT 1 FROM epoch WHERE number = ?", arguments: [number]) != nil else {
                        throw StoreFault.key("there is no epoch \(number)")
                    }
                    let living = try Int64.fetchOne(
                        database, sql: "SELECT count(*) FROM key WHERE epoch = ? AND wrapped <> ?",
                        arguments: [number, Data(Self.tombstone)])
                    guard living == 0 else { throw StoreFault.key("epoch \(number) still wraps living keys") }
                    try database.execute(
                        sql: "UPDATE epoch SET ended_at = coalesce(ended_at, ?), retired_at = coalesce(retired_at, ?) WHERE number = ?",
                        arguments: [now.millisecondsSince1970, now.millisecondsSince1970, number])
                }
            } catch {
                throw StoreFault(error)
            }
            self.ledger.withLock { $0.keks[number] = nil }
            try SecretFile.destroy(self.folder.keyEncryptionKey(epoch: number))
        }
    }

    /// Every epoch there was, oldest first.
    public func epochs() throws(StoreFault) -> [KeyEpoch] {
        do {
            return try file.readers.read { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT number, made_at, retired_at, ended_at,
                            (SELECT count(*) FROM key WHERE epoch = number AND wrapped <> ?) AS living FROM epoch ORDER BY number
                        """, arguments: [Data(Self.tombstone)]
                ).map { row in
                    KeyEpoch(
                        number: row["number"], madeAt: Instant(millisecondsSince1970: row["made_at"]),
                        retiredAt: (row["retired_at"] as Int64?).map(Instant.init(millisecondsSince1970:)),
                        endedAt: (row["ended_at"] as Int64?).map(Instant.init(millisecondsSince1970:)), livingKeys: row["living"])
                }
            }
        } catch {
            throw StoreFault(error)
        }
    }
}
