import AuditTrail
import Casework

/// An entry as the report looks at it: which of the known events, when, and the facts that are asked for.
struct ReportEvent {
    let kind: AuditEvent
    let at: Instant
    private let entry: RecordedEntry

    /// Nil for an event that this program does not know.
    init?(_ entry: RecordedEntry) {
        guard let kind = AuditEvent(rawValue: entry.event) else { return nil }
        self.kind = kind
        at = Instant(millisecondsSince1970: entry.at)
        self.entry = entry
    }

    var signal: SignalID? { entry.refs["signal"].flatMap { SignalID($0) } }
    var task: TaskID? { entry.refs["task"].flatMap { TaskID($0) } }
    var meeting: MeetingID? { entry.refs["meeting"].flatMap { MeetingID($0) } }

    /// The OIN of the organisation that acted.
    var organisation: String? { entry.actor["organisation"] }

    /// A fact that is a text; nil when it is missing or of another kind.
    func text(_ name: String) -> String? {
        guard case .text(let text)? = entry.facts[name] else { return nil }
        return text
    }

    /// A fact that is a whole number.
    func integer(_ name: String) -> Int64? {
        guard case .integer(let value)? = entry.facts[name] else { return nil }
        return value
    }

    /// A fact that is a list.
    func list(_ name: String) -> [String] {
        guard case .list(let items)? = entry.facts[name] else { return [] }
        return items
    }

    /// A fact that is one of a list of codes; nil for any other text.
    func code<Code: RawRepresentable<String>>(_ name: String, as: Code.Type = Code.self) -> Code? { text(name).flatMap(Code.init) }
}
