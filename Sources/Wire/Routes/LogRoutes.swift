import Exchange

/// The data-sharing log.
let logRoutes: [Route] = [
    Route(RouteEntry(.get, "/v1/log/checkpoint", at: [.staff]), answer: { try await $0.showCheckpoint(by: $1.by()) }),
    Route(
        RouteEntry(.get, "/v1/log/entries", at: [.staff], query: [.afterNumber, .limit]),
        answer: { try await $0.listLogEntries(after: $1.query["after"].flatMap { Int64($0) }, limit: $1.query.limit, by: $1.by()) }),
]
