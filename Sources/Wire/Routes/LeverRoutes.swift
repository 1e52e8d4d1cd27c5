import Exchange

/// By what somebody may be compelled: recorded, reviewed, ended. A case shows them.
let leverRoutes: [Route] = [
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/levers", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.recordLever($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/levers/{leverId}/review", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.reviewLever($1["leverId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/levers/{leverId}/end", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.endLever($1["leverId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
]
