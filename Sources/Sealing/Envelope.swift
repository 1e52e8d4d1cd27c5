import Casework
import Disclosure
import StrictJSON

/// What surrounds the fields of a message (contract §4).
public struct Envelope: Sendable {
    public let id: MessageID
    public let from: OrganisationNumber
    public let to: OrganisationNumber
    /// Machine time.
    public let sentAt: Instant
    /// Machine time; the reader refuses the message from here on.
    public let expiresAt: Instant
    /// The message that this one takes the place of.
    public let replaces: MessageID?
    /// The task given with it, and the term in which it is to be picked up, in words of the pack such as `P5D` or `workingDays:5`.
    public let task: (id: TaskID, pickUpWithin: String)?
    /// Our newest signed checkpoint, so that every partner holds one.
    public let checkpoint: String

    public init(
        id: MessageID, from: OrganisationNumber, to: OrganisationNumber, sentAt: Instant, expiresAt: Instant, replaces: MessageID? = nil,
        task: (id: TaskID, pickUpWithin: String)? = nil, checkpoint: String
    ) {
        self.id = id
        self.from = from
        self.to = to
        self.sentAt = sentAt
        self.expiresAt = expiresAt
        self.replaces = replaces
        self.task = task
        self.checkpoint = checkpoint
    }

    /// The payload without what the message says.
    func payload(kind: MessageKind) -> JSONObject {
        var payload: JSONObject = [
            "v": 1, "messageId": .string(id.description), "kind": .string(kind.rawValue), "from": .string(from.description),
            "to": .string(to.description),
            "sentAt": .string(sentAt.rfc3339), "expiresAt": .string(expiresAt.rfc3339), "checkpoint": .string(checkpoint),
        ]
        if let replaces { payload["replaces"] = .string(replaces.description) }
        if let task { payload["task"] = ["taskId": .string(task.id.description), "pickUpWithin": .string(task.pickUpWithin)] }
        return payload
    }
}
