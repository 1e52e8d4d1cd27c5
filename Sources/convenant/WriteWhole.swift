import Foundation

/// Writes a file so that a crash leaves either the old or the new one, never a part: another name, fsync, rename. Mode 0600.
///
/// Which of the two a loss of power leaves is open until the folder is flushed, too.
func writeWhole(_ bytes: [UInt8], to path: String) throws {
    let draft = path + ".new"
    unlink(draft)
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    let written = descriptor >= 0 && bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count
    let sound = written && fsync(descriptor) == 0
    if descriptor >= 0 { close(descriptor) }
    guard sound, rename(draft, path) == 0 else {
        throw fail("`\(path)` cannot be written (hint: check the folder's owner and the disk's room)", Exit.configuration)
    }
}
