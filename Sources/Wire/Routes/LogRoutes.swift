import Exchange

/// The data-sharing log, and who opened a case that was not theirs.
let logRoutes: [Route] = [
    Route(RouteEntry(.get, "/v1/log/checkpoint", at: [.staff]), answer: { try await $0.showCheckpoint(by: $1.by()) }),
    Route(
        RouteEntry(.get, "/v1/log/entries", at: [.staff], query: [.afterNumber, .limit]),
        answer: { try await $0.listLogEntries(after: $1.query["after"].flatMap { Int64($0) }, limit: $1.query.limit, by: $1.by()) }),
    Route(
        RouteEntry(.get, "/v1/break-glass", at: [.staff], query: [.after, .limit]),
        answer: { try await $0.listBrokenGlass(after: $1.query["after"], limit: $1.query.limit, by: $1.by()) }),
]
