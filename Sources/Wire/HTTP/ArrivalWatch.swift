import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request takes too long to arrive, from its head to the end of its body, and soon after an answer that says
/// `Connection: close`.
///
/// To the server beneath each part of a body is traffic, so that one of a byte a minute would hold a connection for ever; and it reads a body
/// that was refused on to its end, which may never come. A head that does not come is idleness to it.
final class ArrivalWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long the connection of a last answer stays: closed at once, a client that goes on sending might not read it.
    static let farewell = TimeAmount.seconds(2)

    private let patience: TimeAmount
    private var isArriving = false
    /// Requests whose head has come and whose answer has not gone.
    private var unanswered = 0
    /// Whether an answer went, or is on its way, after which no other comes.
    private var isLast = false
    private var closing: Scheduled<Void>?

    /// - Parameter patience: how long a request may take to arrive once its head has come.
    init(patience: TimeAmount) { self.patience = patience }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isArriving = true
            unanswered += 1
        case .body: break
        case .end:
            isArriving = false
            closing?.cancel()
            closing = nil
            closeIfLast(context)
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // A request that came in one piece, as most do, costs no timer.
        if isArriving, closing == nil { close(context, in: patience) }
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let answer): isLast = isLast || answer.headerFields[.connection] == "close"
        case .body: break
        case .end:
            unanswered -= 1
            closeIfLast(context)
        }
        context.write(data, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) { closing?.cancel() }

    private func closeIfLast(_ context: ChannelHandlerContext) {
        if isLast, unanswered == 0 { close(context, in: Self.farewell) }
    }

    private func close(_ context: ChannelHandlerContext, in time: TimeAmount) {
        closing?.cancel()
        closing = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            // Behind a request that we have not answered yet, it may be we who do not read.
            if unanswered > 1 { close(context, in: patience) } else { context.close(promise: nil) }
        }
    }
}
