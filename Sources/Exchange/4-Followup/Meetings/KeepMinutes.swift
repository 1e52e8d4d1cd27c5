import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Keeps the minutes of a meeting that was held: the plan with its coordinator, what was told, and what was decided, in one commit.
    ///
    /// Each decision becomes a task: a partner's a referral through the gate, refused ones are answered and logged as refused, as is one for
    /// whom nothing can be sealed now; one of the staff's an action with its date. Tasks that had been left open begin their terms again.
    /// 200 `{meetingId, state, planId?, told, decisions: [{actionId?, taskId?, outcome: task|refused, reasons?}]}`.
    public func keepMinutes(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let minutes = try reading(body) { Minutes($0) }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            // Whoever names another coordinator may lose the case by it, and still gets the same answer again.
            try await prepareMinutes(minutes, of: try await ledMeeting(id, by: caller))
        }
    }

    private func prepareMinutes(_ minutes: Minutes, of led: LedMeeting) async throws(DeskRefusal) -> Prepared {
        let now = world.calendar()
        let (id, row, member) = (led.meeting.id, led.casefile, led.member)
        let coordinator = try await coordinator(named: minutes.coordinator)
        let owners = try await staffOwners(of: minutes.decisions)
        try checkState(of: led.meeting, at: now)
        let found = try await read { transaction in
            (
                parties: try transaction.parties(of: id).map(\.partner), plan: try transaction.openPlan(of: row.id),
                fallen: try transaction.fallenTasks(of: row.id), signal: try transaction.firstSignal(of: row.id)
            )
        }
        try check(
            minutes, parties: found.parties, needsPlan: led.meeting.kind == .mda && found.plan == nil, on: calendar.localDate(of: now))

        var refs: [AuditReference: String] = [.meeting: id.description]
        if let signal = found.signal { refs[.signal] = signal.description }
        let context = ChangeContext(caller: .staff(member), refs: refs)
        var minuted = MinutedSteps(tasks: found.fallen)
        minuted.add(try await change(row.id, .meetingHeld, tasks: found.fallen, at: now, context), .meetingHeld)
        var plan: PlanID?
        if let coordinator {
            let made = try await preparePlan(
                of: row, coordinator: coordinator.id, meeting: id, by: member, tasks: found.fallen, after: minuted.events)
            minuted.add(made)
            plan = made.id
        }
        for task in found.fallen {
            let event = CaseEvent.task(task, .meetingHeld)
            minuted.add(try await change(row.id, event, tasks: found.fallen, at: now, context, after: minuted.events), event)
        }
        var told: [JSONValue] = []
        for (place, request) in minutes.told.enumerated() {
            let spoken = try await prepareSpoken(request, in: row, meeting: id, pointer: "/told/\(place)", by: member)
            minuted.add(spoken)
            told += spoken.answers
        }
        var decisions: [JSONValue] = []
        for (place, decision) in minutes.decisions.enumerated() {
            decisions.append(
                try await prepareDecision(
                    decision, at: place, owner: owners[place], of: led, refs: refs, into: &minuted))
        }
        let held = entry(
            .meetingHeld, by: .staff(member), in: try casefileKey(row), refs: refs,
            facts: [
                "kind": .text(led.meeting.kind.rawValue), "trigger": .text(led.meeting.trigger.rawValue),
                "present": .list(minutes.present.map(\.description)),
            ])
        var body: JSONObject = [
            "meetingId": .string(id.description), "state": .string(MeetingState.held.rawValue), "told": .array(told),
            "decisions": .array(decisions),
        ]
        if let plan { body["planId"] = .string(plan.description) }
        let answer = DeskAnswer(status: 200, body: .object(body))
        return Prepared(basis: minuted.basis) { [minuted] transaction in
            guard let current = try transaction.meeting(id), current.state == led.meeting.state, current.sequence == led.meeting.sequence,
                try transaction.fallenTasks(of: row.id) == found.fallen, try transaction.openPlan(of: row.id) == found.plan,
                try minuted.holds.allSatisfy({ try $0(transaction) })
            else { return nil }
            try transaction.endMeeting(id, as: .held, at: now)
            try transaction.append([held])
            for write in minuted.writes { try write(transaction) }
            return answer
        }
    }

    /// What one decision becomes: a partner's referral, or an action of the staff's.
    private func prepareDecision(
        _ decision: Minutes.Decision, at place: Int, owner account: AccountID?, of led: LedMeeting, refs: [AuditReference: String],
        into minuted: inout MinutedSteps
    ) async throws(DeskRefusal) -> JSONValue {
        let pointer = "/decisions/\(place)"
        let action: PlanActionID = world.newID()
        func row(_ owner: PlanActionOwner) -> PlanActionRow {
            PlanActionRow(
                id: action, casefile: led.casefile.id, meeting: led.meeting.id, action: decision.action, domain: decision.domain,
                dueOn: decision.dueOn, owner: owner)
        }
        let calendar = calendar
        guard case .partner(let partner, let purpose, let fields, let ground) = decision.owner else {
            guard let account else { throw .notFound }
            let known = try await decidingGround(
                about: decision.subjects, in: led.casefile, pointer: pointer + "/subjects", at: world.calendar())
            let action = row(.account(account))
            minuted.add(known.basis) { try $0.insert(action, calendar: calendar) }
            return ["actionId": .string(action.id.description), "outcome": "task"]
        }
        let request = ReferralRequest(
            casefile: led.casefile.id, to: partner, purpose: purpose, fields: fields, subjects: decision.subjects, ground: ground)
        let referral = try await prepareReferral(
            request, by: led.member, as: .staff(led.member),
            in: ReferralContext(
                refs: refs, promisedOn: decision.dueOn, earlier: minuted.events, tasks: minuted.tasks, pointer: pointer, isOneOfMany: true))
        minuted.add(referral)
        guard referral.event != nil else {
            return ["outcome": "refused", "reasons": .array(referral.reasons.map { .string($0.rawValue) })]
        }
        let stored = row(.task(referral.task))
        minuted.add(Basis()) { try $0.insert(stored, calendar: calendar) }
        return [
            "actionId": .string(action.description), "taskId": .string(referral.task.description), "outcome": "task",
        ]
    }

    private func checkState(of meeting: MeetingRow, at now: Instant) throws(DeskRefusal) {
        guard meeting.state.isOpen else { throw .illegalTransition(legal: [], because: .noMeeting) }
        guard meeting.state == .dated, let at = meeting.at else { throw .illegalTransition(legal: [], because: .meetingNotDated) }
        guard calendar.localDate(of: at) <= calendar.localDate(of: now) else {
            throw .illegalTransition(legal: [], because: .meetingNotBegun)
        }
    }

    private func check(_ minutes: Minutes, parties: [OrganisationNumber], needsPlan: Bool, on today: CalendarDate) throws(DeskRefusal) {
        var faults: [InputFault] = []
        for (place, partner) in minutes.present.enumerated() where !parties.contains(partner) {
            faults.append(
                InputFault(
                    pointer: "/present/\(place)", code: "not-a-party", detail: "this organisation is no party to the meeting",
                    hint: "GET /v1/meetings/{id} lists the parties"))
        }
        if needsPlan, minutes.coordinator == nil {
            faults.append(
                InputFault(
                    pointer: "/coordinator", code: "missing-member", detail: "the first meeting makes the plan and names its coordinator",
                    hint: "name an account in `coordinator`"))
        }
        for (place, decision) in minutes.decisions.enumerated() where decision.dueOn < today {
            faults.append(
                InputFault(
                    pointer: "/decisions/\(place)/dueOn", code: "in-the-past", detail: "this date has passed",
                    hint: "name a date from today on"))
        }
        guard faults.isEmpty else { throw .invalidInput(faults) }
    }

    /// The accounts of the decisions that staff owns, by the decision's place.
    private func staffOwners(of decisions: [Minutes.Decision]) async throws(DeskRefusal) -> [Int: AccountID] {
        var owners: [Int: AccountID] = [:]
        for (place, decision) in decisions.enumerated() {
            guard case .account(let name) = decision.owner else { continue }
            let account = try await account(
                named: name, as: Self.caseRoles.union([.contactPoint]),
                pointer: "/decisions/\(place)/owner/account", code: "unknown-account", hint: "`staff list` shows them")
            owners[place] = account?.id
        }
        return owners
    }
}

/// Everything that minutes lead to, in the order in which it happens.
private struct MinutedSteps: Sendable {
    /// The tasks whose case the events are about.
    let tasks: [TaskID]
    private(set) var events: [CaseEvent] = []
    private(set) var basis = Basis()
    private(set) var holds: [@Sendable (Transaction) throws -> Bool] = []
    private(set) var writes: [@Sendable (Transaction) throws -> Void] = []

    init(tasks: [TaskID]) { self.tasks = tasks }

    mutating func add(_ change: CaseChange, _ event: CaseEvent) {
        events.append(event)
        holds.append(change.holds)
        writes.append(change.writeHeld)
    }

    mutating func add(_ plan: PreparedPlan) {
        events.append(.planMade)
        holds.append(plan.change.holds)
        holds.append(plan.coordinator.holds)
        writes.append(plan.write)
    }

    mutating func add(_ referral: PreparedReferral) {
        if let event = referral.event { events.append(event) }
        basis = basis.joined(with: referral.basis)
        holds.append(referral.holds)
        writes.append(referral.write)
    }

    mutating func add(_ spoken: PreparedSpoken) { add(spoken.basis, spoken.write) }

    mutating func add(_ other: Basis, _ write: @escaping @Sendable (Transaction) throws -> Void) {
        basis = basis.joined(with: other)
        writes.append(write)
    }
}
