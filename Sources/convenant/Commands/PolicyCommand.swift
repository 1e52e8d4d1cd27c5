import ArgumentParser
import Foundation
import PolicyFiles

/// `convenant policy`
struct Policy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Covenants, acts, packs and decisions.",
        subcommands: [Check.self, Test.self, PolicyExplain.self, PolicyReplay.self, PolicyDryRun.self, Sign.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks every policy file; ends with 1 for errors, with --strict also for open questions.",
            discussion: "Example: convenant policy check ./policies --strict")
        @Argument(help: "The folder.") var folder: String?
        @Flag(help: "Open questions are errors too.") var strict = false

        func run() async throws {
            let report = checkPolicies(folder: try policyFolder(folder))
            print(report.text, terminator: "")
            guard report.faults.isEmpty, !strict || report.openQuestions.isEmpty else { throw Exit.refused }
        }
    }
}

/// The folder that was named, or the policies that came with the program.
func policyFolder(_ given: String?) throws -> String {
    guard let folder = given ?? Settings.policiesNearby() else { throw fail("no policies found (hint: name the folder)", Exit.badInput) }
    return folder
}
