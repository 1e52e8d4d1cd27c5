import Hummingbird
import NIOCore

/// What is known about one request for a page besides the request itself.
struct PageContext: RequestContext {
    var coreContext: CoreRequestContextStorage

    init(source: ApplicationRequestContextSource) { coreContext = .init(source: source) }
}
