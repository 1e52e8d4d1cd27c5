import Crypto
import Foundation

/// One file of the folder, as bytes; what is read from it is a function of these alone.
public struct PolicyFile: Hashable, Sendable {
    /// The path inside the folder, with `/`.
    public let path: String
    public let bytes: [UInt8]

    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    /// SHA-256, 32 bytes.
    public var digest: [UInt8] { Array(SHA256.hash(data: bytes)) }
    /// The same in lower-case hexadecimal.
    var sha256: String { hexadecimal(digest) }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef")
    return bytes.reduce(into: "") { text, byte in
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
}

/// The largest policy file that is read, in bytes. A covenant is some kilobytes; what is larger is not a policy file.
let policyFileLimit = 256 * 1024

/// The policy files below a folder: YAML, signatures and keys. Files of other kinds are documentation, hidden ones are an editor's or a
/// mount's; both are left alone. Links to files are followed; any other is a fault, since what it leads to would be missing without a word.
///
/// A file over the limit is read one byte past it, so that the check of the text can refuse it without holding it.
func readPolicyFiles(folder: String) throws(PolicyFaults) -> [PolicyFile] {
    let root = URL(fileURLWithPath: folder, isDirectory: true).resolvingSymlinksInPath()
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: root.path, isDirectory: &isFolder), isFolder.boolValue,
        let paths = try? FileManager.default.subpathsOfDirectory(atPath: root.path)
    else {
        throw PolicyFaults([
            .init(
                file: folder, line: 1, column: 1, text: "the folder of policies cannot be read",
                hint: "name the folder that holds `covenants` and `packs`")
        ])
    }
    var files: [PolicyFile] = []
    var faults: [PolicyFault] = []
    for path in paths.sorted() where !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
        let whole = root.appendingPathComponent(path)
        if isLinkToNoFile(whole) {
            let hint = "put the folder itself here, or a link to each of its files"
            faults.append(.init(file: path, line: 1, column: 1, text: "this link does not lead to a file", hint: hint).inFolder(folder))
            continue
        }
        guard isPolicyFile(path) else { continue }
        guard let handle = try? FileHandle(forReadingFrom: whole), let data = try? handle.read(upToCount: policyFileLimit + 1) ?? Data()
        else {
            faults.append(
                .init(file: path, line: 1, column: 1, text: "the file cannot be read", hint: "check its owner and mode").inFolder(folder))
            continue
        }
        try? handle.close()
        files.append(.init(path: path, bytes: Array(data)))
    }
    guard faults.isEmpty else { throw PolicyFaults(faults) }
    return files
}

/// Also YAML by another ending than `.yaml`, which the check refuses.
private func isPolicyFile(_ path: String) -> Bool {
    path.hasSuffix(".yaml") || hasOtherYAMLEnding(path) || path.hasSuffix(".signatures.json")
        || (path.hasPrefix("keys/") && path.hasSuffix(".json"))
}

/// Whether a file is likely meant as YAML and ends otherwise than `.yaml`.
func hasOtherYAMLEnding(_ path: String) -> Bool {
    let small = path.lowercased()
    return small.hasSuffix(".yml") || small.hasSuffix(".yaml") && !path.hasSuffix(".yaml")
}

/// Whether this is a link to a folder, which is not walked, or to nothing.
private func isLinkToNoFile(_ url: URL) -> Bool {
    guard (try? FileManager.default.destinationOfSymbolicLink(atPath: url.path)) != nil else { return false }
    var isFolder: ObjCBool = false
    return !FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) || isFolder.boolValue
}
