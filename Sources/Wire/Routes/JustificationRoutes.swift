import Exchange

/// What is shared without consent: why, who agreed, and the month's list.
let justificationRoutes: [Route] = [
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/justifications", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.makeJustification($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.get, "/v1/casefiles/{casefileId}/justifications", at: [.staff]),
        answer: { try await $0.showJustifications(of: $1["casefileId"], by: $1.by()) }),
    Route(
        RouteEntry(.get, "/v1/justifications", at: [.staff], query: [.after, .limit]),
        answer: { try await $0.listJustifications(after: $1.query["after"], limit: $1.query.limit, by: $1.by()) }),
    Route(
        RouteEntry(.post, "/v1/justifications/{justificationId}/answer", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.answerJustification($1["justificationId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/justifications/{justificationId}/end", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.endJustification($1["justificationId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
]
