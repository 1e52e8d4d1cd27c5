import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import PartnerTrust
import Synchronization

@testable import PartnerKit

/// An exchange on this machine that answers as a test says, and knows what it was asked.
final class StandInExchange: Sendable {
    /// One request.
    struct Asked: Sendable {
        /// Method and path, without what is behind a question mark.
        let what: String
        let idempotencyKey: String?
        let body: [UInt8]
    }

    enum Answer: Sendable {
        case json(String)
        case sealed([UInt8])
        case refused(Int)
        /// None: the connection is reset, once all was asked.
        case reset
    }

    private let all = Mutex<[Asked]>([])
    private let answer: @Sendable (Asked) throws -> Answer

    fileprivate init(_ answer: @escaping @Sendable (Asked) throws -> Answer) { self.answer = answer }

    /// The requests of one method and path, in their order.
    func asked(_ what: String) -> [Asked] { all.withLock { $0.filter { $0.what == what } } }

    fileprivate func run(_ tls: TLSConfiguration, onListening: @escaping @Sendable (Int) -> Void) async throws {
        let application = Application(
            responder: CallbackResponder<EndpointContext> { request, context in try await self.respond(to: request, context) },
            server: try .tls(.http1(), tlsConfiguration: tls), configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { onListening($0.localAddress?.port ?? 0) },
            logger: Logger(label: "exchange") { _ in SwiftLogNoOpLogHandler() })
        try await application.run()
    }

    private func respond(to request: Request, _ context: EndpointContext) async throws -> Response {
        let body = Array(buffer: try await request.body.collect(upTo: 1 << 20))
        let key = HTTPField.Name("Idempotency-Key").flatMap { request.headers[$0] }
        let asked = Asked(what: "\(request.method.rawValue) \(request.uri.path)", idempotencyKey: key, body: body)
        all.withLock { $0.append(asked) }
        func response(_ type: String, _ bytes: [UInt8]) -> Response {
            Response(status: .ok, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        switch try answer(asked) {
        case .json(let text): return response("application/json", Array(text.utf8))
        case .sealed(let bytes): return response("application/jose", bytes)
        case .refused(let status): return Response(status: .init(code: status))
        case .reset:
            try await reset(context.channel)
            return Response(status: .ok)
        }
    }

    /// Ends a connection without a word, below TLS, which would say good-bye.
    private func reset(_ channel: any Channel) async throws {
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.context(handlerType: NIOSSLHandler.self).close(promise: nil)
        }.get()
    }
}

/// Runs an exchange that a partner trusts, for as long as the body takes, and a client of it.
func withExchange(
    of partner: TemporaryPartner, _ answer: @escaping @Sendable (StandInExchange.Asked) throws -> StandInExchange.Answer,
    body: (StandInExchange, ExchangeClient) async throws -> Void
) async throws {
    let now = systemMilliseconds()
    let issued = try partner.authority.issue(
        CertificateSubject(oin: cityOIN, commonName: "City", organisation: "City"), for: .tls(hosts: ["localhost"], addresses: []),
        key: .generated, from: now - day, until: now + day)
    let tls = TLSConfiguration.makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMBytes(issued.pem).map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(bytes: issued.privateKeyPEM ?? [], format: .pem)))
    let exchange = StandInExchange(answer)
    let address = try EndpointAddress("127.0.0.1:0")
    let listening = try await Listening.start(at: address) { try await exchange.run(tls, onListening: $0) }
    defer { listening.end() }
    try await withClient(of: partner, port: listening.port) { client in try await body(exchange, client) }
}
