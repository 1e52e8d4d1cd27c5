import Casework
import Disclosure

/// What residents can refuse in a project, as its source describes it. The gate's rule does not depend on it.
public enum ConsentMode: String, CaseIterable, Hashable, Sendable {
    /// The resident decides; refusal ends the flow.
    case voluntary
    /// As `voluntary`, and explicit consent before any case is discussed.
    case explicitConsentBeforeDiscussion
    /// The filing organisation has permission before it files.
    case referrerObtainsConsent
    /// The parents' permission is an eligibility criterion.
    case parentalConsent
    /// A benefit as long as agreements are kept.
    case conditionalOnAgreements
    /// Acts without a request for help.
    case worksWithoutRequest
    /// Approaches residents also if they do not want it.
    case pressureAllowed
    /// Refusal is the entry condition.
    case compulsory
    /// The source names this as an open question.
    case unresolved

    /// Whether a resident may be told that a no costs neither benefit, home nor help: only where the source lets the resident decide.
    public var letsRefuseFreely: Bool {
        switch self {
        case .voluntary, .explicitConsentBeforeDiscussion, .referrerObtainsConsent: true
        // What is offered, or left alone, hangs on the answer.
        case .parentalConsent, .conditionalOnAgreements, .pressureAllowed, .compulsory: false
        // Nobody has said what follows a no; that somebody comes unasked does not say it.
        case .worksWithoutRequest, .unresolved: false
        }
    }
}

/// How long things are kept. Dutch: bewaartermijnen. Calendar terms only; nil is undecided.
public struct RetentionTerms: Hashable, Sendable {
    /// From closing until the content of a casefile is erased.
    public let caseAfterClosing: Term?
    /// From a year's end until its part of the data-sharing log is destroyed.
    public let log: Term?
    /// How long a backup is kept, and with it an old epoch of the wrapping keys.
    public let backup: Term?
}

/// A pack with its decisions, for people and for the parts of the desk that need more than the gate does.
public struct PackDescription: Hashable, Sendable {
    /// How far a pack is (contract §8).
    public enum Standing: String, CaseIterable, Hashable, Sendable {
        /// It loads, and names what is undecided.
        case described
        /// What stops the work is decided, in part by fictitious decisions.
        case decidable
        /// What stops the work is decided by a controller.
        case live
    }
    /// The name of its folder under `packs`.
    public let id: String
    /// Where its contents come from.
    public let source: String
    /// Its name for people, where it has one.
    public let title: PlainText?
    /// The life domains that the source lists, with its own words for them; nil when it lists none.
    public let lifeDomains: [LifeDomain: [String]]?
    /// What residents can refuse; nil when nobody says.
    public let consentMode: ConsentMode?
    /// What the gate works with.
    public let rules: PackRules
    /// How long things are kept.
    public let retention: RetentionTerms
    /// The figures of its report, as the source names them; nil when it does not say.
    public let reportFigures: [String]?
    /// How far it is.
    public let standing: Standing

    /// The steps for a task that stays open, the decided one last; empty when nothing is decided.
    public var ladder: [Rung] { rules.ladder }
}

/// Something that neither the source nor the controller has decided.
public struct OpenQuestion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The pack's file.
    public let file: String
    /// The key, as a decisions file names it.
    public let key: String
    /// What does not work until it is decided.
    public let blocks: String
    /// Whether work stops for it; what does not stop keeps the stricter rule meanwhile.
    public let stopsWork: Bool
    /// Whether a fictitious decision answers it in the demo.
    public let answeredInDemo: Bool

    /// `file: key: what it blocks`.
    public var description: String {
        "\(file): `\(key)` is undecided: \(blocks)" + (answeredInDemo ? " (the demo uses a fictitious value)" : "")
    }
    public static func < (a: Self, b: Self) -> Bool { a.file == b.file ? a.key < b.key : a.file < b.file }
}
