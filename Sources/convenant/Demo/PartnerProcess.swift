import Foundation
import Synchronization

/// A partner's own process: this same program as `partner run`, with nothing but its own folder and the exchange's address.
final class PartnerProcess: Sendable {
    private let process: Mutex<Process>
    private let heard = Mutex<[String]>([])

    init(folder: String, exchange: String) throws {
        let child = Process()
        child.executableURL = Bundle.main.executableURL
        child.arguments = ["partner", "run", "--dir", folder, "--exchange", exchange, "--every", "1", "--accept"]
        let output = Pipe()
        child.standardOutput = output
        child.standardError = FileHandle.nullDevice
        process = Mutex(child)
        output.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            guard !data.isEmpty else {
                handle.readabilityHandler = nil
                return
            }
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
            self?.heard.withLock { $0 += lines }
        }
        try child.run()
    }

    /// A partner's process that looks once: how it ended, and a line for each message it was given.
    static func lookOnce(folder: String, exchange: String) throws -> (status: Int32, lines: [String]) {
        let child = Process()
        child.executableURL = Bundle.main.executableURL
        child.arguments = ["partner", "run", "--dir", folder, "--exchange", exchange, "--once"]
        let output = Pipe()
        child.standardOutput = output
        let talk = Pipe()
        child.standardError = talk
        try child.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let said = String(decoding: talk.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        child.waitUntilExit()
        // That nothing waits is no news in a demonstration; why it failed is.
        if child.terminationStatus != 0 { say(said, terminator: "") }
        return (child.terminationStatus, text.split(separator: "\n").map(String.init))
    }

    /// The line in which the partner says what became of a message, waited for this long.
    func line(about message: String, seconds: Int = 20) async throws -> String? {
        for _ in 0..<(seconds * 10) {
            if let line = heard.withLock({ $0.first { $0.hasPrefix(message) } }) { return line }
            try await ContinuousClock().sleep(for: .milliseconds(100))
        }
        return nil
    }

    func end() {
        process.withLock { process in
            guard process.isRunning else { return }
            process.terminate()
            process.waitUntilExit()
        }
    }
}
