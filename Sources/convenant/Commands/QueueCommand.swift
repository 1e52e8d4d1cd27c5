import ArgumentParser
import Casework
import Exchange
import StrictJSON

/// `convenant queue`
struct Queue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What waits for partners, and what never arrived. Numbers, codes and times; nothing about persons.",
        subcommands: [List.self, Show.self, Retry.self, End.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists what waits: a line a partner, or of one partner a line a message.",
            discussion: """
                Example: convenant queue list
                         convenant queue list --partner 00000099000000002000 --json
                """)
        @OptionGroup var folder: FolderOption
        @Option(help: ArgumentHelp("Only this partner (OIN), message by message.", valueName: "oin")) var partner: String?
        @Flag(help: "As JSON.") var json = false

        func run() async throws {
            let arguments: JSONObject = partner.map { ["partner": .string($0)] } ?? [:]
            let list = try await DeskCommands.run("queue.list", arguments, folder: folder.folder)
            guard !json else { return print(list.canonicalText) }
            let items = list["items"]?.arrayValue ?? []
            guard partner != nil else {
                printTable(["partner", "name", "waiting", "faults", "lane", "code", "oldestQueuedAt", "nextTryAt"], items)
                return
            }
            guard !items.isEmpty else { return print("nothing waits") }
            printTable(["messageId", "kind", "state", "code", "queuedAt", "tries", "nextTryAt", "expiresAt"], items)
            if list["more"] != nil { print("and more: these are the oldest") }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells the life of one message: its times, its attempts, its receipt.",
            discussion: "Example: convenant queue show 019bd2a4-6e0c-7c1f-9c55-0a3f0b6d2e11")
        @OptionGroup var folder: FolderOption
        @Argument(help: "The message's id.") var message: String
        @Flag(help: "As JSON.") var json = false

        func run() async throws {
            let life = try await DeskCommands.run("queue.show", ["message": .string(message)], folder: folder.folder)
            guard !json else { return print(life.canonicalText) }
            let rows = (life.objectValue?.members ?? []).flatMap { member -> [(String, JSONValue)] in
                if member.name == "attempts" { return [] }
                guard let parts = member.value.objectValue else { return [(member.name, member.value)] }
                return parts.members.map { ("\(member.name).\($0.name)", $0.value) }
            }
            let width = rows.map(\.0.count).max() ?? 0
            for (name, value) in rows { print("\(name.padding(to: width))  \(value.stringValue ?? value.canonicalText)") }
            let attempts = life["attempts"]?.arrayValue ?? []
            guard !attempts.isEmpty else { return print("\nno attempts") }
            print("")
            printTable(["startedAt", "endedAt", "result", "status", "code"], attempts)
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tries now: one message, or everything of a partner; each dead letter is decided again.",
            discussion: """
                With --from and --to: sends again what a partner was sent in that time, because it lost its data. \
                Messages keep their ids, so that it takes nothing twice.

                Example: convenant queue retry 019bd2a4-6e0c-7c1f-9c55-0a3f0b6d2e11
                         convenant queue retry --partner 00000099000000002000
                         convenant queue retry --partner 00000099000000002000 --from 2026-11-16T00:00:00+01:00 --to 2026-11-20T12:00:00+01:00
                """)
        @OptionGroup var folder: FolderOption
        @Argument(help: "The message's id.") var message: String?
        @Option(help: ArgumentHelp("Everything of this partner (OIN).", valueName: "oin")) var partner: String?
        @Option(help: ArgumentHelp("Queued from this instant on.", valueName: "instant")) var from: String?
        @Option(help: ArgumentHelp("Queued before this instant.", valueName: "instant")) var to: String?
        @Flag(help: "As JSON.") var json = false

        func validate() throws {
            guard (message == nil) != (partner == nil) else { throw ValidationError("name a message, or a partner with --partner") }
            guard (from == nil) == (to == nil), from == nil || partner != nil else {
                throw ValidationError("--from and --to go together, with --partner")
            }
        }

        func run() async throws {
            var arguments: JSONObject = [:]
            for (name, value) in [("message", message), ("partner", partner), ("from", from), ("to", to)] {
                if let value { arguments[name] = .string(value) }
            }
            let done = try await DeskCommands.run("queue.retry", arguments, folder: folder.folder)
            if json {
                print(done.canonicalText)
            } else if partner == nil {
                print("\(done["messageId"]?.stringValue ?? "") \(done["as"]?.stringValue ?? "")")
            } else {
                let counts = ["waiting", "sentAgain", "refused"].map { "\(done[$0]?.integerValue ?? 0) \($0)" }
                print(counts.joined(separator: ", "))
            }
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a message that waits or never arrived, with a reason; its task has failed.",
            discussion: "Example: convenant queue end 019bd2a4-6e0c-7c1f-9c55-0a3f0b6d2e11 --reason toldOtherwise")
        @OptionGroup var folder: FolderOption
        @Argument(help: "The message's id.") var message: String
        @Option(help: ArgumentHelp("Why: \(GivenUpBecause.allCases.map(\.rawValue).joined(separator: ", ")).")) var reason: String
        @Flag(help: "As JSON.") var json = false

        func run() async throws {
            let done = try await DeskCommands.run(
                "queue.end", ["message": .string(message), "reason": .string(reason)], folder: folder.folder)
            print(json ? done.canonicalText : "ended \(message)")
        }
    }
}
