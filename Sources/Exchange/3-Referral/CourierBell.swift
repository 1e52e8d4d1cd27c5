/// Wakes the courier: rung after a commit that queued something to be pushed, and when a partner is heard again.
///
/// Rings that come before the courier looks count as one.
public final class CourierBell: Sendable {
    private let ringing: AsyncStream<Void>.Continuation
    /// One element for every time it was rung since the last look; for one listener.
    public let rings: AsyncStream<Void>

    init() { (rings, ringing) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Rings.
    public func ring() { ringing.yield() }
}
