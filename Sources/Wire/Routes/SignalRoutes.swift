import Exchange

/// Filing, reading and triaging signals.
let signalRoutes: [Route] = [
    Route(
        RouteEntry(.post, "/v1/signals", at: [.partners, .staff], takes: .json, idempotency: .creates),
        answer: { try await $0.fileSignal($1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.get, "/v1/signals/{signalId}", at: [.partners, .staff]),
        answer: { try await $0.showSignal($1["signalId"], by: $1.by()) }),
    Route(
        RouteEntry(.post, "/v1/signals/{signalId}/triage", at: [.staff], takes: .json, idempotency: .optional),
        answer: { try await $0.triageSignal($1["signalId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/signals/{signalId}/seen", at: [.staff]),
        answer: { try await $0.seeSignal($1["signalId"], by: $1.by()) }),
    Route(
        RouteEntry(.post, "/v1/signals/{signalId}/join", at: [.staff], takes: .json),
        answer: { try await $0.joinSignal($1["signalId"], $1.body, by: $1.by()) }),
    Route(
        RouteEntry(.delete, "/v1/signals/{signalId}/join", at: [.staff]),
        answer: { try await $0.partSignal($1["signalId"], by: $1.by()) }),
]
