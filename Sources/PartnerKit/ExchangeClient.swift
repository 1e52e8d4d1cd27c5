import AsyncHTTPClient
import Foundation
import JOSE
import NIOCore
import NIOHTTP1
import NIOPosix
import StrictJSON

/// The partners' routes of an exchange, over mutual TLS 1.3 with pinned roots. Call ``close()`` when done.
public final class ExchangeClient: Sendable {
    /// A page of a list.
    public struct Page<Item: Sendable>: Sendable {
        public let items: [Item]
        /// Where the next page begins; nil on the last.
        public let next: String?
    }

    /// A message in the inbox; what it holds is known only after opening.
    public struct Listed: Hashable, Sendable {
        public let messageId: String
        public let kind: String?
    }

    /// A task of this partner.
    public struct TaskStanding: Hashable, Sendable {
        /// nil when a receipt was for a message without a task.
        public let taskId: String?
        /// `requested`, `received`, `accepted`, `onHold`, `inProgress`, `completed`, `rejected`, `failed` or `cancelled`.
        public let state: String?
        /// By when something is asked of this partner while the task is open, ms since 1970.
        public let dueAt: Int64?
        /// What for: `delivery`, `pickUp`, `expected` or `progress`.
        public let dueKind: String?
        /// When this partner visits next for it: the date `YYYY-MM-DD`.
        public let visitOn: String?
    }

    /// The largest answer read, in bytes: 256 KiB of content after two turns of base64, and room.
    private static let limit = 1 << 20

    let identity: PartnerIdentity
    private let http: HTTPClient
    private let base: String
    private let timeout: TimeAmount
    /// The longest that an exchange lets a request wait for a message, in seconds.
    public static let longestWait = 55

    /// - Parameters:
    ///   - exchange: the partners' listener, such as `https://exchange.example:8443`.
    ///   - timeoutSeconds: for one call as a whole.
    /// - Throws: `notAnAddress`.
    public init(identity: PartnerIdentity, exchange: URL, timeoutSeconds: Int64 = 30) throws(PartnerFault) {
        guard exchange.scheme == "https", exchange.host?.isEmpty == false, exchange.query == nil else {
            throw .notAnAddress(exchange.absoluteString)
        }
        base = exchange.absoluteString.hasSuffix("/") ? String(exchange.absoluteString.dropLast()) : exchange.absoluteString
        timeout = .seconds(timeoutSeconds)
        self.identity = identity
        var configuration = HTTPClient.Configuration(tlsConfiguration: identity.tls, redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(timeoutSeconds + Int64(Self.longestWait)))
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes the connections.
    public func close() async { try? await http.shutdown() }

    /// A page of the inbox: ids only. Reading it tells the exchange nothing.
    ///
    /// - Parameter waitSeconds: where nothing waits, the exchange answers when something comes, or after so long; at most ``longestWait``.
    public func inbox(after: String? = nil, limit: Int = 50, waitSeconds: Int = 0) async throws(PartnerFault) -> Page<Listed> {
        let wait = min(waitSeconds, Self.longestWait)
        let path = "/v1/inbox" + query([("after", after), ("limit", String(limit)), ("wait", wait > 0 ? String(wait) : nil)])
        let answer = try await json(.GET, path, wait: wait)
        return try page(answer) { item in
            guard let id = item["messageId"]?.stringValue, isUUID(id) else { return nil }
            return Listed(messageId: id, kind: item["kind"]?.stringValue)
        }
    }

    /// A sealed message as compact JWE. The exchange records this as an attempt of delivery.
    /// Throws `answered` with status 410 when the message has ended, `payloadNotSigned` where the profile asks for a signature beside it.
    public func message(_ id: String) async throws(PartnerFault) -> [UInt8] {
        let answer = try await call(.GET, "/v1/inbox/\(try segment(id))", accept: "application/jose")
        guard answer.type == "application/jose" else { throw .unexpectedAnswer("content type") }
        try await renewingKeys { () throws(PartnerFault) in
            try identity.checkPayload(
                answer.body, signatures: answer.headers[PayloadSignature.field], digests: answer.headers[PayloadSignature.digestField])
        }
        return answer.body
    }

    /// Delivers a signed receipt (JWS compact); the answer says where the message's task stands.
    public func deliver(receipt: [UInt8], for id: String) async throws(PartnerFault) -> TaskStanding {
        standing(try await json(.POST, "/v1/inbox/\(try segment(id))/receipts", body: receipt, type: "application/jose"))
    }

    /// Moves a task: `to` accepted, onHold, inProgress, completed, rejected or failed.
    ///
    /// - Parameters:
    ///   - reason: for rejected and failed, a code such as `noCapacity`.
    ///   - expectedOn: for onHold, the date `YYYY-MM-DD` from which it is expected to go on.
    ///   - outcome: for completed, a code.
    ///   - idempotencyKey: the same for every repetition of this one step.
    public func moveTask(
        _ id: String, to state: String, reason: String? = nil, expectedOn: String? = nil, outcome: String? = nil, idempotencyKey: String
    ) async throws(PartnerFault) -> TaskStanding {
        var body: JSONObject = ["to": .string(state)]
        body["reason"] = reason.map { .string($0) }
        body["expectedOn"] = expectedOn.map { .string($0) }
        body["outcome"] = outcome.map { .string($0) }
        return standing(
            try await json(
                .POST, "/v1/tasks/\(try segment(id))/transitions", body: JSONValue.object(body).canonicalBytes(), key: idempotencyKey))
    }

    /// Files a signal (contract §11); the answer holds `signalId`, `outcome` and `status`. Dutch: melding.
    public func fileSignal(_ signal: JSONValue, idempotencyKey: String) async throws(PartnerFault) -> JSONValue {
        try await json(.POST, "/v1/signals", body: signal.canonicalBytes(), key: idempotencyKey)
    }

    /// A page of this partner's tasks, of one state or of all.
    public func tasks(state: String? = nil, after: String? = nil, limit: Int = 50) async throws(PartnerFault) -> Page<TaskStanding> {
        let answer = try await json(.GET, "/v1/tasks" + query([("state", state), ("after", after), ("limit", String(limit))]))
        return try page(answer) { $0["taskId"]?.stringValue == nil ? nil : standing($0) }
    }

    /// All of a list, page after page, `after` being where each begins. Throws `unexpectedAnswer` for a list that does not end.
    func whole<Item>(_ page: (_ after: String?) async throws(PartnerFault) -> Page<Item>) async throws(PartnerFault) -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            let next = try await page(cursor)
            items += next.items
            guard next.next == nil || next.next != cursor else { throw .unexpectedAnswer("a list that does not end") }
            cursor = next.next
        } while cursor != nil
        return items
    }
}

extension ExchangeClient {
    private struct Answer {
        let type: String
        let headers: HTTPHeaders
        let body: [UInt8]
    }

    private func call(
        _ method: HTTPMethod, _ path: String, accept: String = "application/json", body: [UInt8]? = nil, type: String = "application/json",
        key: String? = nil, wait: Int = 0
    ) async throws(PartnerFault) -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "Accept", value: accept == "application/json" ? accept : "\(accept), application/problem+json")
        if let body {
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(body)
        }
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        let status: Int
        let headers: HTTPHeaders
        let bytes: [UInt8]
        var isAnswering = false
        do {
            let response = try await http.execute(request, timeout: timeout + .seconds(Int64(wait)))
            isAnswering = true
            (status, headers) = (Int(response.status.code), response.headers)
            bytes = Array(buffer: try await response.body.collect(upTo: Self.limit))
        } catch {
            let why = reason(of: error)
            guard isAnswering || Self.mayHaveBeenAsked(error) else { throw .unreachable(why) }
            throw .unanswered(why)
        }
        guard (200...299).contains(status) else {
            let problem = try? parseJSON(bytes)
            let wait = headers.first(name: "Retry-After").flatMap(Int.init)
            throw .answered(status: status, code: plainCode(problem?["code"]?.stringValue), retryAfter: wait)
        }
        let type = headers.first(name: "Content-Type")?.split(separator: ";").first ?? ""
        return Answer(type: type.trimmingCharacters(in: .whitespaces).lowercased(), headers: headers, body: bytes)
    }

    /// Whether the request may have been on its way when this failed, so that the other side may have done what it asks.
    static func mayHaveBeenAsked(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError: [.readTimeout, .writeTimeout, .deadlineExceeded, .remoteConnectionClosed].contains(error)
        // Of a connection that broke; one that was never made is refused.
        case let error as IOError: [ECONNRESET, EPIPE, ETIMEDOUT].contains(error.errnoCode)
        default: false
        }
    }

    /// Why there was no answer, in words of ours: a text of the library might repeat a part of what was sent, so it is only searched.
    private func reason(of error: any Error) -> String {
        if let error = error as? HTTPClientError { return error.shortDescription }
        let text = String(describing: error)
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "its certificate does not lead to a root in exchange-roots.pem, or the clock of this machine is wrong"
        }
        if text.contains("_ALERT_") { return "it refused our certificate" }
        if error is NIOConnectionError { return "nothing there takes a connection, or its name is not known here" }
        return "no connection"
    }

    func json(
        _ method: HTTPMethod, _ path: String, body: [UInt8]? = nil, type: String = "application/json", key: String? = nil, wait: Int = 0
    ) async throws(PartnerFault) -> JSONValue {
        let answer = try await call(method, path, body: body, type: type, key: key, wait: wait)
        guard let value = try? parseJSON(answer.body), value.objectValue != nil else { throw .unexpectedAnswer("not a json object") }
        return value
    }

    private func page<Item>(_ answer: JSONValue, _ read: (JSONValue) -> Item?) throws(PartnerFault) -> Page<Item> {
        guard let items = answer["items"]?.arrayValue else { throw .unexpectedAnswer("not a list") }
        let read = items.compactMap(read)
        guard read.count == items.count else { throw .unexpectedAnswer("an item without its id") }
        return Page(items: read, next: answer["next"]?.stringValue)
    }

    private func standing(_ value: JSONValue) -> TaskStanding {
        TaskStanding(
            taskId: value["taskId"]?.stringValue, state: value["state"]?.stringValue,
            dueAt: value["dueAt"]?.stringValue.flatMap(WireInstant.parse), dueKind: value["dueKind"]?.stringValue,
            visitOn: value["visitOn"]?.stringValue)
    }

    /// An id as part of a path. Ids come from outside; one with a slash in it would lead elsewhere.
    func segment(_ id: String) throws(PartnerFault) -> String {
        guard isUUID(id) else { throw .unexpectedAnswer("an id that is none") }
        return id
    }

    private func query(_ items: [(String, String?)]) -> String {
        let unreserved = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        let parts = items.compactMap { name, value in
            value?.addingPercentEncoding(withAllowedCharacters: unreserved).map { "\(name)=\($0)" }
        }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }
}

/// The code of a problem, when it looks like one: it is printed.
func plainCode(_ code: String?) -> String {
    guard let code, code.utf8.count <= 64, code.utf8.allSatisfy({ (0x61...0x7a).contains($0) || $0 == 0x2d }) else { return "unnamed" }
    return code
}
