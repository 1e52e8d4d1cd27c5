import Exchange

/// The tasks that referrals gave, and the desk's work list.
let taskRoutes: [Route] = [
    Route(
        RouteEntry(.get, "/v1/tasks", at: [.partners, .staff], query: [.state, .after, .limit]),
        answer: { try await $0.listTasks(state: $1.query["state"], after: $1.query["after"], limit: $1.query.limit, by: $1.by()) }),
    Route(
        RouteEntry(.post, "/v1/tasks/{taskId}/transitions", at: [.partners, .staff], takes: .json, idempotency: .optional),
        answer: { try await $0.moveTask($1["taskId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/tasks/{taskId}/override", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.overrideTask($1["taskId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/tasks/{taskId}/disagreements", at: [.partners], takes: .json, idempotency: .creates),
        answer: { try await $0.raiseDisagreement($1["taskId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/tasks/{taskId}/planned-visits", at: [.partners], takes: .json, idempotency: .creates),
        answer: { try await $0.planPartnerVisit($1["taskId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/contacts", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.recordContact($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(RouteEntry(.get, "/v1/desk", at: [.staff]), answer: { try await $0.showDesk(by: $1.by()) }),
    Route(
        RouteEntry(.post, "/v1/desk/news/seen", at: [.staff], takes: .json),
        answer: { try await $0.seeNews($1.body, by: $1.by()) }),
]
