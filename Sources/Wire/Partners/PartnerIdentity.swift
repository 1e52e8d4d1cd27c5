import Casework
import Exchange
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL

/// Who a partner is, by the certificate of its connection; asked at the handshake and again for every request.
struct PartnerIdentity: Sendable {
    /// `ReferralDesk.identifyPartner`.
    let identify: @Sendable ([[UInt8]]) async throws(DeskRefusal) -> OrganisationNumber
    let chains = PeerChains()
    let logger: Logger

    /// The handshake's check; replaces that of the TLS library.
    ///
    /// The peer learns no reason, only a TLS alert; the log learns the code.
    func verify(_ certificates: [NIOSSLCertificate]) async throws -> NIOSSLVerificationResult {
        let chain = try certificates.map { try $0.toDERBytes() }
        do {
            _ = try await identify(chain)
            chains.remember(chain)
            return .certificateVerified
        } catch {
            logger.notice("handshake refused", metadata: ["code": .string(Self.reason(error))])
            return .failed
        }
    }

    /// The partner at the other end of a connection, checked now.
    /// - Throws: `DeskRefusal.certificateRefused` when it is no partner, or no longer one.
    func partner(on channel: any Channel) async throws -> OrganisationNumber {
        guard let chain = try await chains.chain(of: channel) else { throw DeskRefusal.certificateRefused("absent") }
        do {
            return try await identify(chain)
        } catch {
            logger.notice("request refused", metadata: ["code": .string(Self.reason(error))])
            throw error
        }
    }

    private static func reason(_ refusal: DeskRefusal) -> String {
        if case .certificateRefused(let code) = refusal { code } else { refusal.code }
    }
}
