import ArgumentParser
import StrictJSON

/// `convenant keys`
struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The wrapping keys and their epochs.", subcommands: [List.self, Rotate.self, EndEpoch.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the epochs.", discussion: "Example: convenant keys list")
        @OptionGroup var folder: FolderOption

        func run() async throws {
            let items = try await DeskCommands.run("keys.list", [:], folder: folder.folder)["items"]?.arrayValue ?? []
            printTable(["epoch", "madeAt", "retiredAt", "endedAt", "livingKeys"], items)
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begins a new epoch and wraps every living key under it.", discussion: "Example: convenant keys rotate")
        @OptionGroup var folder: FolderOption

        func run() async throws {
            let made = try await DeskCommands.run("keys.rotate", [:], folder: folder.folder)
            print("epoch \(made["epoch"]?.integerValue ?? 0)")
        }
    }

    struct EndEpoch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Destroys an old epoch's key: no backup from before opens what was erased since.",
            discussion: "Example: convenant keys end-epoch 1")
        @OptionGroup var folder: FolderOption
        @Argument(help: "The epoch.") var epoch: Int

        func run() async throws {
            _ = try await DeskCommands.run("keys.end-epoch", ["epoch": .integer(Int64(epoch))], folder: folder.folder)
            print("ended epoch \(epoch)")
        }
    }
}
