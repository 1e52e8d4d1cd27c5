import Exchange

/// Consent, its withdrawal, and objections.
let consentRoutes: [Route] = [
    Route(
        RouteEntry(.post, "/v1/consents", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.recordConsent($1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/consents/{consentId}/withdrawal", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.withdrawConsent($1["consentId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/objections", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.makeObjection($1.body, by: $1.by(), idempotency: $1.idempotency) }),
]
