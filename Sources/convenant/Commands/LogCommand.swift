import ArgumentParser
import AuditTrail
import Exchange
import Foundation
import Storage

/// `convenant log`
struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The data-sharing log.", subcommands: [Verify.self, Entries.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks every entry, the tree and the signed checkpoints; ends with 1 when something is wrong.",
            discussion: """
                Example: convenant log verify --checkpoint checkpoint-from-a-partner.txt

                Found and named: any entry changed, inserted, swapped or missing below the newest checkpoint. A cut tail or a log that was
                rewritten as a whole shows only beside a checkpoint that somebody else holds: every message to a partner carries one. The file
                holds its five lines, or the answer of GET /v1/log/checkpoint.
                """)
        @OptionGroup var folder: FolderOption
        @Option(help: ArgumentHelp("A checkpoint that somebody else kept.", valueName: "file")) var checkpoint: [String] = []

        func run() async throws {
            let kept = try checkpoint.map(KeptCheckpoint.init)
            for one in kept { try one.demandLog(of: folder.folder) }
            let verdict = try LogVerdict.of(folder.folder, outside: kept.map(\.note))
            print(verdict.text)
            guard verdict.isIntact else { throw Exit.refused }
        }
    }

    struct Entries: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints entries, one JSON object a line.", discussion: "Example: convenant log entries --after 100 --limit 20")
        @OptionGroup var folder: FolderOption
        @Option(help: "Begin after this number.") var after: Int64 = 0
        @Option(help: "At most this many.") var limit = 100

        func run() async throws {
            do {
                for entry in try TrailReader(folder.folder).entries(after: after, limit: limit) {
                    print("\(entry.seq)\t\(String(decoding: entry.bytes, as: UTF8.self))")
                }
            } catch { throw Assembly.failure(error) }
        }
    }
}

/// What verification of a folder's log found.
struct LogVerdict {
    let isIntact: Bool
    let text: String

    /// Reads and checks the log of a folder, also while a daemon writes to it.
    /// - Parameter index: whether the index is compared too; that of restored data names persons who were erased since.
    static func of(_ folder: DataFolder, outside: [String] = [], index: Bool = true) throws -> LogVerdict {
        let settings = try Settings(folder: folder)
        let verifier = TrailVerifier(
            oin: settings.municipality.oin.description, simulated: Assembly.isSimulated(folder),
            publicKeys: [try CheckedLog.checkpointKey(of: folder)], outside: outside)
        do {
            let reader = try TrailReader(folder)
            let (report, derived) = try reader.verify(verifier)
            return LogVerdict(report, derived: derived + (index ? try reader.verifyIndex() : []))
        } catch { throw Assembly.failure(error) }
    }

    /// Checks the newest checkpoint of each year alone: its signature, and that the last entry which it counts is there.
    static func quick(_ folder: DataFolder) throws -> LogVerdict {
        var total: UInt64 = 0
        do {
            let settings = try Settings(folder: folder)
            let key = try CheckedLog.checkpointKey(of: folder)
            let reader = try TrailReader(folder)
            for note in try reader.checkpoints() {
                guard let size = CheckedLog.checkpoint(note, key: key, settings: settings)?.size else {
                    return LogVerdict(isIntact: false, text: "a checkpoint is not signed by this log")
                }
                total += size
            }
            let tail = try reader.entries(after: Int64(total) - 1, limit: 2)
            // A daemon may have appended since its checkpoint was read.
            let isIntact = total == 0 || !tail.isEmpty
            return LogVerdict(isIntact: isIntact, text: isIntact ? "\(total) entries" : "the log and its checkpoint differ in length")
        } catch let fault as StoreFault { throw Assembly.failure(fault) }
    }

    private init(isIntact: Bool, text: String) {
        self.isIntact = isIntact
        self.text = text
    }

    private init(_ report: TrailReport, derived: [DerivedFault]) {
        var lines = report.faults.map { fault in
            "FAULT \(fault.code.rawValue)\(fault.seqs.map { " entries \($0.lowerBound)-\($0.upperBound)" } ?? ""): \(fault.detail)"
        }
        lines += derived.map { "FAULT \($0.code.rawValue)\($0.seq.map { " entry \($0)" } ?? ""): \($0.detail)" }
        isIntact = report.isIntact && derived.isEmpty
        let years = report.shards.count == 1 ? "1 year" : "\(report.shards.count) years"
        lines.append(
            isIntact
                ? "log intact: \(report.entries) entries, \(years), every leaf, tile, checkpoint and index row as it must be"
                : "LOG NOT INTACT: \(report.faultCount + derived.count) faults in \(report.entries) entries")
        text = lines.joined(separator: "\n")
    }
}
