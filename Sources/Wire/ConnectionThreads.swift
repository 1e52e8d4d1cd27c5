import Hummingbird
import NIOCore
import ServiceLifecycle

/// A listener whose requests stay on the thread that reads their connection, from the first byte to the commit, and from there to the last
/// byte of the answer.
///
/// On the common pool a request changes threads at each step, and waking a thread costs more than most steps.
struct OnConnectionThreads<Listener: Service>: Service {
    let listener: Listener

    func run() async throws {
        let listener = listener
        try await withTaskExecutorPreference(ConnectionThreads()) { try await listener.run() }
    }
}

/// Runs tasks on the threads that serve connections.
private final class ConnectionThreads: TaskExecutor {
    private let group = EventLoopGroupProvider.singleton.eventLoopGroup

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // On one of these threads `any` is that thread itself.
        group.any().execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
