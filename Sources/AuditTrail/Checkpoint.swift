import Crypto

/// The state of one shard's tree, as it is signed (C2SP tlog-checkpoint): which log, how many entries, which root.
public struct Checkpoint: Hashable, Sendable {
    /// Which log; see ``checkpointOrigin(oin:year:simulated:)``. It is the name of the key, too.
    public let origin: String
    /// How many entries.
    public let size: UInt64
    /// The root of the tree, 32 bytes.
    public let root: [UInt8]

    /// A checkpoint that is not signed yet.
    public init(origin: String, size: UInt64, root: [UInt8]) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// What is signed: origin, size in decimal and root in base64, each ended by a line feed. We write no extension lines.
    public var text: String { "\(origin)\n\(size)\n\(base64(root))\n" }

    /// The signed note: the text, an empty line, and one signature line.
    /// - Throws: what the crypto library throws when it cannot sign.
    public func sign(with key: Curve25519.Signing.PrivateKey) throws -> String {
        let signature = Array(try key.signature(for: Array(text.utf8)))
        let keyID = noteKeyID(name: origin, publicKey: key.publicKey)
        return text + "\n\u{2014} \(origin) \(base64(keyID + signature))\n"
    }

    /// Reads a signed note and checks its signature.
    ///
    /// One checkpoint has one spelling for one signature: base64 must be canonical, the size without leading zeros, no extension line.
    /// - Parameters:
    ///   - origin: the log it must be of.
    ///   - allowsCosignatures: whether lines of other keys (C2SP tlog-cosignature) may stand beside ours. They are not checked.
    /// - Throws: the first thing that is wrong.
    public static func open(
        _ note: String, publicKey: Curve25519.Signing.PublicKey, origin: String, allowsCosignatures: Bool = false
    ) throws(NoteFault) -> Checkpoint {
        let (checkpoint, signatures) = try read(note)
        guard checkpoint.origin.utf8.elementsEqual(origin.utf8) else { throw .otherOrigin }
        guard allowsCosignatures || signatures.count == 1 else { throw .surplusSignature }
        let keyID = noteKeyID(name: origin, publicKey: publicKey)
        let ours = signatures.filter { $0.name.utf8.elementsEqual(origin.utf8) && Array($0.blob.prefix(4)) == keyID }
        guard let mine = ours.first else { throw .otherKey }
        guard ours.count == 1 else { throw .surplusSignature }
        guard mine.blob.count == 68, publicKey.isValidSignature(Array(mine.blob.dropFirst(4)), for: Array(checkpoint.text.utf8)) else {
            throw .wrongSignature
        }
        return checkpoint
    }

    /// The origin that a note names, before anything of it is believed; nil when it is no note.
    public static func claimedOrigin(_ note: String) -> String? { try? read(note).checkpoint.origin }

    private static func read(_ note: String) throws(NoteFault) -> (checkpoint: Checkpoint, signatures: [(name: String, blob: [UInt8])]) {
        // Split as bytes: a `Character` would join a line feed with what precedes it.
        let lines = Array(note.utf8).split(separator: 0x0A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        guard lines.count >= 6, lines.count <= 40, lines[3].isEmpty, lines.last?.isEmpty == true else { throw .notANote }
        guard !lines[0].isEmpty, let size = UInt64(lines[1]), let root = decodeBase64(lines[2]), root.count == 32 else { throw .notANote }
        let checkpoint = Checkpoint(origin: lines[0], size: size, root: root)
        guard note.utf8.starts(with: checkpoint.text.utf8) else { throw .notANote }
        var signatures: [(name: String, blob: [UInt8])] = []
        for line in lines[4..<lines.count - 1] {
            let parts = Array(line.utf8).split(separator: 0x20, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard parts.count == 3, parts[0].utf8.elementsEqual("\u{2014}".utf8), !parts[1].isEmpty else { throw .notANote }
            guard let blob = decodeBase64(parts[2]), blob.count > 4 else { throw .notANote }
            signatures.append((parts[1], blob))
        }
        return (checkpoint, signatures)
    }
}

/// Why a note is not the checkpoint that was expected.
public enum NoteFault: String, Error, CaseIterable, Sendable {
    /// It is no signed note with a checkpoint in the one form that we accept.
    case notANote = "not-a-note"
    /// It is of another log, another year, or of a simulation.
    case otherOrigin = "other-origin"
    /// No line of it is signed by the key given.
    case otherKey = "other-key"
    /// The signature does not fit the text.
    case wrongSignature = "wrong-signature"
    /// More signatures stand there than were expected.
    case surplusSignature = "surplus-signature"
}

/// The name of the log of one organisation in one year: `convenant/<OIN>/<year>`, and `/simulated` behind it in a data folder of a
/// simulation, so that no entry from there can ever be passed off as a real one.
public func checkpointOrigin(oin: String, year: Int, simulated: Bool) -> String {
    "convenant/\(oin)/\(year)" + (simulated ? "/simulated" : "")
}

/// The key id of a signed note: the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key) (C2SP signed-note, Ed25519).
public func noteKeyID(name: String, publicKey: Curve25519.Signing.PublicKey) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: Array(name.utf8) + [0x0A, 0x01] + Array(publicKey.rawRepresentation))
    return Array(Array(hash.finalize()).prefix(4))
}

/// The text in which a verifier is given a key: `<name>+<key id in hexadecimal>+<base64 of 0x01 and the public key>`.
public func verifierKeyText(name: String, publicKey: Curve25519.Signing.PublicKey) -> String {
    let keyID = noteKeyID(name: name, publicKey: publicKey).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "\(name)+\(keyID)+\(base64([0x01] + Array(publicKey.rawRepresentation)))"
}

/// The name and key of such a text; nil when it is malformed, of another kind of key, or its key id does not fit.
public func readVerifierKey(_ text: String) -> (name: String, publicKey: Curve25519.Signing.PublicKey)? {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, !parts[0].isEmpty, let blob = decodeBase64(parts[2]), blob.count == 33, blob[0] == 0x01,
        let key = try? Curve25519.Signing.PublicKey(rawRepresentation: Array(blob.dropFirst())),
        verifierKeyText(name: parts[0], publicKey: key).utf8.elementsEqual(text.utf8)
    else { return nil }
    return (parts[0], key)
}
