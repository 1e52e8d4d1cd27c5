import ArgumentParser
import Storage
import StrictJSON

/// `convenant keys`
struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The wrapping keys with their epochs, and the keys that sign messages.",
        subcommands: [List.self, Rotate.self, Switch.self, Retire.self, EndEpoch.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the epochs and the signing keys.", discussion: "Example: convenant keys list")
        @OptionGroup var folder: FolderOption

        func run() async throws {
            let found = try await DeskCommands.run("keys.list", [:], folder: folder.folder)
            printTable(["epoch", "madeAt", "retiredAt", "endedAt", "livingKeys"], found["items"]?.arrayValue ?? [])
            print("")
            printTable(["kid", "profile", "state", "from", "until"], found["signing"]?.arrayValue ?? [])
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begins a new epoch and wraps every living key under it; or, with --signing, makes the next key that signs messages.",
            discussion: """
                Example: convenant keys rotate
                         convenant keys rotate --signing

                The next signing key stands in /v1/jwks.json at once, and signs only after `keys switch`: partners keep our key set for a while.
                """)
        @OptionGroup var folder: FolderOption
        @Flag(help: "Make the next signing key.") var signing = false
        @Flag(help: "With --signing: that of the NL GOV profile.") var nlgov = false

        func validate() throws { if nlgov, !signing { throw ValidationError("--nlgov goes with --signing") } }

        func run() async throws {
            if signing { return try await step("rotate", nlgov: nlgov, in: folder.folder, says: "next") }
            let made = try await DeskCommands.run("keys.rotate", [:], folder: folder.folder)
            print("epoch \(made["epoch"]?.integerValue ?? 0)")
        }
    }

    struct Switch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets the next signing key sign; the one that did stays in /v1/jwks.json.",
            discussion: "Example: convenant keys switch")
        @OptionGroup var folder: FolderOption
        @Flag(help: "The key of the NL GOV profile.") var nlgov = false

        func run() async throws { try await step("switch", nlgov: nlgov, in: folder.folder, says: "current") }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes the former signing key out of /v1/jwks.json and destroys it.",
            discussion: """
                Example: convenant keys retire

                Refused while messages that it signed have no receipt; --at-once is for a key that others may know.
                """)
        @OptionGroup var folder: FolderOption
        @Flag(help: "The key of the NL GOV profile.") var nlgov = false
        @Flag(help: "Also when messages that it signed have not been received.") var atOnce = false

        func run() async throws { try await step("retire", nlgov: nlgov, atOnce: atOnce, in: folder.folder, says: "retired") }
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

/// One step in the change of a signing key; a line tells which key it was about, and what that one is now.
private func step(_ name: String, nlgov: Bool, atOnce: Bool = false, in folder: DataFolder, says state: String) async throws {
    let done = try await DeskCommands.run(
        "keys.signing.\(name)", ["profile": nlgov ? "nlgov" : "jose", "atOnce": .bool(atOnce)], folder: folder)
    print("\(state) \(done["kid"]?.stringValue ?? "")")
}
