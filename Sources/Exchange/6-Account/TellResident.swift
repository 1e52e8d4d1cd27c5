import AuditTrail
import Casework
import Storage
import StrictJSON

extension Term {
    /// Within which a resident is told of a signal or a meeting (GDPR 14(3)(a)): a month by the calendar.
    static let telling = Term.calendar(months: 1, days: 0)
}

extension ReferralDesk {
    /// Records that the resident was told of a signal, a meeting or what is shared without consent, or that telling is postponed, on which ground, and when that is looked at
    /// again. The case shows the safe way of contact of each person; which way was used is said here.
    ///
    /// Of what is shared without consent the resident is told by the safe way only, or not yet.
    ///
    /// 200 `{casefileId, signalId | meetingId | justificationId, told: {way, textVersion?} | postponed: {ground, reviewOn}, dueAt?}`; 404 when the case does not hold it;
    /// 409 `already-decided` when nobody is to be told of it any more.
    public func tellResident(
        _ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?
    ) async throws(DeskRefusal) -> DeskAnswer {
        guard let role = caller.role, Self.referringRoles.contains(role) else { throw .roleMayNot }
        let today = calendar.localDate(of: world.calendar())
        let (subject, telling) = try reading(body) { readTelling($0, today: today) }
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        try await demandAccess(to: casefileID, by: caller)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let found = try await read { transaction -> (row: CasefileRow, deadline: DeadlineRow?)? in
                let holder: CasefileID? =
                    switch subject {
                    case .signal(let id): try transaction.signal(id)?.casefile
                    case .meeting(let id): try transaction.meeting(id)?.casefile
                    case .justification(let id): try transaction.justification(id)?.casefile
                    case .casefile, .planAction, .message, .lever: nil
                    }
                guard holder == casefileID, let row = try transaction.casefile(casefileID) else { return nil }
                return (row, try transaction.deadline(.telling, of: subject))
            }
            guard let found else { throw .notFound }
            // Told before, or nobody is left who could be told.
            guard let deadline = found.deadline else { throw .alreadyDecided }
            let casefile = try casefileKey(found.row)
            var answer: JSONObject = ["casefileId": .string(casefileID.description)]
            let about = TellingMention(subject)
            answer[about.member] = .string(about.id)
            let entries: [JournalEntry]
            var due: Instant?
            switch telling {
            case .told(let way, let textVersion):
                var how: [String: AuditFact] = ["way": .text(way.rawValue)]
                var told: JSONObject = ["way": .string(way.rawValue)]
                if let textVersion {
                    how["textVersion"] = .text(textVersion)
                    told["textVersion"] = .string(textVersion)
                }
                entries = [
                    entry(
                        .residentTold, by: caller, in: casefile, refs: about.refs, facts: about.facts.merging(how) { $1 })
                ]
                answer["told"] = .object(told)
            case .postponed(let ground, let reviewOn):
                let end = calendar.startOfDay(reviewOn.adding(days: 1))
                due = end
                entries = [
                    entry(
                        .residentTellingPostponed, by: caller, in: casefile, refs: about.refs,
                        facts: about.facts.merging(["ground": .text(ground.rawValue), "reviewOn": .text(reviewOn.description)]) { $1 }),
                    movedTelling(deadline, to: end, because: "postponed", in: casefile, by: caller),
                ]
                answer["postponed"] = ["ground": .string(ground.rawValue), "reviewOn": .string(reviewOn.description)]
                answer["dueAt"] = .string(end.rfc3339)
            }
            return Prepared(basis: Basis()) { [answer, due, calendar] transaction in
                // A disclosure, a joining or another look may have moved or settled it meanwhile.
                guard let current = try transaction.deadline(.telling, of: subject), current.dueAt == deadline.dueAt,
                    current.casefile == deadline.casefile, current.isPostponed == deadline.isPostponed
                else { return nil }
                if let due {
                    try transaction.expect(
                        .telling, of: subject, casefile: current.casefile, by: due, calendar: calendar, postponed: true)
                } else {
                    try transaction.settle(.telling, of: subject)
                }
                try transaction.append(entries)
                return DeskAnswer(status: 200, body: .object(answer))
            }
        }
    }

    /// What the first disclosure about a case does, prepared for the commit in which a message leaves: whoever was to be told of the case's
    /// signals and meetings later is to be told now (GDPR 14(3)(c)), unless that was postponed with a ground.
    /// - Parameter tellings: ``Transaction/tellings(hastenedBy:)`` of that message.
    func firstDisclosure(hastening tellings: [DeadlineRow], in casefile: JournalCasefile?) -> FirstDisclosure {
        let now = world.calendar()
        return FirstDisclosure(
            at: now, calendar: calendar,
            moves: tellings.filter { $0.dueAt > now }.map {
                ($0, movedTelling($0, to: now, because: "firstDisclosure", in: casefile, by: .daemon))
            })
    }

    private func movedTelling(
        _ deadline: DeadlineRow, to: Instant, because: String, in casefile: JournalCasefile?, by caller: Caller
    ) -> JournalEntry {
        let about = TellingMention(deadline.subject)
        return entry(
            .deadlineMoved, by: caller, in: casefile, refs: about.refs,
            facts: about.facts.merging([
                "kind": .text(deadline.kind.rawValue), "from": .text(deadline.dueAt.rfc3339), "to": .text(to.rfc3339),
                "because": .text(because),
            ]) { $1 })
    }
}

extension Transaction {
    /// What the resident is to be told about the case of a message that discloses something, and nobody postponed.
    func tellings(hastenedBy message: MessageRow) throws -> [DeadlineRow] {
        guard message.kind != .notice, let casefile = message.casefile else { return [] }
        return try deadlines(.telling, of: casefile).filter { !$0.isPostponed }
    }
}

/// Tellings that a disclosure makes due, with their entries.
struct FirstDisclosure: Sendable {
    let at: Instant
    let calendar: WorkingCalendar
    let moves: [(deadline: DeadlineRow, entry: JournalEntry)]

    /// Moves what still stands as it was read. What came to be due only meanwhile is not about what leaves now: it was sealed before.
    func write(_ transaction: Transaction) throws {
        for (deadline, entry) in moves {
            guard let current = try transaction.deadline(.telling, of: deadline.subject), current.dueAt == deadline.dueAt,
                !current.isPostponed
            else { continue }
            try transaction.expect(.telling, of: deadline.subject, casefile: current.casefile, by: at, calendar: calendar)
            try transaction.append([entry])
        }
    }
}

/// How the resident was told.
private enum TellingWay: String, CaseIterable { case phone, letter, visit, atTheTable, other }

/// Why telling waits: a closed list, since it stands in the log.
enum PostponementGround: String, CaseIterable { case safetyOfOthers, investigation, cannotBeReached, childsInterest }

private enum Telling: Sendable {
    /// With the version of the letter that was sent, where it was the one which the case's pages print.
    case told(TellingWay, textVersion: String?)
    case postponed(PostponementGround, reviewOn: CalendarDate)
}

/// How the answer and the log name what a telling is about.
private struct TellingMention {
    /// The member of the answer.
    let member: String
    let id: String
    let refs: [AuditReference: String]
    /// Where no reference of the log is for it.
    let facts: [String: AuditFact]

    init(_ subject: DeadlineSubject) {
        let (member, reference, id): (String, AuditReference?, String) =
            switch subject {
            case .meeting(let id): ("meetingId", .meeting, id.description)
            case .signal(let id): ("signalId", .signal, id.description)
            case .casefile(let id): ("casefileId", .signal, id.description)
            case .planAction(let id): ("actionId", .meeting, id.description)
            case .message(let id): ("messageId", .message, id.description)
            case .justification(let id): ("justificationId", nil, id.description)
            case .lever(let id): ("leverId", nil, id.description)
            }
        (self.member, self.id) = (member, id)
        refs = reference.map { [$0: id] } ?? [:]
        facts = reference == nil ? ["justification": .text(id)] : [:]
    }
}

/// `{signalId | meetingId | justificationId, told: {way, bySafeWay?, textVersion?} | postponed: {ground, reviewOn}}`.
private func readTelling(_ reader: JSONReader, today: CalendarDate) -> (DeadlineSubject, Telling)? {
    guard let body = reader.object(["signalId", "meetingId", "justificationId", "told", "postponed"], required: []) else { return nil }
    if ["signalId", "meetingId", "justificationId"].filter({ body[$0] != nil }).count != 1 {
        body.fault(
            "one-of", "a telling is about one signal, one meeting or one justification",
            hint: "send one of `signalId`, `meetingId` and `justificationId`")
    }
    if (body["told"] == nil) == (body["postponed"] == nil) {
        body.fault("one-of", "the resident was told, or that is postponed", hint: "send either `told` or `postponed`")
    }
    let signal = body["signalId"]?.identifier(SignalID.self).map(DeadlineSubject.signal)
    let meeting = body["meetingId"]?.identifier(MeetingID.self).map(DeadlineSubject.meeting)
    let justification = body["justificationId"]?.identifier(JustificationID.self).map(DeadlineSubject.justification)
    var telling: Telling?
    if let told = body["told"]?.object(["way", "bySafeWay", "textVersion"], required: ["way"]) {
        let textVersion = told["textVersion"]?.code(maxLength: 40)
        if let way = told["way"]?.oneOf(TellingWay.self) {
            telling = .told(way, textVersion: textVersion)
            if textVersion != nil, way != .letter {
                told["textVersion"]?.fault(
                    "no-letter", "only a letter has a version of its text", hint: "leave it out, or send `way: letter`")
            }
        }
        let isSafe = told["bySafeWay"]?.bool()
        if justification != nil, isSafe != true {
            told.fault(
                "unsafe-way", "of this the resident is told by the safe way only",
                hint: "send `bySafeWay: true` when it was that way; without a safe way postpone, with a ground")
        }
    }
    if let later = body["postponed"]?.object(["ground", "reviewOn"], required: ["ground", "reviewOn"]) {
        let ground = later["ground"]?.oneOf(PostponementGround.self)
        let reviewOn = later["reviewOn"]?.date()
        if let reviewOn, reviewOn <= today {
            later["reviewOn"]?.fault("in-the-past", "the review date has passed or is today", hint: "name a later day")
        }
        if let ground, let reviewOn { telling = .postponed(ground, reviewOn: reviewOn) }
    }
    guard let subject = signal ?? meeting ?? justification, let telling else { return nil }
    return (subject, telling)
}
