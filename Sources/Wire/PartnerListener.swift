import Exchange
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import ServiceLifecycle

/// The partners' listener: mutual TLS, identity from the certificate (contract §3, P).
///
/// The certificate is checked at the handshake and for every request: a resumed session skips the first check, and a connection can outlive
/// a revocation.
/// - Parameters:
///   - desk: whose use cases are called.
///   - tls: the listener's own certificate.
///   - allowTLS12: also TLS 1.2 (setting `partners.tls12`, off).
///   - settings: where it listens, limits, logging.
/// - Throws: when the certificate and key do not belong together.
public func partnerListener(desk: ReferralDesk, tls: ServerTLS, allowTLS12: Bool = false, settings: ListenerSettings) throws -> some Service
{
    let identity = PartnerIdentity(
        identify: { certificate async throws(DeskRefusal) in try await desk.identifyPartner(certificate) },
        hear: { certificate async throws(DeskRefusal) in try await desk.hearPartner(certificate) }, logger: settings.logger)
    return OnConnectionThreads(
        listener: try partnerApplication(
            identity, boundRoutes(at: .partners, desk: desk), tls: tls, allowTLS12: allowTLS12, settings: settings))
}

/// The same with any routes and any way to know a partner.
func partnerApplication(
    _ identity: PartnerIdentity, _ routes: [BoundRoute], tls: ServerTLS, allowTLS12: Bool, settings: ListenerSettings
) throws -> Application<RouterResponder<WireContext>> {
    let door = DoorKeeper { _, context in Identified(caller: .partner(try await identity.partner(on: context.channel))) }
    let server = settings.https(
        TLSChannelConfiguration(
            tlsConfiguration: tls.mutualConfiguration(allowTLS12: allowTLS12),
            customAsyncVerificationCallback: { try await identity.verify($0) }), at: .partners)
    return settings.application(buildRouter(routes, at: .partners, door: door, settings: settings).buildResponder(), server: server)
}
