import Casework
import Exchange
import Foundation
import Logging
import PartnerKit
import Storage
import StrictJSON

/// `convenant demo --year 2009`: a town, a daemon on a simulated calendar, the replay, and what came of it.
struct YearDemo: Sendable {
    let folder: DataFolder
    let policies: String
    let seed: Int
    let changes: Set<YearChange>

    /// Whether the folder holds a whole town, with which a run can go on.
    var isMade: Bool { YearTown(folder: folder, policies: policies, seed: seed).isMade }

    func run(json: Bool) async throws {
        let plan = YearPlan(seed: seed, changes: changes)
        let town = YearTown(folder: folder, policies: policies, seed: seed)
        try town.prepare()
        // An hour into the first day: the log's years are those of UTC.
        let start = WorkingCalendar().startOfDay(YearDays.first).advanced(byMilliseconds: 3_600_000)
        let calendar = try SimulatedCalendar(folder, start: start)
        let world = calendar.world
        if !json { say("The Hague, 1 January to 31 August 2009: fictitious people, FICTITIOUS decisions (policies/decisions-demo)") }
        // Another year's folder is left as it is: its journal is looked at before anything is opened.
        let begun = town.isMade ? try YearJournal(folder, heading: heading) : nil
        let setting = try await town.open(world)
        let journal = try begun ?? YearJournal(folder, heading: heading)
        if journal.stepsDone > 0 { say("going on after \(journal.stepsDone) of \(plan.steps.count) steps") }
        var logger = Logger(label: "convenant") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let daemon = try await RunningDaemon.start(
            Daemon(desk: setting.desk, folder: folder, settings: setting.settings, world: world, logger: logger))
        let outcome: YearOutcome
        do {
            outcome = try await replay(plan, town: town.town, setting: setting, calendar: calendar, journal: journal, ports: daemon.ports)
        } catch {
            let ended = daemon.hasEnded
            try? await daemon.stop()
            guard ended else { throw fail("\(error)", Exit.refused) }
            throw fail("ended before the year was over (hint: the same --data goes on from here: \(folder.path))", Exit.refused)
        }
        try await daemon.stop()
        if json { print(outcome.json.canonicalText) } else { try YearPage(plan: plan, outcome: outcome, journal: journal).show(folder) }
        guard outcome.isAsPromised(plan.figures) else { throw fail("the year did not come out as it should", Exit.refused) }
    }

    /// What a journal belongs to.
    private var heading: JSONValue {
        ["year": 2009, "seed": .integer(Int64(seed)), "changes": .texts(changes.map(\.rawValue).sorted())]
    }

    private func replay(
        _ plan: YearPlan, town: DemoTown, setting: DemoTown.Setting, calendar: SimulatedCalendar, journal: YearJournal,
        ports: ListeningPorts
    ) async throws -> YearOutcome {
        guard let exchange = URL(string: "https://localhost:\(ports.partners)") else { throw Exit.configuration }
        var partners: [YearHelper: YearPartner] = [:]
        for helper in YearHelper.allCases {
            guard let organisation = town.cast.partners.first(where: { $0.oin == helper.offer.oin }) else { continue }
            partners[helper] = try YearPartner(helper, folder: town.partnerFolder(organisation), exchange: exchange) { message, meeting in
                try journal.keep(.string(meeting), as: "invitation.\(message)")
            }
        }
        let client = try DemoClient(port: ports.staff, roots: folder.trustRoots)
        do {
            var tokens: [String: String] = [:]
            for account in setting.accounts { tokens[account.name] = try await client.signIn(account.name, account.password) }
            let doer = YearDoer(plan: plan, journal: journal, client: client, tokens: tokens, partners: partners)
            let world = YearWorld(calendar: calendar, desk: setting.desk)
            try await YearReplay(plan: plan, world: world, doer: doer, progress: YearProgress()).run()
            let outcome = try await YearOutcome.read(doer, folder: folder)
            await client.close()
            for partner in partners.values { await partner.close() }
            return outcome
        } catch {
            await client.close()
            for partner in partners.values { await partner.close() }
            throw error
        }
    }
}

extension YearWorld {
    /// Of a desk in this process.
    init(calendar: SimulatedCalendar, desk: ReferralDesk) {
        self.init(calendar: calendar, handleDue: { try await desk.sweepDeadlines().handled }, pending: { try await desk.pending() })
    }
}
