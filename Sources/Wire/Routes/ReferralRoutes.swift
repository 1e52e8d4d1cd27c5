import Exchange

/// Asking the gate, and referring.
let referralRoutes: [Route] = [
    Route(RouteEntry(.post, "/v1/decisions", at: [.staff], takes: .json), answer: { try await $0.askDecision($1.body, by: $1.by()) }),
    Route(
        RouteEntry(.post, "/v1/referrals", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.dispatchReferral($1.body, by: $1.by(), idempotency: $1.idempotency, trace: $1.trace) }),
]
