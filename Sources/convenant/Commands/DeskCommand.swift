import ArgumentParser
import StrictJSON

/// `convenant desk`
struct Desk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The desk's day.", subcommands: [Calls.self])

    struct Calls: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The call list: helpers whose task stays open, longest waiting first.", discussion: "Example: convenant desk calls")
        @OptionGroup var folder: FolderOption

        func run() async throws {
            let list = try await DeskCommands.run("desk.calls", [:], folder: folder.folder)
            let items = list["items"]?.arrayValue ?? []
            if let damaged = list["unreadable"]?.integerValue {
                say("convenant: damaged rows left out: \(damaged) (hint: `convenant doctor`, then restore the last good backup)")
            }
            guard !items.isEmpty else {
                print("nobody to call")
                return
            }
            printTable(["daysOpen", "partnerName", "telephone", "mandatedRole", "purpose", "rung", "dueAt", "contacts", "taskId"], items)
            if list["more"] != nil { print("and more: these are the \(items.count) that wait longest") }
        }
    }
}
