import Foundation

/// Keys and certificates made for one test, and `openssl s_client` as a partner that is not ours.
struct OpenSSLClient {
    let folder: URL

    /// A root, a certificate authority under it, a partner's certificate under that, and a server's own.
    init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "wire-tls-\(ProcessInfo.processInfo.processIdentifier)-\(Self.next())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        try await openssl(["req", "-x509"] + key + ["-subj", "/CN=test root", "-keyout", "root.key", "-out", "root.pem"])
        try await openssl(
            ["req", "-x509"] + key + ["-subj", "/CN=test authority", "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", "ca.key"]
                + ["-out", "ca.pem", "-CA", "root.pem", "-CAkey", "root.key"])
        try await openssl(
            ["req", "-x509"] + key + [
                "-subj", "/CN=partner/serialNumber=00000099000000002000", "-keyout", "partner.key", "-out", "partner.pem",
            ]
                + ["-CA", "ca.pem", "-CAkey", "ca.key"])
        try await openssl(["req", "-x509"] + key + ["-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.pem"])
    }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }
    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Sends one request on a new connection, and gives all that s_client printed: the handshake's report and the answer.
    func get(_ path: String, port: Int, certificate: Bool = true, _ more: [String] = []) async throws -> String {
        let identity = certificate ? ["-cert", "partner.pem", "-key", "partner.key", "-cert_chain", "ca.pem"] : []
        let request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        return try await openssl(
            ["s_client", "-connect", "127.0.0.1:\(port)", "-ign_eof"] + identity + more, input: request, mayFail: true)
    }

    @discardableResult
    private func openssl(_ arguments: [String], input: String = "", mayFail: Bool = false) async throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = folder
        let name = "output-\(Self.next())"
        try Data().write(to: folder.appending(path: name))
        try Data(input.utf8).write(to: folder.appending(path: name + ".in"))
        let output = try FileHandle(forWritingTo: folder.appending(path: name))
        let given = try FileHandle(forReadingFrom: folder.appending(path: name + ".in"))
        // They would stay open as long as Foundation keeps the process, which may be for ever.
        defer { for handle in [output, given] { try? handle.close() } }
        process.standardOutput = output
        process.standardError = output
        process.standardInput = given
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        let text = String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
        guard mayFail || process.terminationStatus == 0 else { throw OpenSSLFailed(text: text) }
        return text
    }

    private static func next() -> String { UUID().uuidString }
}

/// What openssl said.
struct OpenSSLFailed: Error { let text: String }
