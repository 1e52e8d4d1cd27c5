import Casework

/// The record on which something is shared without the person's consent, as the gate sees it: codes, instants and names of fields. What was
/// written about it is content and stands elsewhere. Dutch: verantwoording.
///
/// It is about one recipient, one purpose and one ground, so that a ground cannot be swapped afterwards.
public struct Justification: Hashable, Sendable {
    public let id: JustificationID
    public let recipient: OrganisationNumber
    public let purpose: Purpose
    public let ground: LawfulGround
    /// The fields it is about.
    public let fields: FieldNames
    /// Those of them of which somebody wrote why they are necessary.
    public let necessary: FieldNames
    /// Whether the duties that conflict were weighed with a colleague, as professional secrecy demands of whoever breaks it.
    public let weighsSecrecy: Bool
    /// When a second person agreed; nil until then.
    public let agreedAt: Instant?
    /// The first instant at which it no longer holds.
    public let until: Instant
    /// When somebody declined or ended it, if anybody did.
    public let endedAt: Instant?

    public init(
        id: JustificationID, recipient: OrganisationNumber, purpose: Purpose, ground: LawfulGround, fields: FieldNames,
        necessary: FieldNames, weighsSecrecy: Bool, agreedAt: Instant?, until: Instant, endedAt: Instant? = nil
    ) {
        self.id = id
        self.recipient = recipient
        self.purpose = purpose
        self.ground = ground
        self.fields = fields
        self.necessary = necessary
        self.weighsSecrecy = weighsSecrecy
        self.agreedAt = agreedAt
        self.until = until
        self.endedAt = endedAt
    }

    /// Whether it is about exactly what is asked, and has neither expired nor been ended.
    func isOpen(to question: DisclosureQuestion, at now: Instant) -> Bool {
        recipient == question.recipient && purpose == question.purpose && ground == question.ground && now < until
            && endedAt.map { now < $0 } ?? true
    }
    /// Whether a second person agreed.
    func isAgreed(at now: Instant) -> Bool { agreedAt.map { $0 <= now } ?? false }
}
