import Foundation
import StrictJSON
import Testing

/// A partner's process ends without warning while it takes a message.
@Suite("kill -9 of a partner", .serialized, .timeLimit(.minutes(15)))
struct PartnerKillTests {
    private let environment = ["CONVENANT_PUSH_PRIVATEHOSTS": "127.0.0.0/8, ::1"]

    /// What was written when it ended; `fsync` of the folder is the last step of each.
    enum Place: String, CaseIterable {
        /// The message, and no receipt for it.
        case message = "opened"
        /// The receipt too, and nobody was told.
        case receipt = "received"
    }

    @Test("wherever it was between keeping a message and answering, the message has one effect and one receipt", arguments: Place.allCases)
    func killed(_ place: Place) async throws {
        try await withDaemon(environment: environment) { daemon in
            let path = daemon.folder.partner(Town.debtHelp).path
            let partner = try await ListeningPartner.start(path, exchange: daemon.partners)
            #expect(try await daemon.register(Town.debtHelp, port: partner.port).code == 0)
            let strace = try await killer(of: partner, at: "\(path)/\(place.rawValue)")
            let made = try await daemon.referOne()
            try await eventually("the partner is killed", within: 30) { !partner.process.isRunning }
            _ = await strace.end(within: 20)
            #expect(files("\(path)/opened") == ["\(made.message).json"])
            let receipt = "\(path)/received/\(made.message).jws"
            let signed = try? Data(contentsOf: URL(fileURLWithPath: receipt))
            #expect((signed != nil) == (place == .receipt))
            #expect(try await daemon.state(of: made.task) == "requested")

            let again = try await ListeningPartner.start(path, exchange: daemon.partners, port: partner.port)
            try await eventually("the task is received", within: 60) { try await daemon.state(of: made.task) == "received" }
            #expect(files("\(path)/opened") == ["\(made.message).json"])
            #expect(files("\(path)/received") == ["\(made.message).jws"])
            // What was signed once goes again, byte for byte.
            if let signed { #expect(try Data(contentsOf: URL(fileURLWithPath: receipt)) == signed) }
            await again.stop()
            #expect(try await daemon.stop().code == 0)
            let verified = try await daemon.folder.command("log", "verify")
            #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
        }
    }

    /// Kills the process when it comes to the end of writing into this folder.
    private func killer(of partner: ListeningPartner, at folder: String) async throws -> ChildProcess {
        let arguments = [
            "-f", "-y", "-o", "/dev/null", "-P", folder, "-e", "inject=fsync:signal=SIGKILL:when=1", "-p", "\(partner.process.pid)",
        ]
        let strace = try ChildProcess("/usr/bin/strace", arguments)
        try await eventually("strace is attached") { strace.errors.contains(" attached") || !strace.isRunning }
        guard strace.isRunning else { throw Trouble("strace ended: \(strace.errors) (hint: it needs CAP_SYS_PTRACE)") }
        return strace
    }

    /// The names of what is kept in a folder.
    private func files(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }
    }
}
