import ArgumentParser
import Casework
import Disclosure
import Exchange
import Foundation
import PolicyFiles
import Reporting
import Storage
import StrictJSON

/// `convenant policy dry-run`
struct PolicyDryRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dry-run",
        abstract: "Decides the stored history again under another folder of policies, and says what would newly pass or stop.",
        discussion: """
            Example: convenant policy dry-run ./policies-new --over 2009-01-01.. --html dry-run.html --data /var/lib/convenant

            Counted by partner, purpose and field; a field about one person in one decision counts once. Nothing is written but the file that
            --html names, and nobody is told. The new folder is read for the pack of the data folder. What nobody has signed yet stops everything;
            --as-signed shows what the text itself changes.
            """)
    @Argument(help: ArgumentHelp("The folder with the changed policies.", valueName: "folder")) var newFolder: String
    @Option(
        help: ArgumentHelp("Only decisions of these days, both included: FROM..TO, FROM.. or ..TO.", valueName: "days"),
        transform: { try DayRange($0) }) var over: DayRange?
    @Flag(help: "As if every party had signed every covenant of the new folder.") var asSigned = false
    @Flag(help: "Print JSON.") var json = false
    @Option(help: ArgumentHelp("Write a heat map of partners and fields to this file.", valueName: "file")) var html: String?
    @OptionGroup var folder: FolderOption

    func run() async throws {
        let settings = try Settings(folder: folder.folder)
        let policies: LoadedPolicies
        do {
            policies = try loadPolicies(
                folder: newFolder, pack: settings.pack, allowingFictitious: Assembly.isSimulated(folder.folder))
        } catch { throw fail(error.faults.map(\.description).joined(separator: "\n"), Exit.badInput) }
        let found: DryRun
        do {
            let bar = ProgressBar("decisions")
            defer { bar.end() }
            found = try DecisionArchive(folder.folder).dryRun(
                asSigned ? policies.asSigned() : policies, from: over?.from, to: over?.to, municipality: settings.municipality.oin,
                step: bar.step)
        } catch { throw Assembly.failure(error) }
        if let html {
            do {
                try Data(found.html(municipality: settings.municipality.name).utf8).write(to: URL(filePath: html), options: .atomic)
            } catch { throw fail("`\(html)` cannot be written (hint: check the folder and its mode)", Exit.outputLost) }
            say("convenant: wrote \(html)")
        }
        if json { print(found.json.canonicalText) } else { show(found) }
    }

    private func show(_ found: DryRun) {
        let changes = found.changes
        if !changes.isEmpty {
            printTable(
                ["partner", "purpose", "field", "passed", "stops", "passes", "because"],
                changes.map { flow in
                    [
                        "partner": .string(flow.partnerName), "purpose": .string(flow.purpose), "field": .string(flow.field),
                        "passed": .integer(Int64(flow.passed)), "stops": .integer(Int64(-flow.newlyStops)),
                        "passes": .string("+\(flow.newlyPasses)"), "because": .string(flow.because.joined(separator: ", ")),
                    ]
                })
            print("")
        }
        print("\(found.changed) of \(found.decided) decisions would have come out otherwise")
        if found.notKept > 0 { print("\(found.notKept) not counted: made before facts were kept") }
        if found.faulty > 0 { print("\(found.faulty) not counted: they cannot be decided again (hint: `convenant policy replay --all`)") }
        for note in found.notes { print("note: \(note)") }
        if !asSigned, changes.contains(where: { $0.because.contains(RefusalReason.covenantUnsigned.rawValue) }) {
            print("note: not every covenant of the new folder is signed (hint: --as-signed leaves that out of account)")
        }
    }
}

/// Days from and to, both included; either may be open.
struct DayRange: Sendable {
    let from: CalendarDate?
    let to: CalendarDate?

    /// Reads `FROM..TO`, `FROM..`, `..TO` or `FROM`, which is `FROM..`.
    init(_ text: String) throws {
        let ends = text.components(separatedBy: "..")
        guard ends.count <= 2, ends.contains(where: { !$0.isEmpty }) else {
            throw ValidationError("`\(text)` is no range of days (\(Self.hint))")
        }
        let days = try ends.map { end -> CalendarDate? in
            guard !end.isEmpty else { return nil }
            guard let day = CalendarDate(end) else { throw ValidationError("`\(end)` is not a date (\(Self.hint))") }
            return day
        }
        from = days[0]
        to = days.count == 2 ? days[1] : nil
        if let from, let to, to < from { throw ValidationError("the range ends before it begins (\(Self.hint))") }
    }

    private static let hint = "hint: write 2009-01-01..2009-06-30; leave out what follows the dots for until today"
}
