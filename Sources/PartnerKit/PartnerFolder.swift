import Foundation

/// The folder of one partner: its keys and certificate, what it knows of the exchange, and what it received.
///
/// Secrets have mode 0600; what is pinned (roots, the exchange's keys) and the folder may not be writable by others, who could swap it.
public struct PartnerFolder: Sendable {
    /// A file that was put there.
    enum File: String, CaseIterable {
        /// The private key of the TLS certificate, PEM.
        case tlsKey = "tls.pem"
        /// The TLS certificate and what lies between it and the root, PEM, leaf first.
        case tlsChain = "tls-chain.pem"
        /// The private key of a certificate of the same authority on another number; only a sender of test messages has one.
        case otherNumberKey = "tls-other-number.pem"
        /// That certificate, PEM.
        case otherNumberChain = "tls-other-number-chain.pem"
        /// The private `sig` key, PKCS#8 PEM.
        case signingKey = "sig.pem"
        /// The private `sig` key of the NL GOV profile; only a sender of test messages has one beside the other.
        case nlGovSigningKey = "sig-nlgov.pem"
        /// The private `enc` key as JWK.
        case encryptionKey = "enc.jwk"
        /// The roots that the exchange's TLS certificate must lead to, PEM.
        case exchangeRoots = "exchange-roots.pem"
        /// The keys that verify the municipality's messages, as its `/v1/jwks.json` gives them.
        case exchangeKeys = "exchange-jwks.json"
        /// Every key that ever stood in `exchange-jwks.json`, for reading what is kept; the program writes it.
        case seenExchangeKeys = "exchange-jwks.seen.json"
        /// `{"oin": "<own>", "exchangeOin": "<the municipality's>"}`.
        case about = "partner.json"
        /// The password of an account at a desk of one's own; only for filing there what arrives here.
        case deskPassword = "desk-password"
        /// The roots that this desk's certificate must lead to, PEM; only for filing there.
        case deskRoots = "desk-roots.pem"

        var isSecret: Bool { [.tlsKey, .otherNumberKey, .signingKey, .nlGovSigningKey, .encryptionKey, .deskPassword].contains(self) }
        var isAlwaysThere: Bool {
            ![.otherNumberKey, .otherNumberChain, .nlGovSigningKey, .seenExchangeKeys, .deskPassword, .deskRoots].contains(self)
        }
    }

    /// The names of the files, for hints.
    static let listing = File.allCases.filter(\.isAlwaysThere).map(\.rawValue).joined(separator: ", ")

    /// The folder's path.
    public let path: String

    /// The folder at `path`; nothing is read or made yet.
    public init(_ path: String) { self.path = path }

    func path(of file: File) -> String { path + "/" + file.rawValue }

    /// Whether a file is there that need not be.
    func has(_ file: File) -> Bool { access(path(of: file), F_OK) == 0 }

    /// The bytes of a file whose mode is as it must be, in a folder whose mode is.
    func read(_ file: File) throws(PartnerFault) -> [UInt8] { try read(file.rawValue, isSecret: file.isSecret) }

    /// The private `enc` keys of before, with their paths: `enc.former.jwk`, and of more than one each in a file of its own, such as
    /// `enc.former.2026.jwk`.
    func readFormerEncryptionKeys() throws(PartnerFault) -> [(path: String, bytes: [UInt8])] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        var keys: [(path: String, bytes: [UInt8])] = []
        for name in names.sorted() where name.hasPrefix("enc.former.") && name.hasSuffix(".jwk") {
            keys.append((path: path + "/" + name, bytes: try read(name, isSecret: true)))
        }
        return keys
    }

    private func read(_ name: String, isSecret: Bool) throws(PartnerFault) -> [UInt8] {
        let path = self.path + "/" + name
        let folder = open(self.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .missing(file: path) }
        defer { close(folder) }
        _ = try checked(folder, S_IFDIR, at: self.path, without: 0o022)
        let descriptor = openat(folder, name, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .missing(file: path) }
        defer { close(descriptor) }
        let status = try checked(descriptor, S_IFREG, at: path, without: isSecret ? 0o077 : 0o022)
        guard status.st_size <= 1 << 20, let bytes = readAll(descriptor) else { throw .unusable(file: path, code: "too-long") }
        return bytes
    }

    /// The status of something of this kind, whose mode has none of these bits: asked of what is open, so that nobody can change it between
    /// looking and reading.
    private func checked(_ descriptor: Int32, _ kind: mode_t, at path: String, without forbidden: mode_t) throws(PartnerFault) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == kind else { throw .missing(file: path) }
        let mode = status.st_mode & 0o777
        guard mode & forbidden == 0 else { throw .permissions(file: path, mode: "0" + String(mode, radix: 8)) }
        return status
    }

    /// Makes a folder below this one, mode 0700, when it is not there.
    func makeFolder(_ name: String) throws(PartnerFault) -> String {
        let folder = path + "/" + name
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw .notStored(file: folder) }
        return folder
    }
}

/// Everything from an open file, or nil when reading fails.
func readAll(_ descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { return nil }
        if count == 0 { return bytes }
        bytes.append(contentsOf: buffer[..<count])
    }
}
