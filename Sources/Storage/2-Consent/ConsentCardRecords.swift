import Casework

/// How an answer was recorded, without who recorded it.
public struct ShownEvidence: Hashable, Sendable {
    /// `spoken`, `signed`, `code` or `filed`.
    public let how: String
    public let language: String?
    public let textVersion: String?
    /// Whether somebody looked that a yes was free.
    public let freely: Bool
    /// When the resident confirmed it by the card.
    public let confirmedAt: Instant?
}

extension Transaction {
    /// Keeps the keyed hash of the code on the card that was left when this answer was given.
    func insertCard(_ mac: [UInt8], of consent: ConsentID) throws {
        try run("INSERT INTO consent_card (consent, code) VALUES (?, ?)", [.of(consent), .of(mac)])
    }

    /// The answers of a person that were recorded with this card.
    public func consents(onCard mac: [UInt8], of person: PersonID) throws -> [(id: ConsentID, isConfirmed: Bool)] {
        try all(
            """
            SELECT consent.id, confirmed_at FROM consent JOIN consent_card ON consent_card.consent = consent.id
            WHERE consent.person = ? AND code = ? ORDER BY consent.id
            """, [.of(person), .of(mac)]
        ).map { (try $0.identifier("id"), try $0.integerOrNil("confirmed_at") != nil) }
    }

    /// Keeps that the resident confirmed it.
    public func confirm(_ consent: ConsentID, by handle: String, at now: Instant) throws {
        try run(
            "UPDATE consent_card SET confirmed_at = ?, confirmed_by = ? WHERE consent = ? AND confirmed_at IS NULL",
            [.of(now), .text(handle), .of(consent)])
    }

    /// How an answer was recorded, as it can be shown; nil when there is none with this id.
    public func evidence(of consent: ConsentID) throws -> ShownEvidence? {
        try first(
            """
            SELECT recorded_how, language, text_version, freely, confirmed_at FROM consent LEFT JOIN consent_card ON consent_card.consent = consent.id
            WHERE consent.id = ?
            """, [.of(consent)]
        ).map {
            ShownEvidence(
                how: try $0.text("recorded_how"), language: try $0.textOrNil("language"), textVersion: try $0.textOrNil("text_version"),
                freely: try $0.flagOrNil("freely") ?? false,
                confirmedAt: try $0.instantOrNil("confirmed_at"))
        }
    }

    /// The yeses of a person that rest on what somebody else says they said, not signed and not confirmed; and those of which nobody looked
    /// whether they were free.
    public func doubtfulConsents(of person: PersonID) throws -> (unconfirmed: Set<ConsentID>, unchecked: Set<ConsentID>) {
        let rows = try all(
            """
            SELECT consent.id, recorded_how NOT IN ('signed', 'code') AND confirmed_at IS NULL AS unconfirmed, freely IS NULL AS unchecked
            FROM consent LEFT JOIN consent_card ON consent_card.consent = consent.id WHERE consent.person = ? AND answer = 'given'
            """, [.of(person)])
        func ids(_ column: String) throws -> Set<ConsentID> { Set(try rows.filter { try $0.flag(column) }.map { try $0.identifier("id") }) }
        return (try ids("unconfirmed"), try ids("unchecked"))
    }
}
