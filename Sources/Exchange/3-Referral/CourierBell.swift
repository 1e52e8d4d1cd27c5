import Casework
import Synchronization

/// Wakes the courier: rung after a commit that queued something to be pushed, and when a partner is heard again. Also stops it in the middle
/// of a message that may go no further.
///
/// Rings that come before the courier looks count as one.
public final class CourierBell: Sendable {
    private let ringing: AsyncStream<Void>.Continuation
    private let hangingUp = Mutex<(@Sendable ([MessageID]) -> Void)?>(nil)
    /// One element for every time it was rung since the last look; for one listener.
    public let rings: AsyncStream<Void>

    init() { (rings, ringing) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Rings.
    public func ring() { ringing.yield() }

    /// Sets what ends the sends of these messages that are under way; it is called after the commit that took them out of the queue, before
    /// that commit is answered, and must not wait.
    public func onHangUp(_ body: @escaping @Sendable ([MessageID]) -> Void) { hangingUp.withLock { $0 = body } }

    func hangUp(on messages: [MessageID]) { hangingUp.withLock { $0 }?(messages) }
}
