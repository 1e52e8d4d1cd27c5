import Casework
import Storage
import StrictJSON

/// One list of the desk's page, read from the page's one snapshot. Ids, codes and instants; no content. A row that is damaged is left out and
/// counted (`Transaction.readable`).
struct DeskSection: Sendable {
    /// The member of the page that it is.
    let name: String
    let read: @Sendable (Transaction, DeskPage) throws -> JSONValue

    /// The sections in the order of the day.
    static let all: [DeskSection] = [
        .newSignals, .proposedJoins, .callList, .stalled, .deliveryFaults, .restingLanes, .recalls, .taskNews, .meetingsToPlan, .meetings,
        .planActions,
        .homeVisitsDue, .visits, .tellings, .leverReviews, .aftercare,
        .withoutCoordinator, .idleCases,
    ]
}

/// What the sections of one page share.
final class DeskPage {
    let now: Instant
    /// Now, for the machine.
    let wall: Instant
    let calendar: WorkingCalendar
    let municipality: OrganisationNumber
    /// Whether a list was longer than it is shown.
    private(set) var isCut = false
    private let transaction: Transaction
    /// How many damaged rows the lists so far left out.
    private var leftOut = 0

    /// The longest list.
    static let longest = 200
    /// How many rows a section asks for: one more than is shown, so that it is known whether there are more.
    let limit = DeskPage.longest + 1

    /// A page of what this transaction reads.
    init(_ transaction: Transaction, now: Instant, wall: Instant, calendar: WorkingCalendar, municipality: OrganisationNumber) {
        self.transaction = transaction
        self.now = now
        self.wall = wall
        self.calendar = calendar
        self.municipality = municipality
    }

    /// A list, cut at its longest. Made before the next one is read: the damaged rows since the one before were among those it asked for.
    func list<Row>(_ rows: [Row], _ json: (Row) -> JSONValue) -> JSONValue {
        if rows.count + transaction.damaged - leftOut > Self.longest { isCut = true }
        leftOut = transaction.damaged
        return .array(rows.prefix(Self.longest).map(json))
    }

    /// Local calendar days since an instant: 0 on the same day.
    func days(since instant: Instant) -> Int64 { daysOpen(since: instant, until: now, calendar: calendar) }
}

extension Transaction {
    /// The life domains of a case: without a name, a line of a list cannot be told from the next by anything else.
    func domainsJSON(of casefile: CasefileID) throws -> JSONValue { .array(try domains(of: casefile).map { .string($0.rawValue) }) }
}

/// Local calendar days from one instant to another: 0 on the same day, 1 on the next, weekends and holidays counted.
func daysOpen(since start: Instant, until now: Instant, calendar: WorkingCalendar) -> Int64 {
    Int64(calendar.localDate(of: start).days(until: calendar.localDate(of: now)))
}
