import AsyncHTTPClient
import Exchange
import NIOCore
import NIOSSL
import Sealing
import Synchronization

/// Connections to one partner's endpoint: mutual TLS 1.3, HTTP/1.1 or 2, kept open between messages.
///
/// The other end is known by the certificate that the partner registered, checked on every new connection before a request can use it, and
/// again before every message. Redirects are answers like any other; nothing follows them.
final class PartnerDoor: Sendable {
    /// On what a door rests; a change of any of it makes another door.
    struct Key: Hashable {
        let endpoint: String
        let certificateSHA256: [UInt8]
        let trustRevision: Int
    }

    private struct Connections {
        var opened = 0
        var open = 0
        var leaf: [UInt8]?
        var refused: String?
    }

    /// The most bytes of an answer that are read: a receipt has about a thousand.
    static let answerLimit = 65_536

    let key: Key
    private let http: HTTPClient
    private let connections: Connected
    private let patience: Int64

    /// What the connections tell of themselves, from their event loops.
    private final class Connected: Sendable {
        let state = Mutex(Connections())
        let refusal: @Sendable ([UInt8]) -> String?
        init(_ refusal: @escaping @Sendable ([UInt8]) -> String?) { self.refusal = refusal }

        /// Lets a new connection be used when the partner's certificate is at its other end.
        ///
        /// Answers at once: a connection that closed while an answer was awaited would be reported closed before it was reported made.
        func check(_ channel: any Channel) -> EventLoopFuture<Void> {
            let leaf = (try? channel.pipeline.syncOperations.nioSSL_peerCertificate()).flatMap { try? $0.toDERBytes() }
            let code = leaf.map { refusal($0) } ?? "absent"
            state.withLock { state in
                state.refused = code
                guard code == nil else { return }
                state.opened += 1
                state.open += 1
                state.leaf = leaf
            }
            guard let code else {
                channel.closeFuture.whenComplete { _ in self.state.withLock { $0.open -= 1 } }
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            channel.eventLoop.execute { channel.close(promise: nil) }
            return channel.eventLoop.makeFailedFuture(RefusedEndpoint(code: code))
        }
    }

    /// - Parameters:
    ///   - tls: for a client, without a check of the host's name.
    ///   - refusal: why a leaf certificate (DER) is not the partner's; nil when it is.
    init(
        _ key: Key, tls: TLSConfiguration, connections limit: Int, patience: Int64, refusal: @escaping @Sendable ([UInt8]) -> String?
    ) {
        self.key = key
        self.patience = patience
        let connections = Connected(refusal)
        self.connections = connections
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(10), read: .seconds(patience))
        configuration.connectionPool.idleTimeout = .minutes(5)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = limit
        // When to try again is the desk's to say, and it has the log to say it in.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { connections.check($0) }
        configuration.http2ConnectionDebugInitializer = { connections.check($0) }
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes the connections; what is under way fails.
    func close() async { try? await http.shutdown() }

    /// Sends a message and reads the answer; never throws. `fields` are those that the message's profile asks for.
    func deliver(_ message: SealedMessage, fields: [HeaderField], traceparent: String) async -> PushAnswer {
        let before = connections.state.withLock { $0 }
        if let leaf = before.leaf, let code = connections.refusal(leaf) { return .unreachable(code: "certificate-\(code)") }
        var request = HTTPClientRequest(url: key.endpoint)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/jose")
        request.headers.add(name: "Accept", value: "application/jose, application/problem+json")
        request.headers.add(name: "Convenant-Message-Id", value: message.id.description)
        request.headers.add(name: "traceparent", value: traceparent)
        for field in fields { request.headers.add(name: field.name, value: field.value) }
        request.body = .bytes(ByteBuffer(bytes: message.compact))
        do {
            return try await within(seconds: patience) { [request] in try await self.answer(to: request) }
        } catch {
            if Task.isCancelled { return .interrupted }
            let after = connections.state.withLock { $0 }
            let code = after.refused.map { "certificate-\($0)" } ?? code(of: error)
            // Without a connection, old or new, no byte can have left.
            return before.open == 0 && after.opened == before.opened ? .unreachable(code: code) : .unanswered(code: code)
        }
    }

    private func answer(to request: HTTPClientRequest) async throws -> PushAnswer {
        let response = try await http.execute(request, timeout: .seconds(patience))
        var body: [UInt8] = []
        // An endless answer is cut off; what it began with is no receipt.
        do { body = Array(buffer: try await response.body.collect(upTo: Self.answerLimit)) } catch is NIOTooManyBytesError {}
        return .answered(status: Int(response.status.code), body: body, retryAfter: response.headers.first(name: "Retry-After"))
    }

    private func code(of error: any Error) -> String {
        if error is NIOSSLError || error is BoringSSLError { return "tls" }
        if error is OutOfTime { return "timeout" }
        if let error = error as? HTTPClientError, [.connectTimeout, .readTimeout, .deadlineExceeded].contains(error) { return "timeout" }
        return "connection"
    }
}

/// The certificate at the other end is not the partner's.
private struct RefusedEndpoint: Error { let code: String }

private struct OutOfTime: Error {}

/// Runs a body for so long at most: also an answer that never stops dripping ends.
private func within<Value: Sendable>(seconds: Int64, _ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        defer { group.cancelAll() }
        group.addTask(operation: body)
        group.addTask {
            try await ContinuousClock().sleep(for: .seconds(seconds))
            throw OutOfTime()
        }
        guard let value = try await group.next() else { throw OutOfTime() }
        return value
    }
}
