import StrictJSON

/// The content of a sealed message, version 1, as a recipient reads it. What is here was signed by the sender and sealed to us.
public struct MessagePayload: Hashable, Sendable {
    /// What the message is for.
    public enum Kind: String, Sendable, CaseIterable {
        /// A referral of a household to a helper. Dutch: verwijzing.
        case referral
        /// An invitation to a meeting of helpers. Dutch: uitnodiging.
        case invitation
        /// Something about earlier messages, without content of its own.
        case notice
    }

    /// The task that a referral asks for.
    public struct GivenTask: Hashable, Sendable {
        /// UUID in lower case.
        public let taskId: String
        /// The term to pick it up, as the covenant's pack writes terms.
        public let pickUpWithin: JSONValue?
    }

    /// The lawful ground of the disclosure (GDPR 6). Dutch: grondslag.
    public struct Ground: Hashable, Sendable {
        /// Such as `consent` or `publicTask`.
        public let kind: String
        /// The article of law, where the ground has one.
        public let article: String?
        /// Ids of the levers on which compulsion rests, made for this recipient alone, UUID in lower case; empty on every other ground.
        /// Dutch: dwangmiddel.
        public let levers: [String]
    }

    /// The article of the covenant that permits the disclosure. Dutch: convenantsartikel.
    public struct Covenant: Hashable, Sendable {
        /// The covenant's id.
        public let id: String
        /// The version that was in force.
        public let version: Int64
        /// The number of the article, as text.
        public let article: String
    }

    /// Which earlier messages a notice is about, and what became of them.
    public struct Notice: Hashable, Sendable {
        /// What became of them.
        public let code: String
        /// Ids of messages that this recipient received.
        public let about: [String]
    }

    /// The meeting that an invitation is for, as this recipient may see it.
    public struct Meeting: Hashable, Sendable {
        /// One item of the agenda.
        public struct Item: Hashable, Sendable {
            /// Means nothing outside the invitation.
            public let id: String
            /// What it is about, for people.
            public let title: String
        }

        /// UUID in lower case: the meeting, for this recipient alone; the same in every invitation to it.
        public let meetingId: String
        /// The recipient's own task about the same household, where it has one; UUID in lower case.
        public let taskId: String?
        /// When it begins, ms since 1970; nil while it has no date.
        public let at: Int64?
        /// The items that this recipient is invited to.
        public let items: [Item]
        /// The same as an iCalendar object (RFC 5545).
        public let ics: String?
    }

    /// UUID in lower case; a second message with the same id is the same message.
    public let messageId: String
    /// What it is for.
    public let kind: Kind
    /// The sender: organisation number (OIN).
    public let from: String
    /// The recipient: organisation number (OIN); the reader's own.
    public let to: String
    /// When it was sealed, ms since 1970.
    public let sentAt: Int64
    /// From when on it may not be opened, ms since 1970.
    public let expiresAt: Int64
    /// The message that this one takes the place of.
    public let replaces: String?
    /// What is asked of the recipient.
    public let task: GivenTask?
    /// nil in a notice, as are `ground`, `covenant` and `decisionId`, unless the sender says them.
    public let purpose: String?
    /// The lawful ground.
    public let ground: Ground?
    /// The article that permits it.
    public let covenant: Covenant?
    /// The sender's decision, for asking about it later.
    public let decisionId: String?
    /// What is disclosed, by group of fields; empty in a notice.
    public let fields: JSONObject
    /// The meeting that an invitation is for; never nil in an invitation.
    public let meeting: Meeting?
    /// What a notice is about.
    public let notice: Notice?
    /// The sender's newest log checkpoint (C2SP tlog-checkpoint), for comparing its log with later.
    public let checkpoint: String

    /// Reads the verified payload of a message; unknown members are ignored, so that version 1 can grow by adding.
    ///
    /// - Parameters:
    ///   - ownOIN: the reader's organisation number; a message to another one is refused, even when it could be opened.
    ///   - now: ms since 1970.
    /// - Throws: `unknownVersion`, `unknownKind`, `wrongRecipient`, `expired` or `malformed`.
    public init(_ payload: [UInt8], ownOIN: String, now: Int64) throws(JOSEError) {
        let object = try parseObject(payload)
        guard try object.optionalInteger("v") == 1 else { throw .unknownVersion }
        guard let kind = Kind(rawValue: try object.requiredString("kind")) else { throw .unknownKind }
        self.kind = kind
        from = try object.requiredOIN("from")
        to = try object.requiredOIN("to")
        guard sameText(to, ownOIN) else { throw .wrongRecipient }
        sentAt = try object.requiredInstant("sentAt")
        expiresAt = try object.requiredInstant("expiresAt")
        guard now < expiresAt else { throw .expired }
        messageId = try object.requiredUUID("messageId")
        replaces = try object["replaces"] == nil ? nil : object.requiredUUID("replaces")
        task = try object.optionalObject("task").map(GivenTask.init(_:))
        purpose = try object.optionalString("purpose", limit: 64)
        ground = try object.optionalObject("ground").map(Ground.init(_:))
        covenant = try object.optionalObject("covenant").map(Covenant.init(_:))
        decisionId = try object.optionalString("decisionId", limit: 64)
        fields = try object.optionalObject("fields") ?? [:]
        meeting = try object.optionalObject("meeting").map(Meeting.init(_:))
        notice = try object.optionalObject("notice").map(Notice.init(_:))
        checkpoint = try object.requiredString("checkpoint", limit: 4096)

        switch kind {
        case .referral, .invitation:
            guard kind != .invitation || meeting != nil else { throw .malformed }
            guard purpose != nil, ground != nil, covenant != nil, decisionId != nil, object["fields"] != nil else { throw .malformed }
        case .notice:
            // a notice goes without a decision, so it may carry nothing that needs one
            guard notice != nil, fields.isEmpty else { throw .malformed }
        }
    }
}

extension MessagePayload.GivenTask {
    fileprivate init(_ object: JSONObject) throws(JOSEError) {
        taskId = try object.requiredUUID("taskId")
        pickUpWithin = object["pickUpWithin"]
    }
}

extension MessagePayload.Ground {
    fileprivate init(_ object: JSONObject) throws(JOSEError) {
        kind = try object.requiredString("kind", limit: 64)
        article = try object.optionalString("article", limit: 64)
        levers = try object["levers"] == nil ? [] : object.requiredUUIDs("levers")
    }
}

extension MessagePayload.Covenant {
    fileprivate init(_ object: JSONObject) throws(JOSEError) {
        id = try object.requiredString("id", limit: 128)
        guard let version = try object.optionalInteger("version") else { throw .malformed }
        self.version = version
        article = try object.requiredString("article", limit: 64)
    }
}

extension MessagePayload.Meeting {
    fileprivate init(_ object: JSONObject) throws(JOSEError) {
        meetingId = try object.requiredUUID("meetingId")
        taskId = try object["taskId"] == nil ? nil : object.requiredUUID("taskId")
        at = try object["at"] == nil ? nil : object.requiredInstant("at")
        guard case .array(let items)? = object["items"], items.count <= 100 else { throw .malformed }
        var read: [Item] = []
        for item in items {
            guard case .object(let item) = item else { throw .malformed }
            read.append(Item(id: try item.requiredString("id", limit: 64), title: try item.requiredString("title", limit: 256)))
        }
        self.items = read
        ics = try object.optionalString("ics", limit: 16_384)
    }
}

extension MessagePayload.Notice {
    fileprivate init(_ object: JSONObject) throws(JOSEError) {
        code = try object.requiredString("code", limit: 64)
        about = try object.requiredUUIDs("about")
    }
}

extension JSONObject {
    /// Ids, at most a thousand.
    fileprivate func requiredUUIDs(_ name: String) throws(JOSEError) -> [String] {
        guard case .array(let items)? = self[name], items.count <= 1000 else { throw .malformed }
        var ids: [String] = []
        for item in items {
            guard case .string(let text) = item, isUUID(text) else { throw .malformed }
            ids.append(text)
        }
        return ids
    }
}
