import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Gives a meeting its date and its agenda, and invites those involved whom the gate permits an item, each with its own items only.
    ///
    /// A second call is an update: new invitations take the place of the earlier ones, and who may no longer come is told so.
    /// 200 `{meetingId, state, at, invited: [{oin, messageId, items}], notInvited: [{oin, reasons}], notTold?}`; `notTold` names the earlier
    /// invitations that count no more and of whose recipients none can be told, since nothing can be sealed for them now.
    public func dateMeeting(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let date = try reading(body) { MeetingDate($0) }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            // Read again on each attempt: another one may have dated it meanwhile.
            try await prepareDate(date, of: try await ledMeeting(id, by: caller))
        }
    }

    /// A meeting's date and everything that follows from it, ready to be written.
    func prepareDate(_ date: MeetingDate, of led: LedMeeting) async throws(DeskRefusal) -> Prepared {
        let now = world.calendar()
        let (id, member) = (led.meeting.id, led.member)
        let named = try await account(
            named: date.chair, as: [.meetingChair], pointer: "/chair", code: "not-a-chair",
            hint: "an account of role meetingChair; `staff list` shows them")
        guard led.meeting.state.isOpen else { throw .illegalTransition(legal: [], because: .noMeeting) }
        // Nobody is brought in before the visit (R14): asked here of meetings that were opened before opening asked it. Who comes because a task
        // was left open has that task already, and one that is dated was told of, so it may be moved.
        guard led.casefile.visitedAt != nil || led.meeting.task != nil || led.meeting.state == .dated else {
            throw .illegalTransition(legal: [], because: .visitFirst)
        }
        guard date.at > now else {
            throw .invalidInput([
                InputFault(pointer: "/at", code: "in-the-past", detail: "a meeting is dated ahead", hint: "name an instant to come")
            ])
        }
        let ground = try await decidingGround(about: date.persons, in: led.casefile, pointer: "/items", at: now)
        let found = try await read { transaction in
            let parties = try transaction.parties(of: id)
            return (
                parties: parties, earlier: try parties.map { try transaction.earlierInvitation(of: $0) },
                involved: try transaction.involved(in: led.casefile.id), signal: try transaction.firstSignal(of: led.casefile.id)
            )
        }
        var refs: [AuditReference: String] = [.meeting: id.description]
        if let signal = found.signal { refs[.signal] = signal.description }
        let newcomers = found.involved.filter { one in !found.parties.contains { $0.partner == one.partner } }.map {
            MeetingPartyRow(
                id: world.newID(), meeting: id, partner: $0.partner, purpose: $0.purpose, ground: $0.ground, task: $0.task,
                uid: newCalendarName())
        }
        let nothing = EarlierInvitation(current: nil, left: nil, isNoticed: false)
        let seats = Array(zip(found.parties, found.earlier)) + newcomers.map { ($0, nothing) }
        let sequence = led.meeting.state == .dated ? led.meeting.sequence + 1 : led.meeting.sequence
        let version = CalendarVersion(method: .request, at: date.at, minutes: date.minutes, sequence: sequence)
        var outcomes: [SeatOutcome] = []
        for (party, earlier) in seats {
            outcomes.append(try await outcome(party, earlier, date, version, in: led, on: ground, refs: refs))
        }
        let agenda = date.items.enumerated().map { place, item in
            AgendaItemRow(
                id: world.newID(), domain: item.domain, subjects: item.subjects,
                audience: outcomes.filter { $0.step?.message != nil && $0.decision.items.contains(place) }.map(\.decision.party.id))
        }
        let dated = entry(
            .meetingDated, by: .staff(member), about: date.persons.compactMap { ground.subjects[$0] }, in: ground.casefile, refs: refs,
            facts: [
                "kind": .text(led.meeting.kind.rawValue), "trigger": .text(led.meeting.trigger.rawValue),
                "sequence": .integer(Int64(sequence)),
            ])
        let chair = named?.id ?? (member.role == .meetingChair ? member.account : led.meeting.chair)
        let answer = DeskAnswer(status: 200, body: dateAnswer(id, date, outcomes))
        let tasks = found.involved.map(\.task)
        return Prepared(basis: ground.basis) { [outcomes, calendar = calendar] transaction in
            guard let current = try transaction.meeting(id), current.state == led.meeting.state, current.sequence == led.meeting.sequence,
                try transaction.involved(in: led.casefile.id).map(\.task) == tasks, try seats.allSatisfy({ try $0.1.holds(transaction) }),
                try outcomes.allSatisfy({ try $0.step?.message == nil || transaction.isRegistered($0.decision.party.partner) })
            else { return nil }
            try transaction.setDate(
                of: id, casefile: led.casefile.id, at: date.at, minutes: date.minutes, chair: chair, sequence: sequence,
                residentAbsence: date.residentAbsence, calendar: calendar)
            if let chair { try transaction.assign(chair, role: .meetingChair, to: led.casefile.id, at: now) }
            try transaction.append([dated])
            for outcome in outcomes { try outcome.write(transaction) }
            try transaction.replaceAgenda(of: id, with: agenda)
            return answer
        }
    }

    /// What becomes of one organisation: invited to what it may hear of, or told that it is not to come any more, or neither.
    private func outcome(
        _ party: MeetingPartyRow, _ earlier: EarlierInvitation, _ date: MeetingDate, _ version: CalendarVersion, in led: LedMeeting,
        on ground: DecidingGround, refs: [AuditReference: String]
    ) async throws(DeskRefusal) -> SeatOutcome {
        let decision = decideAgenda(date.items, for: party, on: ground, member: led.member, refs: refs)
        let canSeal = try canSeal(for: try await read { try $0.partner(party.partner) })
        if canSeal, let invitation = decision.invitation, let permission = invitation.permission {
            let step = try await invite(
                party, to: decision.items.map { date.items[$0] }, by: invitation, permission: permission, version, insteadOf: earlier,
                in: led, refs: refs)
            return SeatOutcome(decision: decision, step: step, reasons: [])
        }
        // Permitted, yet nothing goes: it is not registered any more, or nothing can be sealed for it now.
        let reasons = decision.invitation == nil ? decision.reasons : [.unknownFact]
        return SeatOutcome(decision: decision, step: try await disinvite(earlier, in: led, refs: refs), reasons: reasons)
    }

    private func dateAnswer(_ id: MeetingID, _ date: MeetingDate, _ outcomes: [SeatOutcome]) -> JSONValue {
        var invited: [JSONValue] = []
        var notInvited: [JSONValue] = []
        for outcome in outcomes {
            let oin = JSONValue.string(outcome.decision.party.partner.description)
            if let message = outcome.step?.message {
                let items = outcome.decision.items.map { JSONValue.string(date.items[$0].domain.rawValue) }
                invited.append(["oin": oin, "messageId": .string(message.description), "items": .array(items)])
            } else {
                notInvited.append(["oin": oin, "reasons": .array(outcome.reasons.map { .string($0.rawValue) })])
            }
        }
        var body: JSONObject = [
            "meetingId": .string(id.description), "state": .string(MeetingState.dated.rawValue), "at": .string(date.at.rfc3339),
            "invited": .array(invited), "notInvited": .array(notInvited),
        ]
        body.add(notTold: outcomes.compactMap { $0.step?.untold })
        return .object(body)
    }
}

/// What becomes of one organisation when a meeting is dated.
private struct SeatOutcome: Sendable {
    let decision: SeatDecision
    let step: InvitationStep?
    let reasons: [RefusalReason]

    /// Its decisions and its message first, since its row names the message.
    func write(_ transaction: Transaction) throws {
        for decided in decision.decided { try decided.record(transaction) }
        try step?.write(transaction)
        let party = decision.party
        // A new date asks for a new answer.
        try transaction.store(
            MeetingPartyRow(
                id: party.id, meeting: party.meeting, partner: party.partner, purpose: party.purpose, ground: party.ground,
                task: party.task, uid: party.uid, message: step?.message, answer: nil, refusedBecause: reasons))
    }
}
