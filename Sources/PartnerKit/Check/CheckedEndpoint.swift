import AsyncHTTPClient
import JOSE
import NIOCore
import NIOSSL
import PartnerTrust
import Synchronization

/// The endpoint of a partner that is checked. Call ``close()`` when done.
final class CheckedEndpoint: Sendable {
    /// What was answered to one message.
    enum Answer: Sendable, Equatable {
        case answered(status: Int, body: [UInt8], retryAfter: Int?)
        /// No answer, in words of ours.
        case nothing(String)
    }

    /// Words for no answer that say nothing of whether the partner lets anybody in.
    static let (late, otherCertificate) = ("time is up", "another certificate than the registered one")

    private let http: HTTPClient
    private let url: String

    /// - Parameter identity: nil to come without a certificate.
    init(_ partner: CheckedPartner, identity: TLSConfiguration?) {
        url = partner.endpoint
        var tls = identity ?? .makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        // the pinned certificate is the identity, as it is for the exchange
        tls.certificateVerification = .none
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(10), read: .seconds(30))
        configuration.connectionPool.retryConnectionEstablishment = false
        let pin: @Sendable (any Channel) -> EventLoopFuture<Void> = { [certificate = partner.certificate] channel in
            let leaf = (try? channel.pipeline.syncOperations.nioSSL_peerCertificate()).flatMap { try? $0.toDERBytes() }
            guard leaf != certificate else { return channel.eventLoop.makeSucceededVoidFuture() }
            channel.eventLoop.execute { channel.close(promise: nil) }
            return channel.eventLoop.makeFailedFuture(OtherCertificate())
        }
        configuration.http1_1ConnectionDebugInitializer = pin
        configuration.http2ConnectionDebugInitializer = pin
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private struct OtherCertificate: Error {}

    func close() async { try? await http.shutdown() }

    /// Pushes a message as the exchange does (contract §3).
    func push(_ message: WireMessage) async -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/jose")
        request.headers.add(name: "Accept", value: "application/jose, application/problem+json")
        request.headers.add(name: "Convenant-Message-Id", value: message.id)
        request.headers.add(name: "traceparent", value: "00-\(hexadecimal(randomBytes(16)))-\(hexadecimal(randomBytes(8)))-01")
        for field in message.fields { request.headers.add(name: field.name, value: field.value) }
        request.body = .bytes(ByteBuffer(bytes: message.bytes))
        do {
            let response = try await http.execute(request, timeout: .seconds(30))
            let body = Array(buffer: try await response.body.collect(upTo: 65_536))
            return .answered(
                status: Int(response.status.code), body: body, retryAfter: response.headers.first(name: "Retry-After").flatMap(Int.init))
        } catch is OtherCertificate {
            return .nothing(Self.otherCertificate)
        } catch let error as HTTPClientError
            where [.readTimeout, .deadlineExceeded, .connectTimeout, .tlsHandshakeTimeout].contains(error)
        {
            return .nothing(Self.late)
        } catch let error as HTTPClientError {
            return .nothing(error.shortDescription)
        } catch {
            return .nothing("no connection")
        }
    }

    /// The same, again while the partner says that it is not the moment: for what must be taken in. At most three times, ten seconds each.
    func pushPatiently(_ message: WireMessage) async -> Answer {
        var answer = await push(message)
        for _ in 0..<3 {
            guard case .answered(let status, _, let wait) = answer, [408, 425, 429, 503].contains(status) else { break }
            guard (try? await ContinuousClock().sleep(for: .seconds(min(max(wait ?? 1, 1), 10)))) != nil else { break }
            answer = await push(message)
        }
        return answer
    }
}
