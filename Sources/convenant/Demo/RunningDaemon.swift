import Foundation
import Synchronization

/// A daemon of this process while a demonstration uses it; it stops by the signal that stops any daemon.
final class RunningDaemon: Sendable {
    let ports: ListeningPorts
    private let serving: Task<Void, any Error>
    private let ended: EndMark

    /// Starts it and waits until it listens. Throws what kept it from that.
    static func start(_ daemon: Daemon) async throws -> RunningDaemon {
        let listening = AsyncStream<ListeningPorts>.makeStream()
        let ended = EndMark()
        let serving = Task {
            defer {
                ended.set()
                listening.continuation.finish()
            }
            try await daemon.run { listening.continuation.yield($0) }
        }
        guard let ports = await listening.stream.first(where: { _ in true }) else {
            try await serving.value
            throw Exit.configuration
        }
        return RunningDaemon(ports: ports, serving: serving, ended: ended)
    }

    private init(ports: ListeningPorts, serving: Task<Void, any Error>, ended: EndMark) {
        self.ports = ports
        self.serving = serving
        self.ended = ended
    }

    /// Whether it ended, as after Ctrl-C.
    var hasEnded: Bool { ended.isSet }

    /// Waits until somebody ends it.
    func wait() async throws { try await serving.value }

    /// Ends it and waits.
    func stop() async throws {
        if !ended.isSet { kill(getpid(), SIGTERM) }
        try await serving.value
    }
}

private final class EndMark: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}
