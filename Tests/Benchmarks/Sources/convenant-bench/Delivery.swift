import Foundation
import JOSE
import NIOCore
import NIOPosix
import NIOSSL
import PartnerKit

/// A partner's system that fetches its messages and hands in a signed receipt for each. It does not open them: opening is the partner's
/// own cost, and here it would be paid by the daemon's processors.
struct Delivery {
    private let connections: [Connection]
    private let oin: String
    private let key: ES256SigningKey

    init(_ town: Town, oin: String, port: Int, group: any EventLoopGroup, connections count: Int) async throws {
        self.oin = oin
        let folder = town.folder(of: oin)
        key = try ES256SigningKey(pem: String(contentsOfFile: folder + "/sig.pem", encoding: .utf8))
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(town.data + "/trust/roots.pem"))
        tls.certificateChain = try NIOSSLCertificate.fromPEMFile(folder + "/tls-chain.pem").map { .certificate($0) }
        tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: folder + "/tls.pem", format: .pem))
        let context = try NIOSSLContext(configuration: tls)
        var opened: [Connection] = []
        for _ in 0..<count { opened.append(try await Connection.open(port, context, group)) }
        connections = opened
    }

    /// Fetches these messages and hands in their receipts, each connection its own share, one after another.
    /// - Returns: the nanoseconds of each delivery, from asking for the message to the answer to its receipt.
    func deliver(_ messages: [String]) async throws -> [UInt64] {
        try await withThrowingTaskGroup(of: [UInt64].self) { group in
            for (number, connection) in connections.enumerated() {
                let share = stride(from: number, to: messages.count, by: connections.count).map { messages[$0] }
                group.addTask {
                    var times: [UInt64] = []
                    for id in share { times.append(try await deliver(id, over: connection)) }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func deliver(_ id: String, over connection: Connection) async throws -> UInt64 {
        let start = NIODeadline.now()
        let message = try await connection.ask(Connection.request("GET", "/v1/inbox/\(id)", token: nil))
        guard message.status == 200 else { throw BenchFault(description: "answered \(message.status): \(message.text)") }
        let receipt = Receipt(
            messageId: id, digest: sha256(Array(message.body.readableBytesView)), from: oin, to: TownPolicies.municipality,
            result: .opened, at: Int64(Date().timeIntervalSince1970 * 1000))
        let signed = String(decoding: try receipt.signed(by: key), as: UTF8.self)
        let answer = try await connection.ask(
            Connection.request("POST", "/v1/inbox/\(id)/receipts", token: nil, type: "application/jose", signed))
        guard answer.status == 200 else { throw BenchFault(description: "answered \(answer.status): \(answer.text)") }
        return (NIODeadline.now() - start).nanoseconds.magnitude
    }

    func close() async { for connection in connections { try? await connection.close() } }
}
