import Exchange

/// Figures.
let reportRoutes: [Route] = [
    Route(
        RouteEntry(.get, "/v1/reports/uniform", at: [.staff], query: [.from, .to]),
        answer: { try await $0.reportUniformly(from: $1.query["from"], to: $1.query["to"], by: $1.by()) }),
    Route(
        RouteEntry(.get, "/v1/reports/without-consent", at: [.staff], query: [.from, .to]),
        answer: { try await $0.listWithoutConsent(from: $1.query["from"], to: $1.query["to"], by: $1.by()) }),
]
