import Casework
import Synchronization

/// Which messages are under way, and which partners' lanes rest because we ourselves had a fault.
final class Flights: Sendable {
    private struct State {
        var tasks: [MessageID: Task<Void, Never>] = [:]
        var partners: [MessageID: OrganisationNumber] = [:]
        var restUntil: [OrganisationNumber: UInt64] = [:]
    }
    private let state = Mutex(State())

    /// Which of these may start now: not under way already, and within what the lane may carry at once.
    func startable(_ due: [MessageID], to partner: OrganisationNumber, atOnce limit: Int, now: UInt64) -> ArraySlice<MessageID> {
        state.withLock { state in
            if let rest = state.restUntil[partner] {
                guard rest <= now else { return [] }
                state.restUntil[partner] = nil
            }
            let busy = state.partners.values.count { $0 == partner }
            return due.filter { state.partners[$0] == nil }.prefix(max(0, limit - busy))
        }
    }

    /// Starts a flight; it is forgotten when it ends.
    func start(_ id: MessageID, to partner: OrganisationNumber, _ body: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            state.partners[id] = partner
            state.tasks[id] = Task {
                await body()
                self.state.withLock { state in
                    state.tasks[id] = nil
                    state.partners[id] = nil
                }
            }
        }
    }

    /// Lets a partner's lane rest after a fault of ours.
    func rest(_ partner: OrganisationNumber, until: UInt64) { state.withLock { $0.restUntil[partner] = until } }

    /// Waits for what is under way; after this long it is cancelled, and then still settled.
    func land(within patience: Duration) async {
        let alarm = Task {
            try await ContinuousClock().sleep(for: patience)
            cancelAll()
        }
        while let task = state.withLock({ $0.tasks.values.first }) { await task.value }
        alarm.cancel()
    }

    /// Cancels those of these messages that are under way: their connections close at once, and their attempts are still settled.
    func cancel(_ messages: [MessageID]) {
        for task in state.withLock({ state in messages.compactMap { state.tasks[$0] } }) { task.cancel() }
    }

    /// Cancels what is under way.
    func cancelAll() {
        for task in state.withLock({ Array($0.tasks.values) }) { task.cancel() }
    }
}
