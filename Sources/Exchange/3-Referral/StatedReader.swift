import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage

/// What a receipt says of who read the message, held against the covenant under which it went (R29).
///
/// The municipality knows no workers of another organisation, and should not: a list of them here would be personal data that nobody needs.
/// It knows the roles that a covenant names, and by a receipt which of them has acknowledged which version. How many people have that role, and
/// which of them has read the text, is known where they work.
enum StatedReader: Hashable, Sendable {
    /// Nothing is asked, or nothing was said.
    case none
    /// A role that the covenant names has acknowledged the version under which the message went.
    case acknowledged(covenant: String, role: String)
    /// It was taken, and the desk is told with this code.
    case fault(String)

    /// A role read it that the covenant does not name.
    static let roleNotNamed = "reader-role-not-named"
    /// The version that was acknowledged is not the one under which the message went.
    static let otherVersion = "other-covenant-version"
    /// Codes of messages that were received: there is nothing to send again, and their tasks go on.
    static let codes: Set<String> = [roleNotNamed, otherVersion]

    /// - Parameter policy: the covenants of now. One that is no longer there asks nothing.
    init(_ receipt: TakenReceipt, of message: MessageRow, policy: PolicySnapshot) {
        self = .none
        guard receipt.opened, let name = message.covenant else { return }
        let covenant = policy.covenants(with: message.partner).first { "\($0.id)/\($0.version)" == name }
        guard let covenant, let workers = covenant.parties.first(where: { $0.oin == message.partner })?.workers, !workers.isEmpty else {
            return
        }
        if let version = receipt.covenantVersion, version != Int64(covenant.version) {
            self = .fault(Self.otherVersion)
        } else if let role = receipt.readerRole {
            guard workers.contains(role) else {
                self = .fault(Self.roleNotNamed)
                return
            }
            if receipt.covenantVersion != nil { self = .acknowledged(covenant: name, role: role) }
        }
    }

    /// Keeps or tells it, in the commit that takes the receipt.
    /// - Parameter news: the id of what the desk is told.
    func write(_ transaction: Transaction, of message: MessageRow, as news: EntryID, at now: Instant) throws {
        switch self {
        case .none: break
        case .acknowledged(let covenant, let role):
            try transaction.insertAcknowledgement(of: covenant, by: role, at: message.partner, on: now)
        case .fault(let code): try transaction.insertFault(news, message: message.id, code: code, at: now)
        }
    }
}

extension TakenReceipt {
    /// What the log says of who read it: the role as a word, and which version of which covenant it has acknowledged. Nothing without a role, as
    /// a version alone is what the organisation holds.
    func readerFacts(of message: MessageRow) -> [String: AuditFact] {
        guard let role = readerRole else { return [:] }
        // The log holds words, never a text that somebody else wrote.
        var facts: [String: AuditFact] = ["readerRole": .text(role.wholeMatch(of: /[a-z][a-zA-Z0-9]{0,39}/) == nil ? "other" : role)]
        if let covenant = message.covenant { facts["covenant"] = .text(covenant) }
        if let version = covenantVersion { facts["covenantVersion"] = .integer(version) }
        return facts
    }
}
