import Exchange
import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON

/// A caller, and the token by which it was known.
struct Identified: Sendable {
    let caller: Caller
    var token: String?
}

/// How a listener knows who asks.
struct DoorKeeper: Sendable {
    let identify: @Sendable (Request, WireContext) async throws -> Identified
}

/// The router of one listener.
func buildRouter(_ routes: [BoundRoute], at listener: Listener, door: DoorKeeper, settings: ListenerSettings) -> Router<WireContext> {
    let router = Router(context: WireContext.self)
    router.add(middleware: Envelope(listener: listener, settings: settings))
    for route in routes {
        router.on(RouterPath(route.entry.path), method: route.entry.method) { request, context in
            try await respond(route, to: request, context, at: listener, door: door, bodyLimit: settings.bodyLimit)
        }
    }
    return router
}

/// One request from the door to the answer: who asks, what HTTP demands, the use case, the encoding.
private func respond(
    _ route: BoundRoute, to request: Request, _ context: WireContext, at listener: Listener, door: DoorKeeper, bodyLimit: Int
) async throws -> Response {
    let entry = route.entry
    // First of all, so that strangers learn nothing about what lies behind.
    let identified: Identified? = entry.access == .caller ? try await door.identify(request, context) : nil
    let token = entry.access == .session ? try bearerToken(request) : identified?.token
    guard accepts(entry.sends, request.headers) else { throw WireRefusal.notAcceptable(sends: entry.sends.rawValue) }
    if let type = entry.takes, !isOf(type, request.headers) { throw WireRefusal.unsupportedMediaType(wants: type.rawValue) }
    // A body that nobody asked for is bounded as well.
    let bytes = try await readBody(request, limit: bodyLimit)
    let (query, body, key) = try checkInput(entry, request, bytes: entry.takes == nil ? [] : bytes, at: listener)

    let asked = DeskRequest(
        caller: identified?.caller, token: token,
        parameters: Dictionary(context.parameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { first, _ in first }),
        query: query, bytes: entry.takes == nil ? [] : bytes, body: body, idempotency: key,
        trace: context.trace)
    var response: Response
    switch try await route.handle(asked) {
    case .answer(let answer): response = answerResponse(answer, to: request, requestID: context.requestID)
    case .bytes(let bytes, let type, let fields):
        response = Response(status: .ok, headers: [.contentType: type.rawValue], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        for field in fields { if let name = HTTPField.Name(field.name) { response.headers[name] = field.value } }
    }
    if entry.openToOrigins { response.headers[.accessControlAllowOrigin] = "*" }
    return response
}

/// Query, header and body, with every fault of all three at once.
/// - Throws: `DeskRefusal.invalidInput`.
func checkInput(
    _ entry: RouteEntry, _ request: Request, bytes: [UInt8], at listener: Listener
) throws(DeskRefusal) -> (Query, JSONValue, IdempotencyKey?) {
    let faults = InputFaults()
    let query = Query(request.uri.query, allowed: entry.query, into: faults)
    let key = idempotencyKey(entry, request, bytes: bytes, at: listener, into: faults)
    var body = JSONValue.null
    var all = faults.all
    if entry.takes == .json {
        do { body = try parseJSON(bytes) } catch { all += InputFaults(error).all }
    }
    guard all.isEmpty else { throw .invalidInput(all) }
    return (query, body, key)
}

/// The key of `Idempotency-Key`: 1 to 200 visible ASCII characters.
private func idempotencyKey(
    _ entry: RouteEntry, _ request: Request, bytes: [UInt8], at listener: Listener, into faults: InputFaults
) -> IdempotencyKey? {
    guard entry.idempotency != .none else { return nil }
    let values = request.headers[values: .idempotencyKey]
    let pointer = "/header/Idempotency-Key"
    guard let key = values.first else {
        if entry.idempotency == .creates, listener == .partners {
            faults.add(
                pointer, "missing-header", "this request needs an idempotency key",
                hint: "send a new UUID, and the same one when you repeat it")
        }
        return nil
    }
    guard values.count == 1, (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        faults.add(pointer, "invalid-header", "an idempotency key has 1 to 200 visible ASCII characters", hint: "send a UUID")
        return nil
    }
    // The template says not of which case, task or signal; under one key the same words about another are another request.
    return IdempotencyKey(route: entry.template, key: key, body: Array("\(request.uri.path)\n".utf8) + bytes)
}
