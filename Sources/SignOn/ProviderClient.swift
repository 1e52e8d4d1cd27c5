import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL
import StrictJSON

/// Asks the provider, over TLS, and follows no redirect.
struct ProviderClient: Sendable {
    private let http: HTTPClient
    private static let limit = 256 * 1024

    /// - Throws: `unusable(roots)` when there is no certificate in them.
    init(roots: [UInt8]?) throws(SignOnFault) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let roots {
            guard let certificates = try? NIOSSLCertificate.fromPEMBytes(roots), !certificates.isEmpty else {
                throw .unusable(member: "roots")
            }
            tls.trustRoots = .certificates(certificates)
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(10))
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func close() async { try? await http.shutdown() }

    /// What stands at an address of the provider's.
    func get(_ url: String, what: String) async throws(SignOnFault) -> JSONValue {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Accept", value: "application/json")
        return try await json(request, what: what)
    }

    /// Sends a form, with Basic authentication where there is any.
    func post(_ form: [(String, String)], to url: String, basic: String?, what: String) async throws(SignOnFault) -> JSONValue {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        if let basic { request.headers.add(name: "Authorization", value: "Basic \(basic)") }
        request.body = .bytes(ByteBuffer(string: encodedForm(form)))
        return try await json(request, what: what)
    }

    private func json(_ request: HTTPClientRequest, what: String) async throws(SignOnFault) -> JSONValue {
        let bytes: [UInt8]
        do {
            let response = try await http.execute(request, timeout: .seconds(15))
            bytes = Array(buffer: try await response.body.collect(upTo: Self.limit))
            guard response.status == .ok else { throw SignOnFault.unreachable(what: "\(what) \(response.status.code)") }
        } catch let fault as SignOnFault { throw fault } catch { throw .unreachable(what: what) }
        do { return try parseJSON(bytes) } catch { throw .unusable(member: what) }
    }
}

/// `application/x-www-form-urlencoded` (WHATWG URL §5.2).
func encodedForm(_ form: [(String, String)]) -> String {
    let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._")
    func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }
    return form.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
}
