import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import StrictJSON

/// The staff listener of a desk, for one account that signs in by itself.
actor DeskClient {
    private let http: HTTPClient
    private let base: String
    private let account: String
    private let password: String
    private var token: String?

    /// - Throws: `missing`, `permissions`, `unusable`, `notAnAddress`.
    init(folder: PartnerFolder, desk: String, account: String) throws(PartnerFault) {
        guard desk.hasPrefix("https://"), desk.utf8.count > 8 else { throw .notAnAddress(desk) }
        let secret = String(decoding: try folder.read(.deskPassword), as: UTF8.self)
        let roots = try folder.read(.deskRoots)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        do { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(roots)) } catch {
            throw folder.unusable(.deskRoots, "not-a-certificate")
        }
        base = desk.hasSuffix("/") ? String(desk.dropLast()) : desk
        self.account = account
        password = secret.split(whereSeparator: \.isNewline).first.map { String($0) } ?? ""
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(30))
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func close() async { try? await http.shutdown() }

    /// A request in the account's session; a session that ended is opened anew, once.
    func send(_ method: HTTPMethod, _ path: String, body: JSONValue? = nil, key: String? = nil) async throws(PartnerFault) -> JSONValue {
        do throws(PartnerFault) {
            return try await request(method, path, body, key: key, token: try await session())
        } catch {
            guard case .answered(401, _, _) = error, token != nil else { throw error }
            token = nil
            return try await request(method, path, body, key: key, token: try await session())
        }
    }

    private func session() async throws(PartnerFault) -> String {
        if let token { return token }
        let opened = try await request(
            .POST, "/v1/sessions", ["account": .string(account), "password": .string(password)], key: nil, token: nil)
        guard let made = opened["token"]?.stringValue else { throw .unexpectedAnswer("a session without its token") }
        token = made
        return made
    }

    private func request(_ method: HTTPMethod, _ path: String, _ body: JSONValue?, key: String?, token: String?) async throws(PartnerFault)
        -> JSONValue
    {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "Accept", value: "application/json")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.canonicalBytes()))
        }
        let status: Int
        let wait: Int?
        let bytes: [UInt8]
        do {
            let response = try await http.execute(request, timeout: .seconds(30))
            (status, wait) = (Int(response.status.code), response.headers.first(name: "Retry-After").flatMap { Int($0) })
            bytes = Array(buffer: try await response.body.collect(upTo: 1 << 20))
        } catch {
            throw .unreachable("the desk")
        }
        let answer = (try? parseJSON(bytes)) ?? .null
        guard 200..<300 ~= status else {
            throw .answered(status: status, code: plainCode(answer["code"]?.stringValue), retryAfter: wait)
        }
        return answer
    }
}
