import AsyncHTTPClient
import Exchange
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
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

    private func answer(_ channel: EmbeddedChannel) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
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

    @Test("who goes on sending what was answered has two seconds to read the answer")
    func answered() throws {
        let channel = try connection()
        try channel.writeInbound(head)
        try channel.writeInbound(drop)
        try answer(channel)
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
            do {
                let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
                Issue.record("it was answered \(answer.status)")
            } catch let fault as HTTPClientError {
                #expect(fault == .remoteConnectionClosed)
            }
            drop.finish()
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
}

/// A listener where everybody comes in.
private func application(_ settings: ListenerSettings) -> some ApplicationProtocol {
    let door = DoorKeeper { _, _ in Identified(caller: .daemon) }
    let router = buildRouter([echo(things)], at: .staff, door: door, settings: settings)
    return settings.application(router.buildResponder(), server: settings.http1)
}
