import Casework
import Disclosure

/// A task that waits for somebody at the desk: whom to call about it, and since when.
public struct WaitingTask: Sendable {
    public let task: TaskID
    public let casefile: CasefileID
    public let partner: OrganisationNumber
    public let partnerName: String
    /// The number of the partner's role, not of a person.
    public let telephone: String?
    /// The role at the partner that has a mandate.
    public let mandatedRole: String?
    public let purpose: Purpose
    public let createdAt: Instant
    /// What had fallen due, and when.
    public let due: Deadline
    public let fellDueAt: Instant
    /// The last rung that was taken; nil when none was.
    public let rung: Rung?
    /// How often somebody called about it since it was given.
    public let contacts: Int
}

extension Transaction {
    /// Open tasks whose deadline passed and that wait for a person, longest waiting first; without those that a meeting is being
    /// prepared for, which takes them along: when its day passes, it is the meeting that waits for a person.
    public func waitingTasks(stalled: Bool, limit: Int) throws -> [WaitingTask] {
        try readable(all(Self.waitingSelect(stalled: stalled), [.of(limit)])) { row in
            let ladder = try [Rung](rowWords: row.words("ladder"))
            return WaitingTask(
                task: try row.identifier("task"), casefile: try row.identifier("casefile"), partner: try row.organisation("partner"),
                partnerName: try row.text("name"), telephone: try row.textOrNil("telephone"),
                mandatedRole: try row.textOrNil("mandated_role"), purpose: Purpose(rawValue: try row.text("purpose")),
                createdAt: try row.instant("created_at"),
                due: Deadline(kind: try row.member("due_kind"), at: try row.instant("due_at")),
                fellDueAt: try row.instant("fell_due_at"),
                rung: ladder.last(of: Int(try row.integer("rung"))),
                contacts: Int(try row.integer("contacts")))
        }
    }

    static func waitingSelect(stalled: Bool) -> String {
        """
        SELECT open_task.task, open_task.casefile, open_task.due_at, open_task.due_kind, open_task.fell_due_at, task.partner, task.created_at,
            task.rung, referral.purpose, partner.name, partner.telephone, partner.mandated_role, casefile.ladder,
            (SELECT count(*) FROM contact WHERE contact.task = open_task.task) AS contacts
        FROM open_task JOIN task ON task.id = open_task.task JOIN referral ON referral.id = task.referral
            JOIN partner ON partner.oin = task.partner JOIN casefile ON casefile.id = open_task.casefile
        WHERE open_task.fell_due_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM meeting WHERE meeting.casefile = open_task.casefile AND \(MeetingQuery.isOpen))
            AND \(stalled ? "" : "NOT ")EXISTS (
                SELECT 1 FROM desk_news WHERE kind = 'stalled' AND desk_news.task = open_task.task AND desk_news.at >= open_task.fell_due_at)
        ORDER BY open_task.fell_due_at LIMIT ?
        """
    }
}
