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
            """)
    @Option(help: ArgumentHelp("Where to make the data folder (default: a new temporary one).", valueName: "dir")) var data: String?
    @Option(help: ArgumentHelp("The folder of covenants and packs.", valueName: "dir")) var policies: String?
    @Flag(help: "End with 0 after the story.") var once = false
    @Flag(help: "Print the story's outcome as JSON, without ids, hashes or machine times.") var json = false
    @Option(help: "Varies the fictitious people.") var seed = 1

    func run() async throws {
        guard let policies = policies ?? Settings.policiesNearby() else {
            throw fail("no policies found (hint: run it in a checkout, or name the folder with --policies)", Exit.configuration)
        }
        let path =
            data
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("convenant-demo-\(ProcessInfo.processInfo.processIdentifier)")
            .path
        let town = DemoTown(folder: DataFolder(path: path), policies: URL(fileURLWithPath: policies).path, seed: seed)
        let world = World.system()
        let setting = try await town.build(world: world)
        var logger = Logger(label: "convenant") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let daemon = Daemon(desk: setting.desk, folder: town.folder, settings: setting.settings, world: world, logger: logger)
        let screen = DemoScreen(quiet: json)
        screen.title("Convenant: the road of a referral (fictitious people, fictitious decisions)")
        let ports = AsyncStream<ListeningPorts>.makeStream()
        // The daemon runs as a task of its own and stops by the signals that stop any daemon.
        let serving = Task { try await daemon.run { ports.continuation.yield($0) } }
        let stopped = Task {
            _ = try? await serving.value
            ports.continuation.finish()
        }
        guard let listening = await ports.stream.first(where: { _ in true }) else {
            _ = try await serving.value
            return
        }
        let story = DemoStory(town: town, accounts: setting.accounts, ports: listening, screen: screen)
        let outcome: DemoOutcome
        do {
            outcome = try await story.tell()
        } catch {
            story.endPartners()
            kill(getpid(), SIGTERM)
            _ = await stopped.value
            throw error
        }
        if json { print(outcome.json.canonicalText) }
        if once {
            story.endPartners()
            kill(getpid(), SIGTERM)
        } else {
            screen.addresses(listening, accounts: setting.accounts, folder: path)
        }
        _ = try await serving.value
        story.endPartners()
        if data == nil, once { try? FileManager.default.removeItem(atPath: path) }
        guard outcome.isAsPromised else { throw fail("the story did not come out as it should", Exit.refused) }
    }
}
