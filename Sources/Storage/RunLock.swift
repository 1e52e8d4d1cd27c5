import Foundation

/// Proof that this process, and no other, writes to a data folder: `flock` on `run/lock`, given back when the value goes away.
///
/// The kernel gives the lock back when the process dies, so a crash never leaves a folder locked.
public final class RunLock: Sendable {
    /// The folder that is locked.
    public let folder: DataFolder
    private let descriptor: Int32

    /// Takes the lock of a folder whose modes are right.
    /// - Throws: ``StoreFault/inUse`` when another holds it; the faults of ``DataFolder/check()``.
    public init(_ folder: DataFolder) throws(StoreFault) {
        try folder.check()
        let descriptor = open(folder.lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(errno: errno, path: folder.lockFile) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            throw reason == EWOULDBLOCK ? .inUse : .system(errno: reason, path: folder.lockFile)
        }
        self.folder = folder
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
