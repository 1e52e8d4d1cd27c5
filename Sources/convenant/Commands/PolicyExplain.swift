import ArgumentParser
import Casework
import Disclosure
import Exchange
import Foundation
import PolicyFiles
import Storage

/// `convenant policy explain`
struct PolicyExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says in plain words what a pack allows and what is still undecided; or what determined one decision.",
        discussion: """
            Example: convenant policy explain --pack den-haag-meldcode
            Example: convenant policy explain --decision 01970000-0000-7000-8000-000000000007 --language nl --data /var/lib/convenant

            A decision is decided again by the policy of its time, from what the data folder keeps: also after an erasure, also when the
            policies have changed since.
            """)
    /// The languages of the pages.
    enum Language: String, CaseIterable, ExpressibleByArgument { case nl, en }

    @Argument(help: "The folder of policies.") var policies: String?
    @Option(help: "The pack.") var pack = "den-haag-meldcode"
    @Flag(help: "Fill what is undecided with the demonstration's fictitious decisions.") var demo = false
    @Option(help: ArgumentHelp("Explain this decision instead.", valueName: "id")) var decision: String?
    @Option(help: "The language of a decision's explanation: nl or en.") var language = Language.en
    @OptionGroup var folder: FolderOption

    func run() async throws {
        if let decision { return print(try explained(decision)) }
        do {
            print(try loadPolicies(folder: try policyFolder(policies), pack: pack, allowingFictitious: demo).explanation)
        } catch let faults as PolicyFaults { throw fail(faults.faults.map(\.description).joined(separator: "\n"), Exit.badInput) }
    }

    private func explained(_ text: String) throws -> String {
        guard let id = DecisionID(text) else { throw fail("`\(text)` is not the id of a decision", Exit.badInput) }
        let found: Result<DecidedAgain, ReplayFailure>?
        do { found = try DecisionArchive(folder.folder).decideAgain(id) } catch { throw Assembly.failure(error) }
        switch found {
        case nil: throw fail("there is no decision `\(id)` here (hint: --data names the data folder)", Exit.refused)
        case .failure(.notKept)?: throw fail("`\(id)` was made before facts were kept: it cannot be decided again", Exit.refused)
        case .failure(.fault(let fault))?:
            throw fail("`\(id)` cannot be decided again: \(fault.rawValue) (hint: `convenant policy replay \(id)`)", Exit.refused)
        case .success(let again)?: return lines(again).joined(separator: "\n")
        }
    }

    /// The explanation of the pages, then what it rests on, field by field.
    private func lines(_ again: DecidedAgain) -> [String] {
        let policy = again.policies.snapshot
        var lines = [
            said(explain(again.decision, question: again.question, policy: policy, at: again.at)), "",
            "\(said("van", "from")): \(again.question.sender)", "\(said("aan", "to")): \(again.question.recipient)",
            "\(said("doel", "purpose")): \(again.question.purpose.rawValue)",
            "\(said("grondslag", "ground")): \(again.question.ground.text)",
            "\(said("besloten", "decided")): \(again.at.rfc3339)", "\(said("beleid", "policy")): \(policy.revision)",
        ]
        switch again.decision {
        case .permitted(let permission):
            for article in permission.articles {
                lines.append("\(said("artikel", "article")): \(article.id)/\(article.version)/\(article.article)")
            }
            for grant in permission.grants {
                lines.append("\(said("mag", "may go")) (\(place(grant.subject, again))): \(grant.fields.paths.joined(separator: ", "))")
            }
            for left in permission.leftOut {
                lines.append(
                    "\(said("gaat niet mee", "left out")) (\(place(left.subject, again))): \(left.field.path): \(reason(left.reason))")
            }
        case .refused(let reasons):
            for found in reasons { lines.append("\(said("reden", "reason")): \(reason(found))") }
        }
        return lines
    }

    private func reason(_ reason: RefusalReason) -> String { "\(reason.rawValue): \(said(reason.sentence)) \(said(reason.whoCanChange))" }

    /// The person's place in the question: there are no names.
    private func place(_ subject: PersonID?, _ again: DecidedAgain) -> String {
        guard let place = subject.flatMap({ again.question.subjects.firstIndex(of: $0) }) else { return said("huishouden", "household") }
        return "\(said("persoon", "person")) \(place + 1)"
    }

    private func said(_ text: PlainText) -> String { said(text.nl, text.en) }
    private func said(_ dutch: String, _ english: String) -> String { language == .nl ? dutch : english }
}
