import Exchange

/// What the desk does about messages that were never delivered.
let deliveryFaultRoutes: [Route] = [
    Route(
        RouteEntry(.post, "/v1/delivery-faults/{faultId}/replay", at: [.staff], takes: .json, idempotency: .optional),
        answer: { try await $0.replayFault($1["faultId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
    Route(
        RouteEntry(.post, "/v1/delivery-faults/{faultId}/end", at: [.staff], takes: .json, idempotency: .optional),
        answer: { try await $0.endFault($1["faultId"], $1.body, by: $1.by(), idempotency: $1.idempotency) }),
]
