import Foundation
import NIOPosix
import Synchronization

/// A folder to which many files are written at once, each of which survives a crash before anything goes on.
///
/// Waiting for the disk happens on threads of its own, so that neither an actor nor a task's thread waits behind it. Files whose names are to be
/// made durable at the same time share one flush of the folder.
final class DurableFolder: Sendable {
    let path: String
    private let flushing = Mutex(Flushing())

    private struct Flushing {
        var isUnderWay = false
        /// Who waits for a flush that begins from now on.
        var waiting: [CheckedContinuation<Bool, Never>] = []
    }

    init(_ path: String) { self.path = path }

    /// Writes a file of mode 0600; when this returns it survives a crash. Throws `notStored`.
    func write(_ bytes: [UInt8], _ name: String) async throws(PartnerFault) {
        let isKept = await withCheckedContinuation { done in
            diskThreads.submit { _ in
                guard writeWhole(bytes, to: self.path, name, mode: 0o600) else { return done.resume(returning: false) }
                let isFirst = self.flushing.withLock { flushing in
                    flushing.waiting.append(done)
                    defer { flushing.isUnderWay = true }
                    return !flushing.isUnderWay
                }
                if isFirst { self.flushAll() }
            }
        }
        guard isKept else { throw .notStored(file: path + "/" + name) }
    }

    private func flushAll() {
        while true {
            let round = flushing.withLock { flushing in
                defer { flushing.waiting = [] }
                flushing.isUnderWay = !flushing.waiting.isEmpty
                return flushing.waiting
            }
            if round.isEmpty { return }
            let isFlushed = syncFolder(path)
            for done in round { done.resume(returning: isFlushed) }
        }
    }
}

/// Threads that do nothing but wait for the disk. Those of a concurrent dispatch queue would be taken from the tasks: on Linux it has no others.
private let diskThreads = {
    let threads = NIOThreadPool(numberOfThreads: 16)
    threads.start()
    return threads
}()

/// Writes a file so that after a crash either the old or the whole new one is there: new file, fsync, rename, fsync of the folder.
func writeDurably(_ bytes: [UInt8], to folder: String, _ name: String, mode: mode_t = 0o600) throws(PartnerFault) {
    guard writeWhole(bytes, to: folder, name, mode: mode), syncFolder(folder) else { throw .notStored(file: folder + "/" + name) }
}

/// The same without the last fsync; whether it went well.
private func writeWhole(_ bytes: [UInt8], to folder: String, _ name: String, mode: mode_t) -> Bool {
    let temporary = folder + "/." + name + ".new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { return false }
    var written = 0
    var sound = fchmod(descriptor, mode) == 0
    while sound, written < bytes.count {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written) }
        if count < 0, errno == EINTR { continue }
        sound = count > 0
        written += max(count, 0)
    }
    sound = sound && fsync(descriptor) == 0
    sound = close(descriptor) == 0 && sound
    if sound, rename(temporary, folder + "/" + name) == 0 { return true }
    unlink(temporary)
    return false
}

/// Removes what a process left half-written here that ended meanwhile. Throws `notStored`.
func removeUnfinished(in folder: String) throws(PartnerFault) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(".") && name.hasSuffix(".new") {
        guard unlink(folder + "/" + name) == 0 || errno == ENOENT else { throw .notStored(file: folder + "/" + name) }
    }
}

/// The name of a file is durable only when its folder is.
func syncFolder(_ folder: String) -> Bool {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
}
