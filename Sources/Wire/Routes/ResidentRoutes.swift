import Exchange

/// Telling residents what goes on about them, and answering what they ask.
let residentRoutes: [Route] = [
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/tellings", at: [.staff], takes: .json, idempotency: .optional),
        answer: { try await $0.tellResident($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/access-requests", at: [.staff], takes: .json),
        answer: { try await $0.answerAccessRequest($1.body, by: $1.by()) }),
    Route(
        RouteEntry(.post, "/v1/person-searches", at: [.staff], takes: .json),
        answer: { try await $0.findPerson($1.body, by: $1.by()) }),
]
