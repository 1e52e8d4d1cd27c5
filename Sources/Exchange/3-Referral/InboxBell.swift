import Casework
import Synchronization

/// Wakes partners that wait for a message, and knows who is to be told that something waits: rung after a commit that queued something.
///
/// Who waits costs an entry in a table and a timer, and reads the queue only when something came.
public final class InboxBell: Sendable {
    /// How many requests of one partner may wait at once.
    static let waitersPerPartner = 8

    /// A request that waits.
    struct Ticket: Hashable, Sendable {
        let partner: OrganisationNumber
        fileprivate let number: UInt64
    }

    private enum Waiter {
        /// It reads the queue, and will wait when that is empty.
        case reading
        case waiting(CheckedContinuation<Void, Never>)
        /// Something came before it began to wait.
        case woken
    }

    private struct State {
        var waiters: [OrganisationNumber: [UInt64: Waiter]] = [:]
        var untold: Set<OrganisationNumber> = []
        var last: UInt64 = 0
    }
    private let state = Mutex(State())
    private let ringing: AsyncStream<Void>.Continuation
    /// One element for every time it was rung since the last look; for one listener.
    public let rings: AsyncStream<Void>

    init() { (rings, ringing) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Something was queued for these partners.
    func ring(for partners: Set<OrganisationNumber>) {
        guard !partners.isEmpty else { return }
        let (woken, isNews) = state.withLock { state in
            // Who is to be told already has been rung for, and is still to be fetched with ``takeUntold()``.
            let isNews = !partners.isSubset(of: state.untold)
            state.untold.formUnion(partners)
            let woken = partners.flatMap { partner in
                (state.waiters[partner] ?? [:]).keys.compactMap { wake($0, of: partner, in: &state) }
            }
            return (woken, isNews)
        }
        for continuation in woken { continuation.resume() }
        if isNews { ringing.yield() }
    }

    /// Ends the listener's wait, without anything having come.
    public func ring() { ringing.yield() }

    /// The partners for which something was queued since this was asked last.
    public func takeUntold() -> Set<OrganisationNumber> {
        state.withLock { state in
            defer { state.untold = [] }
            return state.untold
        }
    }

    /// How many requests of each partner wait.
    var waiting: [OrganisationNumber: Int] { state.withLock { $0.waiters.mapValues(\.count) } }

    /// Takes a place among those that wait, before the queue is read, so that nothing can come unseen in between; nil when too many wait.
    func enter(_ partner: OrganisationNumber) -> Ticket? {
        state.withLock { state in
            guard state.waiters[partner, default: [:]].count < Self.waitersPerPartner else { return nil }
            state.last += 1
            state.waiters[partner, default: [:]][state.last] = .reading
            return Ticket(partner: partner, number: state.last)
        }
    }

    /// Gives the place back.
    func leave(_ ticket: Ticket) {
        state.withLock { state in
            state.waiters[ticket.partner]?[ticket.number] = nil
            if state.waiters[ticket.partner]?.isEmpty == true { state.waiters[ticket.partner] = nil }
        }
    }

    /// Waits until something was queued since the place was taken, the time is over, or the task is cancelled.
    func wait(_ ticket: Ticket, atMost patience: Duration) async {
        let alarm = Task {
            try await ContinuousClock().sleep(for: patience)
            wake(ticket)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWoken = state.withLock { state in
                    guard case .reading = state.waiters[ticket.partner]?[ticket.number] else { return true }
                    state.waiters[ticket.partner]?[ticket.number] = .waiting(continuation)
                    return false
                }
                if isWoken { continuation.resume() }
            }
        } onCancel: {
            wake(ticket)
        }
        alarm.cancel()
    }

    private func wake(_ ticket: Ticket) { state.withLock { wake(ticket.number, of: ticket.partner, in: &$0) }?.resume() }

    private func wake(_ number: UInt64, of partner: OrganisationNumber, in state: inout State) -> CheckedContinuation<Void, Never>? {
        defer { if state.waiters[partner]?[number] != nil { state.waiters[partner]?[number] = .woken } }
        guard case .waiting(let continuation) = state.waiters[partner]?[number] else { return nil }
        return continuation
    }
}
