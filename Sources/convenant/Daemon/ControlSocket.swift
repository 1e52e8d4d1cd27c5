import ArgumentParser
import Exchange
import Foundation
import ServiceLifecycle
import Storage
import StrictJSON

/// `run/control.sock`: one JSON request a connection, one JSON answer; only the folder's owner can reach it.
struct ControlSocket: Service {
    let folder: DataFolder
    let desk: ReferralDesk

    private var path: String { folder.controlSocket }

    /// Listens until shutdown.
    func run() async throws {
        let listener = try Self.listen(path)
        defer {
            close(listener)
            unlink(path)
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // Waits in short turns, so that shutdown is heard without a thread that hangs in accept.
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    guard (try? await ContinuousClock().sleep(for: .milliseconds(50))) != nil else { return }
                    continue
                }
                await answer(connection)
                close(connection)
            }
        }
    }

    private func answer(_ connection: Int32) async {
        let reply: DeskAnswer
        // Whoever connects and says nothing may not hold the socket.
        if let bytes = Self.readAll(connection, patience: .seconds(10)), let request = try? parseJSON(bytes),
            let command = request["command"]?.stringValue
        {
            do { reply = try await DeskCommands.run(command, request["arguments"]?.objectValue ?? [:], on: desk, of: folder) } catch {
                reply = error.answer
            }
        } else {
            reply = DeskRefusal.notFound.answer
        }
        Self.writeAll(connection, JSONValue.object(["status": .integer(Int64(reply.status)), "body": reply.body]).canonicalBytes())
    }

    /// How long a command waits for its answer: one that goes through all keys, persons or messages, or any other on a busy machine.
    private static func patience(for command: String) -> Duration {
        ["keys.rotate", "queue.retry", "erase", "delivery.resume"].contains(command) ? .seconds(600) : .seconds(60)
    }

    /// Asks the daemon to run a command; 69 when it cannot be reached, or has not answered in a minute, or ten for what takes long.
    static func ask(_ command: String, _ arguments: JSONObject, at path: String) throws -> DeskAnswer {
        guard let answer = try askIfListening(command, arguments, at: path) else {
            throw fail(
                "the daemon that holds the folder cannot be reached at `\(path)` (hint: look whether it is starting or stopping)",
                Exit.unreachable)
        }
        return answer
    }

    /// The same; nil when nobody listens.
    static func askIfListening(_ command: String, _ arguments: JSONObject, at path: String) throws -> DeskAnswer? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let connection = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        // A daemon that hangs takes no more connections at some time.
        limitWait(.seconds(10), on: connection, SO_SNDTIMEO)
        let connected = try withAddress(path) { connect(connection, $0, $1) }
        guard connection >= 0, connected == 0 else { return nil }
        writeAll(connection, JSONValue.object(["command": .string(command), "arguments": .object(arguments)]).canonicalBytes())
        shutdown(connection, Int32(SHUT_WR))
        let limit = Self.patience(for: command)
        let answered = readAll(connection, patience: limit) {
            say("convenant: the daemon holds the folder and has not answered yet; waiting, at most \(limit.components.seconds) s")
        }
        guard let bytes = answered, let reply = try? parseJSON(bytes),
            let status = reply["status"]?.integerValue, let body = reply["body"]
        else {
            throw fail(
                "no answer from the daemon (hint: it ended, or is still busy; look whether the command was carried out before you repeat it)",
                Exit.unreachable)
        }
        return DeskAnswer(status: Int(status), body: body)
    }

    private static func listen(_ path: String) throws -> Int32 {
        unlink(path)
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let before = umask(0o177)
        let bound = try withAddress(path) { bind(listener, $0, $1) }
        umask(before)
        guard listener >= 0, bound == 0, Foundation.listen(listener, 16) == 0 else {
            throw fail("`\(path)` cannot be made (hint: the path may be longer than 107 characters)", Exit.configuration)
        }
        return listener
    }

    private static func withAddress<T>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) throws -> T {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw fail("`\(path)` is too long for a socket (hint: choose a shorter --data)", Exit.configuration)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    /// Everything up to the other side's end; nothing when that takes longer than `patience`, or it sends over a mebibyte.
    /// - Parameter whenSlow: called once, when nothing has come for three seconds.
    private static func readAll(_ connection: Int32, patience: Duration, whenSlow: () -> Void = {}) -> [UInt8]? {
        let end = ContinuousClock.now + patience
        var isTold = false
        limitWait(.seconds(3), on: connection, SO_RCVTIMEO)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= 1 << 20 {
            let count = recv(connection, &buffer, buffer.count, 0)
            if count == 0 { return bytes }
            if count < 0 {
                guard errno == EAGAIN || errno == EINTR, ContinuousClock.now < end else { return nil }
                if !isTold { whenSlow() }
                isTold = true
                continue
            }
            bytes += buffer[..<count]
        }
        return nil
    }

    /// Lets a socket wait no longer than this for the other side.
    private static func limitWait(_ time: Duration, on connection: Int32, _ direction: Int32) {
        var limit = timeval(tv_sec: Int(time.components.seconds), tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, direction, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    private static func writeAll(_ connection: Int32, _ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            sent += count
        }
    }
}
