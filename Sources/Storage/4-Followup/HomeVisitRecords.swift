import Casework

/// What is known of a home visit.
public enum HomeVisitState: String, CaseIterable, Hashable, Sendable {
    case planned
    /// Somebody was at the door.
    case held
    /// It became one with another visit.
    case joined
    case cancelled
}

/// Whose visit it is.
public enum HomeVisitor: Hashable, Sendable {
    /// A member of the municipality's staff.
    case staff(AccountID)
    /// A partner, for one of its tasks.
    case partner(OrganisationNumber, task: TaskID)
}

/// A home visit's row. Dutch: huisbezoek.
public struct HomeVisitRow: Sendable {
    public let id: HomeVisitID
    public let casefile: CasefileID
    /// The case that shows this household: the visit's own, or the one that its signal was joined to.
    public let household: CasefileID
    public let on: CalendarDate
    public let visitor: HomeVisitor
    public let state: HomeVisitState
}

/// When a partner visits next for one of its tasks.
public struct NextVisit: Hashable, Sendable {
    /// The visit as the partner planned it.
    public let own: HomeVisitID
    public let on: CalendarDate
    /// Whether it became one with others, so that the date is no longer the partner's own.
    public let isJoined: Bool
}

/// The statements of visits; a test looks at how SQLite goes about them.
enum HomeVisitQuery {
    static let select = """
        SELECT home_visit.*, coalesce(casefile_part.casefile, home_visit.casefile) AS household FROM home_visit
        LEFT JOIN casefile_part ON casefile_part.part = home_visit.casefile AND casefile_part.because = 'joined'\u{20}
        """
    /// To be made, from the day ?1 on.
    static let planned = """
        WHERE home_visit.state = 'planned' AND (home_visit.task IS NULL
            OR (home_visit.visit_on >= ?1 AND EXISTS (SELECT 1 FROM open_task WHERE open_task.task = home_visit.task)))\u{20}
        """
    /// The same of every household, in the order of their dates: the municipality's from the oldest on, a partner's without the past ones.
    static let allPlanned =
        select + "WHERE home_visit.state = 'planned' AND home_visit.task IS NULL UNION ALL " + select + """
            WHERE home_visit.state = 'planned' AND home_visit.task IS NOT NULL AND home_visit.visit_on >= ?1
                AND EXISTS (SELECT 1 FROM open_task WHERE open_task.task = home_visit.task)
            ORDER BY visit_on, id LIMIT ?2
            """
    static let ofHousehold =
        select + planned + """
            AND home_visit.casefile IN (SELECT ?2 UNION ALL SELECT part FROM casefile_part WHERE casefile = ?2 AND because = 'joined')
                AND coalesce(casefile_part.casefile, home_visit.casefile) = ?2
            ORDER BY home_visit.visit_on, home_visit.id
            """
}

extension Transaction {
    /// Writes that a household will be visited.
    public func planVisit(_ id: HomeVisitID, casefile: CasefileID, on date: CalendarDate, by visitor: HomeVisitor, at now: Instant) throws {
        try insertVisit(id, casefile: casefile, on: date, by: visitor, state: .planned, outcome: nil, at: now)
    }

    /// Writes that somebody was at the door without having planned it here.
    public func insertHeldVisit(
        _ id: HomeVisitID, casefile: CasefileID, on date: CalendarDate, by visitor: HomeVisitor, outcome: VisitOutcome, at now: Instant
    ) throws {
        try insertVisit(id, casefile: casefile, on: date, by: visitor, state: .held, outcome: outcome, at: now)
    }

    private func insertVisit(
        _ id: HomeVisitID, casefile: CasefileID, on date: CalendarDate, by visitor: HomeVisitor, state: HomeVisitState,
        outcome: VisitOutcome?, at now: Instant
    ) throws {
        let (account, partner, task): (AccountID?, OrganisationNumber?, TaskID?) =
            switch visitor {
            case .staff(let account): (account, nil, nil)
            case .partner(let partner, let task): (nil, partner, task)
            }
        try run(
            "INSERT INTO home_visit (id, casefile, visit_on, partner, account, task, state, outcome, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [.of(id), .of(casefile), .of(date.description), .of(partner), .of(account), .of(task), .of(state), .of(outcome), .of(now)])
    }

    /// Writes what came of a planned visit.
    public func holdVisit(_ id: HomeVisitID, outcome: VisitOutcome) throws {
        try run("UPDATE home_visit SET state = 'held', outcome = ? WHERE id = ? AND state = 'planned'", [.of(outcome), .of(id)])
    }

    /// Makes planned visits one with another planned visit; what had become one with them follows.
    public func joinVisits(_ ids: [HomeVisitID], into visit: HomeVisitID) throws {
        for id in ids {
            try run("UPDATE home_visit SET joined_into = ? WHERE joined_into = ?", [.of(visit), .of(id)])
            try run("UPDATE home_visit SET state = 'joined', joined_into = ? WHERE id = ? AND state = 'planned'", [.of(visit), .of(id)])
        }
    }

    /// The visit, or nil.
    public func homeVisit(_ id: HomeVisitID) throws -> HomeVisitRow? {
        try first(HomeVisitQuery.select + "WHERE home_visit.id = ?", [.of(id)]).map(visitRow)
    }

    /// Visits that are to be made, in the order of their dates: the municipality's until somebody says what came of them, a partner's as long
    /// as its date has not passed and its task is open.
    public func plannedVisits(from date: CalendarDate, limit: Int) throws -> [HomeVisitRow] {
        try readable(all(HomeVisitQuery.allPlanned, [.text(date.description), .of(limit)]), visitRow)
    }

    /// The same of one household: of the case that shows it, and of those whose signals were joined to that.
    public func plannedVisits(of household: CasefileID, from date: CalendarDate) throws -> [HomeVisitRow] {
        try all(HomeVisitQuery.ofHousehold, [.text(date.description), .of(household)]).map(visitRow)
    }

    /// Whose visits became one with this one.
    public func visitors(joinedInto visit: HomeVisitID) throws -> [HomeVisitRow] {
        try all(HomeVisitQuery.select + "WHERE home_visit.joined_into = ? ORDER BY home_visit.id", [.of(visit)]).map(visitRow)
    }

    /// Nobody of the municipality visits in this case any more; what a partner has planned is the partner's.
    func cancelVisits(of casefile: CasefileID) throws {
        try run("UPDATE home_visit SET state = 'cancelled' WHERE casefile = ? AND state = 'planned' AND partner IS NULL", [.of(casefile)])
    }

    /// A planned visit does not take place.
    public func cancelVisit(_ id: HomeVisitID) throws {
        try run("UPDATE home_visit SET state = 'cancelled' WHERE id = ? AND state = 'planned'", [.of(id)])
    }

    /// When the partner of this task visits next, from this date on; nil when nothing is planned.
    public func nextVisit(for task: TaskID, from date: CalendarDate) throws -> NextVisit? {
        let row = try first(
            """
            SELECT own.id, whole.id IS NOT NULL AS joined, coalesce(whole.visit_on, own.visit_on) AS next_on FROM home_visit AS own
            LEFT JOIN home_visit AS whole ON whole.id = own.joined_into AND whole.state = 'planned'
            WHERE own.task = ?1 AND (own.state = 'planned' OR whole.id IS NOT NULL) AND next_on >= ?2 ORDER BY next_on LIMIT 1
            """, [.of(task), .text(date.description)])
        guard let row else { return nil }
        guard let on = CalendarDate(try row.text("next_on")) else { throw StoreFault.corrupt("column `visit_on` holds no date") }
        return NextVisit(own: try row.identifier("id"), on: on, isJoined: try row.flag("joined"))
    }

    private func visitRow(_ row: SQLRow) throws -> HomeVisitRow {
        guard let date = CalendarDate(try row.text("visit_on")) else { throw StoreFault.corrupt("column `visit_on` holds no date") }
        let visitor: HomeVisitor
        if let partner = try row.organisationOrNil("partner") {
            visitor = .partner(partner, task: try row.identifier("task"))
        } else {
            visitor = .staff(try row.identifier("account"))
        }
        return HomeVisitRow(
            id: try row.identifier("id"), casefile: try row.identifier("casefile"), household: try row.identifier("household"), on: date,
            visitor: visitor, state: try row.member("state"))
    }
}
