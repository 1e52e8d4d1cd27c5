import Exchange
import ServiceLifecycle
import StrictJSON

/// A partner fetches its sealed messages and hands in receipts.
let inboxRoutes: [Route] = [
    Route(RouteEntry(.get, "/v1/inbox", at: [.partners], query: [.after, .limit, .wait, .from, .to]), answer: listInbox),
    Route(RouteEntry(.get, "/v1/inbox/{messageId}", at: [.partners], sends: .jose)) { desk, request in
        let message = try await desk.fetchMessageWithFields(request["messageId"], by: request.by())
        return .bytes(message.bytes, .jose, fields: message.fields)
    },
    Route(
        RouteEntry(.post, "/v1/inbox/{messageId}/receipts", at: [.partners], takes: .jose),
        answer: { try await $0.takeReceipt($1["messageId"], $1.bytes, by: $1.by()) }),
]

/// What waits; with `wait` as soon as something does; with `from` or `to` what was given.
private func listInbox(_ desk: ReferralDesk, _ request: DeskRequest) async throws -> DeskAnswer {
    let (query, caller) = (request.query, try request.by())
    let seconds = query["wait"].flatMap { Int($0) }
    guard query["from"] != nil || query["to"] != nil else {
        guard let seconds else { return try await desk.listInbox(after: query["after"], limit: query.limit, by: caller) }
        // A stop of the listener ends the wait, not the request.
        return try await cancelWhenGracefulShutdown {
            try await desk.awaitInbox(after: query["after"], limit: query.limit, seconds: seconds, by: caller)
        }
    }
    guard seconds == nil else {
        throw DeskRefusal.invalidInput([
            InputFault(
                pointer: "/query/wait", code: "not-together", detail: "what was given is known at once: nothing is waited for",
                hint: "leave `wait` out, or `from` and `to`")
        ])
    }
    return try await desk.listGiven(from: query["from"], to: query["to"], after: query["after"], limit: query.limit, by: caller)
}
