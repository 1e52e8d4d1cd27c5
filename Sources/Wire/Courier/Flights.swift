import Casework
import Exchange
import Synchronization

/// Which messages are under way, which wait for one of them to land, and which partners' lanes rest because we ourselves had a fault.
final class Flights: Sendable {
    private struct State {
        var tasks: [MessageID: Task<Void, Never>] = [:]
        var partners: [MessageID: OrganisationNumber] = [:]
        /// How many of them go to each partner.
        var counts: [OrganisationNumber: Int] = [:]
        var waiting: [OrganisationNumber: Waiting] = [:]
        var restUntil: [OrganisationNumber: UInt64] = [:]
        /// Whether nothing starts any more.
        var isLanding = false
    }
    /// What a look found due on a lane and has not started.
    private struct Waiting {
        let lane: PushLane
        var due: ArraySlice<MessageID>
        let limit: Int
        /// From then on it is to be looked at again: the partner may be reached in another way by now.
        let until: UInt64
    }
    private let state = Mutex(State())

    /// Takes what a look found on a lane, in place of what is left of the look before. It counts for a second.
    /// - Parameters:
    ///   - limit: how many may be under way on it at once.
    ///   - now: nanoseconds since an arbitrary start.
    func found(_ lane: PushLane, atOnce limit: Int, now: UInt64) {
        state.withLock {
            $0.waiting[lane.partner] = Waiting(lane: lane, due: lane.due[...], limit: limit, until: now &+ 1_000_000_000)
        }
    }

    /// What may start now to a partner, with the lane as it was found; it counts as under way. Nil where nothing waits, or where the lane carries
    /// all it may or rests.
    func next(to partner: OrganisationNumber, now: UInt64) -> (message: MessageID, lane: PushLane)? {
        state.withLock { state in
            guard !state.isLanding else { return nil }
            if let rest = state.restUntil[partner] {
                guard rest <= now else { return nil }
                state.restUntil[partner] = nil
            }
            guard let waiting = state.waiting[partner], now < waiting.until,
                state.counts[partner, default: 0] < waiting.limit,
                let place = waiting.due.firstIndex(where: { state.partners[$0] == nil })
            else { return nil }
            state.waiting[partner]?.due = waiting.due[(place + 1)...]
            state.partners[waiting.due[place]] = partner
            state.counts[partner, default: 0] += 1
            return (waiting.due[place], waiting.lane)
        }
    }

    /// Starts the flight of what ``next(to:now:)`` gave.
    /// - Parameter landed: called with what came of it, when the flight is forgotten.
    func start(_ id: MessageID, _ fly: @escaping @Sendable () async -> Bool, landed: @escaping @Sendable (Bool) -> Void) {
        state.withLock { state in
            state.tasks[id] = Task {
                let outcome = await fly()
                self.state.withLock { state in
                    state.tasks[id] = nil
                    guard let partner = state.partners.removeValue(forKey: id) else { return }
                    state.counts[partner] = state.counts[partner].flatMap { $0 > 1 ? $0 - 1 : nil }
                }
                landed(outcome)
            }
        }
    }

    /// Starts nothing more of what was found for a partner, until there is another look.
    func forget(foundFor partner: OrganisationNumber) { state.withLock { $0.waiting[partner] = nil } }

    /// Lets a partner's lane rest after a fault of ours.
    func rest(_ partner: OrganisationNumber, until: UInt64) { state.withLock { $0.restUntil[partner] = until } }

    /// Starts nothing more and waits for what is under way; after this long it is cancelled, and then still settled.
    func land(within patience: Duration) async {
        let alarm = Task {
            try await ContinuousClock().sleep(for: patience)
            cancelAll()
        }
        state.withLock { $0.isLanding = true }
        while let id = state.withLock({ $0.partners.keys.first }) {
            // What counts as under way has its task in a moment.
            guard let task = state.withLock({ $0.tasks[id] }) else {
                await Task.yield()
                continue
            }
            await task.value
        }
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
