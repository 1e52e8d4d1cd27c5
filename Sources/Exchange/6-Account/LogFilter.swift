import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

/// What somebody wants to see of the log. Who is meant stands in a body, never in an address.
struct LogFilter: Sendable {
    /// Events, by their names in the log; empty for all.
    let kinds: [String]
    /// A partner that acted or is named.
    let partner: OrganisationNumber?
    /// The first and the last day.
    let from: CalendarDate?
    let until: CalendarDate?
    /// Only what was shared on another ground than consent.
    let withoutConsent: Bool
    /// Only what stands under this case; with ``person`` the case that shows the person.
    let casefile: CasefileID?
    /// Only what is about this person.
    let person: PersonID?
    /// Only what stands before this number.
    let before: Int64?
    let limit: Int

    static let members = ["kinds", "partner", "from", "until", "withoutConsent", "casefileId", "personId", "before", "limit"]

    init?(_ object: JSONObjectReader) {
        kinds =
            object["kinds"]?.array(max: AuditEvent.allCases.count)?.compactMap { $0.oneOf(AuditEvent.self)?.rawValue } ?? []
        partner = object["partner"]?.organisation()
        from = object["from"]?.date()
        until = object["until"]?.date()
        withoutConsent = object["withoutConsent"]?.bool() ?? false
        casefile = object["casefileId"]?.identifier(CasefileID.self)
        person = object["personId"]?.identifier(PersonID.self)
        before = object["before"]?.integer(in: 1...Int64.max)
        limit = Int(object["limit"]?.integer(in: 1...200) ?? 50)
        if let from, let until, until < from {
            object["until"]?.fault("contradictory-dates", "it lies before the first day", hint: "`until` is the last day of the period")
        }
        if object["personId"] != nil, object["casefileId"] == nil {
            object.fault("casefile-missing", "a person is known within a case", hint: "send `casefileId` with `personId`")
        }
        guard object.faults.isEmpty else { return nil }
    }

    /// Which kinds of filter are used, and nothing of what was filtered for.
    var used: [String] {
        let whom: String? = person != nil ? "person" : casefile != nil ? "casefile" : nil
        return [
            kinds.isEmpty ? nil : "kinds", partner == nil ? nil : "partner", from == nil && until == nil ? nil : "period",
            withoutConsent ? "withoutConsent" : nil, whom,
        ].compactMap(\.self)
    }

    /// About whom or what it asks; nil for everything.
    var about: LogSubject? { person.map(LogSubject.person) ?? casefile.map(LogSubject.casefile) }

    /// By what the log's index finds it, where it asks about nobody; whatever else is asked is looked at entry by entry.
    var terms: [String] {
        if let partner { return [partner.description] }
        return withoutConsent && kinds.isEmpty ? Self.disclosing.map(\.rawValue) : kinds
    }

    /// By which something is shared. That it is permitted shares nothing yet: much is only asked.
    private static let disclosing: [AuditEvent] = [.messageSealed, .attemptStarted, .receiptTaken, .spokenDisclosure]

    /// How many entries are read for one page: where entries are passed over, a page may be short and go on from there.
    /// The index finds what is about somebody, or the kinds; what is asked besides is looked at entry by entry.
    var batch: Int {
        let besides = used.filter { !["person", "casefile"].contains($0) }
        return besides.isEmpty || used == ["kinds"] ? limit + 1 : limit + 700
    }

    /// Whether it lets an entry through.
    /// - Parameter ground: the ground of the message that the entry tells of; looked up only where it is asked.
    func admits(_ entry: RecordedEntry, in span: (from: Instant?, until: Instant?), ground: () throws -> String?) rethrows -> Bool {
        if !kinds.isEmpty, !kinds.contains(entry.event) { return false }
        if let from = span.from, entry.at < from.millisecondsSince1970 { return false }
        if let until = span.until, entry.at >= until.millisecondsSince1970 { return false }
        guard withoutConsent else { return true }
        guard Self.disclosing.contains(where: { $0.rawValue == entry.event }) else { return false }
        if case .text(let told)? = entry.facts["ground"] { return told != LawfulGround.consent.text }
        // A notice has no ground: it shares nothing.
        return try ground().map { $0 != LawfulGround.consent.text } ?? false
    }

    /// The instants of its days.
    func span(_ calendar: WorkingCalendar) -> (from: Instant?, until: Instant?) {
        (from.map(calendar.startOfDay), until.map { calendar.startOfDay($0.adding(days: 1)) })
    }
}
