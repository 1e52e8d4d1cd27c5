import Foundation

/// Files of secret bytes, mode 0600: written so that they are on the disk before they are used, destroyed so that they are gone.
public enum SecretFile {
    /// Writes a file so that a crash leaves either the old or the new one, never a part: another name first, each step on the disk before
    /// the next.
    /// - Throws: `StoreFault.system`; the old file is then as it was, but for a fault of the last step: then the new one is there, and may be gone
    ///   after a loss of power.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(StoreFault) {
        let draft = try makeDraft(of: path, bytes)
        guard rename(draft, path) == 0 else { throw .system(errno: errno, path: path) }
        try syncFolder(of: path)
    }

    /// Writes a new file so that it has its name only once all of it is on the disk; one that is there already is never overwritten.
    ///
    /// Works by a second name, which not every kind of disk knows: for the data folder.
    static func createWhole(_ path: String, _ bytes: [UInt8]) throws(StoreFault) {
        let draft = try makeDraft(of: path, bytes)
        let reason = link(draft, path) == 0 ? 0 : errno
        unlink(draft)
        guard reason == 0 else { throw .system(errno: reason, path: path) }
        try syncFolder(of: path)
    }

    /// Writes beside a file what is to get its name; what an earlier try left there goes.
    /// - Returns: where it stands.
    private static func makeDraft(of path: String, _ bytes: [UInt8]) throws(StoreFault) -> String {
        let draft = path + ".new"
        guard unlink(draft) == 0 || errno == ENOENT else { throw .system(errno: errno, path: draft) }
        try create(draft, bytes)
        return draft
    }

    /// Writes the bytes that a file holds once more in their own place, so that they are on the disk.
    static func rewrite(_ path: String, _ bytes: [UInt8]) throws(StoreFault) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(errno: errno, path: path) }
        defer { close(descriptor) }
        try writeAll(descriptor, bytes, path)
        try syncFolder(of: path)
    }

    /// Writes a new file; one that is there already is never overwritten.
    static func create(_ path: String, _ bytes: [UInt8]) throws(StoreFault) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(errno: errno, path: path) }
        defer { close(descriptor) }
        try writeAll(descriptor, bytes, path)
        try syncFolder(of: path)
    }

    /// The bytes of a file that only its owner may read.
    static func read(_ path: String) throws(StoreFault) -> [UInt8] {
        try DataFolder.refuseOthers(path, mend: "600")
        guard let data = FileManager.default.contents(atPath: path) else { throw .system(errno: errno, path: path) }
        return [UInt8](data)
    }

    /// Overwrites a file, then removes it; each step is on the disk before the next.
    ///
    /// The overwriting helps only where the disk writes in place; what the promise rests on is that no copy is in any backup kept.
    static func destroy(_ path: String) throws(StoreFault) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw .system(errno: errno, path: path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno: errno, path: path) }
        try writeAll(descriptor, [UInt8](repeating: 0, count: Int(status.st_size)), path)
        guard unlink(path) == 0 else { throw .system(errno: errno, path: path) }
        try syncFolder(of: path)
    }

    private static func writeAll(_ descriptor: Int32, _ bytes: [UInt8], _ path: String) throws(StoreFault) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset, off_t(offset))
            }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw .system(errno: errno, path: path) }
            offset += written
        }
        guard fsync(descriptor) == 0 else { throw .system(errno: errno, path: path) }
    }

    /// Puts on the disk what was written to a file, or which names a folder holds.
    static func flush(_ path: String) throws(StoreFault) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(errno: errno, path: path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(errno: errno, path: path) }
    }

    /// Puts on the disk every file and folder below a folder, and then the folder.
    static func flushAll(below folder: String) throws(StoreFault) {
        for name in FileManager.default.subpaths(atPath: folder) ?? [] {
            do throws(StoreFault) { try flush("\(folder)/\(name)") } catch {
                // SQLite takes what it keeps beside a database away when the last connection to it ends.
                guard case .system(errno: ENOENT, path: _) = error else { throw error }
            }
        }
        try flush(folder)
    }

    private static func syncFolder(of path: String) throws(StoreFault) {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        try flush(folder.isEmpty ? "." : folder)
    }
}
