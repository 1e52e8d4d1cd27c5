import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// What staff is to do as meetings decided, soonest first.
    static let planActions = DeskSection(name: "planActions") { transaction, page in
        let names = Dictionary(try transaction.readableAccounts().map { ($0.id, $0.name) }) { first, _ in first }
        let due = try transaction.deadlines(.action, limit: page.limit)
        let rows = try transaction.readable(due) { row -> (PlanActionRow, String, DeadlineRow)? in
            guard case .planAction(let id) = row.subject, let action = try transaction.planAction(id),
                case .account(let owner) = action.owner
            else { return nil }
            return (action, names[owner] ?? "", row)
        }
        return page.list(rows) { action, account, row in
            [
                "actionId": .string(action.id.description), "casefileId": .string(action.casefile.description),
                "meetingId": .string(action.meeting.description), "action": .string(action.action.rawValue),
                "account": .string(account), "dueOn": .string(action.dueOn.description), "dueAt": .string(row.dueAt.rfc3339),
                "overdue": .bool(row.fellDueAt != nil),
            ]
        }
    }
}
