import Casework
import Hummingbird
import NIOCore

/// What is known about one request besides the request itself.
struct WireContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection: on the partners' listener it holds the peer's certificate.
    let channel: any Channel
    /// The id under which the log knows the request, and its sender when something went wrong.
    var requestID = ""
    /// The trace in which the request stands: its caller's, or else one whose id is the request's own.
    var trace: TraceID?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
