import Casework
import Crypto
import Disclosure
import Foundation
import JOSE
import PolicyFiles
import Synchronization

/// The policy of a test, written as files and read as a daemon reads them: real decisions, no fictitious ones.
///
/// Three covenants: filing with the city, debt help (consent), and care (consent; protection on a public task).
public struct TestPolicy: Sendable {
    /// The number of debt help.
    public var debtNumber = "00000099000000002000"
    /// What debt help may have (article 3.2).
    public var debtFields = [
        "identification", "identification.bsn", "contact", "household", "domains.debts", "domains.income", "freeText",
    ]
    /// The profile that it names for its partner; nil for none.
    public var debtSealing: String? = "jose-p256"
    /// When the covenant on debt help ends; nil for never.
    public var debtUntil: String?
    /// Whether the covenant on care is there at all.
    public var hasCare = true
    /// Whether care may be told something on compulsion, and the act that this rests on is there.
    public var hasCompulsion = false
    /// Whether the act is there that asks the representatives of somebody under 16.
    public var hasConsentAge = true
    /// Whether the act that care's protection rests on is there.
    public var hasStatutes = true
    /// `refuse`, `withoutIdentity`, or nil for undecided.
    public var onRefusal: String? = "withoutIdentity"
    /// What residents can refuse, as the pack says it.
    public var consentMode = "unresolved"
    /// How long a case is kept after it was closed, such as `P12M`; nil for undecided.
    public var retention: String?
    /// Working days until a task must be picked up; nil for undecided.
    public var pickUp: Int? = 5
    /// Working days between signs of progress; nil for undecided.
    public var progress: Int? = 20
    /// Working days from a contact by the desk until the next rung; nil for undecided.
    public var afterContact: Int? = 2
    /// Working days from triage until the home visit; nil for undecided.
    public var homeVisit: Int? = 10
    /// Working days until a meeting is dated; nil for undecided.
    public var meeting: Int? = 10
    /// Working days until a recall is answered; nil for undecided.
    public var recall: Int? = 2
    /// The life domains that the source lists, as YAML.
    public var lifeDomains = "null"
    /// The rung after the desk's contact; nil for undecided.
    public var ladderNext: String? = "conveneMDA"
    /// Further covenants, by the name of their file.
    public var covenants: [String: String] = [:]

    /// Further acts, by the name of their file.
    public var statutes: [String: String] = [:]
    /// Templates, by the name of their file.
    public var templates: [String: String] = [:]
    /// What is put behind the text of each template after the covenants on it were signed.
    public var templateAfterSigning = ""

    /// Terms that are decided as calendar time instead, by key: `["terms.pickUp": "P5D"]`.
    public var calendarTerms: [String: String] = [:]
    /// The rungs that the source names.
    public var ladder = ["deskContactsHelper"]
    /// From when on the covenants hold.
    public var validFrom = "2026-01-01T00:00:00+01:00"

    /// Parties that have not signed their covenants.
    public var unsigned: Set<String> = []
    /// What is put behind the text of each covenant after it was signed.
    public var afterSigning = ""
    /// What else the covenant on debt help says of its partner, such as `until: 2026-…`.
    public var debtParty = ""

    /// Everything decided, and every covenant signed by all its parties.
    public init() {}

    /// Everything decided, with these changes.
    public init(_ change: (inout TestPolicy) -> Void) {
        self.init()
        change(&self)
    }

    /// Writes the files into a new folder and loads them.
    public func load() throws -> LoadedPolicies {
        try inFolder { folder in
            for (path, text) in files { try Self.write(text, folder + "/" + path) }
            for (path, text) in files where path.hasPrefix("covenants/") {
                for (signed, text) in try signatures(under: text) {
                    try Self.write(text, folder + "/" + (signed.hasPrefix("keys/") ? signed : path.dropLast(5) + signed))
                }
                try Self.write(text + afterSigning, folder + "/" + path)
            }
            for (path, text) in files where path.hasPrefix("templates/") {
                try Self.write(text + templateAfterSigning, folder + "/" + path)
            }
            return try loadPolicies(folder: folder, pack: "test-town", allowingFictitious: false)
        }
    }

    /// What stands beside a covenant that its parties have signed, and their public keys: made once for a text, since two signatures of one
    /// key over one text differ, and with them the policy's revision.
    private func signatures(under covenant: String) throws -> [String: String] {
        let parties = Set(covenant.matches(of: /oin: "([0-9A-Z]{20})"/).map { String($0.output.1) }).subtracting(unsigned).sorted()
        let name = parties.joined(separator: " ") + "\n" + covenant
        return try Self.signed.withLock { signed in
            if let known = signed[name] { return known }
            let made = try inFolder { folder in
                try Self.write(covenant, folder + "/covenants/it.yaml")
                for (path, text) in files where path.hasPrefix("templates/") { try Self.write(text, folder + "/" + path) }
                var made: [String: String] = [:]
                for oin in parties {
                    guard let number = OrganisationNumber(oin) else { continue }
                    try signCovenants(
                        at: folder, as: number, function: "directeur", pem: Self.key(of: oin),
                        now: Instant(millisecondsSince1970: 1_767_222_000_000))
                    made["keys/\(oin).json"] = try String(contentsOfFile: folder + "/keys/\(oin).json", encoding: .utf8)
                }
                let ending = ".signatures.json"
                if !parties.isEmpty { made[ending] = try String(contentsOfFile: folder + "/covenants/it" + ending, encoding: .utf8) }
                return made
            }
            signed[name] = made
            return made
        }
    }
    private static let signed = Mutex<[String: [String: String]]>([:])

    private func inFolder<Made>(_ body: (String) throws -> Made) throws -> Made {
        let folder = NSTemporaryDirectory() + "/convenant-policies-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    private static func write(_ text: String, _ path: String) throws {
        try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// The private key of a party, PEM: one for the whole run.
    private static func key(of oin: String) throws -> String {
        if let pem = keys.withLock({ $0[oin] }) { return pem }
        let pem = try ES256SigningKey.generate().pem
        return keys.withLock { keys in
            if let first = keys[oin] { return first }
            keys[oin] = pem
            return pem
        }
    }
    private static let keys = Mutex<[String: String]>([:])

    private var files: [String: String] {
        var files = [
            "covenants/test-intake.yaml": intake, "covenants/test-debt.yaml": debt, "packs/test-town/pack.yaml": pack,
            "decisions/test-town.yaml": decisions,
        ]
        if hasStatutes { files["statutes/socialSupportAct.yaml"] = statute }
        if hasConsentAge { files["statutes/dataProtectionImplementationAct.yaml"] = consentAge }
        if hasCompulsion { files["statutes/participationAct.yaml"] = compellingStatute }
        if hasCare { files["covenants/test-care.yaml"] = care }
        for (name, text) in statutes { files["statutes/\(name).yaml"] = text }
        for (name, text) in covenants { files["covenants/\(name).yaml"] = text }
        for (name, text) in templates { files["templates/\(name).yaml"] = text }
        return files
    }

    private func head(_ id: String, until: String? = nil) -> String {
        """
        schema: convenant/covenant/1
        id: \(id)
        version: 1
        title: {nl: Proefconvenant, en: Test covenant}
        validFrom: \(validFrom)
        validUntil: \(until ?? "null")

        """
    }

    /// Adds a covenant by which one organisation receives these fields for one purpose, on consent.
    public mutating func add(_ id: String, oin: String, purpose: String, fields: [String]) {
        covenants[id] =
            head(id) + """
                parties:
                  - {oin: "00000099000000001000", name: Teststad, as: sender, role: controller, sectors: [municipality]}
                  - {oin: "\(oin)", name: Testpartij, as: receiver, role: jointController, sealing: jose-p256}
                articles:
                  - number: "1"
                    purpose: \(purpose)
                    from: ["00000099000000001000"]
                    to: ["\(oin)"]
                    fields: [\(fields.joined(separator: ", "))]
                    grounds: [consent]
                    text: {nl: Hulp, en: Help}

                """
    }

    /// Adds a covenant by which another organisation, too, may be told something on compulsion, as one that gives care.
    public mutating func addCompulsion(oin: String) {
        covenants["test-compulsion"] =
            head("test-compulsion") + """
                parties:
                  - {oin: "00000099000000001000", name: Teststad, as: sender, role: controller, sectors: [municipality]}
                  - {oin: "\(oin)", name: Testpartij, as: receiver, role: jointController, sectors: [care], sealing: jose-p256}
                articles:
                \(compulsion.replacing("00000099000000003000", with: oin))
                """
    }

    /// Adds a template by which a corporation receives these fields from the city for one purpose, on consent.
    public mutating func addTemplate(_ id: String, purpose: String, fields: [String]) {
        templates[id] = """
            schema: convenant/template/1
            id: \(id)
            version: 1
            title: {nl: Modelconvenant, en: Template}
            places:
              - {place: city, as: sender, role: controller, sectors: [municipality]}
              - {place: corporation, as: receiver, role: jointController, sectors: [housing]}
            articles:
              - number: "1"
                purpose: \(purpose)
                from: [city]
                to: [corporation]
                fields: [\(fields.joined(separator: ", "))]
                text: {nl: Hulp, en: Help}

            """
    }

    /// Adds a covenant on a template that was added before, with one corporation, in force until then.
    public mutating func add(_ id: String, oin: String, template: String, until: String? = nil) {
        let sha256 = SHA256.hash(data: Data((templates[template] ?? "").utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        covenants[id] =
            head(id, until: until) + """
                template: {id: \(template), version: 1, sha256: "\(sha256)"}
                parties:
                  - {place: city, oin: "00000099000000001000", name: Teststad}
                  - {place: corporation, oin: "\(oin)", name: Testcorporatie, sealing: jose-p256}

                """
    }

    private var intake: String {
        head("test-intake") + """
            parties:
              - {oin: "00000099000000001000", name: Teststad, as: both, role: controller, sectors: [municipality]}
              - {oin: "\(debtNumber)", name: Testschuldhulp, as: sender, role: jointController, sectors: [debt]}
              - {oin: "00000099000000003000", name: Testzorg, as: sender, role: jointController, sectors: [care]}
            articles:
              - number: "2.1"
                purpose: intake
                from: ["00000099000000001000", "\(debtNumber)", "00000099000000003000"]
                to: ["00000099000000001000"]
                fields: [identification, contact, household, domains, domains.health, freeText]
                grounds: [consent]
                text: {nl: Melden, en: Filing}
              - number: "2.3"
                purpose: intake
                from: ["\(debtNumber)"]
                to: ["00000099000000001000"]
                fields: [identification.bsn]
                grounds: [consent]
                bsnUnder: debtAssistanceAct.8c
                text: {nl: Nummer, en: Number}

            """
    }

    private var debt: String {
        head("test-debt", until: debtUntil) + """
            parties:
              - {oin: "00000099000000001000", name: Teststad, as: sender, role: controller, sectors: [municipality]}
              - {oin: "\(debtNumber)", name: Testhulp, as: receiver, role: jointController, sectors: [debt]\(debtSealing.map { ", sealing: \($0)" } ?? "")\(debtParty)}
            articles:
              - number: "3.2"
                purpose: debtAssistance
                from: ["00000099000000001000"]
                to: ["\(debtNumber)"]
                fields: [\(debtFields.joined(separator: ", "))]
                grounds: [consent]
            \(debtFields.contains("identification.bsn") ? "    bsnUnder: debtAssistanceAct.8c" : "")
                text: {nl: Schuldhulp, en: Debt help}

            """
    }

    private var care: String {
        head("test-care") + """
            parties:
              - {oin: "00000099000000001000", name: Teststad, as: sender, role: controller, sectors: [municipality]}
              - {oin: "00000099000000003000", name: Testzorg, as: receiver, role: jointController, sectors: [care, safeHome], sealing: jose-x25519}
            articles:
              - number: "4.1"
                purpose: careSupport
                from: ["00000099000000001000"]
                to: ["00000099000000003000"]
                fields: [identification, contact, domains.health]
                grounds: [consent]
                text: {nl: Zorg, en: Care}
              - number: "4.2"
                purpose: protection
                from: ["00000099000000001000"]
                to: ["00000099000000003000"]
                fields: [identification.name, domains.health]
                grounds: ["publicTask:socialSupportAct.5.2.6"]
                text: {nl: Bescherming, en: Protection}

            """ + (hasCompulsion ? compulsion : "")
    }

    /// The article by which a family is compelled to accept a family manager.
    private var compulsion: String {
        """
          - number: "4.3"
            purpose: familyManagement
            from: ["00000099000000001000"]
            to: ["00000099000000003000"]
            fields: [identification, contact]
            grounds: ["compulsory:participationAct.55"]
            text: {nl: Gezinsmanagement, en: Family management}

        """
    }

    private var pack: String {
        """
        schema: convenant/pack/1
        id: test-town
        source: written for the tests
        title: {nl: Proef, en: Test}
        lifeDomains: \(lifeDomains)
        mayFile: [intermediary]
        consentMode: \(consentMode)
        onRefusal: null
        terms: {pickUp: null, afterContact: null, progress: null, aftercare: P6M, homeVisit: null, meeting: null, recall: null}
        ladder: [\(ladder.map { "{rung: \($0)}" }.joined(separator: ", "))]
        retention: null
        report: {figures: [signals]}

        """
    }

    private var decisions: String {
        let decided =
            [
                ("terms.pickUp", pickUp), ("terms.progress", progress), ("terms.afterContact", afterContact),
                ("terms.homeVisit", homeVisit),
                ("terms.meeting", meeting), ("terms.recall", recall),
            ].compactMap { key, days in calendarTerms[key].map { (key, $0) } ?? days.map { (key, "{workingDays: \($0)}") } }
            + [("onRefusal", onRefusal), ("ladder.next", ladderNext), ("retention.caseAfterClosing", retention)]
            .compactMap { key, value in value.map { (key, $0) } }
        let lines = decided.map { "  - {key: \($0.0), value: \($0.1), decidedBy: test, on: 2026-01-02, because: needed here}" }
        return "schema: convenant/decisions/1\npack: test-town\ndecisions:"
            + (lines.isEmpty ? " []\n" : "\n" + lines.joined(separator: "\n") + "\n")
    }
}
