import Casework
import Exchange
import HTTPTypes
import Sealing
import StrictJSON

/// One route of contract §3 and what HTTP demands for it. What the caller may do stands in the use case, nowhere here.
struct RouteEntry: Hashable, Sendable {
    /// Whether the caller must be known. `session`: it must send a session's token, and the use case looks which session that is.
    enum Access: Hashable, Sendable { case caller, session, anybody }
    /// `Idempotency-Key`: not looked at; taken when given; taken, and demanded from partners' systems.
    enum Idempotency: Hashable, Sendable { case none, optional, creates }

    let method: HTTPRequest.Method
    /// The path with `{name}` for what varies, as openapi.json writes it.
    let path: String
    /// At which doors it stands.
    let listeners: Set<Listener>
    let access: Access
    /// The body's media type, or nil for none.
    let takes: MediaType?
    /// The answer's media type.
    let sends: MediaType
    let query: [QueryKey]
    let idempotency: Idempotency
    /// Whether pages of other origins may read it (CORS `*`).
    let openToOrigins: Bool

    init(
        _ method: HTTPRequest.Method, _ path: String, at listeners: Set<Listener>, access: Access = .caller, takes: MediaType? = nil,
        sends: MediaType = .json, query: [QueryKey] = [], idempotency: Idempotency = .none, openToOrigins: Bool = false
    ) {
        self.method = method
        self.path = path
        self.listeners = listeners
        self.access = access
        self.takes = takes
        self.sends = sends
        self.query = query
        self.idempotency = idempotency
        self.openToOrigins = openToOrigins
    }

    /// The route's template, as idempotency keys know it.
    var template: String { "\(method.rawValue) \(path)" }
}

/// A request that has passed the door: checked as far as HTTP goes.
struct DeskRequest: Sendable {
    /// Nil where anybody may come.
    let caller: Caller?
    /// The session's token, where staff asks.
    let token: String?
    private let parameters: [String: String]
    let query: Query
    /// The body as bytes; empty for none.
    let bytes: [UInt8]
    /// The body as a value; null for none.
    let body: JSONValue
    let idempotency: IdempotencyKey?
    /// The trace in which it stands.
    let trace: TraceID?

    init(
        caller: Caller?, token: String?, parameters: [String: String], query: Query, bytes: [UInt8], body: JSONValue,
        idempotency: IdempotencyKey?, trace: TraceID?
    ) {
        self.caller = caller
        self.token = token
        self.parameters = parameters
        self.query = query
        self.bytes = bytes
        self.body = body
        self.idempotency = idempotency
        self.trace = trace
    }

    /// Who asks.
    /// - Throws: `DeskRefusal.notSignedIn` where nobody was demanded to say.
    func by() throws(DeskRefusal) -> Caller {
        guard let caller else { throw .notSignedIn }
        return caller
    }

    /// The session's token.
    /// - Throws: `DeskRefusal.notSignedIn` where there is none.
    func held() throws(DeskRefusal) -> String {
        guard let token else { throw .notSignedIn }
        return token
    }

    /// What stands in the path under that name; empty, which is no id, when nothing does.
    subscript(_ name: String) -> String { parameters[name] ?? "" }
}

/// What goes back.
enum DeskReply: Sendable {
    case answer(DeskAnswer)
    case bytes([UInt8], MediaType, fields: [HeaderField] = [])
}

/// A route and the use case behind it.
struct Route: Sendable {
    let entry: RouteEntry
    let handle: @Sendable (ReferralDesk, DeskRequest) async throws -> DeskReply

    init(_ entry: RouteEntry, _ handle: @escaping @Sendable (ReferralDesk, DeskRequest) async throws -> DeskReply) {
        self.entry = entry
        self.handle = handle
    }

    /// A route whose use case answers with a `DeskAnswer`.
    init(_ entry: RouteEntry, answer: @escaping @Sendable (ReferralDesk, DeskRequest) async throws -> DeskAnswer) {
        self.init(entry) { .answer(try await answer($0, $1)) }
    }
}
