import Casework
import Foundation
import JOSE
import PartnerKit
import PartnerTrust
import PolicyFiles

/// The organisations of the repository's covenants.
enum Town {
    struct Partner: Sendable, Hashable {
        let oin: String
        let name: String
        let curve: JWK.Kind
        let key: String
    }
    static let municipality = "00000099000000001000"
    static let debtHelp = Partner(oin: "00000099000000002000", name: "Schuldhulp Haaglanden (fictief)", curve: .p256, key: "debt-help")
    static let care = Partner(oin: "00000099000000003000", name: "Zorggroep Duinrand (fictief)", curve: .x25519, key: "care")
    static let housing = Partner(oin: "00000099000000004000", name: "Woonstichting De Linde (fictief)", curve: .p256, key: "housing")
    /// Debt help, were it on Digikoppeling.
    static let debtHelpNLGov = Partner(oin: debtHelp.oin, name: debtHelp.name, curve: .rsa, key: "debt-help-nlgov")
    static let filer = "00000099000000005000"

    /// Every account of a prepared folder, with its role and organisation.
    static let accounts: [(name: String, role: String, organisation: String?)] = [
        ("intermediary-1", "intermediary", filer), ("intermediary-2", "intermediary", filer), ("desk-1", "contactPoint", nil),
        ("case-manager-1", "socialCaseManager", nil), ("privacy-1", "privacyOfficer", nil), ("admin-1", "administrator", nil),
        ("locked-1", "contactPoint", nil),
    ]
}

/// A data folder with policies beside it, both on their own.
struct TestFolder: Sendable {
    /// Holds `data`, `policies` and `partners`.
    let root: String
    /// The one-time passwords by account.
    var passwords: [String: String] = [:]

    var data: String { root + "/data" }
    var policies: String { root + "/policies" }
    func partner(_ partner: Town.Partner) -> PartnerFolder { PartnerFolder("\(root)/partners/\(partner.key)") }
    /// A file of the data folder.
    func file(_ name: String) -> String { "\(data)/\(name)" }

    /// A new folder by `convenant init`, without accounts or partners.
    /// - Parameters:
    ///   - decided: whether the pack's terms are decided, as `serve` demands of a controller.
    ///   - oin: the municipality's.
    ///   - municipality: its name.
    static func make(
        _ name: String = "f", decided: Bool = true, oin: String = Town.municipality, municipality: String = "Gemeente Den Haag (fictief)"
    ) async throws -> TestFolder {
        let folder = TestFolder(root: TemporaryFolders.newPath(name))
        try FileManager.default.createDirectory(
            atPath: folder.root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try FileManager.default.copyItem(atPath: Checkout.policies, toPath: folder.policies)
        if decided { try folder.decide() }
        let made = try await convenant(
            "init", "--data", folder.data, "--oin", oin, "--name", municipality, "--policies", folder.policies)
        guard made.code == 0 else { throw Trouble("init ended with \(made.code): \(made.errors)") }
        // What the second factor does is tried where it is asked for; elsewhere a password is enough.
        let settings = try String(contentsOfFile: folder.file("convenant.yaml"), encoding: .utf8)
        try folder.write(settings + "staff.secondFactor: optional\n", "convenant.yaml")
        return folder
    }

    /// Writes what a controller would decide, in the file that is not fictitious.
    func decide(onRefusal: String = "withoutIdentity") throws {
        let terms = [
            ("terms.pickUp", "{workingDays: 5}"), ("terms.afterContact", "{workingDays: 2}"), ("terms.progress", "{workingDays: 20}"),
            ("terms.homeVisit", "{workingDays: 10}"), ("terms.meeting", "{workingDays: 10}"),
        ]
        var text = try String(contentsOfFile: Checkout.policies + "/decisions/den-haag-meldcode.yaml", encoding: .utf8)
        for (key, value) in terms + [("onRefusal", onRefusal)] {
            text += "  - {key: \(key), value: \(value), decidedBy: test, on: 2026-11-21, because: \"a test value\"}\n"
        }
        try text.write(toFile: policies + "/decisions/den-haag-meldcode.yaml", atomically: true, encoding: .utf8)
    }

    /// Lets the covenants name the NL GOV profile for this partner.
    func nameNLGov(for partner: Town.Partner) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: policies + "/covenants") {
            let file = "\(policies)/covenants/\(name)"
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).map {
                $0.contains("{oin: \"\(partner.oin)\"")
                    ? $0.replacingOccurrences(of: "sealing: jose-p256", with: "sealing: nlgov") : String($0)
            }
            try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        }
        try signCovenants()
    }

    /// Signs every covenant for all its parties, by keys made for that: what a test changed or added counts then.
    func signCovenants() throws {
        let covenants = try FileManager.default.contentsOfDirectory(atPath: policies + "/covenants").filter { $0.hasSuffix(".yaml") }
        let texts = try covenants.map { try String(contentsOfFile: "\(policies)/covenants/\($0)", encoding: .utf8) }
        for oin in Set(texts.flatMap { $0.matches(of: /oin: "([0-9]{20})"/).map { String($0.output.1) } }).sorted() {
            guard let number = OrganisationNumber(oin) else { throw Trouble("`\(oin)` is no OIN") }
            let key = try ES256SigningKey.generate().pem
            try PolicyFiles.signCovenants(
                at: policies, as: number, function: "directeur", pem: key, now: Instant(millisecondsSince1970: 1_795_000_000_000))
        }
    }

    /// A copy of the folder that has accounts and partners and no daemon; made once for all tests.
    static func prepared(_ name: String = "t") async throws -> TestFolder { try await Prepared.shared.folder().copy(name) }

    /// A copy with the same keys, accounts and partners; nothing may run on this one meanwhile.
    func copy(_ name: String) throws -> TestFolder {
        let other = TestFolder(root: TemporaryFolders.newPath(name), passwords: passwords)
        try FileManager.default.copyItem(atPath: root, toPath: other.root)
        let settings = try String(contentsOfFile: file("convenant.yaml"), encoding: .utf8).replacingOccurrences(
            of: policies, with: other.policies)
        try other.write(settings, "convenant.yaml")
        return other
    }

    /// Writes a file of the data folder, mode 0600.
    func write(_ text: String, _ name: String) throws {
        try text.write(toFile: file(name), atomically: false, encoding: .utf8)
        chmod(file(name), 0o600)
    }

    /// Runs a command of `convenant` on this folder.
    func command(_ arguments: String..., environment: [String: String] = [:]) async throws -> ProgramResult {
        try await run(
            Checkout.binary, arguments + ["--data", data], environment: ["CONVENANT_SCRYPT_COST": "16384"].merging(environment) { $1 })
    }

    /// The authority that `init` made.
    func authority() throws -> CertificateAuthority {
        try CertificateAuthority(
            certificatePEM: [UInt8](try Data(contentsOf: URL(fileURLWithPath: file("trust/roots.pem")))),
            privateKeyPEM: [UInt8](try Data(contentsOf: URL(fileURLWithPath: file("secrets/authority.pem")))))
    }

    /// Makes a partner's folder and registers it with `partner add`.
    /// - Parameter keys: the exchange's `/v1/jwks.json`.
    func addPartner(_ partner: Town.Partner, exchangeKeys keys: [UInt8]) async throws {
        let registration = try makePartner(partner, exchangeKeys: keys)
        let folder = self.partner(partner).path
        try Data(registration.keys).write(to: URL(fileURLWithPath: folder + "/jwks.json"))
        let added = try await command(
            "partner", "add", "--oin", partner.oin, "--name", partner.name, "--certificate", folder + "/tls-chain.pem", "--keys",
            folder + "/jwks.json")
        guard added.code == 0 else { throw Trouble("partner add ended with \(added.code): \(added.errors)") }
    }

    /// Makes a partner's folder by the folder's authority, or by another one.
    func makePartner(
        _ partner: Town.Partner, exchangeKeys keys: [UInt8], authority: CertificateAuthority? = nil, fromDays: Int64 = -1,
        untilDays: Int64 = 365
    ) throws -> PartnerRegistration {
        try FileManager.default.createDirectory(atPath: root + "/partners", withIntermediateDirectories: true)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let roots = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file("trust/roots.pem"))))
        return try PartnerIdentity.make(
            in: self.partner(partner), oin: partner.oin, name: partner.name, authority: try authority ?? self.authority(),
            exchange: ExchangeFacts(oin: Town.municipality, roots: roots, keys: keys), sealing: partner.curve,
            from: now + fromDays * 86_400_000, until: now + untilDays * 86_400_000)
    }

    /// Adds an account with `staff add` and keeps its password.
    mutating func addStaff(_ name: String, role: String, organisation: String? = nil) async throws {
        let added =
            if let organisation {
                try await command("staff", "add", name, "--role", role, "--organisation", organisation)
            } else {
                try await command("staff", "add", name, "--role", role)
            }
        guard added.code == 0 else { throw Trouble("staff add ended with \(added.code): \(added.errors)") }
        passwords[name] = added.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Makes the folder that all prepared folders are copies of.
private actor Prepared {
    static let shared = Prepared()
    private var making: Task<TestFolder, any Error>?

    func folder() async throws -> TestFolder {
        if let making { return try await making.value }
        let task = Task {
            var folder = try await TestFolder.make("prepared")
            // Accounts without a daemon, partners through the daemon's control socket: both ways are used by every test.
            for account in Town.accounts { try await folder.addStaff(account.name, role: account.role, organisation: account.organisation) }
            let daemon = try await TestDaemon.start(folder)
            let keys = try await daemon.anonymous(.GET, "/v1/jwks.json").bytes
            for partner in [Town.debtHelp, Town.care, Town.housing] { try await folder.addPartner(partner, exchangeKeys: keys) }
            guard try await daemon.stop().code == 0 else { throw Trouble("the daemon did not stop well") }
            return folder
        }
        making = task
        return try await task.value
    }
}
