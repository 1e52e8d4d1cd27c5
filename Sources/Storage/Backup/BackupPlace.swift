import Foundation

/// The folder that `backup --to` names: of one part alone, apart from the data folder, open to nobody else.
struct BackupPlace {
    let path: String
    /// Held while the value lives: of two that write to one place, each would destroy what the other one makes.
    private let lock: FileLock

    /// Makes the folder when it is missing, and locks it.
    /// - Throws: ``StoreFault/folder(_:)`` for a folder within the data folder, of the other part, open to others, or to which another backup
    ///   writes.
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
        do throws(StoreFault) { lock = try FileLock(place + "/.lock") } catch {
            guard error == .inUse else { throw error }
            throw .folder("another backup writes to `\(path)` (hint: try again when it has ended)")
        }
        for case let other? in try Self.copies(in: place).map({ $0.part }) where other != part {
            throw .folder(
                "`\(path)` holds a copy of the \(other.rawValue): keys and data together protect nothing (hint: name another folder with --to)"
            )
        }
        self.path = place
    }

    /// The finished copies that lie in a folder, oldest first by name; the part of one whose manifest is damaged or gone is nil.
    private static func copies(in folder: String) throws(StoreFault) -> [(name: String, part: BackupPart?)] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
            throw .system(errno: errno, path: folder)
        }
        return names.filter { !$0.hasPrefix(".") }.compactMap { name -> (name: String, part: BackupPart?)? in
            let copy = "\(folder)/\(name)"
            if let found = try? BackupManifest.read(copy) { return (name: name, part: found.manifest.part) }
            // Only what has a copy's name is one: what else lies here is somebody's.
            return BackupManifest.names(name) ? (name: name, part: nil) : nil
        }
    }

    /// What stands here is no copy: one that is being made, or destroyed.
    private var unfinished: String { path + "/.unfinished" }

    /// A new folder for a copy that is being made; what was broken off, making or destroying one, is destroyed first.
    func draft() throws(StoreFault) -> String {
        let draft = unfinished
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

    /// Destroys every copy but this one, once this one was found to be whole.
    func keepOnly(_ name: String) throws(StoreFault) {
        let kept = "\(path)/\(name)"
        try BackupManifest.read(kept).manifest.compare(with: kept) { _, _ in }
        for copy in try Self.copies(in: path) where copy.name != name {
            // Broken off under its own name, and without its manifest, nobody would find the rest of it again.
            guard rename("\(path)/\(copy.name)", unfinished) == 0 else { throw .system(errno: errno, path: "\(path)/\(copy.name)") }
            try SecretFile.flush(path)
            try Self.destroy(unfinished)
        }
        try SecretFile.flush(path)
    }

    /// The copy that a path means: its own folder, or the newest one in it. A newest one that is damaged is not passed over in silence: what
    /// happened since an older one would be lost, and nobody told.
    static func newest(in path: String, _ part: BackupPart) throws(StoreFault) -> String {
        if FileManager.default.fileExists(atPath: "\(path)/\(BackupManifest.name)") { return path }
        guard FileManager.default.fileExists(atPath: path),
            let newest = try copies(in: path).last(where: { $0.part == part || $0.part == nil })
        else {
            throw .folder("`\(path)` holds no copy of the \(part.rawValue) (hint: name the folder that `convenant backup` wrote to)")
        }
        guard newest.part != nil else {
            throw .folder(
                "`\(path)/\(newest.name)`, the newest copy, is damaged: its manifest cannot be read (hint: name an older one by its own folder)"
            )
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
