import Exchange
import Hummingbird
import SignOn

/// What the pages need besides the desk.
public struct PageSettings: Sendable {
    /// The most bytes of a form.
    public let bodyLimit: Int
    /// This many bytes that nobody can guess: `World.random`.
    public let random: @Sendable (Int) -> [UInt8]
    /// Where people sign in instead of here; nil where there is no such provider.
    public let provider: IdentityProvider?

    /// Settings from their parts.
    public init(bodyLimit: Int = 256 * 1024, random: @escaping @Sendable (Int) -> [UInt8], provider: IdentityProvider? = nil) {
        self.bodyLimit = bodyLimit
        self.random = random
        self.provider = provider
    }
}

/// The pages for people: they call the same use cases as the API and decide nothing.
///
/// They work without script. What it answers is always a page: a fault becomes one that says what to do, and a line in the log.
/// - Parameters:
///   - desk: whose use cases are called.
///   - settings: the limit of a form, and where keys come from.
public func servePages(
    desk: ReferralDesk, settings: PageSettings
) -> @Sendable (Request, ApplicationRequestContextSource) async -> Response {
    let router = Router(context: PageContext.self)
    let door = PageDoor(desk: desk, settings: settings)
    for asset in PageAsset.all {
        router.get(RouterPath(asset.path)) { _, _ in asset.response }
    }
    for route in pageTable {
        router.on(RouterPath(route.path), method: route.method.http) { request, context in
            await door.open(route, to: request, context)
        }
    }
    let responder = router.buildResponder()
    return { request, source in
        let context = PageContext(source: source)
        var response: Response
        do {
            // The router would take `/signals/` for `/signals`.
            guard !(request.uri.path.count > 1 && request.uri.path.hasSuffix("/")), !request.uri.path.contains("//") else {
                throw HTTPError(.notFound)
            }
            response = try await responder.respond(to: request, context: context)
            if response.status == .notFound, response.headers[.contentType] == nil { response = await door.notFound(request, context) }
        } catch {
            response = await door.notFound(request, context)
        }
        addPageHeaders(&response)
        return response
    }
}
