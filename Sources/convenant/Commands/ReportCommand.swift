import ArgumentParser
import AuditTrail
import Casework
import Exchange
import Foundation
import Reporting
import Storage

/// `convenant report`
struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The uniform report of a period, counted from the log.",
        discussion: """
            Example: convenant report --from 2009-01-01 --to 2009-08-31 --format html --output report.html

            Both days are included. The figures are those that the log knew when the period ended; what became known later is listed below
            them and changes none. The log is checked against its signed checkpoint while it is read, also beside a running daemon; that a
            report was made becomes an entry of it, but for a demonstration's. What leaves the house is made with --guarded, of one quarter
            that has ended.
            """)

    /// What the report looks like.
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, csv, json, html }

    @OptionGroup var folder: FolderOption
    @Option(help: ArgumentHelp("The first day, such as 2009-01-01.", valueName: "date"), transform: readDate) var from: CalendarDate
    @Option(help: ArgumentHelp("The last day, included.", valueName: "date"), transform: readDate) var to: CalendarDate
    @Option(help: "text, csv, json or html.") var format = Format.text
    @Flag(help: "Withhold counts of 1 to 4, and those from which one of them could be calculated.") var guarded = false
    @Option(help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file")) var output: String?

    func validate() throws {
        guard ReportPeriod(from: from, to: to) != nil else {
            throw ValidationError("the period ends before it begins, or lasts over a hundred years (hint: --to is its last day)")
        }
    }

    func run() async throws {
        guard let period = ReportPeriod(from: from, to: to) else { return }
        let text = try Self.rendered(period, format, guarded: guarded, folder: folder.folder)
        let now = World.system().calendar()
        let isSimulated = Assembly.isSimulated(folder.folder)
        // A demonstration's log has a calendar of its own, and nobody in it exists.
        if !isSimulated {
            _ = try await DeskCommands.run(
                "report.made", ["from": .string(from.description), "to": .string(to.description), "guarded": .bool(guarded)],
                folder: folder.folder)
        }
        if now < period.end, !isSimulated {
            let what = now < period.start ? "the period lies in the future" : "the period has not ended: its figures still change"
            say("convenant: note: \(what)")
        }
        guard let output else { return print(text, terminator: "") }
        do { try Data(text.utf8).write(to: URL(filePath: output), options: .atomic) } catch {
            throw fail("`\(output)` cannot be written (hint: check the folder and its mode)", Exit.outputLost)
        }
        say("convenant: wrote \(output)")
    }

    /// The report of a folder's log in one format.
    static func rendered(_ period: ReportPeriod, _ format: Format, guarded: Bool = false, folder: DataFolder) throws -> String {
        let settings = try Settings(folder: folder)
        let isSimulated = Assembly.isSimulated(folder)
        let policies = try Assembly.policies(settings, allowingFictitious: isSimulated)
        var fold = ReportFold(period, partners: policies.partnerNames)
        let log = try CheckedLog.read(folder, settings: settings) { fold.add($0) }
        let report = fold.finish()
        let head = ReportHead(
            municipality: settings.municipality.name, pack: settings.pack, isSimulated: isSimulated, isFictitious: policies.fictitious,
            log: log, chosenByReplay: Assembly.isReplayOfTheHague(folder) ? report.notPublished : [],
            workers: policies.workerRoles(in: period))
        let shown = guarded ? GuardedReport(report) : nil
        return switch format {
        case .text: shown?.text(head) ?? report.text(head)
        case .csv: shown?.csv(head) ?? report.csv(head)
        case .json: (shown?.json(head) ?? report.json(head)).canonicalText + "\n"
        case .html: shown?.html(head) ?? report.html(head)
        }
    }
}

/// Reads a date for ArgumentParser.
@Sendable private func readDate(_ text: String) throws -> CalendarDate {
    guard let date = CalendarDate(text) else { throw ValidationError("`\(text)` is not a date (hint: write YYYY-MM-DD)") }
    return date
}

extension Assembly {
    /// Whether a simulated folder holds a replay of The Hague's year: then what nobody published was chosen by the replay.
    static func isReplayOfTheHague(_ folder: DataFolder) -> Bool {
        guard let marker = FileManager.default.contents(atPath: "\(folder.path)/\(DataFolder.simulationMark)") else { return false }
        return String(decoding: marker, as: UTF8.self).hasPrefix("year 2009")
    }
}
