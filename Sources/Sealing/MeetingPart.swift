import Casework
import Disclosure
import StrictJSON

/// What an invitation says of a meeting, for one partner: only that partner's own items.
///
/// An item is a life domain and nothing else; whether the partner may know that there is a worry in it, the permission of the message must
/// say, or sealing refuses.
public struct MeetingPart: Hashable, Sendable {
    /// One item of the agenda, as this partner sees it.
    public struct Item: Hashable, Sendable {
        /// Means nothing outside this invitation.
        public let id: String
        public let domain: LifeDomain
        public init(id: String, domain: LifeDomain) {
            self.id = id
            self.domain = domain
        }
    }

    /// The meeting as this partner knows it: made for it alone, so that two of them cannot join their records.
    public let meetingID: MeetingPartyID
    /// The partner's own task about the same household, where it has one: by it the partner knows which household this is about.
    public let task: TaskID?
    public let items: [Item]
    /// When and for how long; nil while the meeting has no date.
    public let calendar: CalendarInvitation?

    /// - Parameter items: those that this partner is invited to, in the order of the agenda.
    public init(meetingID: MeetingPartyID, task: TaskID? = nil, items: [Item], calendar: CalendarInvitation?) {
        self.meetingID = meetingID
        self.task = task
        self.items = items
        self.calendar = calendar
    }

    /// The member `meeting` of the payload (contract §4).
    var json: JSONValue {
        var meeting: JSONObject = [
            "meetingId": .string(meetingID.description),
            "items": .array(items.map { ["id": .string($0.id), "title": .string($0.domain.dutchTitle)] }),
        ]
        if let task { meeting["taskId"] = .string(task.description) }
        if let calendar {
            meeting["at"] = .string(calendar.start.rfc3339)
            meeting["ics"] = .string(calendar.text)
        }
        return .object(meeting)
    }

    /// Why this part does not belong in a message under this permission and in this envelope, or nil.
    func fault(under permission: Permission, in envelope: Envelope) -> SealingError? {
        if let calendar, calendar.attendee != envelope.to || calendar.organiser != envelope.from { return .wrongRecipient }
        let allowed = items.allSatisfy { item in
            permission.grants.contains { $0.fields.contains(.concern(item.domain)) || $0.fields.contains(.observation(item.domain)) }
        }
        return allowed ? nil : .itemNotPermitted
    }
}

extension LifeDomain {
    /// The domain's name for people. Dutch: leefgebied.
    public var dutchTitle: String {
        switch self {
        case .work: "werk"
        case .income: "inkomen"
        case .debts: "schulden"
        case .learning: "leren"
        case .upbringing: "opvoeden"
        case .health: "gezondheid"
        case .psychological: "psychische gezondheid"
        case .addiction: "verslaving"
        case .wellbeing: "welzijn"
        case .housing: "wonen"
        case .safety: "veiligheid"
        case .crimeNuisance: "criminaliteit en overlast"
        case .socialParticipation: "meedoen"
        case .languageIntegration: "taal en inburgering"
        case .leisure: "vrije tijd"
        case .administration: "administratie"
        case .domesticViolence: "huiselijk geweld"
        case .dayActivity: "dagbesteding"
        case .prevention: "preventie"
        }
    }
}
