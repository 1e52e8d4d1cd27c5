import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import PartnerKit
import StrictJSON
import Synchronization

/// What the daemon answered.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let bytes: [UInt8]
    /// The body as JSON; null when it is none.
    var json: JSONValue { (try? parseJSON(bytes)) ?? .null }
    var code: String? { json["code"]?.stringValue }
    subscript(_ name: String) -> JSONValue? { json[name] }
    func header(_ name: String) -> String? { headers.first(name: name) }

    /// The answer when it has this status; else the test cannot go on.
    func expect(_ status: Int) throws -> Answer {
        guard self.status == status else { throw Trouble("answered \(self.status) \(code ?? "") instead of \(status)") }
        return self
    }
}

/// A `convenant serve` process on a folder, its ports, and clients for them.
final class TestDaemon: Sendable {
    let folder: TestFolder
    let process: ChildProcess
    let partners: Int
    let staff: Int
    let management: Int
    private let staffClient: HTTPClient
    private let partnerClients = Mutex<[String: HTTPClient]>([:])
    private let signingIn = Mutex<[String: Task<String, any Error>]>([:])

    /// Starts `serve` and waits until it says that it listens.
    /// - Parameters:
    ///   - environment: settings as `CONVENANT_…`.
    ///   - under: a program that runs the daemon, with its arguments, such as `strace`.
    ///   - options: further options of `serve`.
    static func start(
        _ folder: TestFolder, environment: [String: String] = [:], under: [String] = [], options: [String] = []
    ) async throws -> TestDaemon {
        try await listening(serve(folder, environment: environment, under: under, options: options), of: folder)
    }

    /// The daemon that a process of `serve` is, once it says that it listens.
    static func listening(_ process: ChildProcess, of folder: TestFolder) async throws -> TestDaemon {
        var line: Substring?
        do {
            try await eventually("the line `listening …`", within: 60) {
                line = process.output.split(separator: "\n").first { $0.hasPrefix("listening ") }
                return line != nil || !process.isRunning
            }
        } catch {
            process.signal(SIGKILL)
            throw error
        }
        guard let line else {
            let ended = await process.end()
            throw Trouble("serve ended with \(ended.code): \(ended.errors)")
        }
        var ports: [String: Int] = [:]
        for word in line.split(separator: " ").dropFirst() {
            let parts = word.split(separator: "=")
            if parts.count == 2 { ports[String(parts[0])] = Int(parts[1]) }
        }
        guard let partners = ports["partners"], let staff = ports["staff"], let management = ports["management"] else {
            throw Trouble("`\(line)` does not name three ports")
        }
        return try TestDaemon(folder, process, partners: partners, staff: staff, management: management)
    }

    /// The process of `serve` alone, for daemons that are expected to refuse.
    static func serve(
        _ folder: TestFolder, environment: [String: String] = [:], under: [String] = [], options: [String] = []
    ) throws -> ChildProcess {
        let command =
            under + [
                Checkout.binary, "serve", "--data", folder.data, "--partners", "127.0.0.1:0", "--staff", "127.0.0.1:0", "--management",
                "127.0.0.1:0",
            ] + options
        return try ChildProcess(
            command[0], Array(command.dropFirst()), environment: ["CONVENANT_SCRYPT_COST": "16384"].merging(environment) { $1 })
    }

    private init(_ folder: TestFolder, _ process: ChildProcess, partners: Int, staff: Int, management: Int) throws {
        self.folder = folder
        self.process = process
        self.partners = partners
        self.staff = staff
        self.management = management
        staffClient = Self.client(try Self.trusting(folder))
    }

    /// A patient client: a machine that runs many tests at once is slow.
    static func client(_ tls: TLSConfiguration, patience seconds: Int64 = 60) -> HTTPClient {
        HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .init(tlsConfiguration: tls, timeout: .init(connect: .seconds(seconds), read: .seconds(60))))
    }

    /// TLS 1.3 that trusts the folder's root alone.
    static func trusting(_ folder: TestFolder) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(folder.file("trust/roots.pem")))
        return tls
    }

    // MARK: ending

    /// SIGTERM, and what it came to.
    func stop() async throws -> ProgramResult {
        process.signal(SIGTERM)
        return await ended()
    }

    /// SIGKILL.
    @discardableResult func kill() async -> ProgramResult {
        process.signal(SIGKILL)
        return await ended()
    }

    /// Reads policies and trust again. Returns once a request has seen the daemon after the signal.
    func reload() { process.signal(SIGHUP) }

    /// Waits until all of this stands on its standard error.
    func says(_ words: String...) async throws {
        try await eventually("the daemon says \(words)") { [process] in words.allSatisfy(process.errors.contains) }
    }

    /// Lets the daemon stand still for so long, without ending it.
    func rest(_ time: Duration) async throws {
        process.signal(SIGSTOP)
        defer { process.signal(SIGCONT) }
        try await Task.sleep(for: time)
    }

    private func ended() async -> ProgramResult {
        let result = await process.end(within: 40)
        await closeClients()
        return result
    }

    /// Closes the clients' connections.
    func closeClients() async {
        try? await staffClient.shutdown()
        for client in partnerClients.withLock({ Array($0.values) }) { try? await client.shutdown() }
    }

    // MARK: staff

    /// A request of a member of staff, who is signed in when that has not happened.
    func staff(
        _ account: String, _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, headers: [String: String] = [:]
    ) async throws -> Answer {
        var headers = headers
        headers["Authorization"] = "Bearer \(try await token(account))"
        return try await anonymous(method, path, body, headers: headers)
    }

    /// A request to the staff listener without a session.
    func anonymous(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, headers: [String: String] = [:]) async throws -> Answer {
        try await send(staffClient, "https://localhost:\(staff)\(path)", method, body?.canonicalBytes(), headers: headers)
    }

    /// The same with a body of any bytes.
    func raw(_ account: String?, _ method: HTTPMethod, _ path: String, _ body: [UInt8], headers: [String: String]) async throws -> Answer {
        var headers = headers
        if let account { headers["Authorization"] = "Bearer \(try await token(account))" }
        return try await send(staffClient, "https://localhost:\(staff)\(path)", method, body, headers: headers)
    }

    /// The token of an account's session.
    func token(_ account: String) async throws -> String {
        guard let password = folder.passwords[account] else { throw Trouble("there is no account `\(account)`") }
        // One sign-in for all tests that want this account: checking a password is slow by design.
        let task = signingIn.withLock { tasks in
            if let task = tasks[account] { return task }
            let task = Task {
                guard let token = try await signIn(account, password).expect(201)["token"]?.stringValue else { throw Trouble("no token") }
                return token
            }
            tasks[account] = task
            return task
        }
        return try await task.value
    }

    func signIn(_ account: String, _ password: String) async throws -> Answer {
        try await anonymous(.POST, "/v1/sessions", ["account": .string(account), "password": .string(password)])
    }

    // MARK: partners

    /// A request of a partner with the certificate of its folder. Every POST of JSON gets an idempotency key unless it has one.
    func partner(
        _ partner: Town.Partner, _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, jose: [UInt8]? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var headers = headers
        if jose != nil { headers["Content-Type"] = headers["Content-Type"] ?? "application/jose" }
        if body != nil, method == .POST, headers["Idempotency-Key"] == nil { headers["Idempotency-Key"] = UUID().uuidString }
        let bytes = jose ?? body?.canonicalBytes()
        return try await send(
            try client(folder.partner(partner).path), "https://localhost:\(partners)\(path)", method, bytes, headers: headers)
    }

    /// The client that shows the certificate of a partner's folder, kept while the daemon runs.
    func client(_ path: String) throws -> HTTPClient {
        try partnerClients.withLock { clients in
            if let client = clients[path] { return client }
            let client = try Self.partnerClient(path, folder)
            clients[path] = client
            return client
        }
    }

    /// A new client that shows the certificate of a partner's folder; the caller shuts it down.
    static func partnerClient(_ path: String, _ folder: TestFolder) throws -> HTTPClient {
        var tls = try trusting(folder)
        tls.certificateChain = try NIOSSLCertificate.fromPEMFile(path + "/tls-chain.pem").map { .certificate($0) }
        tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: path + "/tls.pem", format: .pem))
        return client(tls)
    }

    /// A request to the management listener.
    func manage(_ path: String) async throws -> Answer {
        try await send(staffClient, "http://127.0.0.1:\(management)\(path)", .GET, nil, headers: [:])
    }

    func send(_ client: HTTPClient, _ url: String, _ method: HTTPMethod, _ body: [UInt8]?, headers: [String: String]) async throws -> Answer
    {
        var request = HTTPClientRequest(url: url)
        request.method = method
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        if let body {
            if headers["Content-Type"] == nil { request.headers.add(name: "Content-Type", value: "application/json") }
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await client.execute(request, timeout: .seconds(90))
        let bytes = try await response.body.collect(upTo: 1 << 23)
        return Answer(status: Int(response.status.code), headers: response.headers, bytes: Array(buffer: bytes))
    }
}

/// One daemon for every test that does not stop, kill or harm it.
actor SharedDaemon {
    private static let shared = SharedDaemon()
    private var starting: Task<TestDaemon, any Error>?

    static func daemon() async throws -> TestDaemon { try await shared.started() }

    private func started() async throws -> TestDaemon {
        if let starting { return try await starting.value }
        let task = Task { try await TestDaemon.start(try await TestFolder.prepared("shared")) }
        starting = task
        return try await task.value
    }
}

/// Runs a body with a daemon of its own on a prepared folder; afterwards the daemon is killed, unless the body ended it.
func withDaemon(
    _ folder: TestFolder? = nil, environment: [String: String] = [:], _ body: (TestDaemon) async throws -> Void
) async throws {
    let own = if let folder { folder } else { try await TestFolder.prepared() }
    let daemon = try await TestDaemon.start(own, environment: environment)
    do { try await body(daemon) } catch {
        await daemon.kill()
        throw error
    }
    if daemon.process.isRunning { await daemon.kill() }
}
