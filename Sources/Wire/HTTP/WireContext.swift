import Hummingbird
import NIOCore

/// What is known about one request besides the request itself.
struct WireContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection: on the partners' listener it holds the peer's certificate.
    let channel: any Channel
    /// The id under which the log knows the request, and its sender when something went wrong.
    var requestID = ""

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
