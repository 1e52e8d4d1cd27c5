import Casework
import Crypto
import Foundation
import GRDB

extension KeyVault {
    /// Reads what the vault holds; makes epoch 1 and the instance's key in an empty one.
    static func load(_ database: Database, _ folder: DataFolder, above highest: Int64, forNew isNew: Bool, at now: Instant) throws -> (
        Ledger, VaultKey
    ) {
        if try Row.fetchOne(database, sql: "SELECT 1 FROM epoch LIMIT 1") == nil {
            guard highest == 0, isNew else {
                throw StoreFault.folder(
                    "`\(folder.keys)` is empty, and `\(folder.database)` was written with keys (hint: restore both from one backup)")
            }
            try createEpoch(1, database, folder, at: now) { database, kek in
                let secret = SymmetricKey(size: .bits256)
                try insert(database, id: instanceKeyID, epoch: 1, wrapped: Data(try wrapKey(secret, under: kek)))
            }
        }
        for number in try Int64.fetchAll(database, sql: "SELECT number FROM epoch WHERE ended_at IS NOT NULL") {
            // The row is written before the file goes: a crash between the two is ended here.
            try SecretFile.destroy(folder.keyEncryptionKey(epoch: number))
        }
        let keks = try wrappingKeys(database, folder)
        let current = keks.keys.max() ?? 0
        guard let row = try Row.fetchOne(database, sql: "SELECT epoch, wrapped FROM key WHERE id = \(instanceKeyID)"),
            let kek = keks[row["epoch"]]
        else { throw StoreFault.corrupt("`\(folder.keys)` has no instance key") }
        let instance = try VaultKey(id: instanceKeyID, unwrapping: [UInt8](row["wrapped"] as Data), under: kek)
        let issued = try highestID(database) ?? instanceKeyID
        return (Ledger(current: current, nextID: max(issued, highest) + 1, keks: keks), instance)
    }

    /// The key-encryption keys of every epoch that has not ended.
    static func wrappingKeys(_ database: Database, _ folder: DataFolder) throws -> [Int64: SymmetricKey] {
        var keks: [Int64: SymmetricKey] = [:]
        for number in try Int64.fetchAll(database, sql: "SELECT number FROM epoch WHERE ended_at IS NULL") {
            keks[number] = try readKEK(folder, epoch: number)
        }
        return keks
    }

    private static func readKEK(_ folder: DataFolder, epoch: Int64) throws(StoreFault) -> SymmetricKey {
        let path = folder.keyEncryptionKey(epoch: epoch)
        guard FileManager.default.fileExists(atPath: path) else {
            throw .folder("`\(path)` is missing: the keys of epoch \(epoch) cannot be read (hint: restore it from where secrets are kept)")
        }
        let bytes = try SecretFile.read(path)
        guard bytes.count == 32 else { throw .corrupt("`\(path)` does not hold 32 bytes") }
        return SymmetricKey(data: bytes)
    }

    /// Puts a key-encryption key on the disk, and then the epoch's row with whatever belongs to it in one transaction.
    static func createEpoch(
        _ number: Int64, _ database: Database, _ folder: DataFolder, at now: Instant, with body: (Database, SymmetricKey) throws -> Void
    ) throws {
        let kek = try kekOfNewEpoch(folder, epoch: number)
        try database.inTransaction(.immediate) {
            try database.execute(
                sql: "UPDATE epoch SET retired_at = ? WHERE retired_at IS NULL", arguments: [now.millisecondsSince1970])
            try database.execute(sql: "INSERT INTO epoch (number, made_at) VALUES (?, ?)", arguments: [number, now.millisecondsSince1970])
            try body(database, kek)
            return .commit
        }
    }

    /// The key-encryption key of an epoch without a row, on the disk: the one whose file is there, or a new one.
    ///
    /// A commit that failed may come back with the database's log after a crash, and rows with it that are wrapped under the key of that attempt.
    /// So its file is never destroyed: the epoch is made again under the same key.
    private static func kekOfNewEpoch(_ folder: DataFolder, epoch: Int64) throws(StoreFault) -> SymmetricKey {
        let path = folder.keyEncryptionKey(epoch: epoch)
        if FileManager.default.fileExists(atPath: path) {
            let left = try SecretFile.read(path)
            if left.count == 32, left.contains(where: { $0 != 0 }) {
                // Anew: whether its bytes are on the disk is not known either. In place, so that no second copy of them is left on it.
                try SecretFile.rewrite(path, left)
                return SymmetricKey(data: left)
            }
            // It was being written, or overwritten, when somebody died: nothing was ever committed under it.
            try SecretFile.destroy(path)
        }
        let kek = SymmetricKey(size: .bits256)
        try SecretFile.create(path, kek.withUnsafeBytes { [UInt8]($0) })
        return kek
    }
}
