import NIOCore
import NIOSSL
import Synchronization

/// The certificates at the other end of partners' connections, DER, each read once a connection.
///
/// What is kept is *what was shown*, never that it was accepted: that is asked anew for every request.
final class PeerCertificates: Sendable {
    private let byConnection = Mutex<[ObjectIdentifier: [UInt8]]>([:])

    /// The certificate of the peer of a connection; nil when it showed none.
    func certificate(of channel: any Channel) async throws -> [UInt8]? {
        let connection = ObjectIdentifier(channel)
        if let known = byConnection.withLock({ $0[connection] }) { return known }
        guard let found = try await channel.nioSSL_peerCertificate().get()?.toDERBytes() else { return nil }
        byConnection.withLock { $0[connection] = found }
        // Runs at once when the connection has closed meanwhile, so nothing stays behind for another object at the same address.
        channel.closeFuture.whenComplete { [self] _ in byConnection.withLock { $0[connection] = nil } }
        return found
    }

    /// How many connections are known, for tests.
    var connections: Int { byConnection.withLock { $0.count } }
}
