import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// Meetings that a chair is to date, and those whose day has passed without minutes, soonest due first; of the latter `at` is when they were
    /// to be. `[{meetingId, casefileId, kind, trigger, dueAt, overdue, at?, parties}]`.
    static let meetingsToPlan = DeskSection(name: "meetingsToPlan") { transaction, page in
        let due = try transaction.duePlannings(at: page.now, limit: page.limit)
        let meetings = try transaction.readable(due) { row -> (DeadlineRow, MeetingRow, [OrganisationNumber])? in
            guard case .meeting(let id) = row.subject, let meeting = try transaction.meeting(id) else { return nil }
            let parties = try transaction.parties(of: id).map(\.partner) + transaction.involved(in: meeting.casefile).map(\.partner)
            return (row, meeting, Set(parties).sorted())
        }
        return page.list(meetings) { row, meeting, parties in
            var json = summary(meeting)
            json["dueAt"] = .string(row.dueAt.rfc3339)
            json["overdue"] = .bool(row.fellDueAt != nil)
            if let at = meeting.at { json["at"] = .string(at.rfc3339) }
            json["parties"] = .array(parties.map { .string($0.description) })
            return .object(json)
        }
    }

    /// Meetings that have a date, oldest first, with what the invited answered.
    /// `[{meetingId, casefileId, kind, trigger, at, minutes, invited: [{oin, answer?}]}]`.
    static let meetings = DeskSection(name: "meetings") { transaction, page in
        let dated = try transaction.openMeetings(limit: page.limit).filter { $0.state == .dated }
        let listed = try transaction.readable(dated) { meeting -> (MeetingRow, [MeetingPartyRow])? in
            (meeting, try transaction.parties(of: meeting.id).filter { $0.message != nil })
        }
        return page.list(listed) { meeting, parties in
            var json = summary(meeting)
            if let at = meeting.at { json["at"] = .string(at.rfc3339) }
            if let minutes = meeting.minutes { json["minutes"] = .integer(Int64(minutes)) }
            json["invited"] = .array(
                parties.map { party in
                    var invited: JSONObject = ["oin": .string(party.partner.description)]
                    if let answer = party.answer { invited["answer"] = .string(answer.rawValue) }
                    return .object(invited)
                })
            return .object(json)
        }
    }

    private static func summary(_ meeting: MeetingRow) -> JSONObject {
        [
            "meetingId": .string(meeting.id.description), "casefileId": .string(meeting.casefile.description),
            "kind": .string(meeting.kind.rawValue), "trigger": .string(meeting.trigger.rawValue),
        ]
    }
}
