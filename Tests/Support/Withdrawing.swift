import Exchange
import StrictJSON

extension TestDesk {
    /// The id of a person's consent to debt help.
    public func debtConsent(of person: String, casefile: String, by member: Caller) async throws -> String {
        let shown = try await desk.showCasefile(casefile, by: member).body
        let consents = (shown["persons"]?.arrayValue ?? []).first { $0.text("personId") == person }?["consents"]?.arrayValue ?? []
        guard let consent = consents.first(where: { $0.texts("recipients") == ["sector:debt"] }) else {
            throw StoryFault(description: "nobody agreed to debt help")
        }
        return consent.text("consentId")
    }

    /// Withdraws a consent by telephone; the lists of the answer.
    public func withdraw(_ consent: String, key: String? = nil, by member: Caller) async throws -> JSONValue {
        let key = key.map { IdempotencyKey(route: "POST /v1/consents/{id}/withdrawal", key: $0, body: [1]) }
        return try await desk.withdrawConsent(consent, ["how": "telephone"], by: member, idempotency: key).body
    }
}
