import Crypto
import GRDB

/// The keys of a folder for those who check it: without the lock, through a connection that cannot write.
struct VaultReader {
    private let queue: DatabaseQueue
    private let keks: [Int64: SymmetricKey]

    init(_ folder: DataFolder) throws(StoreFault) {
        queue = try SQLiteFile.openReadOnly(folder.keys, .keys)
        do {
            keks = try queue.read { try KeyVault.wrappingKeys($0, folder) }
        } catch {
            throw StoreFault(error)
        }
    }

    /// The instance's own key.
    func instance() throws(StoreFault) -> VaultKey {
        guard let key = try key(KeyVault.instanceKeyID) else { throw .corrupt("the vault has no instance key") }
        return key
    }

    /// The key with this id; nil when it has been destroyed.
    func key(_ id: Int64) throws(StoreFault) -> VaultKey? {
        do {
            guard let row = try queue.read({ try KeyVault.row($0, id) }) else { return nil }
            return try KeyVault.unwrap(id, row, under: keks[row.epoch])
        } catch {
            throw StoreFault(error)
        }
    }
}
