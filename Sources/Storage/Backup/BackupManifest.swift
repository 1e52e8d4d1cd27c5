import Casework
import Crypto
import Foundation
import StrictJSON

/// Which half of a data folder a backup holds. The two never stand in one folder: whoever has both can read everything.
public enum BackupPart: String, CaseIterable, Sendable {
    /// `convenant.sqlite`, `trust/` and the settings: unreadable without the keys.
    case data
    /// `keys.sqlite`, `secrets/`, the certificates of the signing keys and `trust/revoked`. Of it only the newest copy is kept: an older one would
    /// bring erased persons back.
    case keys
}

/// What stands in a backup, in its `manifest.json`: every file with its size and SHA-256, sealed under the instance's own key.
///
/// The seal is an HMAC-SHA256 over the canonical JSON (RFC 8785) of everything else, under the sub-key `backup` of the instance's key: it
/// shows that no file was changed, and that data and keys are of one exchange.
public struct BackupManifest: Sendable {
    /// A file of the backup.
    public struct File: Hashable, Sendable {
        /// Its path within the backup.
        public let path: String
        /// Bytes.
        public let size: Int64
        public let sha256: [UInt8]
    }

    public let part: BackupPart
    /// When the copy was begun.
    public let at: Instant
    /// The newest signed checkpoint of the log; nil when it was empty.
    public let checkpoint: String?
    /// The revision of the policy that was in force; nil before the first.
    public let policies: String?
    public let files: [File]

    static let name = "manifest.json"

    /// The name of a copy's folder: the instant at which it was begun, without colons.
    var folderName: String { at.rfc3339.filter { $0 != ":" } }

    /// Whether a folder of this name is a copy, whatever became of its manifest.
    static func names(_ folder: String) -> Bool { String(folder.map { $0.isNumber ? Character("0") : $0 }) == "0000-00-00T000000.000Z" }

    private static func damaged(_ what: String) -> StoreFault { .folder("the copy is damaged: \(what) (hint: take another copy)") }

    private static let schema = "convenant/backup/1"

    /// All bytes of the files.
    public var size: Int64 { files.reduce(0) { $0 + $1.size } }

    /// The file's text.
    func text(sealedUnder key: SymmetricKey) -> [UInt8] {
        var json = json
        json["seal"] = .string(
            Self.hexadecimal(Array(HMAC<SHA256>.authenticationCode(for: JSONValue.object(json).canonicalBytes(), using: key))))
        return JSONValue.object(json).canonicalBytes() + [0x0A]
    }

    private var json: JSONObject {
        var json: JSONObject = [
            "schema": .string(Self.schema), "part": .string(part.rawValue), "at": .string(at.rfc3339),
            "files": .array(
                files.map {
                    ["path": .string($0.path), "size": .integer($0.size), "sha256": .string(Self.hexadecimal($0.sha256))]
                }),
        ]
        if let checkpoint { json["checkpoint"] = .string(checkpoint) }
        if let policies { json["policies"] = .string(policies) }
        return json
    }

    /// The manifest of a backup's folder, and what its seal says; the seal is checked by ``isSealed(by:under:)``, once the key is known.
    static func read(_ folder: String) throws(StoreFault) -> (manifest: BackupManifest, seal: String) {
        let path = "\(folder)/\(name)"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .folder("`\(folder)` holds no backup: `\(path)` is missing (hint: name the folder that `convenant backup` made)")
        }
        guard let json = try? parseJSON([UInt8](data)), json["schema"]?.stringValue == schema,
            let part = json["part"]?.stringValue.flatMap(BackupPart.init(rawValue:)),
            let at = json["at"]?.stringValue.flatMap({ Instant(rfc3339: $0) }), let seal = json["seal"]?.stringValue,
            let items = json["files"]?.arrayValue
        else { throw damaged("`\(path)` is not a manifest that this program knows") }
        var files: [File] = []
        for item in items {
            guard let name = item["path"]?.stringValue, let size = item["size"]?.integerValue,
                let digest = item["sha256"]?.stringValue.flatMap(bytes(hexadecimal:)), isInside(name)
            else { throw damaged("`\(path)` names a file that cannot be") }
            files.append(File(path: name, size: size, sha256: digest))
        }
        let manifest = BackupManifest(
            part: part, at: at, checkpoint: json["checkpoint"]?.stringValue, policies: json["policies"]?.stringValue, files: files)
        return (manifest, seal)
    }

    /// Whether a seal is this manifest's.
    func isSealed(by seal: String, under key: SymmetricKey) -> Bool {
        guard let code = Self.bytes(hexadecimal: seal) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: JSONValue.object(json).canonicalBytes(), using: key)
    }

    /// The entry of a file that lies in a folder.
    static func file(_ path: String, in folder: String) throws(StoreFault) -> File {
        let (size, digest) = try digest(of: "\(folder)/\(path)")
        return File(path: path, size: size, sha256: digest)
    }

    /// Compares every file that the manifest lists with the one in a folder; what else lies there is never read.
    /// - Parameter progress: gets the bytes read of those there are.
    func compare(with folder: String, progress: (Int64, Int64) -> Void) throws(StoreFault) {
        var done: Int64 = 0
        for file in files {
            let found = try Self.file(file.path, in: folder)
            guard found == file else { throw Self.damaged("`\(folder)/\(file.path)` is not as the backup's manifest says") }
            done += file.size
            progress(done, size)
        }
    }

    private static func digest(of path: String) throws(StoreFault) -> (Int64, [UInt8]) {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw .system(errno: errno, path: path) }
        defer { try? handle.close() }
        var hash = SHA256()
        var size: Int64 = 0
        do {
            while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
                hash.update(data: chunk)
                size += Int64(chunk.count)
            }
        } catch { throw .system(errno: errno, path: path) }
        return (size, Array(hash.finalize()))
    }

    /// A manifest names files below its folder, and no others.
    private static func isInside(_ path: String) -> Bool {
        !path.isEmpty && !path.hasPrefix("/")
            && !path.split(separator: "/", omittingEmptySubsequences: false).contains { $0 == ".." || $0.isEmpty }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        guard text.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
