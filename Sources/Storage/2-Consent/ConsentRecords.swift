import Casework
import Disclosure

/// How an answer was recorded: evidence that the gate does not look at.
public struct ConsentEvidence: Sendable {
    /// `spoken`, `signed` or `code`; `filed` when it came with a signal.
    public let how: String
    /// Keyed handle of who recorded it.
    public let by: String
    /// Why it was not asked, as a code.
    public let reason: String?
    public let language: String?
    public let textVersion: String?
    /// The keyed hash of the code on the card that was left; nil without one.
    public let card: [UInt8]?
    /// Whether somebody looked that a yes was free (GDPR 7(4)): a no had no consequences, and nothing hung on the yes.
    public let freely: Bool
    public init(
        how: String, by: String, reason: String?, language: String?, textVersion: String?, card: [UInt8]? = nil, freely: Bool = false
    ) {
        self.freely = freely
        self.how = how
        self.by = by
        self.reason = reason
        self.language = language
        self.textVersion = textVersion
        self.card = card
    }
}

extension Transaction {
    /// Appends a record to the consent registry and makes decisions about the person stale.
    public func insertConsent(_ consent: ConsentRecord, of person: PersonID, evidence: ConsentEvidence) throws {
        try run(
            """
            INSERT INTO consent (id, person, answer, recipients, purposes, fields, from_at, until_at, recorded_at, recorded_by, recorded_how, reason,
                language, text_version, speaker, freely) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .of(consent.id), .of(person), .of(consent.answer), .text(consent.recipients.map(\.text).joined(separator: " ")),
                .of(consent.purposes?.map(\.rawValue).joined(separator: " ")), .text(consent.fields.paths.joined(separator: " ")),
                .of(consent.from),
                .of(consent.until), .of(consent.recordedAt), .text(evidence.by), .text(evidence.how), .of(evidence.reason),
                .of(evidence.language),
                .of(evidence.textVersion), .of(consent.speaker.representative), .of(evidence.freely ? 1 : nil as Int?),
            ])
        if let card = evidence.card { try insertCard(card, of: consent.id) }
        try raiseDisclosureRevision(of: person)
    }

    /// Appends the withdrawal of a consent; false when it had been withdrawn before.
    public func withdraw(_ consent: ConsentID, of person: PersonID, how: String, by handle: String, at now: Instant) throws -> Bool {
        guard try first("SELECT 1 AS one FROM consent_withdrawal WHERE consent = ?", [.of(consent)]) == nil else { return false }
        try run(
            "INSERT INTO consent_withdrawal (consent, person, withdrawn_at, withdrawn_how, recorded_by) VALUES (?, ?, ?, ?, ?)",
            [.of(consent), .of(person), .of(now), .text(how), .text(handle)])
        try raiseDisclosureRevision(of: person)
        return true
    }

    /// Whose consent this is, and its answer.
    public func consentHolder(_ id: ConsentID) throws -> (person: PersonID, answer: ConsentRecord.Answer)? {
        try first("SELECT person, answer FROM consent WHERE id = ?", [.of(id)]).map {
            (try $0.identifier("person"), try $0.member("answer"))
        }
    }

    /// All consent records of a person, in the order in which they were recorded.
    public func consents(of person: PersonID) throws -> [ConsentRecord] {
        try all(
            """
            SELECT consent.id, speaker, answer, recipients, purposes, fields, from_at, until_at, recorded_at, withdrawn_at FROM consent LEFT JOIN consent_withdrawal ON consent_withdrawal.consent = consent.id
            WHERE consent.person = ? ORDER BY consent.id
            """, [.of(person)]
        ).map { row in
            let recipients = try row.words("recipients").map { word -> ConsentRecipient in
                guard let recipient = ConsentRecipient(word) else { throw StoreFault.corrupt("column `recipients` holds no recipient") }
                return recipient
            }
            guard let fields = FieldNames(words: try row.text("fields")) else {
                throw StoreFault.corrupt("column `fields` holds no field name")
            }
            return ConsentRecord(
                id: try row.identifier("id"), by: Speaker(try row.identifierOrNil("speaker")),
                answer: try row.member("answer"), recipients: recipients,
                purposes: try row.wordsOrNil("purposes")?.map(Purpose.init(rawValue:)),
                fields: fields, from: try row.instant("from_at"), until: try row.instantOrNil("until_at"),
                recordedAt: try row.instant("recorded_at"), withdrawnAt: try row.instantOrNil("withdrawn_at"))
        }
    }

    /// The same, and each no that the resident said in these other rows: a refusal or a withdrawal, as of its own instant. Never a yes from there;
    /// and all that a representative said there, whose no is lifted by nothing but their own yes (``Representative/isElsewhere``).
    /// - Parameter twins: those rows (``twins(of:)``).
    public func consents(of person: PersonID, heeding twins: [PersonID]) throws -> [ConsentRecord] {
        try consents(of: person)
            + twins.flatMap { twin in
                try consents(of: twin).filter { $0.speaker != .person || $0.answer == .refused || $0.withdrawnAt != nil }
            }
    }
}
