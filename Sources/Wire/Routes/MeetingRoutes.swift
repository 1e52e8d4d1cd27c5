import Exchange

/// Meetings about a household: opening, dating, holding; the plan, and what is told by word of mouth.
let meetingRoutes: [Route] = [
    Route(
        RouteEntry(.post, "/v1/meetings", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.openMeeting($1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(RouteEntry(.get, "/v1/meetings/{meetingId}", at: [.staff]), answer: { try await $0.showMeeting($1["meetingId"], by: $1.by()) }),
    Route(
        RouteEntry(.post, "/v1/meetings/{meetingId}/date", at: [.staff], takes: .json, idempotency: .optional),
        answer: { try await $0.dateMeeting($1["meetingId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/meetings/{meetingId}/cancellation", at: [.staff], takes: .json, idempotency: .optional),
        answer: { try await $0.cancelMeeting($1["meetingId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/meetings/{meetingId}/minutes", at: [.staff], takes: .json, idempotency: .optional),
        answer: { try await $0.keepMinutes($1["meetingId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/meetings/{meetingId}/transfers", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.transferCase($1["meetingId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/meetings/{meetingId}/replies", at: [.partners], takes: .json, idempotency: .optional),
        answer: { try await $0.answerInvitation($1["meetingId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/plan", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.makePlan($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/casefiles/{casefileId}/spoken-disclosures", at: [.staff], takes: .json, idempotency: .creates),
        answer: { try await $0.recordSpoken($1["casefileId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/plan-actions/{actionId}/done", at: [.staff], takes: .json),
        answer: { try await $0.finishAction($1["actionId"], $1.body, by: $1.by()) }),
]
