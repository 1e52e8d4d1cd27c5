import Foundation
import Hummingbird
import HummingbirdTLS
import Logging
import NIOSSL

/// Takes a body and answers 202, over TLS 1.3; nothing else. Ends when it is killed.
func serveFloor(certificates: String, key: String, port: Int) async throws {
    var tls = TLSConfiguration.makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMFile(certificates).map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
    tls.minimumTLSVersion = .tlsv13
    let router = Router()
    router.post("/") { request, _ in
        let body = try await request.body.collect(upTo: 1 << 20)
        return Response(status: .accepted, headers: [.contentType: "application/json"], body: .init(byteBuffer: body))
    }
    let application = Application(
        router: router, server: try .tls(.http1(), tlsConfiguration: tls),
        configuration: .init(address: .hostname("127.0.0.1", port: port)),
        onServerRunning: { _ in FileHandle.standardOutput.write(Data("listening\n".utf8)) },
        logger: Logger(label: "floor") { _ in SwiftLogNoOpLogHandler() })
    try await application.run()
}
