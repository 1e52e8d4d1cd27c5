import Exchange
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import ServiceLifecycle

/// The staff listener: TLS, `Authorization: Bearer` with a session's token (contract §3, S).
/// - Parameters:
///   - desk: whose use cases are called.
///   - tls: the listener's own certificate.
///   - settings: where it listens, limits, logging.
/// - Throws: when the certificate and key do not belong together.
public func staffListener(desk: ReferralDesk, tls: ServerTLS, settings: ListenerSettings) throws -> some Service {
    OnConnectionThreads(
        listener: try staffApplication(staffDoor(desk), boundRoutes(at: .staff, desk: desk), tls: tls, settings: settings))
}

/// The same with any routes and any way to know who asks.
func staffApplication(
    _ door: DoorKeeper, _ routes: [BoundRoute], tls: ServerTLS, settings: ListenerSettings
) throws -> Application<RouterResponder<WireContext>> {
    let server = try HTTPServerBuilder.tls(settings.http1, tlsConfiguration: tls.configuration)
    return settings.application(buildRouter(routes, at: .staff, door: door, settings: settings).buildResponder(), server: server)
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
