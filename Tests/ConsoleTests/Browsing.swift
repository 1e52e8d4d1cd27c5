import AsyncHTTPClient
import ConvenantTestSupport
import Exchange
import Foundation
import Logging
import Metrics
import NIOCore
import NIOSSL
import PartnerTrust
import ServiceLifecycle
import SignOn
import Wire

@testable import Console

/// A desk with its pages behind the real staff listener, over TLS.
///
/// People sign in with a password alone, unless the test is about the second factor.
func servingPages(
    _ policy: TestPolicy = TestPolicy(), secondFactor: SecondFactorRule = .optional, provider: IdentityProvider? = nil,
    _ body: @Sendable @escaping (TestDesk, Browsing) async throws -> Void
) async throws {
    let test = try await TestDesk(policy, settings: DeskSettings(scryptCost: 1 << 14, secondFactor: secondFactor))
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    let authority = try CertificateAuthority.makeRoot(
        commonName: "pages", organisation: "pages", from: now - 60_000, until: now + 86_400_000)
    let subject = try CertificateSubject(oin: "00000099000000001000", commonName: "localhost", organisation: "pages")
    let issued = try authority.issue(
        subject, for: .tls(hosts: ["localhost"], addresses: ["127.0.0.1"]), key: .generated, from: now - 60_000, until: now + 86_400_000)
    let tls = try ServerTLS(certificateChainPEM: issued.pem, privateKeyPEM: issued.privateKeyPEM ?? [])
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let world = test.clock.world
    let settings = ListenerSettings(
        address: ListenerAddress(host: "127.0.0.1", port: 0), monotonic: world.monotonic, random: world.random,
        metrics: NOOPMetricsHandler.instance, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        onServerRunning: { port.yield($0) })
    let pages = servePages(desk: test.desk, settings: PageSettings(random: world.random, provider: provider))
    let listener = try staffListener(desk: test.desk, pages: pages, tls: tls, settings: settings)
    let group = ServiceGroup(configuration: .init(services: [listener], logger: settings.logger))
    var client = HTTPClient.Configuration(redirectConfiguration: .disallow)
    client.tlsConfiguration = .makeClientConfiguration()
    client.tlsConfiguration?.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority.certificatePEM))
    let http = HTTPClient(configuration: client)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
            defer { port.finish() }
            try await group.run()
        }
        tasks.addTask {
            for await port in ports {
                do { try await body(test, Browsing(http: http, port: port)) } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                break
            }
            await group.triggerGracefulShutdown()
        }
        do { try await tasks.waitForAll() } catch {
            try? await http.shutdown()
            throw error
        }
    }
    try await http.shutdown()
    await test.desk.close()
}

/// A page as it came.
struct Shown: Sendable {
    let status: UInt
    let headers: [String: String]
    let cookies: [String]
    let text: String

    /// Where it leads.
    var leadsTo: String { headers["location"] ?? "" }
    /// The key of its forms.
    var key: String { value(of: "key") }

    /// The value of a hidden field.
    func value(of name: String) -> String {
        guard let start = text.range(of: "name=\"\(name)\" value=\"") else { return "" }
        return String(text[start.upperBound...].prefix { $0 != "\"" })
    }
}

/// A browser without script: it keeps cookies, and sends forms with the key that they hold.
actor Browsing {
    private let http: HTTPClient
    private let port: Int
    private var cookies: [String: String] = [:]
    private var last: Shown?

    init(http: HTTPClient, port: Int) {
        self.http = http
        self.port = port
    }

    /// Another browser before the same pages.
    func another() -> Browsing { Browsing(http: http, port: port) }

    /// Where the pages stand.
    var origin: String { "https://localhost:\(port)" }

    func forget(_ cookie: String) { cookies[cookie] = nil }
    func hold(_ cookie: String, _ value: String) { cookies[cookie] = value }

    func get(_ path: String, language: String? = nil) async throws -> Shown {
        try await send(path, method: "GET", body: nil, language.map { [("Accept-Language", $0)] } ?? [])
    }

    /// Sends a form, with the key of the page that was shown last unless it names one.
    func post(_ path: String, _ fields: [(String, String)], headers: [(String, String)] = []) async throws -> Shown {
        var fields = fields
        if !fields.contains(where: { $0.0 == "key" }) {
            fields += [("key", last?.key ?? ""), ("for", last?.value(of: "for") ?? "")]
        }
        let allowed = CharacterSet.alphanumerics
        let body = fields.map { name, value in
            "\(name.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")=\(value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
        }.joined(separator: "&")
        return try await send(path, method: "POST", body: body, [("Content-Type", "application/x-www-form-urlencoded")] + headers)
    }

    /// Signs in; the first page is shown then.
    func signIn(_ account: String, _ password: String) async throws -> Shown {
        _ = try await get("/sign-in")
        let answer = try await post("/sign-in", [("account", account), ("password", password)])
        guard answer.status == 303 else { return answer }
        return try await get(answer.leadsTo)
    }

    private func send(_ path: String, method: String, body: String?, _ headers: [(String, String)]) async throws -> Shown {
        var request = HTTPClientRequest(url: "https://localhost:\(port)\(path)")
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if !cookies.isEmpty { request.headers.add(name: "Cookie", value: cookies.map { "\($0)=\($1)" }.joined(separator: "; ")) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await http.execute(request, timeout: .seconds(60))
        let given = response.headers["set-cookie"]
        for cookie in given {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            cookies[String(pair[0])] = pair[1].isEmpty ? nil : String(pair[1])
        }
        let shown = Shown(
            status: response.status.code,
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first }),
            cookies: given, text: String(buffer: try await response.body.collect(upTo: 1 << 20)))
        if shown.status != 303 { last = shown }
        return shown
    }
}
