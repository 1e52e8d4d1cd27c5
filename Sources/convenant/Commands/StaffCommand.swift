import ArgumentParser
import StrictJSON

/// `convenant staff`
struct Staff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Accounts of staff.", subcommands: [Add.self, Bind.self, Disable.self, Reset.self, List.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes an account and prints its one-time password.",
            discussion: """
                At the first sign-in a person chooses a password and enrols a second factor; nothing else works before that.

                Example: convenant staff add desk-1 --role contactPoint
                         convenant staff add from-a --role intermediary --organisation 00000099000000011000 --system
                """)
        @OptionGroup var folder: FolderOption
        @Argument(help: "The account: a role and a number rather than a person's name.") var name: String
        @Option(help: "Its role, such as contactPoint, socialCaseManager, intermediary, privacyOfficer.") var role: String
        @Option(help: ArgumentHelp("Its organisation, when that is not the municipality.", valueName: "oin")) var organisation: String?
        @Flag(help: "A program signs in with it: the password stays, there is no second factor and no page. Only for an intermediary.")
        var system = false

        func run() async throws {
            var arguments: JSONObject = ["account": .string(name), "role": .string(role)]
            if system { arguments["system"] = true }
            if let organisation { arguments["organisation"] = .string(organisation) }
            let made = try await DeskCommands.run("staff.add", arguments, folder: folder.folder)
            print(made["password"]?.stringValue ?? "")
        }
    }

    struct Bind: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets an account sign in at the municipality's OpenID provider, and nowhere else.",
            discussion: """
                Its password and second factor are forgotten and its sessions end; `staff reset` undoes it.

                Example: convenant staff bind desk-1 --subject 8a6e0804-2bd0-4672-b79d-d97027f9071a
                """)
        @OptionGroup var folder: FolderOption
        @Argument(help: "The account.") var name: String
        @Option(help: ArgumentHelp("Who it is at the provider: the claim `sub` of its ID tokens.", valueName: "sub")) var subject: String
        @Option(help: ArgumentHelp("The provider (default: the setting provider.issuer).", valueName: "url")) var issuer: String?

        func run() async throws {
            guard let issuer = try issuer ?? Settings(folder: folder.folder).provider?.issuer else {
                throw fail("no provider is set (hint: the setting `provider.issuer`, or --issuer)", Exit.configuration)
            }
            let arguments: JSONObject = ["account": .string(name), "subject": .string(subject), "issuer": .string(issuer)]
            _ = try await DeskCommands.run("staff.bind", arguments, folder: folder.folder)
            print("\(name) signs in at \(issuer)")
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends an account for good; its sessions end at once.", discussion: "Example: convenant staff disable desk-1")
        @OptionGroup var folder: FolderOption
        @Argument(help: "The account.") var name: String

        func run() async throws {
            _ = try await DeskCommands.run("staff.disable", ["account": .string(name)], folder: folder.folder)
            print("disabled \(name)")
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forgets an account's second factor and prints a new one-time password; its sessions end at once.",
            discussion: "Example: convenant staff reset desk-1")
        @OptionGroup var folder: FolderOption
        @Argument(help: "The account.") var name: String

        func run() async throws {
            let made = try await DeskCommands.run("staff.reset", ["account": .string(name)], folder: folder.folder)
            print(made["password"]?.stringValue ?? "")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the accounts.", discussion: "Example: convenant staff list")
        @OptionGroup var folder: FolderOption

        func run() async throws {
            let items = try await DeskCommands.run("staff.list", [:], folder: folder.folder)["items"]?.arrayValue ?? []
            printTable(["account", "role", "organisation", "secondFactor"], items)
        }
    }
}
