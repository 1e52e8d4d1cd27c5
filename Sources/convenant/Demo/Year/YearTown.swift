import Casework
import Exchange
import Foundation
import Storage
import StrictJSON

/// The town of the year: everybody who had to do with the desk in 2009, invented, and a folder that a second run finds again.
struct YearTown: Sendable {
    let town: DemoTown

    init(folder: DataFolder, policies: String, seed: Int) {
        town = DemoTown(folder: folder, policies: policies, seed: seed, cast: Self.cast)
    }

    private static let cast = DemoTown.Cast(partners: partners, accounts: accounts, marker: "year 2009\n")

    static let partners: [DemoTown.Organisation] = [
        DemoTown.debtHelp, DemoTown.care, DemoTown.housing,
        DemoTown.Organisation(
            oin: YearHelper.cjg.offer.oin, name: "Centrum voor Jeugd en Gezin (fictief)", curve: .p256, key: "cjg"),
        DemoTown.Organisation(
            oin: YearHelper.ccp.offer.oin, name: "Centraal Coördinatiepunt opvang (fictief)", curve: .x25519, key: "ccp"),
        DemoTown.Organisation(
            oin: YearHelper.signallingMeeting.offer.oin, name: "Signaleringsoverleg (fictief)", curve: .p256, key: "signalling"),
        DemoTown.Organisation(oin: YearHelper.topTeam.offer.oin, name: "Topteam (fictief)", curve: .p256, key: "topteam"),
        DemoTown.Organisation(oin: YearHelper.otherPlatform.offer.oin, name: "Wijkoverleg Laak (fictief)", curve: .p256, key: "other"),
    ]

    /// Two at the desk and nine case managers, as in 2009; the others are the replay's own.
    private static let accounts: [DemoTown.Account] = {
        let managers: [(String, StaffRole)] = (1...9).map { ("case-manager-\($0)", .socialCaseManager) }
        let others: [(String, StaffRole)] = [
            ("desk-1", .contactPoint), ("desk-2", .contactPoint), ("chair-1", .meetingChair), ("process-manager-1", .processManager),
            ("privacy-1", .privacyOfficer), ("manager-1", .manager),
        ]
        return [DemoTown.Account(name: "intermediary-1", role: .intermediary, organisation: DemoTown.filer)]
            + (others + managers).map { DemoTown.Account(name: $0.0, role: $0.1, organisation: nil) }
    }()

    /// Written last: the town stands, and these are its accounts.
    private var accountsFile: String { town.folder.path + "/accounts.json" }
    /// There while the town is being made; a folder that has it was never used and is made anew.
    private var unfinished: String { town.folder.path + "/unfinished" }

    /// Whether the folder holds a whole town.
    var isMade: Bool { FileManager.default.fileExists(atPath: accountsFile) }

    /// Makes room for a town, or finds one. Call it before anything of the folder is read.
    func prepare() throws {
        let files = FileManager.default
        guard files.fileExists(atPath: town.folder.path), !isMade else { return }
        let found = try files.contentsOfDirectory(atPath: town.folder.path)
        // The mark, or what a crash left of writing it.
        let marks = found.filter { $0.hasPrefix("unfinished") }
        guard found.isEmpty || !marks.isEmpty else {
            throw fail(
                "`\(town.folder.path)` holds something else than a year (hint: name an empty or new folder with --data)", Exit.configuration
            )
        }
        // The mark goes last, so that a crash among these leaves a folder that still says what it is.
        for name in found.filter({ !marks.contains($0) }) + marks { try files.removeItem(atPath: town.folder.path + "/" + name) }
    }

    /// Opens the town of the folder, or makes it.
    func open(_ world: World) async throws -> DemoTown.Setting {
        if let data = FileManager.default.contents(atPath: accountsFile) {
            let kept = (try? parseJSON([UInt8](data)))?.objectValue
            let accounts = town.cast.accounts.map { account in
                var account = account
                account.password = kept?[account.name]?.stringValue ?? ""
                return account
            }
            let settings = try town.settings
            let desk = try await Assembly.desk(try Assembly.lock(town.folder), settings: settings, world: world, simulated: true)
            return DemoTown.Setting(desk: desk, settings: settings, accounts: accounts)
        }
        try FileManager.default.createDirectory(
            atPath: town.folder.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try writeWhole([], to: unfinished)
        let setting = try await town.build(world: world)
        var passwords: JSONObject = [:]
        for account in setting.accounts { passwords[account.name] = .string(account.password) }
        try writeWhole(JSONValue.object(passwords).canonicalBytes(), to: accountsFile)
        unlink(unfinished)
        return setting
    }
}
