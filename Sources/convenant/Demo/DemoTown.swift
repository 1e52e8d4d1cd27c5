import Casework
import Exchange
import Foundation
import JOSE
import PartnerKit
import PartnerTrust
import Storage
import StrictJSON

/// The fictitious town of the demonstration: its organisations, its accounts, and a household that needs help.
struct DemoTown: Sendable {
    struct Organisation: Sendable {
        let oin: String
        let name: String
        let curve: JWK.Kind
        /// The folder of its partner system.
        let key: String
    }
    struct Account: Sendable {
        let name: String
        let role: StaffRole
        let organisation: String?
        var password = ""
    }
    struct Setting {
        let desk: ReferralDesk
        let settings: Settings
        let accounts: [Account]
    }

    static let municipality = "00000099000000001000"
    static let debtHelp = Organisation(oin: "00000099000000002000", name: "Schuldhulp Haaglanden (fictief)", curve: .p256, key: "debt-help")
    static let care = Organisation(oin: "00000099000000003000", name: "Zorggroep Duinrand (fictief)", curve: .x25519, key: "care")
    static let housing = Organisation(oin: "00000099000000004000", name: "Woonstichting De Linde (fictief)", curve: .p256, key: "housing")
    static let filer = "00000099000000005000"

    /// Who is in the town.
    struct Cast: Sendable {
        let partners: [Organisation]
        let accounts: [Account]
        /// What the folder's mark as a simulation says: what it replays, or nothing.
        var marker = ""

        /// The few of the road of one referral.
        static let road = Cast(
            partners: [debtHelp, care, housing],
            accounts: [
                Account(name: "intermediary-1", role: .intermediary, organisation: filer),
                Account(name: "desk-1", role: .contactPoint, organisation: nil),
                Account(name: "case-manager-1", role: .socialCaseManager, organisation: nil),
                Account(name: "manager-1", role: .manager, organisation: nil),
                Account(name: "protection-1", role: .dataProtectionOfficer, organisation: nil),
                Account(name: "privacy-1", role: .privacyOfficer, organisation: nil),
            ])
    }

    let folder: DataFolder
    let policies: String
    let seed: Int
    var cast = Cast.road

    /// Listeners on free ports of this machine, unless the environment names others.
    var settings: Settings {
        get throws {
            // Whoever looks at fictitious people needs no telephone for it; a served folder has its own settings.
            let free = [
                "partners.address": "127.0.0.1:0", "staff.address": "127.0.0.1:0", "management.address": "127.0.0.1:0",
                "staff.secondFactor": "optional",
            ]
            let environment = ProcessInfo.processInfo.environment
            return try Settings(folder: folder, commandLine: free.filter { environment[Settings.variable($0.key)] == nil })
        }
    }

    /// Makes the data folder with everything in it.
    func build(world: World) async throws -> Setting {
        let now = world.wall().millisecondsSince1970
        guard let oin = OrganisationNumber(Self.municipality) else { throw Exit.configuration }
        try FolderMaking.make(
            folder, municipality: Municipality(oin: oin, name: "Gemeente Den Haag (fictief)"), hosts: ["localhost"],
            addresses: ["127.0.0.1"],
            policies: policies, now: now)
        try writeWhole(Array(cast.marker.utf8), to: "\(folder.path)/\(DataFolder.simulationMark)")
        let settings = try settings
        let desk = try await Assembly.desk(try Assembly.lock(folder), settings: settings, world: world, simulated: true)
        let roots = try readInput(folder.trustRoots, what: "the roots")
        let authority = try CertificateAuthority(
            certificatePEM: roots, privateKeyPEM: try readInput(folder.authorityKey, what: "the authority's key"))
        try FileManager.default.createDirectory(
            atPath: folder.path + "/partners", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let facts = ExchangeFacts(oin: Self.municipality, roots: roots, keys: desk.publicKeys().canonicalBytes())
        for partner in cast.partners {
            let registration = try PartnerIdentity.make(
                in: PartnerFolder(partnerFolder(partner)), oin: partner.oin, name: partner.name, authority: authority, exchange: facts,
                sealing: partner.curve, from: FolderMaking.validFrom(now), until: now + FolderMaking.year)
            guard let oin = OrganisationNumber(partner.oin) else { throw Exit.configuration }
            _ = try await desk.addPartner(
                oin: oin, name: partner.name, certificatePEM: registration.certificatePEM, keys: registration.keys, endpoint: nil)
        }
        var accounts = cast.accounts
        for place in accounts.indices {
            accounts[place].password = try await desk.addStaff(
                name: accounts[place].name, role: accounts[place].role,
                organisation: accounts[place].organisation.flatMap { OrganisationNumber($0) }
            ).password
        }
        return Setting(desk: desk, settings: settings, accounts: accounts)
    }

    func partnerFolder(_ partner: Organisation) -> String { "\(folder.path)/partners/\(partner.key)" }

    /// A household that exists nowhere; the numbers are of the range for tests, and the eleven test holds.
    var signal: JSONValue {
        let names = ["Vermeulen", "De Bruijn", "Van 't Hof", "El Amrani", "Özdemir", "Jansen"]
        let family = names[abs(seed) % names.count]
        func consent(_ answer: String, _ recipients: [String] = [], _ purposes: [String] = [], _ fields: [String] = []) -> JSONValue {
            guard answer == "given" else { return ["answer": .string(answer)] }
            return [
                "answer": .string(answer), "recipients": .array(recipients.map(JSONValue.string)),
                "purposes": .array(purposes.map(JSONValue.string)),
                "fields": .array(fields.map(JSONValue.string)), "language": "nl", "textVersion": "demo-1",
            ]
        }
        let everything: [String] = [
            "identification", "identification.bsn", "contact", "household", "domains", "domains.health", "freeText",
        ]
        return [
            "channel": "meldcode", "knowsWhomToCall": false, "capacity": "helper", "area": "2512",
            "household": [
                "members": [
                    [
                        "ref": "a", "name": ["given": "Marieke", "family": .string(family)], "birthDate": "1968-04",
                        "bsn": .string(Self.testNumber(seed)),
                        "contact": [
                            "address": ["street": "Fluwelen Burgwal", "houseNumber": "999", "postcode": "2511CJ", "place": "Den Haag"],
                            "phone": "070-5550199", "safeWay": "Alleen bellen op werkdagen voor twaalf uur",
                        ],
                        "consents": [
                            consent("given", [Self.municipality], ["intake"], everything),
                            consent(
                                "given", [Self.debtHelp.oin], ["debtAssistance"],
                                ["identification", "identification.bsn", "contact", "domains.debts", "domains.income"]),
                            consent(
                                "given", [Self.care.oin], ["careAllocation"], ["identification", "contact", "domains.wellbeing"]),
                            ["answer": "refused", "recipients": [.string(Self.housing.oin)], "purposes": ["evictionPrevention"]],
                        ],
                    ],
                    [
                        "ref": "b", "name": ["given": "Joost", "family": .string(family)], "birthDate": "1965",
                        "consents": [consent("refused")],
                    ],
                ]
            ],
            "concerns": [
                [
                    "domain": "debts", "about": ["a"], "observation": "Ongeopende post van drie incassobureaus op tafel.",
                    "obtainedBy": "visit",
                ],
                ["domain": "income", "about": ["a"], "observation": "Werkt minder uren sinds het voorjaar.", "obtainedBy": "conversation"],
                ["domain": "wellbeing", "about": ["a"], "observation": "Ziet al weken niemand.", "obtainedBy": "conversation"],
                ["domain": "housing", "about": ["a"], "observation": "Brief over de huurachterstand aan de deur.", "obtainedBy": "visit"],
            ],
        ]
    }

    /// A number of the test range 9999… that passes the eleven test (UAVG 46: only where an act prescribes it).
    static func testNumber(_ seed: Int) -> String {
        var candidate = 999_900_000 + (abs(seed) * 7919) % 90_000
        while CitizenServiceNumber(String(candidate)) == nil { candidate += 1 }
        return String(candidate)
    }
}
