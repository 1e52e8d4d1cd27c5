import Casework
import Exchange
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL

/// Who a partner is, by the certificate of its connection; asked at the handshake and again for every request.
struct PartnerIdentity: Sendable {
    /// `ReferralDesk.identifyPartner`, which changes nothing.
    let identify: @Sendable ([UInt8]) async throws(DeskRefusal) -> OrganisationNumber
    /// `ReferralDesk.hearPartner`, for a peer that has shown that it holds the certificate's key.
    let hear: @Sendable ([UInt8]) async throws(DeskRefusal) -> OrganisationNumber
    let peers = PeerCertificates()
    let logger: Logger

    /// The handshake's check; replaces that of the TLS library.
    ///
    /// It comes before the peer's signature is looked at: anybody can show a certificate that was seen somewhere. So it only asks. The peer learns
    /// no reason, only a TLS alert; the log learns the code.
    func verify(_ certificates: [NIOSSLCertificate]) async throws -> NIOSSLVerificationResult {
        guard let certificate = try certificates.first?.toDERBytes() else { return .failed }
        do {
            _ = try await identify(certificate)
            return .certificateVerified
        } catch {
            logger.notice("handshake refused", metadata: ["code": .string(Self.reason(error))])
            return .failed
        }
    }

    /// The partner at the other end of a connection, checked now.
    /// - Throws: `DeskRefusal.certificateRefused` when it is no partner, or no longer one.
    func partner(on channel: any Channel) async throws -> OrganisationNumber {
        guard let certificate = try await peers.certificate(of: channel) else { throw DeskRefusal.certificateRefused("absent") }
        do {
            return try await hear(certificate)
        } catch {
            logger.notice("request refused", metadata: ["code": .string(Self.reason(error))])
            throw error
        }
    }

    private static func reason(_ refusal: DeskRefusal) -> String {
        if case .certificateRefused(let code) = refusal { code } else { refusal.code }
    }
}
