import Exchange

/// Every route of the partners' and the staff listener; the routers are built from it, and a test compares it with openapi.json.
let routeTable: [Route] =
    sessionRoutes + signalRoutes + consentRoutes + referralRoutes + inboxRoutes + taskRoutes + deliveryFaultRoutes + casefileRoutes
    + residentRoutes + justificationRoutes + leverRoutes
    + meetingRoutes + reportRoutes + logRoutes + openRoutes

/// A route with its use case bound to a desk.
struct BoundRoute: Sendable {
    let entry: RouteEntry
    let handle: @Sendable (DeskRequest) async throws -> DeskReply
}

/// The routes of one listener.
func boundRoutes(at listener: Listener, desk: ReferralDesk) -> [BoundRoute] {
    routeTable.filter { $0.entry.listeners.contains(listener) }.map { route in
        BoundRoute(entry: route.entry) { try await route.handle(desk, $0) }
    }
}
