import ArgumentParser
import Exchange
import StrictJSON

/// `convenant erase`
struct Erase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Erases one person: the entry first, then the key.",
        discussion: "Example: convenant erase --casefile ID --person ID --because requested")
    @OptionGroup var folder: FolderOption
    @Option(help: ArgumentHelp("The casefile.", valueName: "id")) var casefile: String
    @Option(help: ArgumentHelp("The person.", valueName: "id")) var person: String
    @Option(help: ArgumentHelp("Why: \(EraseReason.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "text")) var because:
        String

    func run() async throws {
        let done = try await DeskCommands.run(
            "erase", ["casefile": .string(casefile), "person": .string(person), "because": .string(because)], folder: folder.folder)
        print(
            "erased \(person): \(done["ended"]?.arrayValue?.count ?? 0) messages ended, \(done["told"]?.arrayValue?.count ?? 0) recipients told"
        )
        for message in done["notTold"]?.arrayValue?.compactMap(\.stringValue) ?? [] {
            print(
                "not told: the recipient of \(message), who cannot be sent a notice now (hint: `queue show \(message)` names it; tell it yourself)"
            )
        }
    }
}
