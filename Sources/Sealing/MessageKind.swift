/// What a sealed message is for (contract §4); the raw value stands in the payload and in the queue.
public enum MessageKind: String, CaseIterable, Hashable, Sendable {
    /// A household for a helper. Dutch: verwijzing.
    case referral
    /// A meeting, and what is to be spoken of there. Dutch: uitnodiging.
    case invitation
    /// About earlier messages, without content of its own.
    case notice
}
