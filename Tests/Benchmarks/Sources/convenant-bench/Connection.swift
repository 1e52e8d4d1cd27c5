import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// An answer as the load tool reads it.
struct Answer: Sendable {
    let status: Int
    let body: ByteBuffer
    var text: String { String(buffer: body) }
}

/// One HTTPS connection that is kept open: HTTP/1.1, one request at a time. Lean, because it shares the processor with what it measures.
final class Connection: Sendable {
    private let channel: any Channel
    private let reader: AnswerReader

    static func open(_ port: Int, _ context: NIOSSLContext, _ group: any EventLoopGroup) async throws -> Connection {
        let reader = AnswerReader()
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        NIOSSLClientHandler(context: context, serverHostname: "localhost"), reader)
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return Connection(channel, reader)
    }

    private init(_ channel: any Channel, _ reader: AnswerReader) {
        self.channel = channel
        self.reader = reader
    }

    /// Sends the requests one after another, round and round, until the deadline: a new one once the last is answered.
    /// - Returns: for each answer the nanoseconds it took and what `read` made of it; the first fault ends it.
    func load(_ requests: [ByteBuffer], until deadline: NIODeadline, read: @escaping @Sendable (Answer) throws -> String) async throws -> [(
        UInt64, String
    )] {
        let promise = channel.eventLoop.makePromise(of: [(UInt64, String)].self)
        let (channel, reader) = (channel, reader)
        channel.eventLoop.execute {
            var found: [(UInt64, String)] = []
            var sent = NIODeadline.now()
            var count = 0
            reader.onAnswer = { result in
                do {
                    let answer = try result.get()
                    let now = NIODeadline.now()
                    found.append((now.uptimeNanoseconds - sent.uptimeNanoseconds, try read(answer)))
                    guard now < deadline else {
                        reader.onAnswer = nil
                        return promise.succeed(found)
                    }
                    sent = now
                    count += 1
                    channel.writeAndFlush(requests[count % requests.count], promise: nil)
                } catch {
                    reader.onAnswer = nil
                    promise.fail(error)
                }
            }
            channel.writeAndFlush(requests[0]).whenFailure { reader.onAnswer?(.failure($0)) }
        }
        return try await promise.futureResult.get()
    }

    /// One request.
    func ask(_ request: ByteBuffer) async throws -> Answer {
        let promise = channel.eventLoop.makePromise(of: Answer.self)
        let (channel, reader) = (channel, reader)
        channel.eventLoop.execute {
            reader.onAnswer = { result in
                reader.onAnswer = nil
                promise.completeWith(result)
            }
            channel.writeAndFlush(request).whenFailure { reader.onAnswer?(.failure($0)) }
        }
        return try await promise.futureResult.get()
    }

    func close() async throws { try await channel.close() }

    /// A whole request as bytes.
    static func request(_ method: String, _ path: String, token: String?, type: String = "application/json", _ body: String? = nil)
        -> ByteBuffer
    {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
        if let token { text += "Authorization: Bearer \(token)\r\n" }
        if let body { text += "Content-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n" }
        return ByteBuffer(string: text + "\r\n" + (body ?? ""))
    }
}

/// Reads answers with a `Content-Length`, which all of Convenant's have. Used on its channel's event loop only.
private final class AnswerReader: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    var onAnswer: ((Result<Answer, any Error>) -> Void)?
    private var received = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        let bytes = received.readableBytesView
        guard let end = bytes.firstRange(of: [13, 10, 13, 10]) else { return }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        let status = lines.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
        let field = lines.first { $0.lowercased().hasPrefix("content-length:") }
        let length = field.flatMap { Int($0.split(separator: ":")[1].drop { $0 == " " }) } ?? 0
        let headLength = end.upperBound - bytes.startIndex
        guard received.readableBytes >= headLength + length else { return }
        received.moveReaderIndex(forwardBy: headLength)
        let body = received.readSlice(length: length) ?? ByteBuffer()
        received.discardReadBytes()
        onAnswer?(.success(Answer(status: status, body: body)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        onAnswer?(.failure(error))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        onAnswer?(.failure(BenchFault(description: "the daemon closed a connection")))
    }
}
