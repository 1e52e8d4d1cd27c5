import ArgumentParser
import Casework
import Exchange
import Foundation
import Logging
import PolicyFiles
import SignOn
import Storage
import Wire

/// Where the data folder is; every command takes it.
struct FolderOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The data folder (default: $CONVENANT_DATA, or ./convenant-data).", valueName: "dir"))
    var data: String?

    var folder: DataFolder {
        DataFolder(path: data ?? ProcessInfo.processInfo.environment["CONVENANT_DATA"] ?? "./convenant-data")
    }
}

/// The settings of contract §7: command line over `CONVENANT_…` over `convenant.yaml`.
struct Settings: Sendable {
    /// Every key, with its default; nil where there is none.
    static let defaults: [(key: String, value: String?)] = [
        ("partners.address", "0.0.0.0:8443"), ("staff.address", "0.0.0.0:8444"), ("management.address", "127.0.0.1:8445"),
        ("policies", nil),
        ("pack", "den-haag-meldcode"), ("municipality.oin", nil), ("municipality.name", nil), ("body.limit", "262144"),
        ("connections.perAddress", "500"),
        ("scrypt.cost", "32768"),
        ("log.level", "notice"), ("partners.tls12", "false"), ("partners.url", nil), ("push.privateHosts", "false"),
        ("staff.secondFactor", "required"), ("provider.issuer", ""), ("provider.clientId", "convenant"), ("provider.levels", ""),
        ("provider.roots", ""), ("staff.url", ""),
    ]

    /// What the command line gave: it counts again when the settings are read again.
    let commandLine: [String: String]
    let municipality: Municipality
    let partners: ListenerAddress
    let staff: ListenerAddress
    let management: ListenerAddress
    private let namedPolicies: String?
    let pack: String
    let bodyLimit: Int
    let connectionsPerAddress: Int
    let scryptCost: Int
    let logLevel: Logger.Level
    let partnersTLS12: Bool
    let partnersURL: String?
    let privateHosts: PrivateHosts
    let secondFactor: SecondFactorRule
    /// The municipality's OpenID provider; nil where people sign in here alone.
    let provider: ProviderSettings?

    /// Reads them for a folder; every fault is one of configuration (78).
    init(folder: DataFolder, commandLine: [String: String] = [:]) throws {
        self.commandLine = commandLine
        let known = Self.defaults.map(\.key)
        var values: [String: String] = [:]
        for (key, value) in Self.defaults { values[key] = value }
        let file = try readIfThere(folder.settings)
        if let data = file {
            do {
                values.merge(try readSettings(String(decoding: data, as: UTF8.self), file: folder.settings, known: known)) { $1 }
            } catch {
                throw fail(error.faults.map(\.description).joined(separator: "\n"), Exit.configuration)
            }
        }
        let environment = ProcessInfo.processInfo.environment
        try Self.refuseMistyped(environment.keys)
        for key in known {
            if let value = environment[Self.variable(key)] { values[key] = value }
        }
        values.merge(commandLine) { $1 }
        // Empty is none.
        for key in ["provider.issuer", "provider.roots", "staff.url"] where values[key]?.isEmpty == true { values[key] = nil }

        func wrong(_ key: String, _ hint: String) -> ExitCode {
            fail(
                values[key].map { "the setting `\(key)` cannot be `\($0)` (hint: \(hint))" }
                    ?? "the setting `\(key)` is missing (hint: \(hint))", Exit.configuration)
        }
        func address(_ key: String) throws -> ListenerAddress {
            guard let text = values[key], let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
                0...65_535 ~= port
            else { throw wrong(key, "write host:port, such as 0.0.0.0:8443") }
            var host = text[..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
            guard !host.isEmpty else { throw wrong(key, "write the host, too: 0.0.0.0 or [::] for every address") }
            return ListenerAddress(host: String(host), port: port)
        }
        if file == nil, values["municipality.oin"] == nil {
            throw fail(
                "`\(folder.settings)` is missing (hint: `convenant init --data \(folder.path)` makes a data folder; --data names the one to use)",
                Exit.configuration)
        }
        guard let oin = values["municipality.oin"].flatMap({ OrganisationNumber($0) }) else { throw wrong("municipality.oin", "20 digits") }
        guard let name = values["municipality.name"], !name.isEmpty else { throw wrong("municipality.name", "the municipality's name") }
        municipality = Municipality(oin: oin, name: name)
        partners = try address("partners.address")
        staff = try address("staff.address")
        management = try address("management.address")
        namedPolicies = values["policies"] ?? Self.policiesNearby()
        pack = values["pack"] ?? ""
        guard let limit = values["body.limit"].flatMap({ Int($0) }), 1024...16_777_216 ~= limit else {
            throw wrong("body.limit", "bytes, 1024 to 16777216")
        }
        bodyLimit = limit
        guard let perAddress = values["connections.perAddress"].flatMap({ Int($0) }), 1...3_000 ~= perAddress else {
            throw wrong("connections.perAddress", "connections, 1 to 3000")
        }
        connectionsPerAddress = perAddress
        guard let cost = values["scrypt.cost"].flatMap({ Int($0) }), cost >= 16_384, cost <= 1 << 20, cost.nonzeroBitCount == 1 else {
            throw wrong("scrypt.cost", "a power of two from 16384 to 1048576")
        }
        scryptCost = cost
        guard let level = values["log.level"].flatMap(Logger.Level.init(rawValue:)) else {
            throw wrong("log.level", Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))
        }
        logLevel = level
        guard let tls12 = values["partners.tls12"].flatMap({ Bool($0) }) else { throw wrong("partners.tls12", "true or false") }
        partnersTLS12 = tls12
        for key in ["partners.url", "staff.url"] {
            guard values[key].map(Self.isOrigin) != false else { throw wrong(key, "https://host:port, without a path") }
        }
        partnersURL = values["partners.url"]
        guard let privateHosts = values["push.privateHosts"].flatMap({ PrivateHosts($0) }) else {
            throw wrong("push.privateHosts", "true, false, or addresses and networks, such as 10.20.0.0/16, fd12:3456::/32")
        }
        self.privateHosts = privateHosts
        guard let secondFactor = values["staff.secondFactor"].flatMap({ SecondFactorRule(rawValue: $0) }) else {
            throw wrong("staff.secondFactor", SecondFactorRule.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self.secondFactor = secondFactor
        provider = try Self.provider(values, folder: folder, secondFactor: secondFactor, wrong: wrong)
    }

    /// The listeners with their addresses, for messages.
    var listeners: String {
        [("partners", partners), ("staff", staff), ("management", management)].map { "\($0) \($1.host):\($1.port)" }.joined(separator: ", ")
    }

    /// The variable of the environment that holds a setting.
    static func variable(_ key: String) -> String { "CONVENANT_" + key.replacingOccurrences(of: ".", with: "_").uppercased() }

    /// Stops at a variable that is one character away from a setting's. Others of the name are let be: container platforms give a program variables
    /// that begin with its name, such as `CONVENANT_SERVICE_HOST`.
    private static func refuseMistyped(_ names: some Sequence<String>) throws {
        let known = defaults.map { variable($0.key) } + ["CONVENANT_DATA"]
        for name in names.sorted() where name.hasPrefix("CONVENANT_") && !known.contains(name) {
            guard let meant = known.first(where: { editDistance(name, $0) == 1 }) else { continue }
            throw fail("`\(name)` is not a setting (hint: write \(meant))", Exit.configuration)
        }
    }

    /// The folder with covenants and packs. Only who decides by it needs one: a log is read, and a copy restored, without.
    var policies: String {
        get throws {
            guard let namedPolicies else {
                throw fail(
                    "the setting `policies` is missing (hint: the folder with covenants and packs, in convenant.yaml or CONVENANT_POLICIES)",
                    Exit.configuration)
            }
            return namedPolicies
        }
    }

    /// The policies that came with the program: beside the working folder, or above the executable in a checkout.
    static func policiesNearby() -> String? {
        var candidates = ["./policies"]
        if let executable = Bundle.main.executableURL?.resolvingSymlinksInPath() {
            var folder = executable.deletingLastPathComponent()
            for _ in 0..<4 {
                candidates.append(folder.appendingPathComponent("policies").path)
                folder = folder.deletingLastPathComponent()
            }
        }
        return candidates.first { FileManager.default.fileExists(atPath: $0 + "/packs") }
    }
}
