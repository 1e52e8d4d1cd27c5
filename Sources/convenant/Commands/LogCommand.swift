import ArgumentParser
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

                Entries about somebody who was erased are checked like all others. How many name somebody whom nothing leads to any more is told,
                with the reasons of the erasures; a key that is gone without an erasure in the log is a fault.
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
