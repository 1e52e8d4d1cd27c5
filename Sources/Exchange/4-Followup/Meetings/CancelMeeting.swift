import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// A meeting that was being prepared does not take place. Whoever was invited is told: in its calendar where the gate still permits its
    /// items and its key still counts, else by a notice without content; an invitation that never left just ends.
    ///
    /// 200 `{meetingId, state, notTold?}`; `notTold` names the invitations of whose recipients none can be told, since nothing can be sealed for
    /// them now.
    public func cancelMeeting(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        _ = try reading(body) { $0.object([]) }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            try await prepareCancellation(of: try await ledMeeting(id, by: caller))
        }
    }

    /// A meeting's end and what everybody is told of it, ready to be written.
    func prepareCancellation(of led: LedMeeting) async throws(DeskRefusal) -> Prepared {
        let now = world.calendar()
        let (id, member) = (led.meeting.id, led.member)
        let change = try await change(
            led.casefile.id, .meetingCancelled, at: now, ChangeContext(caller: .staff(member), refs: [.meeting: id.description]))
        guard led.meeting.state.isOpen else { throw .illegalTransition(legal: [], because: .noMeeting) }
        let found = try await read { transaction in
            let parties = try transaction.parties(of: id)
            return (
                parties: parties, earlier: try parties.map { try transaction.earlierInvitation(of: $0) },
                agenda: try transaction.agenda(of: id), fallen: try transaction.tasksLeftToMeeting(of: led.casefile.id),
                signal: try transaction.firstSignal(of: led.casefile.id),
                living: try transaction.persons(of: led.casefile.id).filter { $0.erasedAt == nil }.map(\.id)
            )
        }
        var refs: [AuditReference: String] = [.meeting: id.description]
        if let signal = found.signal { refs[.signal] = signal.description }
        // Of an item about somebody who was erased since, nothing more is told.
        let agenda = found.agenda.filter { Set($0.subjects).isSubset(of: found.living) }
        let persons = Array(Set(agenda.flatMap(\.subjects)))
        let ground = try await decidingGround(about: persons, in: led.casefile, pointer: "", at: now)
        let sequence = led.meeting.sequence + 1
        var writes: [@Sendable (Transaction) throws -> Void] = []
        var notTold: [MessageID] = []
        var sentTo: [OrganisationNumber] = []
        for (party, earlier) in zip(found.parties, found.earlier) {
            let items = agenda.filter { $0.audience.contains(party.id) }.map { MeetingDate.Item(domain: $0.domain, subjects: $0.subjects) }
            if earlier.left != nil, !earlier.isNoticed, let at = led.meeting.at, let minutes = led.meeting.minutes {
                let decision = decideAgenda(items, for: party, on: ground, member: member, refs: refs)
                writes += decision.decided.map { decided in { try decided.record($0) } }
                let canSeal = try canSeal(for: try await read { try $0.partner(party.partner) })
                if canSeal, !items.isEmpty, decision.items.count == items.count, let invitation = decision.invitation,
                    let permission = invitation.permission
                {
                    let version = CalendarVersion(method: .cancel, at: at, minutes: minutes, sequence: sequence)
                    let step = try await invite(
                        party, to: items, by: invitation, permission: permission, version, insteadOf: earlier, in: led, refs: refs)
                    writes.append(step.write)
                    sentTo.append(party.partner)
                    continue
                }
            }
            let step = try await disinvite(earlier, in: led, refs: refs)
            writes.append(step.write)
            if let untold = step.untold { notTold.append(untold) }
        }
        let cancelled = entry(
            .meetingDated, by: .staff(member), in: ground.casefile, refs: refs,
            facts: [
                "kind": .text(led.meeting.kind.rawValue), "trigger": .text(led.meeting.trigger.rawValue),
                "sequence": .integer(Int64(sequence)), "cancelled": .text("yes"),
            ])
        let news = found.fallen.map { (task: $0, id: world.newID() as EntryID) }
        let wasTold = found.earlier.contains { $0.left != nil }
        var body: JSONObject = ["meetingId": .string(id.description), "state": .string(MeetingState.cancelled.rawValue)]
        body.add(notTold: notTold)
        let answer = DeskAnswer(status: 200, body: .object(body))
        return Prepared(basis: ground.basis) { [writes, sentTo] transaction in
            guard let current = try transaction.meeting(id), current.state == led.meeting.state, current.sequence == led.meeting.sequence,
                try found.earlier.allSatisfy({ try $0.holds(transaction) }), try sentTo.allSatisfy({ try transaction.isRegistered($0) }),
                try transaction.tasksLeftToMeeting(of: led.casefile.id) == found.fallen,
                try change.write(transaction)
            else { return nil }
            try transaction.endMeeting(id, as: .cancelled, at: now)
            // Where nobody was told anything, there is nothing to tell the resident of.
            if !wasTold { try transaction.settle(.telling, of: .meeting(id)) }
            try transaction.append([cancelled])
            for write in writes { try write(transaction) }
            // The ladder led to this meeting, and it leads no further by itself.
            for news in news { try transaction.tellDesk(.stalled, about: news.task, id: news.id, at: now) }
            return answer
        }
    }
}
