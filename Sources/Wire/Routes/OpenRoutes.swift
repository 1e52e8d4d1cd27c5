import Exchange

/// What anybody may read, from pages of any origin: the API's description and the municipality's public keys.
let openRoutes: [Route] = [
    Route(RouteEntry(.get, "/v1/openapi.json", at: [.staff], access: .anybody, openToOrigins: true)) { _, _ in
        .bytes(PackageResources.openapi_json, .json)
    },
    Route(
        RouteEntry(.get, "/v1/jwks.json", at: [.staff, .partners], access: .anybody, openToOrigins: true),
        answer: { desk, _ in DeskAnswer(status: 200, body: desk.publicKeys()) }),
]
