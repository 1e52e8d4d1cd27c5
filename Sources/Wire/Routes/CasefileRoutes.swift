import Exchange

/// The cases on which the caller works.
let casefileRoutes: [Route] = [
    Route(
        RouteEntry(.get, "/v1/casefiles", at: [.staff], query: [.assigned, .after, .limit]),
        answer: { try await $0.listCasefiles(after: $1.query["after"], limit: $1.query.limit, by: $1.by()) }),
    Route(
        RouteEntry(.get, "/v1/casefiles/{casefileId}", at: [.staff]),
        answer: { try await $0.showCasefile($1["casefileId"], by: $1.by()) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/home-visits", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.recordHomeVisit($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/closure", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.closeCase($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/aftercare", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.contactForAftercare($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/assignments", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.assignCase($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/assignments/end", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.unassignCase($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/coordinator", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.nameCoordinator($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/break-glass", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.breakGlass($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(RouteEntry(.get, "/v1/case-workers", at: [.staff]), answer: { try await $0.listCaseWorkers(by: $1.by()) }),
]
