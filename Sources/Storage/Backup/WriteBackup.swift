import Casework
import Foundation

extension DataFolder {
    /// Writes a copy of one part, beside a daemon that goes on working.
    ///
    /// A copy gets a folder of its own in `place`, named after the instant, once every byte of it is on the disk; what is found half-made is
    /// thrown away. A new copy of the keys stands before the old one goes, and then there is only the new one.
    /// - Parameter progress: gets the bytes copied of those there are in the database.
    /// - Returns: the copy's folder, and its manifest.
    public func backUp(_ part: BackupPart, to place: String, at now: Instant, progress: @escaping (Int64, Int64) -> Void) throws(StoreFault)
        -> (
            path: String, manifest: BackupManifest
        )
    {
        try check()
        let place = try BackupPlace(place, of: part, apartFrom: self)
        let draft = try place.draft()
        let manifest =
            switch part {
            case .data: try copyData(to: draft, at: now, progress)
            case .keys: try copyKeys(to: draft, at: now, progress)
            }
        let instance = try VaultReader(self).instance()
        try SecretFile.create("\(draft)/\(BackupManifest.name)", manifest.text(sealedUnder: instance.derive("backup")))
        let path = try place.finish(draft, as: manifest.folderName)
        if part == .keys { try place.keepOnly(manifest.folderName) }
        return (path, manifest)
    }

    private func copyData(to draft: String, at now: Instant, _ progress: @escaping (Int64, Int64) -> Void) throws(StoreFault)
        -> BackupManifest
    {
        let copy = DataFolder(path: draft)
        let (checkpoint, policies) = try DatabaseCopy.write(database, .main, to: copy.database, progress: progress) {
            transaction throws(StoreFault) in (try transaction.newestCheckpoint(), try transaction.policyState()?.revision)
        }
        let others = try Self.files(in: path + "/trust").map { "trust/\($0)" } + ["convenant.yaml", Self.simulationMark]
        return try manifest(.data, ["convenant.sqlite"] + copyFiles(others, to: draft), draft, now, checkpoint, policies)
    }

    private func copyKeys(to draft: String, at now: Instant, _ progress: @escaping (Int64, Int64) -> Void) throws(StoreFault)
        -> BackupManifest
    {
        let (checkpoint, policies) = try TrailReader(self).newest()
        return try manifest(.keys, copyVault(to: draft, progress), draft, now, checkpoint, policies)
    }

    /// Copies the vault, every secret, the certificates of the signing keys, which change with them, and what was revoked, which no copy may take
    /// back; the paths of what was copied.
    @discardableResult
    func copyVault(to draft: String, _ progress: @escaping (Int64, Int64) -> Void) throws(StoreFault) -> [String] {
        let copy = DataFolder(path: draft)
        for _ in 0..<3 {
            try DatabaseCopy.write(keys, .keys, to: copy.keys, inMemory: true, progress: progress) { _ throws(StoreFault) in }
            let secrets = try copyFiles(
                try Self.files(in: secrets).map { "secrets/\($0)" } + signingCertificates.map { "trust/\($0)" } + [Self.revocations],
                to: draft)
            // An epoch may have ended between the one and the other: then the copy lacks a key that its rows name.
            if (try? VaultReader(copy).instance()) != nil { return ["keys.sqlite"] + secrets }
            for name in ["keys.sqlite"] + secrets { try SecretFile.destroy("\(draft)/\(name)") }
        }
        throw .folder("the keys change while they are copied (hint: try again when `keys rotate` has ended)")
    }

    private func manifest(
        _ part: BackupPart, _ files: [String], _ draft: String, _ now: Instant, _ checkpoint: String?, _ policies: String?
    ) throws(StoreFault) -> BackupManifest {
        var entries: [BackupManifest.File] = []
        for file in files { entries.append(try BackupManifest.file(file, in: draft)) }
        return BackupManifest(part: part, at: now, checkpoint: checkpoint, policies: policies, files: entries)
    }

    /// Copies those of the files that exist; the paths of what was copied. One that is there and cannot be read is no reason to leave it out: the
    /// new copy takes the place of the one that holds it.
    private func copyFiles(_ names: [String], to target: String) throws(StoreFault) -> [String] {
        var copied: [String] = []
        for name in names {
            let source = "\(path)/\(name)"
            guard let data = FileManager.default.contents(atPath: source) else {
                guard access(source, F_OK) != 0, errno == ENOENT else {
                    throw .folder("`\(source)` cannot be read (hint: `chown` it to the user whom the data folder belongs to)")
                }
                continue
            }
            try Self.makeFolders(for: "\(target)/\(name)", below: target)
            try SecretFile.create("\(target)/\(name)", [UInt8](data))
            copied.append(name)
        }
        return copied
    }

    /// Makes the folders above a file, each 0700.
    static func makeFolders(for file: String, below folder: String) throws(StoreFault) {
        var path = folder
        for name in file.dropFirst(folder.count + 1).split(separator: "/").dropLast() {
            path += "/" + name
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .system(errno: errno, path: path) }
        }
    }

    /// The files below a folder, without those that are being written.
    private static func files(in folder: String) throws(StoreFault) -> [String] {
        guard let names = FileManager.default.subpaths(atPath: folder) else { throw .system(errno: errno, path: folder) }
        return names.sorted().filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder) && !isFolder.boolValue
                && !name.hasSuffix(".new")
        }
    }
}
