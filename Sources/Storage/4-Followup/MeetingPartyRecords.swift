import Casework
import Disclosure

/// An organisation that takes part in a case: it has an open task, given for this purpose on this ground.
public struct Involvement: Sendable {
    public let partner: OrganisationNumber
    public let task: TaskID
    public let purpose: Purpose
    public let ground: LawfulGround
}

/// One organisation at a meeting.
public struct MeetingPartyRow: Sendable {
    /// The meeting as this organisation knows it.
    public let id: MeetingPartyID
    public let meeting: MeetingID
    public let partner: OrganisationNumber
    /// What it is involved for.
    public let purpose: Purpose
    public let ground: LawfulGround
    /// The task by which it is involved, where it was not named by a person.
    public let task: TaskID?
    /// The meeting's name in this organisation's calendar, and in no other.
    public let uid: String
    /// The invitation that holds; nil for one that is not invited.
    public let message: MessageID?
    public let answer: MeetingAnswer?
    /// Why the gate permits it no item; empty when it is invited, or nobody has been yet.
    public let refusedBecause: [RefusalReason]

    public init(
        id: MeetingPartyID, meeting: MeetingID, partner: OrganisationNumber, purpose: Purpose, ground: LawfulGround, task: TaskID?,
        uid: String, message: MessageID? = nil, answer: MeetingAnswer? = nil, refusedBecause: [RefusalReason] = []
    ) {
        self.id = id
        self.meeting = meeting
        self.partner = partner
        self.purpose = purpose
        self.ground = ground
        self.task = task
        self.uid = uid
        self.message = message
        self.answer = answer
        self.refusedBecause = refusedBecause
    }
}

extension Transaction {
    /// The organisations with an open task of this case, each once, with its oldest one: what that was given for, and on which ground.
    public func involved(in casefile: CasefileID) throws -> [Involvement] {
        let rows = try all(
            """
            SELECT task.partner, task.id, referral.purpose,
                (SELECT decision FROM message WHERE message.task = task.id AND decision IS NOT NULL ORDER BY message.id DESC LIMIT 1) AS decision
            FROM open_task JOIN task ON task.id = open_task.task JOIN referral ON referral.id = task.referral
            WHERE open_task.casefile = ? ORDER BY task.id
            """, [.of(casefile)])
        var found: [Involvement] = []
        for row in rows {
            let partner = try row.organisation("partner")
            guard !found.contains(where: { $0.partner == partner }), let decision: DecisionID = try row.identifierOrNil("decision"),
                let question = try question(of: decision)
            else { continue }
            found.append(
                Involvement(
                    partner: partner, task: try row.identifier("id"), purpose: Purpose(rawValue: try row.text("purpose")),
                    ground: question.ground))
        }
        return found
    }

    /// Puts an organisation at the table, or writes how its invitation came out.
    public func store(_ party: MeetingPartyRow) throws {
        try run(
            """
            INSERT INTO meeting_party (id, meeting, partner, purpose, ground, task, uid, message, answer, refused_because)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET message = excluded.message, answer = excluded.answer, refused_because = excluded.refused_because
            """,
            [
                .of(party.id), .of(party.meeting), .of(party.partner), .text(party.purpose.rawValue), .text(party.ground.text),
                .of(party.task), .text(party.uid), .of(party.message), .of(party.answer),
                .of(party.refusedBecause.isEmpty ? nil : party.refusedBecause.map(\.rawValue).joined(separator: " ")),
            ])
    }

    /// The organisations at a meeting, in the order in which they came to it.
    public func parties(of meeting: MeetingID) throws -> [MeetingPartyRow] {
        try all("SELECT * FROM meeting_party WHERE meeting = ? ORDER BY id", [.of(meeting)]).map(meetingParty)
    }

    /// A meeting as one organisation knows it, or nil.
    public func meetingParty(_ id: MeetingPartyID) throws -> MeetingPartyRow? {
        try first("SELECT * FROM meeting_party WHERE id = ?", [.of(id)]).map(meetingParty)
    }

    /// Stores what an invited organisation answers; the last answer counts.
    public func setAnswer(_ answer: MeetingAnswer, of party: MeetingPartyID) throws {
        try run("UPDATE meeting_party SET answer = ? WHERE id = ?", [.of(answer), .of(party)])
    }

    /// The newest invitation to this meeting that left for this organisation, or may have; nil when none did.
    public func leftInvitation(of party: MeetingPartyRow) throws -> MessageRow? {
        // Ids are time-ordered and a household has one meeting at a time: what was made after the party's row is about this meeting.
        let found = try first(
            """
            SELECT message.id FROM meeting JOIN message ON message.casefile = meeting.casefile AND message.id > ?1
            WHERE meeting.id = ?2 AND message.kind = 'invitation' AND message.partner = ?3 AND message.left_at IS NOT NULL
            ORDER BY message.id DESC LIMIT 1
            """, [.of(party.id), .of(party.meeting), .of(party.partner)])
        guard let id: MessageID = try found?.identifier("id") else { return nil }
        return try message(id)
    }

    private func meetingParty(_ row: SQLRow) throws -> MeetingPartyRow {
        guard let ground = LawfulGround(try row.text("ground")) else { throw StoreFault.corrupt("column `ground` holds no ground") }
        let names = try row.wordsOrNil("refused_because") ?? []
        let reasons = names.compactMap { RefusalReason(rawValue: $0) }
        guard reasons.count == names.count else { throw StoreFault.corrupt("column `refused_because` does not hold reasons") }
        return MeetingPartyRow(
            id: try row.identifier("id"), meeting: try row.identifier("meeting"), partner: try row.organisation("partner"),
            purpose: Purpose(rawValue: try row.text("purpose")), ground: ground, task: try row.identifierOrNil("task"),
            uid: try row.text("uid"), message: try row.identifierOrNil("message"), answer: try row.memberOrNil("answer"),
            refusedBecause: reasons)
    }
}
