import ArgumentParser
import StrictJSON

/// `convenant staff`
struct Staff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Accounts of staff.", subcommands: [Add.self, List.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes an account and prints its one-time password.",
            discussion: "Example: convenant staff add desk-1 --role contactPoint")
        @OptionGroup var folder: FolderOption
        @Argument(help: "The account: a role and a number rather than a person's name.") var name: String
        @Option(help: "Its role, such as contactPoint, socialCaseManager, intermediary, privacyOfficer.") var role: String
        @Option(help: ArgumentHelp("Its organisation, when that is not the municipality.", valueName: "oin")) var organisation: String?

        func run() async throws {
            var arguments: JSONObject = ["account": .string(name), "role": .string(role)]
            if let organisation { arguments["organisation"] = .string(organisation) }
            let made = try await DeskCommands.run("staff.add", arguments, folder: folder.folder)
            print(made["password"]?.stringValue ?? "")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the accounts.", discussion: "Example: convenant staff list")
        @OptionGroup var folder: FolderOption

        func run() async throws {
            let items = try await DeskCommands.run("staff.list", [:], folder: folder.folder)["items"]?.arrayValue ?? []
            printTable(["account", "role", "organisation"], items)
        }
    }
}
