import Crypto
import Foundation
import JOSE
import PartnerKit
import PartnerTrust

/// A data folder made as an operator makes one: `init`, `staff add`, `partner add`.
struct Town {
    struct Account {
        let name: String
        let password: String
    }
    let data: String
    let binary: String
    let desk: Account
    let filer: Account
    /// The folder of the partner to which messages are pushed, and where it listens.
    let pushFolder: String
    let pushPort: Int

    init(folder: String, binary: String) throws {
        data = folder + "/data"
        self.binary = binary
        for (path, text) in TownPolicies.files {
            let file = URL(fileURLWithPath: "\(folder)/policies/\(path)")
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        // Without the signature of both nothing flows between them.
        for oin in [TownPolicies.municipality, TownPolicies.onP256, TownPolicies.onX25519, TownPolicies.onPush] {
            let key = "\(folder)/signs-\(oin).pem"
            try Data(P256.Signing.PrivateKey().pemRepresentation.utf8).write(to: URL(fileURLWithPath: key))
            _ = try Self.run(binary, ["policy", "sign", folder + "/policies", "--as", oin, "--key", key])
        }
        _ = try Self.run(
            binary, ["init", "--data", data, "--oin", TownPolicies.municipality, "--name", "Benchtown", "--policies", folder + "/policies"])
        let settings = try FileHandle(forWritingTo: URL(fileURLWithPath: data + "/convenant.yaml"))
        try settings.seekToEnd()
        try settings.write(contentsOf: Data("pack: bench-town\npush.privateHosts: true\nstaff.secondFactor: optional\n".utf8))
        try settings.close()
        let data = data
        pushFolder = "\(folder)/\(TownPolicies.onPush)"
        pushPort = try freePort()
        func account(_ name: String, _ role: String) throws -> Account {
            let printed = try Self.run(binary, ["staff", "add", name, "--role", role, "--data", data])
            return Account(name: name, password: printed.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        desk = try account("desk-1", "contactPoint")
        filer = try account("intermediary-1", "intermediary")
        try Self.addPartner(TownPolicies.onP256, .p256, folder: folder, data: data, binary: binary)
        try Self.addPartner(TownPolicies.onX25519, .x25519, folder: folder, data: data, binary: binary)
        let port = pushPort
        try Self.addPartner(TownPolicies.onPush, .p256, folder: folder, data: data, binary: binary, endpoint: "https://127.0.0.1:\(port)")
    }

    private static func addPartner(_ oin: String, _ curve: JWK.Kind, folder: String, data: String, binary: String, endpoint: String? = nil)
        throws
    {
        let roots = [UInt8](try Data(contentsOf: URL(fileURLWithPath: data + "/trust/roots.pem")))
        let key = [UInt8](try Data(contentsOf: URL(fileURLWithPath: data + "/secrets/authority.pem")))
        // The exchange's keys are told by the daemon once it runs.
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let made = try PartnerIdentity.make(
            in: PartnerFolder("\(folder)/\(oin)"), oin: oin, name: "Bench partner",
            authority: CertificateAuthority(certificatePEM: roots, privateKeyPEM: key),
            exchange: ExchangeFacts(oin: TownPolicies.municipality, roots: roots, keys: Array(#"{"keys":[]}"#.utf8)), sealing: curve,
            from: now - 3_600_000, until: now + 86_400_000)
        let (certificate, keys) = ("\(folder)/\(oin).pem", "\(folder)/\(oin).json")
        try Data(made.certificatePEM).write(to: URL(fileURLWithPath: certificate))
        try Data(made.keys).write(to: URL(fileURLWithPath: keys))
        _ = try run(
            binary,
            ["partner", "add", "--oin", oin, "--name", "Bench partner", "--certificate", certificate, "--keys", keys, "--data", data]
                + (endpoint.map { ["--endpoint", $0] } ?? []))
    }

    /// Runs a command of the program on this folder; what it printed.
    func run(_ arguments: [String]) throws -> String { try Self.run(binary, arguments + ["--data", data]) }

    private static func run(_ binary: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            say(String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
            throw BenchFault(
                description: "`convenant \(arguments.prefix(2).joined(separator: " "))` ended with \(process.terminationStatus)")
        }
        return String(decoding: printed, as: UTF8.self)
    }

    /// Tells the partner to which messages are pushed the exchange's keys.
    func tell(exchangeKeys keys: [UInt8]) throws {
        try Data(keys).write(to: URL(fileURLWithPath: pushFolder + "/exchange-jwks.json"))
    }

    /// Rows of all tables.
    var rows: Int {
        get throws {
            let database = try Database(data + "/convenant.sqlite", readOnly: true)
            return try database.texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
                .reduce(0) { try $0 + database.number("SELECT count(*) FROM \($1)") }
        }
    }

    /// The size of the two databases and their journals.
    var megabytes: Int {
        let bytes = ["convenant.sqlite", "convenant.sqlite-wal", "keys.sqlite", "keys.sqlite-wal"].reduce(Int64(0)) { sum, name in
            var status = stat()
            return stat("\(data)/\(name)", &status) == 0 ? sum + Int64(status.st_size) : sum
        }
        return Int(bytes / 1_000_000)
    }
}
