import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// A home visit by the municipality: planned, or made. Dutch: huisbezoek.
    ///
    /// `{on, join?}` plans one; the planned visits named in `join` become one with it (201 `{visitId, on, joined, notTold?}`; `notTold` names the
    /// messages to whose recipients nobody can tell it now, since nothing can be sealed for them). `{outcome, visitId?}` says what came of it (200
    /// `{visitId, outcome}`): when nobody answered, the visit is still to be made.
    public func recordHomeVisit(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        guard case .staff(let member) = caller, Self.referringRoles.contains(member.role) else { throw .roleMayNot }
        let visit = try reading(body) { HomeVisitRequest($0) }
        let casefile = try CasefileID(id).orRefuse(.notFound)
        try await demandAccess(to: casefile, by: caller)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            switch visit {
            case .plan(let date, let joined): try await preparePlan(casefile, on: date, joining: joined, by: member)
            case .outcome(let outcome, let planned): try await prepareOutcome(casefile, outcome, of: planned, by: member)
            }
        }
    }

    private func preparePlan(_ id: CasefileID, on date: CalendarDate, joining ids: [HomeVisitID], by member: StaffMember)
        async throws(DeskRefusal) -> Prepared
    {
        let now = world.calendar()
        try demandNotPast(date, at: now)
        let found = try await read { transaction in
            (
                row: try transaction.casefile(id), signal: try transaction.firstSignal(of: id),
                visits: try ids.compactMap { try transaction.homeVisit($0) },
                parts: try ids.map { try transaction.visitors(joinedInto: $0) }
            )
        }
        guard let row = found.row else { throw .notFound }
        guard row.state == .open else { throw CaseRefusal.caseClosed.asRefusal }
        guard case .multiple = row.triage else { throw CaseRefusal.notMultiple.asRefusal }
        guard found.visits.count == ids.count, found.visits.allSatisfy({ $0.household == id && $0.state == .planned }) else {
            throw .invalidInput([
                InputFault(
                    pointer: "/join", code: "unknown-visit", detail: "not every visit is a planned one of this household",
                    hint: "GET /v1/desk shows them under visits")
            ])
        }
        let caller = Caller.staff(member)
        let visit: HomeVisitID = world.newID()
        let casefile = try casefileKey(row)
        var refs: [AuditReference: String] = [:]
        if let signal = found.signal { refs[.signal] = signal.description }
        var entries = [entry(.visitPlanned, by: caller, in: casefile, refs: refs, facts: ["by": .text("municipality")])]
        if !ids.isEmpty {
            var facts: [String: AuditFact] = ["visits": .integer(Int64(ids.count))]
            // What is joint already was counted when it became so, with its parts.
            let joint = found.parts.count { !$0.isEmpty }
            if joint > 0 { facts["joint"] = .integer(Int64(joint)) }
            entries.append(entry(.visitJoined, by: caller, in: casefile, refs: refs, facts: facts))
        }
        let (notices, notTold) = try await telling((found.visits + found.parts.flatMap(\.self)).compactMap(\.task), at: now, by: caller)
        var body: JSONObject = [
            "visitId": .string(visit.description), "on": .string(date.description),
            "joined": .array(ids.map { .string($0.description) }),
        ]
        body.add(notTold: notTold)
        let answer = DeskAnswer(status: 201, body: .object(body))
        return Prepared(basis: Basis()) { [entries] transaction in
            guard try transaction.casefile(id)?.state == .open, try ids.allSatisfy({ try transaction.homeVisit($0)?.state == .planned })
            else { return nil }
            try transaction.planVisit(visit, casefile: id, on: date, by: .staff(member.account), at: now)
            try transaction.joinVisits(ids, into: visit)
            try transaction.append(entries)
            for notice in notices {
                try notice.enqueue(transaction)
                try transaction.append(notice.entries)
            }
            return answer
        }
    }

    private func prepareOutcome(_ id: CasefileID, _ outcome: VisitOutcome, of planned: HomeVisitID?, by member: StaffMember)
        async throws(DeskRefusal) -> Prepared
    {
        let now = world.calendar()
        let caller = Caller.staff(member)
        let change = try await change(id, .visited(outcome), at: now, ChangeContext(caller: caller))
        let found = try await read { transaction in
            (
                signal: try transaction.firstSignal(of: id), row: try transaction.casefile(id),
                visit: try planned.flatMap { try transaction.homeVisit($0) }
            )
        }
        guard let row = found.row else { throw .notFound }
        if planned != nil {
            guard let visit = found.visit, visit.household == id else { throw .notFound }
            guard visit.state == .planned else { throw .alreadyDecided }
        }
        let visit = planned ?? world.newID()
        let contact: ContactID = world.newID()
        var refs: [AuditReference: String] = [:]
        if let signal = found.signal { refs[.signal] = signal.description }
        let made = entry(
            .contactMade, by: caller, in: try casefileKey(row), refs: refs,
            facts: ["kind": .text("homeVisit"), "outcome": .text(outcome.rawValue)])
        let today = calendar.localDate(of: now)
        let answer = DeskAnswer(
            status: 200, body: ["visitId": .string(visit.description), "outcome": .string(outcome.rawValue)])
        return Prepared(basis: Basis()) { transaction in
            if let planned, try transaction.homeVisit(planned)?.state != .planned { return nil }
            guard try change.write(transaction) else { return nil }
            if planned == nil {
                try transaction.insertHeldVisit(
                    visit, casefile: id, on: today, by: .staff(member.account), outcome: outcome, at: now)
            } else {
                try transaction.holdVisit(visit, outcome: outcome)
            }
            try transaction.insertContact(
                contact, casefile: id, task: nil, kind: .homeVisit, outcome: outcome.rawValue, by: member.account, at: now)
            try transaction.append([made])
            return answer
        }
    }

    /// Notices, without content, to the partners of these tasks: something about their task changed. Nobody learns who else comes. Beside them the
    /// messages to whose recipients nothing can be sealed now.
    private func telling(_ tasks: [TaskID], at now: Instant, by caller: Caller) async throws(DeskRefusal)
        -> (notices: [QueuedMessage], notTold: [MessageID])
    {
        var notices: [QueuedMessage] = []
        var notTold: [MessageID] = []
        for task in Set(tasks).sorted() {
            guard let message = try await read({ try $0.receivedMessage(of: task) }) else { continue }
            let notice = try await sealNoticeIfPossible(
                Notice(code: .taskChanged, about: [message.id], at: now), to: message.partner, casefile: message.casefile, by: caller)
            if let notice { notices.append(notice) } else { notTold.append(message.id) }
        }
        return (notices, notTold)
    }

    /// Refuses a date that has passed in the Netherlands.
    func demandNotPast(_ date: CalendarDate, at now: Instant) throws(DeskRefusal) {
        guard date >= calendar.localDate(of: now) else {
            throw .invalidInput([
                InputFault(pointer: "/on", code: "in-the-past", detail: "the date has passed", hint: "name a date from today on")
            ])
        }
    }
}

/// The body of a home visit.
private enum HomeVisitRequest {
    case plan(on: CalendarDate, joining: [HomeVisitID])
    case outcome(VisitOutcome, of: HomeVisitID?)

    init?(_ reader: JSONReader) {
        guard let body = reader.object(["on", "join", "outcome", "visitId"]) else { return nil }
        guard (body["on"] == nil) != (body["outcome"] == nil) else {
            body.fault("missing-member", "a visit is planned, or was made", hint: "say either `on` or `outcome`")
            return nil
        }
        guard let outcome = body["outcome"] else {
            if body["visitId"] != nil { body.fault("unknown-member", "`visitId` goes with `outcome`", hint: "leave it out") }
            guard let on = body["on"]?.date() else { return nil }
            self = .plan(on: on, joining: Self.joined(body))
            return
        }
        if body["join"] != nil { body.fault("unknown-member", "`join` goes with `on`", hint: "leave it out") }
        let visit = body["visitId"]?.identifier(HomeVisitID.self)
        guard let outcome = outcome.oneOf(VisitOutcome.self) else { return nil }
        self = .outcome(outcome, of: visit)
    }

    private static func joined(_ body: JSONObjectReader) -> [HomeVisitID] {
        guard let join = body["join"], let items = join.array(max: 20) else { return [] }
        let ids = items.compactMap { $0.identifier(HomeVisitID.self) }
        if items.count < 2 { join.fault("too-few", "two visits or more become one", hint: "name at least two, or leave `join` out") }
        if Set(ids).count < ids.count { join.fault("duplicate-visit", "a visit is named twice", hint: "name each visit once") }
        return ids
    }
}

extension HomeVisitRow {
    /// The task for which a partner visits.
    var task: TaskID? {
        guard case .partner(_, let task) = visitor else { return nil }
        return task
    }
}
