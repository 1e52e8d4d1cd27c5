import Storage

/// Writes a file of a data folder by ``SecretFile/replace(_:with:)``, or says what to do.
func writeWhole(_ bytes: [UInt8], to path: String) throws {
    do { try SecretFile.replace(path, with: bytes) } catch {
        throw fail("`\(path)` cannot be written (hint: check the folder's owner and the disk's room)", Exit.configuration)
    }
}
