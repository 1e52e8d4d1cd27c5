import Foundation

/// Proof that this process, and no other, writes to a data folder: `flock` on `run/lock`, given back when the value goes away.
///
/// The kernel gives the lock back when the process dies, so a crash never leaves a folder locked.
public final class RunLock: Sendable {
    /// The folder that is locked.
    public let folder: DataFolder
    private let lock: FileLock

    /// Takes the lock of a folder whose modes are right.
    /// - Throws: ``StoreFault/inUse`` when another holds it; the faults of ``DataFolder/check()``.
    public init(_ folder: DataFolder) throws(StoreFault) {
        try folder.check()
        let lock = try FileLock(folder.lockFile)
        lock.write("\(getpid())\n")
        self.lock = lock
        self.folder = folder
    }
}

/// `flock` on a file, which is made when it is missing: given back when the value goes away.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``StoreFault/inUse`` when another holds it.
    init(_ path: String) throws(StoreFault) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(errno: errno, path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            throw reason == EWOULDBLOCK ? .inUse : .system(errno: reason, path: path)
        }
        self.descriptor = descriptor
    }

    /// Puts a text into the file, for whoever finds it locked; a disk that has no room for it keeps nobody out.
    func write(_ text: String) {
        let bytes = Array(text.utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, bytes, bytes.count, 0) }
    }

    deinit { close(descriptor) }
}
