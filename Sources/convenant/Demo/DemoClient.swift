import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import StrictJSON

/// A browser-less member of staff: HTTPS to the staff listener, trusting the municipality's root alone.
final class DemoClient: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }
    private let http: HTTPClient
    private let base: String

    init(port: Int, roots: String) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(roots))
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: HTTPClient.Configuration(tlsConfiguration: tls))
        base = "https://localhost:\(port)"
    }

    func close() async { try? await http.shutdown() }

    /// The token of a new session.
    func signIn(_ account: String, _ password: String) async throws -> String {
        let session = try await send(
            .POST, "/v1/sessions", token: nil, ["account": .string(account), "password": .string(password)], expect: 201)
        guard let token = session["token"]?.stringValue else { throw Failure(description: "no token for \(account)") }
        return token
    }

    /// One request; the answer's body must come with this status. `key` is its idempotency key.
    func send(
        _ method: HTTPMethod, _ path: String, token: String?, _ body: JSONValue? = nil, expect status: UInt, key: String? = nil
    ) async throws -> JSONValue {
        let (found, answer) = try await ask(method, path, token: token, body, key: key)
        guard found == status else {
            throw Failure(
                description:
                    "\(method.rawValue) \(path) answered \(found): \(answer["code"]?.stringValue ?? "") \(answer["detail"]?.stringValue ?? "")"
            )
        }
        return answer
    }

    /// One request, whatever it answers.
    func ask(
        _ method: HTTPMethod, _ path: String, token: String?, _ body: JSONValue? = nil, key: String? = nil
    ) async throws -> (status: UInt, body: JSONValue) {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.canonicalBytes()))
        }
        let response = try await http.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        let answer = bytes.readableBytes == 0 ? .null : try parseJSON([UInt8](buffer: bytes))
        return (response.status.code, answer)
    }
}
