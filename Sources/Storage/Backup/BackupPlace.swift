import Foundation

/// The folder that `backup --to` names: of one part alone, apart from the data folder, open to nobody else.
struct BackupPlace {
    let path: String

    /// Makes the folder when it is missing.
    /// - Throws: ``StoreFault/folder(_:)`` for a folder within the data folder, of the other part, or open to others.
    init(_ path: String, of part: BackupPart, apartFrom data: DataFolder) throws(StoreFault) {
        let place = Self.resolved(path)
        let source = Self.resolved(data.path)
        guard place != source, !place.hasPrefix(source + "/") else {
            throw .folder("`\(path)` lies within the data folder: what harms the one harms the other (hint: name another disk with --to)")
        }
        if !FileManager.default.fileExists(atPath: place) {
            do {
                try FileManager.default.createDirectory(
                    atPath: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch { throw .system(errno: errno, path: path) }
        }
        try DataFolder.refuseOthers(place, mend: "700")
        for other in try Self.parts(in: place) where other.part != part {
            throw .folder(
                "`\(path)` holds a copy of the \(other.part.rawValue): keys and data together protect nothing (hint: name another folder with --to)"
            )
        }
        self.path = place
    }

    /// The finished copies that lie in a folder, oldest first by name.
    private static func parts(in folder: String) throws(StoreFault) -> [(name: String, part: BackupPart)] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
            throw .system(errno: errno, path: folder)
        }
        return names.compactMap { name in
            (try? BackupManifest.read("\(folder)/\(name)")).map { (name, $0.manifest.part) }
        }
    }

    /// A new folder for a copy that is being made; what a broken off one left there is destroyed first.
    func draft() throws(StoreFault) -> String {
        let draft = path + "/.unfinished"
        try Self.destroy(draft)
        guard mkdir(draft, 0o700) == 0 else { throw .system(errno: errno, path: draft) }
        return draft
    }

    /// Gives a finished copy its name, once every byte of it is on the disk.
    func finish(_ draft: String, as name: String) throws(StoreFault) -> String {
        let final = "\(path)/\(name)"
        try SecretFile.flushAll(below: draft)
        guard rename(draft, final) == 0 else { throw .system(errno: errno, path: final) }
        try SecretFile.flush(path)
        return final
    }

    /// Destroys every copy but this one.
    func keepOnly(_ name: String) throws(StoreFault) {
        for copy in try Self.parts(in: path) where copy.name != name { try Self.destroy("\(path)/\(copy.name)") }
        try SecretFile.flush(path)
    }

    /// The copy that a path means: its own folder, or the newest one in it.
    static func newest(in path: String, _ part: BackupPart) throws(StoreFault) -> String {
        if FileManager.default.fileExists(atPath: "\(path)/\(BackupManifest.name)") { return path }
        guard FileManager.default.fileExists(atPath: path), let newest = try parts(in: path).last(where: { $0.part == part }) else {
            throw .folder("`\(path)` holds no copy of the \(part.rawValue) (hint: name the folder that `convenant backup` wrote to)")
        }
        return "\(path)/\(newest.name)"
    }

    /// Overwrites and removes every file of a folder, then the folder.
    static func destroy(_ folder: String) throws(StoreFault) {
        guard let names = FileManager.default.subpaths(atPath: folder) else { return }
        for name in names {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder), !isFolder.boolValue else { continue }
            try SecretFile.destroy("\(folder)/\(name)")
        }
        do { try FileManager.default.removeItem(atPath: folder) } catch { throw .system(errno: errno, path: folder) }
    }

    /// The path without symbolic links, also of what does not exist yet.
    static func resolved(_ path: String) -> String {
        if let real = realpath(path, nil) {
            defer { free(real) }
            return String(cString: real)
        }
        let url = URL(fileURLWithPath: path).standardizedFileURL
        let parent = url.deletingLastPathComponent().path
        guard parent != url.path else { return url.path }
        let above = resolved(parent)
        return (above == "/" ? "" : above) + "/" + url.lastPathComponent
    }
}
