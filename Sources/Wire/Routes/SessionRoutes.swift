import Exchange

/// Signing in and out, and what must be done before anything else.
let sessionRoutes: [Route] = [
    Route(RouteEntry(.post, "/v1/sessions", at: [.staff], access: .anybody, takes: .json), answer: { try await $0.signIn($1.body) }),
    Route(
        RouteEntry(.delete, "/v1/sessions/current", at: [.staff]),
        answer: { try await $0.signOut(token: $1.held()) }),
    Route(
        RouteEntry(.post, "/v1/sessions/current/enrolment", at: [.staff], access: .session),
        answer: { try await $0.beginEnrolment(token: $1.held()) }),
    Route(
        RouteEntry(.post, "/v1/sessions/current/enrolment/confirmation", at: [.staff], access: .session, takes: .json),
        answer: { try await $0.finishEnrolment(token: $1.held(), $1.body) }),
]
