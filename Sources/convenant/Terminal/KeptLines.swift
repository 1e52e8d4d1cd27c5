import Synchronization

/// What ``fail(_:_:)`` said, for whoever tells it in another place than on standard error.
final class KeptLines: Sendable {
    /// Where it is kept now; nil where it is said at once.
    @TaskLocal static var current: KeptLines?
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "; ") } }

    func keep(_ line: String) { lines.withLock { $0.append(line) } }
}
