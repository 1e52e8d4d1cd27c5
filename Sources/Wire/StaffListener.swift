import Exchange
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import ServiceLifecycle

/// Answers what the staff listener is asked outside the API: the pages for people. It answers everything, faults too.
public typealias PageResponder = @Sendable (Request, ApplicationRequestContextSource) async -> Response

/// The staff listener: TLS, `Authorization: Bearer` with a session's token (contract §3, S), and the pages beside it.
/// - Parameters:
///   - desk: whose use cases are called.
///   - pages: answers every path that is not under `/v1`; without it such a path is not found.
///   - tls: the listener's own certificate.
///   - settings: where it listens, limits, logging.
/// - Throws: when the certificate and key do not belong together.
public func staffListener(desk: ReferralDesk, pages: PageResponder? = nil, tls: ServerTLS, settings: ListenerSettings) throws
    -> some Service
{
    OnConnectionThreads(
        listener: try staffApplication(staffDoor(desk), boundRoutes(at: .staff, desk: desk), pages: pages, tls: tls, settings: settings))
}

/// The same with any routes and any way to know who asks.
func staffApplication(
    _ door: DoorKeeper, _ routes: [BoundRoute], pages: PageResponder? = nil, tls: ServerTLS, settings: ListenerSettings
) throws -> Application<BesidePages> {
    let server = settings.https(TLSChannelConfiguration(tlsConfiguration: tls.configuration), at: .staff)
    let api = buildRouter(routes, at: .staff, door: door, settings: settings).buildResponder()
    return settings.application(BesidePages(api: api, pages: pages, settings: settings), server: server)
}

/// The API under `/v1`, and the pages everywhere else. These are counted here, for no envelope goes around them.
struct BesidePages: HTTPResponder {
    private let api: RouterResponder<WireContext>
    private let pages: PageResponder?
    private let figures: RequestFigures
    private let monotonic: @Sendable () -> UInt64
    private let bodyLimit: Int

    init(api: RouterResponder<WireContext>, pages: PageResponder?, settings: ListenerSettings) {
        self.api = api
        self.pages = pages
        figures = RequestFigures(listener: .staff, factory: settings.metrics)
        monotonic = settings.monotonic
        bodyLimit = settings.bodyLimit
    }

    func respond(to request: Request, context: WireContext) async throws -> Response {
        // `//v1/desk` was meant for the API too, and is told so in its words.
        guard let pages, request.uri.path.split(separator: "/").first != "v1" else {
            return try await api.respond(to: request, context: context)
        }
        let start = monotonic()
        var response = await pages(request, ApplicationRequestContextSource(channel: context.channel, logger: context.logger))
        if leavesEndlessBody(request, response, limit: bodyLimit) { response.headers[.connection] = "close" }
        figures.note(kind(request, response), nanoseconds: monotonic() &- start)
        return response
    }

    /// All pages count as one but that where passwords are tried. A path holds ids and a method is free text: neither becomes a label.
    private func kind(_ request: Request, _ response: Response) -> RequestFigures.Kind {
        RequestFigures.Kind(
            route: request.uri.path == "/sign-in" ? "/sign-in" : "page",
            method: request.method == .get || request.method == .post ? request.method.rawValue : "none", status: response.status.code)
    }
}

/// Who holds the session whose token stands in the request.
func staffDoor(_ desk: ReferralDesk) -> DoorKeeper {
    DoorKeeper { request, _ in
        let token = try bearerToken(request)
        return Identified(caller: .staff(try await desk.authenticate(token: token)), token: token)
    }
}

/// The token of `Authorization: Bearer` (RFC 6750, section 2.1).
/// - Throws: `DeskRefusal.notSignedIn` when there is none, or more than one.
func bearerToken(_ request: Request) throws(DeskRefusal) -> String {
    let values = request.headers[values: .authorization]
    guard values.count == 1, let value = values.first else { throw .notSignedIn }
    let parts = value.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer", (1...200).contains(parts[1].utf8.count),
        parts[1].utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw .notSignedIn }
    return String(parts[1])
}
