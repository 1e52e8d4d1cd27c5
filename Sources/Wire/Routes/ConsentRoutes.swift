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
        RouteEntry(.get, "/v1/consents/{consentId}/receipt", at: [.staff]),
        answer: { try await $0.showConsentReceipt($1["consentId"], by: $1.by()) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/confirmations", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.confirmConsent($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/objections", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.makeObjection($1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.get, "/v1/objections", at: [.staff], query: [.after, .limit]),
        answer: { try await $0.listObjections(after: $1.query["after"], limit: $1.query.limit, by: $1.by()) }),
    Route(
        RouteEntry(.post, "/v1/objections/{objectionId}/weighing", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.weighObjection($1["objectionId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/ages", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.noteAge($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/registrations", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.noteRegistration($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/representatives", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.recordRepresentative($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/representatives/{representativeId}/set-aside", at: [.staff], takes: .json, idempotency: .creates),
        answer: {
            try await $0.setAsideRepresentative($1["representativeId"], $1.body, by: $1.by(), idempotency: $1.idempotency)
        }),
]
