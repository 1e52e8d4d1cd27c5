import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL

/// Django OAuth Toolkit as a municipality's provider (Tests/Interop/openid_provider.py), and a person at it who has a password there.
final class ProviderProcess {
    static let python = ProcessInfo.processInfo.environment["CONVENANT_PYTHON"]
    static let returning = "https://desk.example.nl:8444/sign-in/provider/return"
    let issuer: String
    let roots: [UInt8]
    private let folder: String
    private let process = Process()
    private let ended: AsyncStream<Void>
    private let http: HTTPClient

    struct Trouble: Error, CustomStringConvertible { let description: String }

    /// - Parameter secret: the client's secret; nil for a public client.
    init(secret: String?) throws {
        folder = NSTemporaryDirectory() + "/provider-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try secret?.write(toFile: folder + "/client-secret", atomically: false, encoding: .utf8)
        roots = try Self.certificate(in: folder)
        let output = Pipe()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../Interop/openid_provider.py"
        process.executableURL = URL(fileURLWithPath: Self.python ?? "/usr/bin/python3")
        process.arguments = [script, folder, folder + "/cert.pem", folder + "/key.pem", Self.returning]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let ending = AsyncStream<Void>.makeStream()
        ended = ending.stream
        process.terminationHandler = { _ in ending.continuation.finish() }
        try process.run()
        // One line, or the end of the process.
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.dropFirst(10).trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Trouble(description: "the provider did not start (hint: Tests/Interop/requirements.txt)")
        }
        issuer = "https://localhost:\(port)/o"
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(roots))
        http = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls, redirectConfiguration: .disallow))
    }

    /// A certificate for `localhost` that signs itself, PEM; with its key in the folder.
    static func certificate(in folder: String) throws -> [UInt8] {
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments =
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
            + ["-addext", "subjectAltName=DNS:localhost", "-keyout", folder + "/key.pem", "-out", folder + "/cert.pem"]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/cert.pem")))
    }

    func stop() async {
        // A child inherits the signals that our threads block, and this one is always heard.
        kill(process.processIdentifier, SIGKILL)
        for await _ in ended {}
        try? await http.shutdown()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Goes to an address as a browser does, signs in, and says with what the provider sends back.
    func signIn(at address: String, as account: String, _ password: String) async throws -> [String: String] {
        var cookies: [String: String] = [:]
        var next = address
        for _ in 0..<6 {
            let (page, text) = try await visit(next, &cookies)
            if let location = page.headers.first(name: "Location") {
                let url = URL(string: location, relativeTo: URL(string: next))?.absoluteURL
                if location.hasPrefix(Self.returning) {
                    let items = URLComponents(string: location)?.queryItems ?? []
                    return Dictionary(items.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
                }
                next = url?.absoluteString ?? ""
            } else if let key = text.firstMatch(of: /name="csrfmiddlewaretoken" value="([^"]+)"/) {
                let form = "csrfmiddlewaretoken=\(key.output.1)&username=\(account)&password=\(password)"
                let (answer, _) = try await visit(next, &cookies, form: form)
                guard let location = answer.headers.first(name: "Location") else { throw Trouble(description: "not signed in") }
                next = URL(string: location, relativeTo: URL(string: next))?.absoluteString ?? ""
            } else {
                throw Trouble(description: "the provider answered \(page.status.code)")
            }
        }
        throw Trouble(description: "the provider sends on without end")
    }

    private func visit(_ url: String, _ cookies: inout [String: String], form: String? = nil) async throws -> (HTTPClientResponse, String) {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Referer", value: url)
        request.headers.add(name: "Cookie", value: cookies.map { "\($0)=\($1)" }.joined(separator: "; "))
        if let form {
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: form))
        }
        let response = try await http.execute(request, timeout: .seconds(60))
        for cookie in response.headers["Set-Cookie"] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
            if pair.count == 2 { cookies[pair[0]] = pair[1] }
        }
        return (response, String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }
}
