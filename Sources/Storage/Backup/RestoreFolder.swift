import Casework
import Foundation
import GRDB

/// A data folder that was put together from copies and is not in use yet: its log and queue are still to be checked, and what ended since
/// the copy of the data was made is still to be ended in it.
public struct RestoredFolder: Sendable {
    /// The folder, under a name of its own until ``accept()``.
    public let draft: DataFolder
    /// Where it will stand.
    public let target: String
    public let data: BackupManifest
    /// Nil when the keys were taken from a data folder.
    public let keys: BackupManifest?

    /// Puts copies together in a new folder.
    ///
    /// Refused: a file that is not as its manifest says, copies of two exchanges, and keys that are older than the data, since nobody could
    /// tell what they cannot open from what was erased.
    /// - Parameters:
    ///   - data: a copy of the data, or the folder of several, of which the newest is taken.
    ///   - keys: the copy of the keys, or a data folder whose keys are whole; nobody may be using it.
    ///   - path: the new folder; nothing may stand there yet.
    ///   - progress: gets the bytes checked of those there are.
    public static func make(data: String, keys: String, at path: String, progress: (Int64, Int64) -> Void) throws(StoreFault)
        -> RestoredFolder
    {
        let target = DataFolder(path: path).path
        guard !FileManager.default.fileExists(atPath: target) else {
            throw .folder("`\(target)` exists already (hint: name a folder with --data that does not)")
        }
        let draft = DataFolder(path: target + ".restoring")
        try BackupPlace.destroy(draft.path)
        do {
            return try fill(draft, target, data, keys, progress)
        } catch {
            // Keys lie in it: they may not stay where nobody expects them.
            try? BackupPlace.destroy(draft.path)
            throw error
        }
    }

    private static func fill(
        _ draft: DataFolder, _ target: String, _ data: String, _ keys: String, _ progress: (Int64, Int64) -> Void
    ) throws(StoreFault) -> RestoredFolder {
        try draft.create()
        let dataFolder = try BackupPlace.newest(in: data, .data)
        let (dataManifest, dataSeal) = try BackupManifest.read(dataFolder)
        guard dataManifest.part == .data else {
            throw .folder("`\(data)` holds no copy of the data (hint: --from names it, --keys the keys)")
        }
        try dataManifest.compare(with: dataFolder, progress: progress)

        let keysManifest = try takeKeys(keys, to: draft)
        // The certificates of signing keys come with the keys, which are the newer ones; a copy of the keys that was made before has none.
        for file in dataManifest.files {
            if !FileManager.default.fileExists(atPath: "\(draft.path)/\(file.path)") {
                try copy(file.path, from: dataFolder, to: draft)
            } else if file.path == DataFolder.revocations {
                try joinRevocations(of: dataFolder, to: draft)
            }
        }
        let seal = try VaultReader(draft).instance().derive("backup")
        let sealed = [(dataManifest, dataSeal)] + (keysManifest.map { [$0] } ?? [])
        guard sealed.allSatisfy({ $0.0.isSealed(by: $0.1, under: seal) }) else {
            throw .folder("data and keys are of two exchanges, or a manifest was changed (hint: name two copies of one exchange)")
        }
        try refuseOlderKeys(draft)
        try forgetLogLength(draft)
        return RestoredFolder(draft: draft, target: target, data: dataManifest, keys: keysManifest?.manifest)
    }

    /// Gives the folder its name, once every byte of it is on the disk: from now on it can be served.
    public func accept() throws(StoreFault) {
        try SecretFile.flushAll(below: draft.path)
        guard rename(draft.path, target) == 0 else { throw .system(errno: errno, path: target) }
        try SecretFile.flush(URL(fileURLWithPath: BackupPlace.resolved(target)).deletingLastPathComponent().path)
    }

    /// Destroys what was put together.
    public func discard() { try? BackupPlace.destroy(draft.path) }

    private static func takeKeys(_ keys: String, to draft: DataFolder) throws(StoreFault) -> (manifest: BackupManifest, seal: String)? {
        let live = DataFolder(path: keys)
        if FileManager.default.fileExists(atPath: live.lockFile) {
            // Nobody may go on with the folder whose keys another one goes on with.
            let lock = try RunLock(live)
            _ = try withExtendedLifetime(lock) { () throws(StoreFault) in try live.copyVault(to: draft.path) { _, _ in } }
            return nil
        }
        let folder = try BackupPlace.newest(in: keys, .keys)
        let found = try BackupManifest.read(folder)
        guard found.manifest.part == .keys else {
            throw .folder("`\(keys)` holds no copy of the keys (hint: --keys names it, --from the data)")
        }
        try found.manifest.compare(with: folder) { _, _ in }
        for file in found.manifest.files { try copy(file.path, from: folder, to: draft) }
        return found
    }

    private static func copy(_ name: String, from folder: String, to draft: DataFolder) throws(StoreFault) {
        let file = "\(draft.path)/\(name)"
        try DataFolder.makeFolders(for: file, below: draft.path)
        do { try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: file) } catch { throw .system(errno: errno, path: file) }
        guard chmod(file, 0o600) == 0 else { throw .system(errno: errno, path: file) }
        try SecretFile.flush(file)
    }

    /// Adds what was revoked when the data were copied to what came with the keys: whichever is the newer, what is revoked in one of them stays so.
    private static func joinRevocations(of folder: String, to draft: DataFolder) throws(StoreFault) {
        let target = "\(draft.path)/\(DataFolder.revocations)"
        var serials: Set<String> = []
        var joined = ""
        for file in ["\(folder)/\(DataFolder.revocations)", target] {
            guard let data = FileManager.default.contents(atPath: file) else { throw .system(errno: errno, path: file) }
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
            for line in lines where serials.insert(String(line.prefix { $0 != " " })).inserted { joined += "\(line)\n" }
        }
        try SecretFile.replace(target, with: Array(joined.utf8))
    }

    /// The log of an older copy is shorter than the one beside which the keys were last in use, and here it may be.
    private static func forgetLogLength(_ draft: DataFolder) throws(StoreFault) {
        do {
            let vault = try DatabaseQueue(path: draft.keys)
            try vault.write { if try $0.tableExists("log_length") { try $0.execute(sql: "UPDATE log_length SET entries = 0") } }
            try vault.close()
        } catch { throw StoreFault(error) }
    }

    private static func refuseOlderKeys(_ draft: DataFolder) throws(StoreFault) {
        let named: Int64
        let issued: Int64
        do {
            named = try SQLiteFile.openReadOnly(draft.database, .main).read { try Transaction($0).highestKey() }
            issued = try SQLiteFile.openReadOnly(draft.keys, .keys).read { try KeyVault.highestID($0) } ?? 0
        } catch { throw StoreFault(error) }
        guard named <= issued else {
            throw .folder(
                "the copy of the keys is older than that of the data: some of it would never open (hint: take an older copy of the data)")
        }
    }
}
