import Synchronization

/// Whether a service has been asked to stop.
final class Stopping: Sendable {
    private let asked = Atomic(false)
    var isStopping: Bool { asked.load(ordering: .acquiring) }
    func stop() { asked.store(true, ordering: .releasing) }
}
