import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// A meeting for those who lead it: its date, agenda and parties, what was decided. Ids, codes and dates; no narrative (R77).
    ///
    /// The agenda tells of persons, so that a read is a log entry.
    public func showMeeting(_ id: String, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        let led = try await ledMeeting(id, by: caller)
        let meeting = led.meeting
        let access = try await demandAccess(to: meeting.casefile, by: caller)
        let found = try await read { transaction in
            (
                parties: try transaction.parties(of: meeting.id), agenda: try transaction.agenda(of: meeting.id),
                actions: try transaction.planActions(of: meeting.id, in: meeting.casefile),
                transfers: try transaction.transfers(of: meeting.id, in: meeting.casefile),
                due: try transaction.deadline(.planning, of: .meeting(meeting.id)), plan: try transaction.openPlan(of: meeting.casefile),
                names: Dictionary(try transaction.accounts().map { ($0.id, $0.name) }) { first, _ in first },
                persons: try transaction.persons(of: meeting.casefile).filter { $0.erasedAt == nil },
                partners: try transaction.partnerNames()
            )
        }
        let subjects = Set(found.agenda.flatMap(\.subjects))
        let asked = try subjectKeys(found.persons.filter { subjects.contains($0.id) })
        let seen = entry(
            .casefileRead, by: caller, about: asked, in: try casefileKey(led.casefile), refs: [.meeting: meeting.id.description],
            facts: access.facts)
        try await commit { try $0.append([seen]) }
        var body: JSONObject = [
            "meetingId": .string(meeting.id.description), "casefileId": .string(meeting.casefile.description),
            "kind": .string(meeting.kind.rawValue), "trigger": .string(meeting.trigger.rawValue),
            "state": .string(meeting.state.rawValue), "openedAt": .string(meeting.openedAt.rfc3339),
        ]
        if let due = found.due { body["dueAt"] = .string(due.dueAt.rfc3339) }
        if let task = meeting.task { body["taskId"] = .string(task.description) }
        if let at = meeting.at { body["at"] = .string(at.rfc3339) }
        if let minutes = meeting.minutes {
            body["minutes"] = .integer(Int64(minutes))
            body["sequence"] = .integer(Int64(meeting.sequence))
        }
        if let chair = meeting.chair.flatMap({ found.names[$0] }) { body["chair"] = .string(chair) }
        if let resident = meeting.resident {
            body["resident"] = resident == "comes" ? ["comes": true] : ["comes": false, "reason": .string(resident)]
        }
        if let plan = found.plan { body["planId"] = .string(plan.description) }
        let partners = Dictionary(found.parties.map { ($0.id, $0.partner) }) { first, _ in first }
        body["items"] = .array(
            found.agenda.map { item in
                [
                    "domain": .string(item.domain.rawValue), "subjects": .array(item.subjects.map { .string($0.description) }),
                    "audience": .array(item.audience.compactMap { partners[$0] }.map { .string($0.description) }),
                ]
            })
        body["parties"] = .array(found.parties.map { partyJSON($0, name: found.partners[$0.partner]) })
        body["actions"] = .array(found.actions.map { actionJSON($0, names: found.names) })
        body["transfers"] = .array(
            found.transfers.map {
                [
                    "taskId": .string($0.task.description), "platform": .string($0.platform.rawValue),
                    "partner": .string($0.partner.description), "partnerName": .string(found.partners[$0.partner] ?? ""),
                    "at": .string($0.at.rfc3339),
                ]
            })
        return DeskAnswer(status: 200, body: .object(body))
    }

    private func partyJSON(_ party: MeetingPartyRow, name: String?) -> JSONValue {
        var json: JSONObject = [
            "oin": .string(party.partner.description), "purpose": .string(party.purpose.rawValue),
            "ground": .string(party.ground.text), "invited": .bool(party.message != nil),
        ]
        if let name { json["name"] = .string(name) }
        if let message = party.message { json["messageId"] = .string(message.description) }
        if let task = party.task { json["taskId"] = .string(task.description) }
        if let answer = party.answer { json["answer"] = .string(answer.rawValue) }
        if !party.refusedBecause.isEmpty { json["reasons"] = .array(party.refusedBecause.map { .string($0.rawValue) }) }
        return .object(json)
    }

    private func actionJSON(_ action: PlanActionRow, names: [AccountID: String]) -> JSONValue {
        var json: JSONObject = [
            "actionId": .string(action.id.description), "action": .string(action.action.rawValue),
            "domain": .string(action.domain.rawValue), "dueOn": .string(action.dueOn.description),
        ]
        switch action.owner {
        case .account(let account): json["account"] = .string(names[account] ?? "")
        case .task(let task): json["taskId"] = .string(task.description)
        }
        if let doneAt = action.doneAt { json["doneAt"] = .string(doneAt.rfc3339) }
        return .object(json)
    }
}
