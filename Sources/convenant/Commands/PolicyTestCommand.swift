import ArgumentParser
import Casework
import Disclosure
import PolicyFiles
import Storage

extension Policy {
    /// `convenant policy test`
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks the gate every row of the tables beside the covenants; ends with 1 when one comes out otherwise.",
            discussion: """
                Example: convenant policy test ./policies

                A table stands in covenants/NAME.tests.yaml. It is asked as if all parties had signed, since a text is tested before it is signed;
                `policy check` tells who has.
                """)
        @Argument(help: "The folder.") var folder: String?

        func run() async throws {
            let folder = try policyFolder(folder)
            let report: PolicyTestReport
            do throws(PolicyFaults) { report = try testPolicies(folder: folder, facts: supposed) } catch {
                throw fail(error.description, Exit.badInput)
            }
            print(report.text, terminator: "")
            guard report.failed == 0 else { throw Exit.refused }
        }
    }
}

/// What is known about the person of a row, who answered so and of whom nothing else is to be thought of.
private func supposed(_ question: DisclosureQuestion, _ answer: SupposedAnswer, _ now: Instant) -> DisclosureFacts {
    let consent: SupposedConsent =
        switch answer {
        case .given: .yes
        case .refused: .no
        case .unknown: .unknown
        }
    return supposedFacts(
        supposing: consent, of: question.subjects.first ?? .nobody, recipient: question.recipient,
        purpose: question.purpose, at: now)
}
