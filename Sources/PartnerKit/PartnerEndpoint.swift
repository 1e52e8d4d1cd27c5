import HTTPTypes
import Hummingbird
import HummingbirdTLS
import JOSE
import Logging
import NIOCore
import NIOSSL
import PartnerTrust
import StrictJSON
import Synchronization

/// Where a partner listens for messages that the exchange pushes.
public struct EndpointAddress: Hashable, Sendable {
    public let host: String
    /// 0 lets the system choose.
    public let port: Int

    /// `host:port`.
    /// - Throws: `notAnAddress`.
    public init(_ text: String) throws(PartnerFault) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), 0...65_535 ~= port,
            colon > text.startIndex
        else { throw .notAnAddress(text) }
        host = String(text[..<colon])
        self.port = port
    }
}

/// A partner's own endpoint: `POST /` takes one sealed message and answers with the signed receipt (contract §3).
///
/// TLS 1.3 that demands the exchange's client certificate: a chain to `exchange-roots.pem`, and the exchange's number (OIN) in its subject,
/// looked at for every request.
struct PartnerEndpoint: Sendable {
    let identity: PartnerIdentity
    let address: EndpointAddress
    /// Where the exchange is asked for its keys of now, when a payload is signed by one that is not known here.
    var client: ExchangeClient?
    /// Receives one message: its bytes, the id it was pushed under, and what is to be checked of it first.
    let receive: @Sendable ([UInt8], String, @Sendable () async throws(PartnerFault) -> Void) async throws(PartnerFault) -> Inbox.Reception
    private let peers = KnownPeer()
    /// The most bytes of a message: 256 KiB of content after two turns of base64, and room.
    static let limit = 1 << 20

    /// Listens until the task is cancelled.
    /// - Parameter onListening: called once with the real port.
    func run(onListening: @escaping @Sendable (Int) -> Void) async throws {
        let router = Router(context: EndpointContext.self)
        router.post("/") { request, context in try await self.answer(request, context) }
        let application = Application(
            responder: router.buildResponder(), server: try .tls(.http1(), tlsConfiguration: try identity.serverTLS()),
            configuration: .init(address: .hostname(address.host, port: address.port)),
            onServerRunning: { onListening($0.localAddress?.port ?? 0) },
            // What is worth saying is said in lines of ours, one a message.
            logger: Logger(label: "partner") { _ in SwiftLogNoOpLogHandler() })
        try await application.run()
    }

    private func answer(_ request: Request, _ context: EndpointContext) async throws -> Response {
        guard try await isExchange(context.channel) else {
            return problem(403, "certificate-refused", "this is not the exchange's certificate")
        }
        let type = (request.headers[.contentType] ?? "").split(separator: ";").first.map { $0.trimming(" ").lowercased() }
        guard type == "application/jose" else { return problem(415, "unsupported-media-type", "send application/jose") }
        guard let id = request.headers[Self.messageID], isUUID(id) else {
            return problem(400, "invalid-input", "Convenant-Message-Id is missing or no id")
        }
        let sealed: [UInt8]
        do { sealed = Array(buffer: try await request.body.collect(upTo: Self.limit)) } catch is NIOTooManyBytesError {
            return problem(413, "too-large", "a message has at most \(Self.limit) bytes")
        }
        do throws(PartnerFault) {
            let (signatures, digests) = (request.headers[values: Self.payloadSignature], request.headers[values: Self.digest])
            let reception = try await receive(sealed, id) { () async throws(PartnerFault) -> Void in
                let check = { () throws(PartnerFault) in try identity.checkPayload(sealed, signatures: signatures, digests: digests) }
                if let client { try await client.renewingKeys(check) } else { try check() }
            }
            return Response(
                status: .ok, headers: [.contentType: "application/jose", .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(bytes: reception.receipt)))
        } catch {
            switch error {
            case .otherBytes: return problem(409, error.code, "a message of this id was received before with other bytes")
            case .sealedToOtherKey: return problem(422, error.code, "the message is sealed to a key that is not here")
            case .payloadNotSigned: return problem(400, error.code, "the payload is not signed as its profile asks")
            case .unexpectedAnswer: return problem(400, "invalid-input", "this is not a message")
            case .awaitsAnswer: return Response(status: .accepted, headers: [.cacheControl: "no-store"])
            case .beingHandled: return problem(503, error.code, "this message is being handled", retryAfter: 2)
            default: return problem(503, error.code, "not now", retryAfter: 10)
            }
        }
    }

    private static let payloadSignature = HTTPField.Name(PayloadSignature.field) ?? .contentLocation
    private static let digest = HTTPField.Name(PayloadSignature.digestField) ?? .contentLocation
    private static let messageID = HTTPField.Name("Convenant-Message-Id") ?? .contentLocation

    /// Whether the certificate at the other end names the exchange. That its chain leads to a root was checked at the handshake.
    private func isExchange(_ channel: any Channel) async throws -> Bool {
        guard let certificate = try await channel.nioSSL_peerCertificate().get() else { return false }
        return peers.number(of: try certificate.toDERBytes()) == identity.exchangeOIN
    }

    private func problem(_ status: Int, _ code: String, _ detail: String, retryAfter: Int? = nil) -> Response {
        let body: JSONValue = [
            "type": .string("https://convenant.example/problems/\(code)"), "title": .string(detail), "status": .integer(Int64(status)),
            "detail": .string(detail), "code": .string(code),
        ]
        var headers: HTTPFields = [.contentType: "application/problem+json", .cacheControl: "no-store"]
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        return Response(
            status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body.canonicalBytes())))
    }
}

/// The number (OIN) in the certificate that was seen last: reading one costs more than opening a message, and the exchange has one.
private final class KnownPeer: Sendable {
    private let last = Mutex<(certificate: [UInt8], number: String?)?>(nil)

    func number(of certificate: [UInt8]) -> String? {
        if let last = last.withLock({ $0 }), last.certificate == certificate { return last.number }
        let number = subjectOIN(certificate)
        last.withLock { $0 = (certificate, number) }
        return number
    }
}

/// A request with the connection it came on.
struct EndpointContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

extension PartnerIdentity {
    /// The partner's certificate for a server that demands a certificate which leads to the exchange's roots.
    func serverTLS() throws(PartnerFault) -> TLSConfiguration {
        guard let key = tls.privateKey, let roots = tls.trustRoots else { throw folder.unusable(.tlsKey, "not-a-key") }
        var server = TLSConfiguration.makeServerConfigurationWithMTLS(
            certificateChain: tls.certificateChain, privateKey: key, trustRoots: roots)
        server.minimumTLSVersion = .tlsv13
        server.shutdownTimeout = .seconds(1)
        return server
    }
}

extension Substring {
    fileprivate func trimming(_ space: Character) -> String {
        String(drop { $0 == space }.reversed().drop { $0 == space }.reversed())
    }
}
