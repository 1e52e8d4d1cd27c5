import Casework
import Storage

/// What is still to happen by itself.
public struct Pending: Hashable, Sendable {
    /// The partners for whom a message waits.
    public let partners: [OrganisationNumber]
    /// When the next deadline does something to people; nil when nothing is due at all.
    public let nextDue: Instant?

    public init(partners: [OrganisationNumber], nextDue: Instant?) {
        self.partners = partners
        self.nextDue = nextDue
    }
}

extension ReferralDesk {
    /// What is still to happen by itself: a simulated calendar goes on only when nothing is due and no message waits.
    public func pending() async throws(DeskRefusal) -> Pending {
        try await read { Pending(partners: try $0.awaitedPartners(), nextDue: try $0.nextActing()) }
    }
}
