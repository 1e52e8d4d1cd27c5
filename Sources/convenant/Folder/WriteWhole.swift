import ArgumentParser
import Storage

/// Writes a file of a data folder by ``SecretFile/replace(_:with:)``, or says what to do.
func writeWhole(_ bytes: [UInt8], to path: String) throws {
    do { try SecretFile.replace(path, with: bytes) } catch { throw unwritten(path, error) }
}

/// Says that a file of a data folder was not written, and what to do.
func unwritten(_ path: String, _ fault: StoreFault) -> ExitCode {
    fail("`\(path)` cannot be written (hint: check the folder's owner and the disk's room)", Exit.code(of: fault))
}

extension Exit {
    /// 73 for a folder in use, 75 for what may be over without anybody doing anything about it, else 78 or what the command says.
    static func code(of fault: StoreFault, otherwise: ExitCode = configuration) -> ExitCode {
        fault == .inUse ? inUse : fault.isPassing ? passing : otherwise
    }
}
