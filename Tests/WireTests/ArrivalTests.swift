import AsyncHTTPClient
import Exchange
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import NIOSSL
import Testing

@testable import Wire

private let things = RouteEntry(.post, "/v1/things/{id}", at: [.staff], takes: .json)

@Suite("how long a request may take to arrive, and how many may come at once", .timeLimit(.minutes(10)))
struct ArrivalTests {
    /// A connection that is watched.
    private func connection() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: ArrivalWatch(patience: .seconds(30)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private let head = HTTPRequestPart.head(HTTPRequest(method: .post, scheme: "https", authority: "localhost", path: "/"))
    private let drop = HTTPRequestPart.body(ByteBuffer(string: "x"))

    private func answer(_ channel: EmbeddedChannel, _ headers: HTTPFields = [:]) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok, headerFields: headers)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    @Test("a body that drips is cut off at its time, and one that came in time leaves the connection open")
    func drips() throws {
        let channel = try connection()
        try channel.writeInbound(head)
        for _ in 0..<29 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try channel.writeInbound(drop)
        }
        try channel.writeInbound(HTTPRequestPart.end(nil))
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(channel.isActive, "however long its answer takes")
        try answer(channel)
        try channel.writeInbound(head)
        for _ in 0..<29 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try channel.writeInbound(drop)
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("a slow body that was answered before its end is read on, until its time is over")
    func early() throws {
        let channel = try connection()
        try channel.writeInbound(head)
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        try channel.writeInbound(drop)
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        let second = try connection()
        try second.writeInbound(head)
        try answer(second)
        try second.writeInbound(HTTPRequestPart.end(nil))
        second.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(second.isActive, "the next request may come")
    }

    @Test("after a last answer there are two seconds to read it, whether or not its request has come to its end", arguments: [true, false])
    func last(isWhole: Bool) throws {
        let channel = try connection()
        try channel.writeInbound(head)
        if isWhole { try channel.writeInbound(HTTPRequestPart.end(nil)) }
        try answer(channel, [.connection: "close"])
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("who goes on sending after a last answer has two seconds to read it")
    func answered() throws {
        let channel = try connection()
        try channel.writeInbound(head)
        try channel.writeInbound(drop)
        try answer(channel, [.connection: "close"])
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        try channel.writeInbound(drop)
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("a request that waits behind one which is not answered yet is given time")
    func behind() throws {
        let channel = try connection()
        try channel.writeInbound(head)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        try channel.writeInbound(head)
        channel.embeddedEventLoop.advanceTime(by: .seconds(45))
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(14))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("a listener closes the connection of a body that does not come")
    func listener() async throws {
        try await serving(requestSeconds: 1) {
            application($0)
        } _: { port in
            let (drops, drop) = AsyncStream.makeStream(of: ByteBuffer.self)
            drop.yield(ByteBuffer(string: "{"))
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/v1/things/7")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .stream(drops, length: .known(Int64(100)))
            // Which error it is depends on whether bytes were unread when it was closed.
            if let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(20)) {
                Issue.record("it was answered \(answer.status)")
            }
            drop.finish()
        }
    }

    @Test("a page that refuses a body which is too long, or may not end, is the last answer of its connection")
    func pages() async throws {
        try await serving {
            application(besidePages: $0)
        } _: { port in
            for (path, length, isLast) in [("/long", 1001, true), ("/long", 1000, false), ("/short", 1001, false)] {
                var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
                request.method = .POST
                request.body = .bytes(ByteBuffer(repeating: 65, count: length))
                let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
                #expect((answer.headers.first(name: "Connection") == "close") == isLast, "\(path) \(length)")
            }
        }
    }

    @Test("who comes when as many connections are open as may be waits until one closes")
    func connections() async throws {
        try await serving(connections: 1) {
            application($0)
        } _: { port in
            let (first, second) = (HTTPClient(), HTTPClient())
            func isAnswered(_ client: HTTPClient, within time: TimeAmount) async -> Bool {
                let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/v1/nothing")
                guard let answer = try? await client.execute(request, timeout: time) else { return false }
                return (try? await answer.body.collect(upTo: 10_000)) != nil
            }
            #expect(await isAnswered(first, within: .seconds(20)))
            #expect(await !isAnswered(second, within: .seconds(1)), "the first keeps its connection")
            try await first.shutdown()
            #expect(await isAnswered(second, within: .seconds(20)))
            try await second.shutdown()
        }
    }

    @Test("one address has no more connections open than it may, unless it is this machine", arguments: [false, true])
    func connectionsOfAnAddress(asThisMachine: Bool) async throws {
        let made = try await OpenSSLClient()
        defer { made.remove() }
        let (certificate, key) = (try made.bytes("server.pem"), try made.bytes("server.key"))
        let registry = MetricsRegistry()
        try await serving(perAddress: 1, registry: registry) { given -> Application<BesidePages> in
            var settings = given
            if !asThisMachine { settings.isCounted = { _, _ in true } }
            return try staffApplication(
                DoorKeeper { _, _ in Identified(caller: .daemon) }, [echo(things)],
                tls: ServerTLS(certificateChainPEM: certificate, privateKeyPEM: key), settings: settings)
        } _: { port in
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.certificateVerification = .none
            let (first, second) = (
                HTTPClient(configuration: .init(tlsConfiguration: tls)), HTTPClient(configuration: .init(tlsConfiguration: tls))
            )
            func isAnswered(_ client: HTTPClient, within time: TimeAmount) async -> Bool {
                let request = HTTPClientRequest(url: "https://127.0.0.1:\(port)/v1/nothing")
                guard let answer = try? await client.execute(request, timeout: time) else { return false }
                return (try? await answer.body.collect(upTo: 10_000)) != nil
            }
            #expect(await isAnswered(first, within: .seconds(20)))
            #expect(await isAnswered(second, within: .seconds(asThisMachine ? 20 : 1)) == asThisMachine)
            #expect(await isAnswered(first, within: .seconds(20)), "who has a connection keeps it")
            try await first.shutdown()
            #expect(await isAnswered(second, within: .seconds(20)), "the place was given back")
            try await second.shutdown()
        }
        let refused = registry.prometheusText().split(separator: "\n").last { $0.hasPrefix("convenant_connections_refused_total{") }
        #expect((refused?.hasSuffix(" 0") ?? true) == asThisMachine, "\(refused ?? "")")
    }

    @Test("an origin is an IPv4 address, also as IPv6 writes it, or the first half of an IPv6 address")
    func origins() throws {
        func origin(_ text: String) throws -> Origin? { Origin(try SocketAddress(ipAddress: text, port: 1)) }
        #expect(try origin("192.0.2.1") == origin("::ffff:192.0.2.1"))
        #expect(try origin("192.0.2.1") != origin("192.0.2.2"))
        #expect(try origin("2001:db8:0:1::1") == origin("2001:db8:0:1:ffff::2"))
        #expect(try origin("2001:db8:0:1::1") != origin("2001:db8:0:2::1"))
        for (text, isLoopback) in [("127.0.0.9", true), ("::1", true), ("::ffff:127.0.0.1", true), ("10.0.0.1", false), ("fe80::1", false)]
        {
            #expect(try origin(text)?.isLoopback == isLoopback, "\(text)")
        }
    }

    @Test(
        "this machine, which is not counted, has a loopback address, or the same address at both ends",
        arguments: [
            ("127.0.0.1", "127.0.0.2", false), ("::1", "::1", false), ("192.0.2.1", "192.0.2.1", false), ("192.0.2.1", "192.0.2.2", true),
            ("2001:db8::1", "2001:db8::1", false), ("2001:db8::1", "2001:db8::2", true),
        ])
    func thisMachine(remote: String, local: String, isCounted: Bool) throws {
        let settings = testSettings()
        let (from, to) = (try SocketAddress(ipAddress: remote, port: 49_152), try SocketAddress(ipAddress: local, port: 8443))
        #expect(settings.isCounted(from, to) == isCounted)
    }
}

/// A listener where everybody comes in.
private func application(_ settings: ListenerSettings) -> some ApplicationProtocol {
    let door = DoorKeeper { _, _ in Identified(caller: .daemon) }
    let router = buildRouter([echo(things)], at: .staff, door: door, settings: settings)
    return settings.application(router.buildResponder(), server: settings.http1)
}

/// The same beside pages, of which one finds every form too long.
private func application(besidePages settings: ListenerSettings) -> some ApplicationProtocol {
    let door = DoorKeeper { _, _ in Identified(caller: .daemon) }
    let api = buildRouter([echo(things)], at: .staff, door: door, settings: settings).buildResponder()
    let pages: PageResponder = { request, _ in Response(status: request.uri.path == "/long" ? .contentTooLarge : .ok) }
    return settings.application(BesidePages(api: api, pages: pages, settings: settings), server: settings.http1)
}
