import HTTPTypes
import Hummingbird
import NIOCore

/// What is asked of every request for the page, and said with every answer.
struct PageGuard: RouterMiddleware {
    let key: String

    func handle(
        _ request: Request, context: EndpointContext, next: (Request, EndpointContext) async throws -> Response
    ) async throws -> Response {
        var response = try await answer(request, context, next)
        response.headers[.cacheControl] = "no-store"
        response.headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in Self.said { response.headers[name] = value }
        return response
    }

    private func answer(
        _ request: Request, _ context: EndpointContext, _ next: (Request, EndpointContext) async throws -> Response
    ) async throws -> Response {
        let port = context.channel.localAddress?.port ?? 0
        // a name of somebody else's that was made to lead here (DNS rebinding) stays in `Host`
        guard let host = request.head.authority, ["127.0.0.1:\(port)", "localhost:\(port)"].contains(host) else {
            return Self.refusal(.misdirectedRequest)
        }
        if request.uri.path != "/open", !Self.same(cookie(request, port), key) { return Self.refusal(.forbidden) }
        do { return try await next(request, context) } catch let error as any HTTPResponseError { return Self.refusal(error.status) }
    }

    private func cookie(_ request: Request, _ port: Int) -> String {
        for pair in (request.headers[.cookie] ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].drop(while: { $0 == " " }) == Self.cookie(port) { return String(parts[1]) }
        }
        return ""
    }

    /// The cookie's name: two pages on one machine have two ports, but browsers keep cookies by name alone.
    static func cookie(_ port: Int) -> String { "convenant-\(port)" }

    /// A page that says no more than what to do next.
    static func refusal(_ status: HTTPResponse.Status) -> Response {
        let text =
            status == .notFound
            ? "Niet gevonden. Misschien is het ingetrokken.\n"
            : "Geen toegang. Sluit dit venster en open het adres dat het programma bij het starten toonde.\n"
        return Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .contentSecurityPolicy: "default-src 'none'"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// Whether two texts are equal, in a time that does not tell how far.
    static func same(_ left: some StringProtocol, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    static let fetchSite = name("Sec-Fetch-Site")
    private static let said: [(HTTPField.Name, String)] = [
        (name("Referrer-Policy"), "no-referrer"), (name("X-Frame-Options"), "DENY"),
        (name("Cross-Origin-Opener-Policy"), "same-origin"), (name("Cross-Origin-Resource-Policy"), "same-origin"),
    ]

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("`\(text)` is no name of a header") }
        return name
    }
}
