import AsyncHTTPClient
import Foundation
import JOSE
import NIOCore
import NIOSSL
import PartnerTrust
import StrictJSON
import Testing

@testable import PartnerKit

/// A partner's endpoint on a free port, and whoever calls it.
private struct Serving: Sendable {
    let partner: TemporaryPartner
    let port: Int

    /// Calls with a certificate of this organisation, issued by the partner's own authority or by another; nil for none.
    func post(
        _ body: [UInt8], as oin: String? = cityOIN, by authority: CertificateAuthority? = nil, headers: [(String, String)]? = nil,
        path: String = "/", method: String = "POST"
    ) async throws -> (status: Int, type: String?, retryAfter: String?, body: [UInt8]) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        tls.certificateVerification = .noHostnameVerification
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(partner.authority.certificatePEM))
        if let oin {
            let now = systemMilliseconds()
            let issued = try (authority ?? partner.authority).issue(
                CertificateSubject(oin: oin, commonName: "City", organisation: "City"), for: .tls(hosts: [], addresses: []),
                key: .generated,
                from: now - day, until: now + day)
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(issued.pem).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: issued.privateKeyPEM ?? [], format: .pem))
        }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls))
        do {
            var request = HTTPClientRequest(url: "https://127.0.0.1:\(port)\(path)")
            request.method = .init(rawValue: method)
            for (name, value) in headers ?? [("Content-Type", "application/jose"), ("Convenant-Message-Id", messageID)] {
                request.headers.add(name: name, value: value)
            }
            if method == "POST" { request.body = .bytes(ByteBuffer(bytes: body)) }
            let response = try await client.execute(request, timeout: .seconds(30))
            let bytes = Array(buffer: try await response.body.collect(upTo: 1 << 20))
            try await client.shutdown()
            return (
                Int(response.status.code), response.headers.first(name: "Content-Type"), response.headers.first(name: "Retry-After"), bytes
            )
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}

/// Runs an endpoint over an inbox that answers in this way, for as long as the body takes.
private func serving(
    answer: PartnerAnswer = .opened(), calls: Calls = Calls(), _ body: @Sendable @escaping (Serving) async throws -> Void
) async throws {
    let partner = try TemporaryPartner(at: systemMilliseconds())
    let inbox = try Inbox(of: partner, calls: calls, answer: answer)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let endpoint = PartnerEndpoint(identity: try partner.identity(), address: try EndpointAddress("127.0.0.1:0")) {
        (sealed, id, check) async throws(PartnerFault) -> Inbox.Reception in
        try await inbox.receive(sealed, listedAs: id, after: check)
    }
    let listening = Task {
        defer { port.finish() }
        try await endpoint.run {
            port.yield($0)
            port.finish()
        }
    }
    defer { listening.cancel() }
    for await port in ports {
        try await body(Serving(partner: partner, port: port))
        return
    }
    try await listening.value
    Issue.record("the endpoint did not listen")
}

@Suite("A partner's endpoint", .timeLimit(.minutes(5)))
struct EndpointTests {
    @Test("the receipt is the answer, and the same again for the same message, which is handed over once")
    func receipt() async throws {
        let calls = Calls()
        try await serving(calls: calls) { serving in
            let sealed = try serving.partner.referral()
            let first = try await serving.post(sealed)
            #expect(first.status == 200 && first.type == "application/jose")
            let receipt = try serving.partner.verify(first.body)
            #expect(receipt.messageId == messageID && receipt.result == .opened && receipt.digest == sha256(sealed))
            #expect(try await serving.post(sealed).body == first.body)
        }
        #expect(await calls.ids == [messageID])
    }

    @Test("not now: 503 with Retry-After, and no receipt")
    func later() async throws {
        try await serving(answer: .later) { serving in
            let answer = try await serving.post(try serving.partner.referral())
            #expect(answer.status == 503 && answer.retryAfter == "10" && answer.type == "application/problem+json")
            #expect(try serving.partner.names(in: "received").filter { $0.hasSuffix(".jws") }.isEmpty)
        }
    }

    @Test("other bytes under an id that is known: 409")
    func otherBytes() async throws {
        try await serving { serving in
            #expect(try await serving.post(try serving.partner.referral()).status == 200)
            let answer = try await serving.post(try serving.partner.referral { $0["purpose"] = "careAllocation" })
            #expect(answer.status == 409)
            #expect(try parseJSON(answer.body)["code"] == "other-bytes")
        }
    }

    @Test("what cannot be opened is refused in a receipt, not by a status")
    func refused() async throws {
        try await serving { serving in
            let answer = try await serving.post(Array("no message".utf8))
            #expect(answer.status == 200)
            #expect(try serving.partner.verify(answer.body).result == .refused)
        }
    }

    @Test("what is sealed to a key that is not here is refused by a status, as a receipt would be final")
    func otherKey() async throws {
        try await serving { serving in
            let answer = try await serving.post(try serving.partner.referral(to: AgreementPrivateKey.generate(.p256).publicKey))
            #expect(answer.status == 422)
            #expect(try parseJSON(answer.body)["code"] == "sealed-to-other-key")
            #expect(try serving.partner.names(in: "received").filter { $0.hasSuffix(".jws") }.isEmpty)
        }
    }

    @Test("what is no push at all is a problem")
    func malformed() async throws {
        try await serving { serving in
            let sealed = try serving.partner.referral()
            let json = try await serving.post(sealed, headers: [("Content-Type", "application/json"), ("Convenant-Message-Id", messageID)])
            #expect(json.status == 415)
            let jose = ("Content-Type", "application/jose")
            #expect(try await serving.post(sealed, headers: [jose]).status == 400)
            #expect(try await serving.post(sealed, headers: [jose, ("Convenant-Message-Id", "../../etc/passwd")]).status == 400)
            #expect(try await serving.post([UInt8](repeating: 65, count: (1 << 20) + 1)).status == 413)
            #expect(try await serving.post(sealed, path: "/other").status == 404)
            #expect(try await serving.post([], method: "GET").status != 200)
        }
    }

    @Test("only the exchange is let in: no certificate, another organisation's, another authority's are not")
    func strangers() async throws {
        let calls = Calls()
        try await serving(calls: calls) { serving in
            let sealed = try serving.partner.referral()
            await #expect(throws: (any Error).self) { try await serving.post(sealed, as: nil) }
            let now = systemMilliseconds()
            let other = try CertificateAuthority.makeRoot(commonName: "Other", organisation: "Other", from: now - day, until: now + day)
            await #expect(throws: (any Error).self) { try await serving.post(sealed, as: cityOIN, by: other) }
            let neighbour = try await serving.post(sealed, as: "00000099000000003000")
            #expect(neighbour.status == 403)
            #expect(await calls.ids.isEmpty)
            // The exchange itself still is.
            #expect(try await serving.post(sealed).status == 200)
        }
    }

    @Test(
        "an address is host and port",
        arguments: ["", ":8443", "localhost", "localhost:", "localhost:-1", "localhost:65536", "localhost:x"])
    func address(_ text: String) { #expect(throws: PartnerFault.notAnAddress(text)) { try EndpointAddress(text) } }
}
