import Exchange
import Foundation
import Logging
import Testing

@testable import SignOn

@Suite(
    "Signing in at a real provider", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: ProviderProcess.python != nil, "deploy/test installs the provider and names its Python"))
struct LiveProviderTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func settings(_ process: ProviderProcess, secret: String?, levels: [String] = ["two"]) -> ProviderSettings {
        ProviderSettings(
            issuer: process.issuer, clientID: "convenant", clientSecret: secret, ownAddress: "https://desk.example.nl:8444", levels: levels,
            roots: process.roots)
    }

    /// Runs a body with a provider and what Convenant makes of it.
    private func withProvider(
        secret: String?, offered: String?, _ body: (ProviderProcess, IdentityProvider) async throws -> Void
    ) async throws {
        let process = try ProviderProcess(secret: secret)
        let provider = try IdentityProvider(
            settings(process, secret: offered), now: { Int64(Date().timeIntervalSince1970 * 1000) }, logger: quiet)
        do { try await body(process, provider) } catch {
            await provider.close()
            await process.stop()
            throw error
        }
        await provider.close()
        await process.stop()
    }

    private func attempt(_ byte: UInt8) -> SignOnAttempt { SignOnAttempt(random: Array(repeating: byte, count: 32)) }

    @Test(
        "who signs in there is known here, by client secret or by PKCE alone; a code counts once",
        arguments: ["a secret: with=signs&", nil])
    func signsIn(_ secret: String?) async throws {
        try await withProvider(secret: secret, offered: secret) { process, provider in
            let attempt = attempt(1)
            let back = try await process.signIn(at: provider.address(for: attempt), as: "amira", "een-lang-wachtwoord-1")
            #expect(try await provider.subject(of: attempt, returning: back) == ProvenSubject(issuer: process.issuer, subject: "1"))
            await #expect(throws: SignOnFault.self) { try await provider.subject(of: attempt, returning: back) }
        }
    }

    @Test("a code in another browser's hands, one made for another attempt, and a provider that says no: nobody is signed in")
    func otherBrowser() async throws {
        try await withProvider(secret: nil, offered: nil) { process, provider in
            let (own, other) = (attempt(1), attempt(2))
            let back = try await process.signIn(at: provider.address(for: own), as: "amira", "een-lang-wachtwoord-1")
            await #expect(throws: SignOnFault.notBegun) { try await provider.subject(of: other, returning: back) }
            var forged = back
            forged["state"] = other.state
            // The provider compares the verifier with the challenge of the attempt that the code was made for.
            await #expect(throws: SignOnFault.unreachable(what: "token 400")) { try await provider.subject(of: other, returning: forged) }
            let no = ["state": own.state, "error": "access_denied"]
            await #expect(throws: SignOnFault.declined(code: "access_denied")) { try await provider.subject(of: own, returning: no) }
            await #expect(throws: SignOnFault.unusable(member: "code")) {
                try await provider.subject(of: own, returning: ["state": own.state])
            }
        }
    }

    @Test("who showed no second factor there is not let in, nor is anybody by a client with a wrong secret")
    func weak() async throws {
        try await withProvider(secret: "right", offered: "right") { process, provider in
            let attempt = attempt(3)
            let back = try await process.signIn(at: provider.address(for: attempt), as: "weak-bo", "een-lang-wachtwoord-2")
            await #expect(throws: SignOnFault.unusable(member: "acr")) { try await provider.subject(of: attempt, returning: back) }
        }
        try await withProvider(secret: "right", offered: "wrong") { process, provider in
            let attempt = attempt(4)
            let back = try await process.signIn(at: provider.address(for: attempt), as: "amira", "een-lang-wachtwoord-1")
            await #expect(throws: SignOnFault.unreachable(what: "token 401")) { try await provider.subject(of: attempt, returning: back) }
        }
    }

    @Test("a provider whose certificate leads to none of its roots is not spoken to")
    func otherRoots() async throws {
        let process = try ProviderProcess(secret: nil)
        let folder = NSTemporaryDirectory() + "/stranger-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var strange = settings(process, secret: nil)
        strange = ProviderSettings(
            issuer: strange.issuer, clientID: "convenant", clientSecret: nil, ownAddress: strange.ownAddress,
            roots: try ProviderProcess.certificate(in: folder))
        let provider = try IdentityProvider(strange, now: { 0 }, logger: quiet)
        await #expect(throws: SignOnFault.unreachable(what: "configuration")) { try await provider.address(for: attempt(1)) }
        await provider.close()
        await process.stop()
    }
}
