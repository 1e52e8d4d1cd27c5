import AsyncHTTPClient
import Exchange
import NIOCore
import NIOSSL
import Sealing
import Synchronization

/// Connections to one partner's endpoint: mutual TLS 1.3, HTTP/1.1 or 2, kept open between messages.
///
/// The other end is known by the certificate that the partner registered, checked on every new connection before a request can use it, and
/// again before every message. It leads to the addresses that were looked at when it was made, whatever the host's name leads to meanwhile.
/// Redirects are answers like any other; nothing follows them.
final class PartnerDoor: Sendable {
    /// On what a door rests; a change of any of it makes another door.
    struct Key: Hashable {
        let endpoint: String
        let certificates: [[UInt8]]
        /// ``PushLane/chain``.
        let chain: [UInt8]?
        let trustRevision: Int
    }

    /// One address with its connections.
    private struct Way: Sendable {
        let http: HTTPClient
        let connections: Connected
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
    /// Where it leads, in the order of trying.
    let addresses: [HostAddress]
    private let ways: [Way]
    private let patience: Int64
    /// Which way was answered on last: it is tried first.
    private let preferred = Mutex(0)

    /// Whether a connection stands, on which messages can go without looking at the host's name again.
    var isOpen: Bool { ways.contains { $0.connections.state.withLock { $0.open > 0 } } }

    /// What the connections to one address tell of themselves, from their event loops.
    private final class Connected: Sendable {
        let state = Mutex(Connections())
        let address: String
        let refusal: @Sendable ([UInt8]) -> String?
        init(_ address: HostAddress, _ refusal: @escaping @Sendable ([UInt8]) -> String?) {
            self.address = address.text
            self.refusal = refusal
        }

        /// Lets a new connection be used when the partner's certificate is at its other end.
        ///
        /// Answers at once: a connection that closed while an answer was awaited would be reported closed before it was reported made.
        func check(_ channel: any Channel) -> EventLoopFuture<Void> {
            let leaf = (try? channel.pipeline.syncOperations.nioSSL_peerCertificate()).flatMap { try? $0.toDERBytes() }
            let code = channel.remoteAddress?.ipAddress == address ? certificateFault(leaf) : NoAddress.addressRefused.rawValue
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

        /// What is wrong with the certificate at the other end; nil when it is the partner's.
        func certificateFault(_ leaf: [UInt8]?) -> String? {
            guard let leaf else { return "certificate-absent" }
            return refusal(leaf).map { "certificate-\($0)" }
        }
    }

    /// - Parameters:
    ///   - addresses: those of the endpoint's host to which a connection may go; at least one.
    ///   - tls: for a client, without a check of the host's name.
    ///   - refusal: why a leaf certificate (DER) is not the partner's; nil when it is.
    init(
        _ key: Key, addresses: [HostAddress], tls: TLSConfiguration, connections limit: Int, patience: Int64,
        refusal: @escaping @Sendable ([UInt8]) -> String?
    ) {
        self.key = key
        self.addresses = addresses
        self.patience = patience
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(10), read: .seconds(patience))
        configuration.connectionPool.idleTimeout = .minutes(5)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = limit
        // When to try again is the desk's to say, and it has the log to say it in.
        configuration.connectionPool.retryConnectionEstablishment = false
        // One client an address: the name stays in the handshake and in `Host`, the connection goes where it was allowed to.
        ways = addresses.map { address in
            let connections = Connected(address, refusal)
            var configuration = configuration
            configuration.http1_1ConnectionDebugInitializer = { connections.check($0) }
            configuration.http2ConnectionDebugInitializer = { connections.check($0) }
            if let host = endpointHost(key.endpoint), host != address.text { configuration.dnsOverride = [host: address.text] }
            return Way(http: HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration), connections: connections)
        }
    }

    /// Closes the connections; what is under way fails.
    func close() async { for way in ways { try? await way.http.shutdown() } }

    /// Sends a message and reads the answer; never throws. `fields` are those that the message's profile asks for.
    func deliver(_ message: SealedMessage, fields: [HeaderField], traceparent: String) async -> PushAnswer {
        await post(
            message.compact,
            [
                ("Content-Type", "application/jose"), ("Accept", "application/jose, application/problem+json"),
                ("Convenant-Message-Id", message.id.description), ("traceparent", traceparent),
            ] + fields.map { ($0.name, $0.value) })
    }

    /// Sends a body and reads the answer; never throws.
    func post(_ body: [UInt8], _ headers: [(String, String)]) async -> PushAnswer {
        var request = HTTPClientRequest(url: key.endpoint)
        request.method = .POST
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        let first = preferred.withLock { $0 }
        var answer = PushAnswer.unreachable(code: NoAddress.nameUnknown.rawValue)
        for step in ways.indices {
            let place = (first + step) % ways.count
            answer = await send(request, on: ways[place])
            // Another address is tried only where nothing of the message can have left.
            guard case .unreachable = answer, !Task.isCancelled else {
                if case .answered = answer { preferred.withLock { $0 = place } }
                return answer
            }
        }
        return answer
    }

    private func send(_ request: HTTPClientRequest, on way: Way) async -> PushAnswer {
        let (http, connections) = (way.http, way.connections)
        let before = connections.state.withLock { $0 }
        if let leaf = before.leaf, let code = connections.certificateFault(leaf) { return .unreachable(code: code) }
        do {
            return try await within(seconds: patience) { [request] in try await self.answer(to: request, on: http) }
        } catch {
            if Task.isCancelled { return .interrupted }
            let after = connections.state.withLock { $0 }
            let code = after.refused ?? code(of: error)
            // Without a connection, old or new, no byte can have left.
            return before.open == 0 && after.opened == before.opened ? .unreachable(code: code) : .unanswered(code: code)
        }
    }

    private func answer(to request: HTTPClientRequest, on http: HTTPClient) async throws -> PushAnswer {
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
