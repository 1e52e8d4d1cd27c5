import ArgumentParser
import Casework
import Foundation
import PolicyFiles

/// `convenant policy`
struct Policy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Covenants, packs and decisions.", subcommands: [Check.self, Test.self, Explain.self, Sign.self])

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

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says in plain words what a pack allows and what is still undecided.",
            discussion: "Example: convenant policy explain --pack den-haag-meldcode")
        @Argument(help: "The folder.") var folder: String?
        @Option(help: "The pack.") var pack = "den-haag-meldcode"
        @Flag(help: "Fill what is undecided with the demonstration's fictitious decisions.") var demo = false

        func run() async throws {
            do {
                print(try loadPolicies(folder: try policyFolder(folder), pack: pack, allowingFictitious: demo).explanation)
            } catch let faults as PolicyFaults { throw fail(faults.faults.map(\.description).joined(separator: "\n"), Exit.badInput) }
        }
    }
}

/// The folder that was named, or the one nearby.
func policyFolder(_ given: String?) throws -> String {
    guard let folder = given ?? Settings.policiesNearby() else { throw fail("no policies found (hint: name the folder)", Exit.badInput) }
    return folder
}
