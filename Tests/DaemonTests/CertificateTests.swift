import AsyncHTTPClient
import Foundation
import NIOSSL
import PartnerTrust
import StrictJSON
import Testing

@Suite("certificates at the partners' door", .serialized)
struct CertificateTests {
    /// What a client is answered that shows the certificate in a folder: the HTTP status, or nil when TLS refuses it.
    private func knock(_ daemon: TestDaemon, _ folder: String?) async throws -> Int? {
        let client =
            if let folder {
                try TestDaemon.partnerClient(folder, daemon.folder)
            } else {
                TestDaemon.client(try TestDaemon.trusting(daemon.folder))
            }
        let answer = try? await daemon.send(client, "https://localhost:\(daemon.partners)/v1/inbox", .GET, nil, headers: [:])
        try await client.shutdown()
        return answer?.status
    }

    @Test("a registered certificate is let in; none, a stranger's, an expired and an unregistered one are not, and the log says why")
    func refused() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let keys = try await daemon.anonymous(.GET, "/v1/jwks.json").bytes
            func make(_ key: String, oin: String, authority: CertificateAuthority? = nil, from: Int64 = -1, until: Int64 = 365) throws
                -> String
            {
                let partner = Town.Partner(oin: oin, name: "Iemand", curve: .p256, key: key)
                _ = try folder.makePartner(partner, exchangeKeys: keys, authority: authority, fromDays: from, untilDays: until)
                return folder.partner(partner).path
            }
            #expect(try await knock(daemon, folder.partner(Town.debtHelp).path) == 200)

            let now = Int64(Date().timeIntervalSince1970 * 1000)
            let stranger = try CertificateAuthority.makeRoot(
                commonName: "Gemeente Den Haag (fictief) authority", organisation: "Gemeente Den Haag (fictief)", from: now - 60_000,
                until: now + 86_400_000)
            let cases = [
                ("unknown issuer", try make("stranger", oin: Town.debtHelp.oin, authority: stranger)),
                ("expired", try make("expired", oin: Town.debtHelp.oin, from: -10, until: -1)),
                ("not-registered", try make("unknown", oin: "00000099000000006000")),
                ("not-the-registered-one", try make("second", oin: Town.debtHelp.oin)),
            ]
            for (what, path) in cases { #expect(try await knock(daemon, path) == nil, "\(what)") }
            #expect(try await knock(daemon, nil) == nil)
            try await daemon.says("code=unknown-issuer", "code=expired", "code=not-registered", "code=not-the-registered-one")
            #expect(daemon.process.errors.matches(of: /handshake refused/).count >= cases.count)
            // And the one that is registered still comes in.
            #expect(try await knock(daemon, folder.partner(Town.debtHelp).path) == 200)
        }
    }

    @Test("a certificate revoked in trust/revoked is refused after SIGHUP: on an open connection with 403, on a new one by TLS")
    func revoked() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let partner = Town.debtHelp
            #expect(try await daemon.partner(partner, .GET, "/v1/inbox").status == 200)
            try revoke(partner, in: folder)
            // The file alone changes nothing: the signal does.
            #expect(try await daemon.partner(partner, .GET, "/v1/inbox").status == 200)
            daemon.reload()
            var answer = try await daemon.partner(partner, .GET, "/v1/inbox")
            try await eventually("403") {
                // A connection that was answered 403 is closed, and no new one comes about.
                guard answer.status == 200 else { return true }
                answer = try await daemon.partner(partner, .GET, "/v1/inbox")
                return false
            }
            #expect(answer.status == 403)
            #expect(answer.code == "certificate-refused")
            #expect(answer.header("Connection") == "close")
            #expect(try await knock(daemon, folder.partner(partner).path) == nil)
            #expect(try await knock(daemon, folder.partner(Town.care).path) == 200)
        }
        // It stays revoked in a new process.
        try await withDaemon(folder) { daemon in
            let status = try await knock(daemon, folder.partner(Town.debtHelp).path)
            #expect(status == nil)
        }
        // Recorded once, however often the list was issued.
        let entries = try await folder.command("log", "entries", "--limit", "1000").output
        #expect(entries.matches(of: /certificate\.revoked/).count == 1)
        #expect(entries.contains(try serial(of: Town.debtHelp, in: folder)))
    }

    @Test("neither a covenant nor another list that is faulty holds up a revocation; both are named, and what was in force of them stays")
    func besideFaults() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let open = try await daemon.openCase()
            let covenant = folder.policies + "/covenants/den-haag-debt-help.yaml"
            let sound = try String(contentsOfFile: covenant, encoding: .utf8)
            try (sound + "colour: red\n").write(toFile: covenant, atomically: true, encoding: .utf8)
            try folder.write("rubbish", "trust/lists/other.crl")
            try revoke(Town.care, in: folder)
            daemon.reload()
            try await eventually("the revocation") { try await knock(daemon, folder.partner(Town.care).path) == nil }
            try await daemon.says("part=trust", "part=policies", "other.crl", "den-haag-debt-help.yaml:")
            #expect(try await knock(daemon, folder.partner(Town.debtHelp).path) == 200)
            _ = try await daemon.refer(open)
        }
    }

    @Test("a line of `trust/revoked` that cannot be read holds up no list that somebody else brings")
    func besideOwnFault() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            #expect(try await knock(daemon, folder.partner(Town.care).path) == 200)
            let now = Int64(Date().timeIntervalSince1970 * 1000)
            let list = try folder.authority().revocationList(
                [Revocation(serial: try serial(of: Town.care, in: folder), at: now - 120_000)], number: now, thisUpdate: now - 1000,
                nextUpdate: now + 86_400_000)
            try folder.write(String(decoding: list, as: UTF8.self), "trust/lists/brought.crl")
            try folder.write("no serial\n", "trust/revoked")
            daemon.reload()
            try await eventually("the revocation") { try await knock(daemon, folder.partner(Town.care).path) == nil }
            try await daemon.says("part=trust", "has a line that cannot be read")
        }
    }

    @Test("a TLS session resumed after revocation is answered 403")
    func resumed() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let session = TemporaryFolders.newPath("session")
            let first = try await openssl(daemon, ["-sess_out", session])
            #expect(first.contains("HTTP/1.1 200 OK"), "is `openssl` there? deploy/test installs it")
            let resumed = try await openssl(daemon, ["-sess_in", session])
            #expect(resumed.contains("Reused, TLSv1.3"))
            #expect(resumed.contains("HTTP/1.1 200 OK"))
            try revoke(Town.debtHelp, in: folder)
            daemon.reload()
            try await eventually("the revocation") { try await knock(daemon, folder.partner(Town.debtHelp).path) == nil }
            let after = try await openssl(daemon, ["-sess_in", session])
            #expect(after.contains("Reused, TLSv1.3"))
            #expect(after.contains("HTTP/1.1 403"))
            #expect(after.contains("certificate-refused"))
            #expect(!after.contains("\"items\""))
        }
    }

    @Test("a partner that registers a new certificate comes in with that one and no longer with the old one")
    func replaced() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let path = folder.partner(Town.debtHelp).path
            try FileManager.default.copyItem(atPath: path, toPath: path + "-old")
            try await folder.addPartner(Town.debtHelp, exchangeKeys: try await daemon.anonymous(.GET, "/v1/jwks.json").bytes)
            #expect(try await knock(daemon, path) == 200)
            #expect(try await knock(daemon, path + "-old") == nil)
        }
    }

    @Test("a partner that changes its certificate with an overlap comes in with either, and `partner list` says until when")
    func overlapping() async throws {
        let folder = try await TestFolder.prepared()
        try await withDaemon(folder) { daemon in
            let path = folder.partner(Town.debtHelp).path
            let second = Town.Partner(oin: Town.debtHelp.oin, name: "Iemand", curve: .p256, key: "second")
            _ = try folder.makePartner(second, exchangeKeys: try await daemon.anonymous(.GET, "/v1/jwks.json").bytes)
            func rotate(until: String) async throws -> ProgramResult {
                try await folder.command(
                    "partner", "rotate", "--oin", Town.debtHelp.oin, "--certificate", folder.partner(second).path + "/tls-chain.pem",
                    "--until",
                    until)
            }
            let tomorrow = String(Date(timeIntervalSinceNow: 86_400).ISO8601Format().prefix(10))
            #expect(try await rotate(until: "2026-01-01").code == 1)
            #expect(try await rotate(until: tomorrow).output.hasPrefix("registered \(Town.debtHelp.oin), both until "))
            #expect(try await knock(daemon, path) == 200)
            #expect(try await knock(daemon, folder.partner(second).path) == 200)
            #expect(try await folder.command("partner", "list").output.contains("formerCertificateUntil"))
            #expect(try await rotate(until: tomorrow).code == 1)
        }
    }

    @Test("a registration is refused when the certificate is another organisation's, a stranger's, or no certificate")
    func registration() async throws {
        let folder = try await TestFolder.prepared()
        let path = folder.partner(Town.debtHelp).path
        func add(_ oin: String, certificate: String) async throws -> ProgramResult {
            try await folder.command(
                "partner", "add", "--oin", oin, "--name", "Iemand", "--certificate", certificate, "--keys", path + "/jwks.json")
        }
        let other = try await add(Town.care.oin, certificate: path + "/tls-chain.pem")
        #expect(other.code == 1)
        #expect(other.errors.contains("hint:"))
        #expect(try await add(Town.debtHelp.oin, certificate: folder.partner(Town.care).path + "/tls-chain.pem").code == 1)
        #expect(try await add(Town.debtHelp.oin, certificate: path + "/jwks.json").code == 1)
        #expect(try await add("12", certificate: path + "/tls-chain.pem").code == 1)
    }

    /// Writes the certificate of a partner into `trust/revoked`.
    private func revoke(_ partner: Town.Partner, in folder: TestFolder) throws {
        let serial = try serial(of: partner, in: folder)
        try folder.write("\(serial) \(Int64(Date().timeIntervalSince1970 * 1000) - 120_000)\n", "trust/revoked")
    }

    /// The serial number of a partner's TLS certificate.
    private func serial(of partner: Town.Partner, in folder: TestFolder) throws -> String {
        let pem = try Data(contentsOf: URL(fileURLWithPath: folder.partner(partner).path + "/tls-chain.pem"))
        return try #require(try certificatesDER(pem: [UInt8](pem)).first.flatMap { certificateSerial($0) })
    }

    /// One request by `openssl s_client` with debt help's certificate; everything that it printed.
    private func openssl(_ daemon: TestDaemon, _ more: [String]) async throws -> String {
        let path = daemon.folder.partner(Town.debtHelp).path
        let request = "GET /v1/inbox HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        let arguments = [
            "openssl", "s_client", "-connect", "127.0.0.1:\(daemon.partners)", "-ign_eof", "-cert", path + "/tls-chain.pem", "-key",
            path + "/tls.pem", "-CAfile", daemon.folder.file("trust/roots.pem"),
        ]
        let result = try await run("/usr/bin/env", arguments + more, input: Data(request.utf8))
        return result.output + result.errors
    }
}
