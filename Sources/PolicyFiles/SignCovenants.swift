import Casework
import Disclosure
import Foundation
import JOSE
import StrictJSON

/// What `policy sign` did: which files it wrote, and by which key.
public struct SigningReport: Hashable, Sendable {
    /// The covenants that were signed, as `id/version`, by file.
    public let covenants: [String]
    /// The signing key's name: its thumbprint (RFC 7638).
    public let kid: String
    /// Where the public key was added; nil when it stood there before.
    public let keysFile: String?
}

/// Signs covenants for one of their parties: writes the signature beside each, in the place of an earlier one of that party, and adds the
/// public key to `keys/<oin>.json` when it is not there.
///
/// - Parameters:
///   - path: a covenant's file, or a folder of policies, of which every covenant is signed to which the organisation is a party.
///   - function: the function in which it is signed, such as `directeur`; never a person's name.
///   - pem: the private key, PKCS#8: on P-256, or RSA as an organisation on Digikoppeling may have.
///   - now: the time that the signature states, in whole seconds.
/// - Throws: what is wrong with a covenant, the key or the organisation, or would be wrong once this was written. Nothing is written then.
@discardableResult public func signCovenants(
    at path: String, as oin: OrganisationNumber, function: String, pem: String, now: Instant
) throws(PolicyFaults) -> SigningReport {
    func fault(_ file: String, _ text: String, hint: String) -> PolicyFaults {
        PolicyFaults([.init(file: file, line: 1, column: 1, text: text, hint: hint)])
    }
    let isFile = path.hasSuffix(".yaml")
    let covenantsFolder = isFile ? URL(fileURLWithPath: path).deletingLastPathComponent() : nil
    if let covenantsFolder, covenantsFolder.lastPathComponent != "covenants" {
        throw fault(path, "the file stands in no folder `covenants`", hint: "sign `<policies>/covenants/<name>.yaml`")
    }
    guard !isFile || FileManager.default.fileExists(atPath: path) else {
        throw fault(path, "the file does not exist", hint: "name a covenant's file, or the folder of policies")
    }
    let folder = covenantsFolder.map { $0.deletingLastPathComponent().path } ?? path
    let files = try readPolicyFiles(folder: folder)
    let collection = PolicyCollection(files, withDemo: false)
    let wanted = isFile ? "covenants/" + URL(fileURLWithPath: path).lastPathComponent : nil
    let chosen = collection.covenants.filter { read in
        (wanted.map { $0 == read.file } ?? true) && read.covenant.parties.contains { $0.oin == oin }
    }
    let faulty = collection.faults.filter { wanted == nil || $0.file == wanted || $0.file.hasPrefix("templates/") }
    guard faulty.isEmpty else { throw PolicyFaults(faulty.map { $0.inFolder(folder) }) }
    // Signed so it would be altered from the first moment on.
    let onOthers = chosen.compactMap(collection.templateFault(of:))
    guard onOthers.isEmpty else { throw PolicyFaults(onOthers.map { $0.inFolder(folder) }) }
    guard !chosen.isEmpty else {
        throw fault(path, "`\(oin)` is a party to no covenant here", hint: "name one of the parties with --as")
    }
    var contact: [PolicyFault] = []
    findContactData(function, file: path, faults: &contact)
    guard contact.isEmpty, (1...80).contains(function.count), !function.contains(where: \.isNewline) else {
        throw fault(path, "the function cannot stand beside a signature", hint: "one line of at most 80 characters, without contact data")
    }
    do {
        let key = try signingKey(pem: pem)
        var written: [PolicyFile] = []
        for read in chosen {
            guard let bytes = files.first(where: { $0.path == read.file })?.bytes else { continue }
            let entry = try SignaturesFile.Entry(signing: bytes, as: oin, function: function, by: key, at: now)
            let others = (collection.signatures[read.file]?.entries ?? []).filter { $0.oin != oin }
            let all = (others + [entry]).sorted { $0.oin < $1.oin }
            written.append(PolicyFile(path: "\(read.file.dropLast(5)).signatures.json", bytes: Array(list(all.map(\.json)).utf8)))
        }
        let known = collection.keys[oin]?.keys.contains { $0.jwk.kid == key.kid } ?? false
        let keysFile = "keys/\(oin).json"
        if !known { written.append(try adding(key.publicKey, to: keysFile, of: files)) }
        let paths = Set(written.map(\.path))
        let result = PolicyCollection(files.filter { !paths.contains($0.path) } + written, withDemo: false)
        // What is wrong elsewhere already keeps nobody from signing one file.
        let wrong = result.faults.filter { paths.contains($0.file) || !collection.faults.contains($0) }
        guard wrong.isEmpty else { throw PolicyFaults(wrong.map { $0.inFolder(folder) }) }
        if !known { try FileManager.default.createDirectory(atPath: folder + "/keys", withIntermediateDirectories: true) }
        for file in written { try write(file, in: folder) }
        return SigningReport(
            covenants: chosen.map { "\($0.covenant.id)/\($0.covenant.version)" }, kid: key.kid,
            keysFile: known ? nil : shownPath(folder, keysFile))
    } catch let faults as PolicyFaults {
        throw faults
    } catch let error as JOSEError {
        throw fault(path, "the key cannot sign: \(error.code)", hint: "a private key on P-256, or RSA, in a PEM file, unencrypted")
    } catch {
        throw fault(folder, "the signature cannot be written", hint: "check the folder's owner and the disk's room")
    }
}

extension SignaturesFile.Entry {
    fileprivate var json: JSONValue {
        [
            "oin": .string(oin.description), "function": .string(function), "signedAt": .string(signedAt.rfc3339), "jws": .string(jws),
        ]
    }
}

/// An array with a line for each item, so that a change to one is a change of one line.
private func list(_ items: [JSONValue]) -> String { "[\n" + items.map { "  " + $0.canonicalText }.joined(separator: ",\n") + "\n]\n" }

private func adding(_ key: JWK, to path: String, of files: [PolicyFile]) throws -> PolicyFile {
    let root = try files.first { $0.path == path }.map { try parseJSON($0.bytes) }
    let keys = (root?["keys"]?.arrayValue ?? []) + [.object(key.json)]
    let lines = keys.map { "  " + $0.canonicalText }.joined(separator: ",\n")
    return PolicyFile(path: path, bytes: Array("{\"keys\": [\n\(lines)\n]}\n".utf8))
}

/// Writes under another name and moves it into place: a daemon that reads the folder meanwhile sees the old file or the new one.
private func write(_ file: PolicyFile, in folder: String) throws {
    try Data(file.bytes).write(to: URL(fileURLWithPath: "\(folder)/\(file.path)"), options: .atomic)
}
