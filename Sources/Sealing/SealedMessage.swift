import Casework
import Crypto
import Disclosure
import JOSE

/// A message that only its recipient can read and that only we could have queued.
///
/// ``seal(_:decision:meeting:levers:in:for:with:)`` makes one, of a notice ``seal(_:in:for:with:)``; from a database row there is one way back,
/// ``init(restoring:id:kind:recipient:decision:queueSeal:under:)``, which checks that the row is as we wrote it. What writes to a partner takes
/// this, never bytes.
public struct SealedMessage: Sendable {
    public let id: MessageID
    public let kind: MessageKind
    public let recipient: OrganisationNumber
    /// The decision it rests on; nil for a notice.
    public let decision: DecisionID?
    /// The compact JWE (RFC 7516).
    public let compact: [UInt8]
    /// SHA-256 of ``compact``; it stands in the log entry too.
    public let digest: [UInt8]
    /// HMAC-SHA256 over message id ‖ recipient ‖ decision id (16 zero bytes for a notice) ‖ digest.
    public let queueSeal: [UInt8]

    init(
        id: MessageID, kind: MessageKind, recipient: OrganisationNumber, decision: DecisionID?, compact: [UInt8], under key: SymmetricKey
    ) {
        self.id = id
        self.kind = kind
        self.recipient = recipient
        self.decision = decision
        self.compact = compact
        digest = sha256(compact)
        queueSeal = Array(HMAC<SHA256>.authenticationCode(for: Self.sealed(id, recipient, decision, digest), using: key))
    }

    /// The message of a queue row, if its queue seal holds. The seal does not cover the kind, which nothing rests on: the payload says it
    /// too, under our signature.
    public init(
        restoring compact: [UInt8], id: MessageID, kind: MessageKind, recipient: OrganisationNumber, decision: DecisionID?,
        queueSeal: [UInt8], under key: SymmetricKey
    ) throws(SealingError) {
        let digest = sha256(compact)
        guard HMAC<SHA256>.isValidAuthenticationCode(queueSeal, authenticating: Self.sealed(id, recipient, decision, digest), using: key)
        else {
            throw .queueSealBroken
        }
        self.id = id
        self.kind = kind
        self.recipient = recipient
        self.decision = decision
        self.compact = compact
        self.digest = digest
        self.queueSeal = queueSeal
    }

    private static func sealed(_ id: MessageID, _ recipient: OrganisationNumber, _ decision: DecisionID?, _ digest: [UInt8]) -> [UInt8] {
        id.bytes + Array(recipient.description.utf8) + (decision?.bytes ?? [UInt8](repeating: 0, count: 16)) + digest
    }
}

/// Why something could not be sealed, restored or verified; never with content.
public enum SealingError: Error, Hashable, Sendable {
    /// The partner's key set or our key cannot be used; the JOSE code says why.
    case keys(code: String)
    /// The message is addressed to another organisation than the one it was permitted for.
    case wrongRecipient
    /// An invitation names a life domain that its permission does not grant.
    case itemNotPermitted
    /// It is not said how its recipient knows a lever on which the permission rests.
    case leverWithoutReference
    /// We have no signing key of this profile.
    case noKey(SealingProfile)
    /// A queue row is not as we wrote it.
    case queueSealBroken
    /// A receipt is malformed, not signed by the partner, or about something else.
    case receipt(code: String)
}
