import ArgumentParser
import Casework
import Exchange
import Foundation
import Logging
import Storage

/// `convenant demo`
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows the whole road on this machine, with fictitious people: a real daemon and three partner processes.",
        discussion: """
            Example: convenant demo --once

            Without --once the daemon stays, and its addresses and accounts are printed; Ctrl-C ends everything. The data folder is marked as
            a demonstration's, and `convenant serve` refuses it.

            Example: convenant demo --year 2009

            Replays the caseload that The Hague published about 1 January to 31 August 2009, in about a minute, and prints its report. The same
            --data goes on where an earlier run was ended; --change shows the report following: channel (a signal comes by e-mail instead), desk
            (a case is handled directly instead), meeting (a follow-up meeting less).
            """)
    @Option(help: ArgumentHelp("Where to make the data folder (default: a new temporary one).", valueName: "dir")) var data: String?
    @Option(help: ArgumentHelp("The folder of covenants and packs.", valueName: "dir")) var policies: String?
    @Flag(help: "End with 0 after the story.") var once = false
    @Flag(help: "Print the story's outcome as JSON, without ids, hashes or machine times.") var json = false
    @Option(help: "Varies the fictitious people.") var seed = 1
    @Option(help: ArgumentHelp("Replay this year's caseload; there is one of 2009.", valueName: "year")) var year: Int?
    @Option(help: ArgumentHelp("Let one thing go otherwise: channel, desk or meeting. May be repeated.", valueName: "change"))
    var change: [YearChange] = []

    func validate() throws {
        if let year, year != 2009 { throw ValidationError("there is no caseload of `\(year)` (hint: --year 2009)") }
        if year == nil, !change.isEmpty { throw ValidationError("--change is for a replayed year (hint: add --year 2009)") }
    }

    func run() async throws {
        guard let policies = policies ?? Settings.policiesNearby() else {
            throw fail("no policies found (hint: run it in a checkout, or name the folder with --policies)", Exit.configuration)
        }
        let path =
            data
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("convenant-demo-\(ProcessInfo.processInfo.processIdentifier)")
            .path
        // A temporary folder of which nothing came goes again: it holds secrets, and nobody was told of it.
        let isNew = data == nil && !FileManager.default.fileExists(atPath: path)
        func discard() { if isNew { try? FileManager.default.removeItem(atPath: path) } }
        if year != nil {
            let demo = YearDemo(
                folder: DataFolder(path: path), policies: URL(fileURLWithPath: policies).path, seed: seed, changes: Set(change))
            do { try await demo.run(json: json) } catch {
                // A year that was begun goes on in its folder.
                if !demo.isMade { discard() }
                throw error
            }
            if data == nil {
                if once || json { try? FileManager.default.removeItem(atPath: path) } else { say("the year stays in \(path)") }
            }
            return
        }
        let town = DemoTown(folder: DataFolder(path: path), policies: URL(fileURLWithPath: policies).path, seed: seed)
        let world = World.system()
        var logger = Logger(label: "convenant") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let screen = DemoScreen(quiet: json)
        let setting: DemoTown.Setting
        let daemon: RunningDaemon
        do {
            setting = try await town.build(world: world)
            screen.title("Convenant: the road of a referral (fictitious people, fictitious decisions)")
            daemon = try await RunningDaemon.start(
                Daemon(desk: setting.desk, folder: town.folder, settings: setting.settings, world: world, logger: logger))
        } catch {
            discard()
            throw error
        }
        let story = DemoStory(town: town, accounts: setting.accounts, ports: daemon.ports, screen: screen)
        let outcome: DemoOutcome
        do {
            outcome = try await story.tell()
        } catch {
            story.endPartners()
            try? await daemon.stop()
            discard()
            throw error
        }
        if json { print(outcome.json.canonicalText) }
        if once {
            story.endPartners()
            try await daemon.stop()
        } else {
            screen.addresses(daemon.ports, accounts: setting.accounts, folder: path)
            try await daemon.wait()
        }
        story.endPartners()
        if data == nil, once { try? FileManager.default.removeItem(atPath: path) }
        guard outcome.isAsPromised else { throw fail("the story did not come out as it should", Exit.refused) }
    }
}

extension YearChange: ExpressibleByArgument {}
