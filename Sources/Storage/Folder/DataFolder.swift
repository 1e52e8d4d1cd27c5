import Foundation

/// The data folder of contract §7: where everything lies, and who may read it (0700; secrets 0600).
public struct DataFolder: Sendable, Hashable {
    /// The folder.
    public let path: String

    /// Names a folder; touches nothing.
    public init(path: String) { self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }

    /// The settings, `convenant.yaml`.
    public var settings: String { path + "/convenant.yaml" }
    /// The database of everything but keys.
    public var database: String { path + "/convenant.sqlite" }
    /// The wrapped keys.
    public var keys: String { path + "/keys.sqlite" }
    /// The folder of secrets.
    public var secrets: String { path + "/secrets" }
    /// The key-encryption key of one epoch, 32 raw bytes.
    public func keyEncryptionKey(epoch: Int64) -> String { "\(secrets)/kek-\(epoch).key" }
    /// The key that signs messages.
    public var messageSigningKey: String { secrets + "/message-sign.pem" }
    /// The key that signs messages in the NL GOV profile, RSA.
    public var nlGovSigningKey: String { secrets + "/message-sign-nlgov.pem" }
    /// The key that signs checkpoints.
    public var checkpointKey: String { secrets + "/checkpoint.key" }
    /// The key under which staff get their handles in the log.
    public var staffHandleKey: String { secrets + "/staff-handle.key" }
    /// The listeners' private key.
    public var tlsKey: String { secrets + "/tls.pem" }
    /// The listeners' certificate chain.
    public var tlsChain: String { secrets + "/tls-chain.pem" }
    /// The roots partners' certificates must lead to.
    public var trustRoots: String { path + "/trust/roots.pem" }
    /// The names of the files in `trust/` that hold certificates of our message-signing keys, whatever state the keys are in; sorted.
    public var signingCertificates: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/trust")) ?? []
        return names.filter { $0.hasPrefix("message-sign") && $0.hasSuffix(".crt") }.sorted()
    }
    /// Serial numbers that the municipality's own authority has revoked; the path within the folder.
    public static let revocations = "trust/revoked"
    /// What marks the folder of a demonstration: only a demonstration opens it. The path within the folder.
    public static let simulationMark = "simulated"
    /// The folder of revocation lists.
    public var revocationLists: String { path + "/trust/lists" }
    /// Held by the process that writes; its id stands in it.
    public var lockFile: String { path + "/run/lock" }
    /// The id of the process that took the lock last, if it lives.
    public var lockHolder: Int32? {
        let text = FileManager.default.contents(atPath: lockFile).map { String(decoding: $0, as: UTF8.self) }
        guard let id = text.flatMap({ Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }), id > 0 else { return nil }
        return kill(id, 0) == 0 || errno == EPERM ? id : nil
    }
    /// The daemon's control socket.
    public var controlSocket: String { path + "/run/control.sock" }

    private var folders: [String] { [path, secrets, path + "/trust", revocationLists, path + "/run"] }

    /// Makes the folders that are missing, each 0700, and touches none that is there.
    public func create() throws(StoreFault) {
        for folder in folders where !FileManager.default.fileExists(atPath: folder) {
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw .system(errno: errno, path: folder)
            }
            guard chmod(folder, 0o700) == 0 else { throw .system(errno: errno, path: folder) }
        }
    }

    /// Refuses a folder that is missing or open to others, and any secret, database or key file that others may read.
    public func check() throws(StoreFault) {
        for folder in folders {
            var status = stat()
            guard stat(folder, &status) == 0 else {
                guard errno == ENOENT else { throw .folder("`\(folder)` may not be read (hint: run as the user whom it belongs to)") }
                throw .folder("`\(folder)` is missing (hint: `convenant init --data \(path)` makes a data folder)")
            }
            // What another user makes in it, root too, the daemon could not open any more.
            guard status.st_uid == geteuid() else {
                throw .folder("`\(folder)` belongs to another user (hint: `runuser -u $(stat -c %U \(path)) -- convenant …`)")
            }
            try Self.refuseOthers(folder, mend: "700")
        }
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: secrets).sorted() {
                let file = "\(secrets)/\(name)"
                try Self.refuseOthers(file, mend: "600")
                // What another user put there by hand.
                guard access(file, R_OK) == 0 else {
                    throw StoreFault.folder("`\(file)` cannot be read (hint: `chown` it to the user whom the data folder belongs to)")
                }
            }
        } catch {
            throw error as? StoreFault ?? .system(errno: errno, path: secrets)
        }
        for base in [database, keys] {
            for file in [base, base + "-wal", base + "-shm"] where FileManager.default.fileExists(atPath: file) {
                try Self.refuseOthers(file, mend: "600")
            }
        }
    }

    /// Throws when group or world has any right on the file, or a file stands where a folder should; the text says what mends it.
    static func refuseOthers(_ file: String, mend: String) throws(StoreFault) {
        var status = stat()
        guard stat(file, &status) == 0 else { throw .system(errno: errno, path: file) }
        guard mend != "700" || status.st_mode & S_IFMT == S_IFDIR else { throw .system(errno: ENOTDIR, path: file) }
        guard status.st_mode & 0o077 == 0 else {
            throw .folder("`\(file)` is open to others on this machine (hint: `chmod \(mend) \(file)`)")
        }
    }
}
