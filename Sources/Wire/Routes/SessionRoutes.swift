import Exchange

/// Signing in and out.
let sessionRoutes: [Route] = [
    Route(RouteEntry(.post, "/v1/sessions", at: [.staff], access: .anybody, takes: .json), answer: { try await $0.signIn($1.body) }),
    Route(
        RouteEntry(.delete, "/v1/sessions/current", at: [.staff]),
        answer: { desk, request in
            guard let token = request.token else { throw DeskRefusal.notSignedIn }
            return try await desk.signOut(token: token)
        }),
]
