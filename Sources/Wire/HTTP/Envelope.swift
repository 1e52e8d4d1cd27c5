import Casework
import Exchange
import HTTPTypes
import Hummingbird
import Logging

/// The version of the API, which every answer tells (NL GOV API Design Rules 2.2); `info.version` of openapi.json is the same.
public let apiVersion = "1.0.0"

/// One of the doors of the house (contract §3: P, S, M).
enum Listener: String, Hashable, Sendable { case partners, staff, management }

/// Goes around every request of a listener: request id, standard headers, problems for whatever is thrown, figures, the access log.
struct Envelope: RouterMiddleware {
    let listener: Listener
    let settings: ListenerSettings
    private let figures: RequestFigures

    init(listener: Listener, settings: ListenerSettings) {
        self.listener = listener
        self.settings = settings
        figures = RequestFigures(listener: listener, factory: settings.metrics)
    }

    func handle(_ request: Request, context: WireContext, next: (Request, WireContext) async throws -> Response) async throws -> Response {
        var context = context
        let own = TraceID(random: settings.random(16))
        let requestID = own.description
        let trace = callersTrace(request) ?? own
        context.requestID = requestID
        context.trace = trace
        context.logger[metadataKey: "hb.request.id"] = .string(requestID)
        context.logger[metadataKey: "trace"] = .string(trace.description)
        let start = settings.monotonic()
        var response: Response
        do {
            // The router would take `/v1/desk/` and `//v1/desk` for `/v1/desk`.
            guard !hasEmptySegment(request.uri.path) else { throw DeskRefusal.notFound }
            response = try await next(request, context)
        } catch let broken as BrokenBody {
            // The server itself answers a request that is no HTTP, and closes the connection.
            throw broken.cause
        } catch is CancellationError {
            response =
                refusalResponse(DeskRefusal.busy, to: request, requestID: requestID) ?? problemResponse(internalFault, requestID: requestID)
        } catch {
            if let refusal = refusalResponse(error, to: request, requestID: requestID) {
                response = refusal
            } else {
                // The type only: a fault's own text may quote what was sent.
                context.logger.error(
                    "request failed", metadata: ["fault": .string("\(type(of: error))"), "route": .string(route(context))])
                response = problemResponse(internalFault, requestID: requestID)
            }
        }
        if leavesEndlessBody(request, response, limit: settings.bodyLimit) { response.headers[.connection] = "close" }
        addStandardHeaders(&response)
        note(request, response, context, nanoseconds: settings.monotonic() &- start)
        return response
    }

    /// The trace that the caller named (W3C Trace Context): in one header, well-formed; else it is as if there were none.
    private func callersTrace(_ request: Request) -> TraceID? {
        let values = request.headers[values: .traceparent]
        guard values.count == 1, let value = values.first else { return nil }
        return TraceID(traceparent: value)
    }

    private func note(_ request: Request, _ response: Response, _ context: WireContext, nanoseconds: UInt64) {
        // An unknown route has no template, and its method is free text: neither becomes a label.
        let route = route(context)
        let method = route == "none" ? "none" : request.method.rawValue
        figures.note(RequestFigures.Kind(route: route, method: method, status: response.status.code), nanoseconds: nanoseconds)
        context.logger.debug(
            "request answered",
            metadata: [
                "listener": .string(listener.rawValue), "method": .string(method), "route": .string(route),
                "status": .stringConvertible(response.status.code), "microseconds": .stringConvertible(nanoseconds / 1000),
            ])
    }

    private func route(_ context: WireContext) -> String {
        guard let path = context.endpointPath, path.hasPrefix("/") else { return "none" }
        return path
    }
}

/// Whether the request was refused before its body was read, and the body may never end: the server would read on to its end.
/// - Parameter limit: the most bytes of a body.
func leavesEndlessBody(_ request: Request, _ response: Response, limit: Int) -> Bool {
    guard [401, 403, 404, 406, 413, 415].contains(response.status.code) else { return false }
    if request.headers[.transferEncoding] != nil { return true }
    return (request.headers[.contentLength].flatMap { Int($0) } ?? 0) > limit
}

/// Whether a path ends in a slash or holds two in a row; the root alone does not.
func hasEmptySegment(_ path: String) -> Bool { path.count > 1 && (path.hasSuffix("/") || path.contains("//")) }

/// The headers of every answer (NL GOV API Design Rules 2.2, transport security module).
func addStandardHeaders(_ response: inout Response) {
    var headers = standardHeaders
    for field in response.headers { headers.append(field) }
    response.headers = headers
}

private let standardHeaders: HTTPFields = [
    .apiVersion: apiVersion, .cacheControl: "no-store", .strictTransportSecurity: "max-age=31536000; includeSubDomains",
    .xContentTypeOptions: "nosniff", .xFrameOptions: "DENY", .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
]

extension HTTPField.Name {
    /// `API-Version` (NL GOV API Design Rules 2.2).
    static let apiVersion = named("API-Version")
    /// `X-Frame-Options` (RFC 7034).
    static let xFrameOptions = named("X-Frame-Options")
    /// `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
    static let idempotencyKey = named("Idempotency-Key")

    /// The name, which must be a token (RFC 9110, section 5.1).
    private static func named(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("`\(name)` is no field name") }
        return field
    }
}
