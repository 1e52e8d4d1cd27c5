import Exchange

/// A partner fetches its sealed messages and hands in receipts.
let inboxRoutes: [Route] = [
    Route(
        RouteEntry(.get, "/v1/inbox", at: [.partners], query: [.after, .limit]),
        answer: { try await $0.listInbox(after: $1.query["after"], limit: $1.query.limit, by: $1.by()) }),
    Route(RouteEntry(.get, "/v1/inbox/{messageId}", at: [.partners], sends: .jose)) { desk, request in
        let message = try await desk.fetchMessageWithFields(request["messageId"], by: request.by())
        return .bytes(message.bytes, .jose, fields: message.fields)
    },
    Route(
        RouteEntry(.post, "/v1/inbox/{messageId}/receipts", at: [.partners], takes: .jose),
        answer: { try await $0.takeReceipt($1["messageId"], $1.bytes, by: $1.by()) }),
]
