import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage

/// A version of a meeting's date, as it stands in calendars.
struct CalendarVersion: Sendable {
    let method: CalendarInvitation.Method
    let at: Instant
    let minutes: Int
    /// How often it was changed (RFC 5545 §3.8.7.4).
    let sequence: Int
}

/// What an organisation was told of a meeting before.
struct EarlierInvitation: Sendable {
    /// The invitation that holds, whatever has become of it.
    let current: MessageRow?
    /// The newest one that left, or may have.
    let left: MessageRow?
    /// Whether a notice about that one was sent.
    let isNoticed: Bool

    /// What a new message takes the place of, for its recipient.
    var replaced: MessageID? { left?.id ?? current?.id }
    /// What can still be fetched.
    var live: [MessageRow] {
        [current, left].compactMap { $0 }.reduce(into: []) { found, row in
            if row.state.isLive, !found.contains(where: { $0.id == row.id }) { found.append(row) }
        }
    }

    /// Whether the queue is as it was read.
    func holds(_ transaction: Transaction) throws -> Bool {
        try [current, left].compactMap { $0 }.allSatisfy { try transaction.message($0.id)?.state == $0.state }
    }
}

/// One message about a meeting, with what it takes out of the queue.
struct InvitationStep: Sendable {
    /// The invitation; nil when only something ends.
    let message: MessageID?
    /// The earlier invitation of which its recipient cannot be told that it counts no more: nothing can be sealed for it now.
    var untold: MessageID?
    let write: @Sendable (Transaction) throws -> Void
}

extension Transaction {
    /// What an organisation was told of a meeting so far.
    func earlierInvitation(of party: MeetingPartyRow) throws -> EarlierInvitation {
        let left = try leftInvitation(of: party)
        return EarlierInvitation(
            current: try party.message.flatMap { try message($0) }, left: left,
            isNoticed: try left.map { try isNoticed($0.id, .meetingCancelled) } ?? false)
    }
}

extension ReferralDesk {
    /// Seals one organisation's invitation, with its own items only, in the place of the one before.
    ///
    /// Its ids mean nothing elsewhere: of the meeting, of the items and in the calendar it has names made for it alone.
    func invite(
        _ party: MeetingPartyRow, to items: [MeetingDate.Item], by decided: DecidedQuestion, permission: Permission,
        _ version: CalendarVersion, insteadOf earlier: EarlierInvitation, in led: LedMeeting, refs: [AuditReference: String]
    ) async throws(DeskRefusal) -> InvitationStep {
        let calendar = CalendarInvitation(
            method: version.method, uid: party.uid, sequence: version.sequence, start: version.at, minutes: version.minutes,
            stamp: world.wall(), organiser: municipality.oin, attendee: party.partner)
        let part = MeetingPart(
            meetingID: party.id, task: party.task, items: items.map { MeetingPart.Item(id: newCalendarName(), domain: $0.domain) },
            calendar: calendar)
        let queued = try await sealReferral(
            permission, decision: decided.id, casefile: led.casefile.id, referral: nil, task: nil, replaces: earlier.replaced,
            by: .staff(led.member), invitation: Invitation(meeting: led.meeting.id, part: part, scopes: items.scopes(under: permission)))
        guard let queued else { throw .notDurable }
        let message = queued.message.id
        let casefile = try await livingCasefile(led.casefile.id)
        let superseded = earlier.live.map { row in
            entry(
                .messageSuperseded, by: .staff(led.member), in: casefile,
                refs: refs.merging([.message: row.id.description]) { $1 }, facts: ["replacedBy": .text(message.description)])
        }
        let wall = world.wall()
        return InvitationStep(message: message) { transaction in
            try queued.enqueue(transaction)
            for row in earlier.live { try transaction.close(row.id, as: .superseded, replacedBy: message, at: wall) }
            try transaction.append(superseded + queued.entries)
        }
    }

    /// Tells an organisation that may no longer come, without content; one whose invitation never left has nothing to be told.
    func disinvite(_ earlier: EarlierInvitation, in led: LedMeeting, refs: [AuditReference: String]) async throws(DeskRefusal)
        -> InvitationStep
    {
        let casefile = try await livingCasefile(led.casefile.id)
        let ended = earlier.live.map { row in
            entry(
                .messageEnded, by: .staff(led.member), in: casefile, refs: refs.merging([.message: row.id.description]) { $1 },
                facts: ["because": .text("meeting-cancelled")])
        }
        var notice: QueuedMessage?
        var untold: MessageID?
        if let left = earlier.left, !earlier.isNoticed {
            notice = try await sealNoticeIfPossible(
                Notice(code: .meetingCancelled, about: [left.id], at: world.calendar()), to: left.partner, casefile: led.casefile.id,
                by: .staff(led.member))
            if notice == nil { untold = left.id }
        }
        let wall = world.wall()
        return InvitationStep(message: nil, untold: untold) { [notice] transaction in
            for row in earlier.live { try transaction.close(row.id, as: .ended, at: wall) }
            try transaction.append(ended)
            guard let notice, let left = earlier.left else { return }
            try notice.enqueue(transaction)
            try transaction.insertNotice(notice.message.id, about: left.id, code: .meetingCancelled)
            try transaction.append(notice.entries)
        }
    }
}
