import Casework

/// SplitMix64: the same walks on every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

enum Known {
    static let casefile = CasefileID(high: 1, low: 1)
    static let task = TaskID(high: 2, low: 1)
    static let referral = ReferralID(high: 3, low: 1)
    static let partner = OrganisationNumber("00000099000000002000")!
    static let calendar = WorkingCalendar()
    /// Monday 2 March 2026, ten o'clock in The Hague.
    static let now = Instant(rfc3339: "2026-03-02T10:00:00+01:00")!
    static let deliverBy = Instant(rfc3339: "2026-03-05T10:00:00+01:00")!
    static let terms = CaseTerms(pickUp: .workingDays(5), afterContact: nil, progress: .calendar(months: 1, days: 0), aftercare: nil)
    /// Five working days after `now`.
    static let pickUp = Deadline(kind: .pickUp, at: Instant(rfc3339: "2026-03-09T10:00:00+01:00")!)
    /// A month after `now`: summer time.
    static let progress = Deadline(kind: .progress, at: Instant(rfc3339: "2026-04-02T10:00:00+02:00")!)
    static let expectedOn = CalendarDate("2026-03-20")!
    /// When 20 March has passed.
    static let expected = Deadline(kind: .expected, at: Instant(rfc3339: "2026-03-21T00:00:00+01:00")!)
    static let delivery = Deadline(kind: .delivery, at: deliverBy)

    /// A task that stands in this state, with a deadline of its kind.
    static func task(_ state: TaskState) -> ReferralTask {
        let due: Deadline? =
            switch state {
            case .requested: delivery
            case .received: Deadline(kind: .pickUp, at: now.advanced(byMilliseconds: 1))
            case .accepted, .inProgress: Deadline(kind: .progress, at: now.advanced(byMilliseconds: 1))
            case .onHold: Deadline(kind: .expected, at: now.advanced(byMilliseconds: 1))
            case .completed, .rejected, .failed, .cancelled: nil
            }
        return ReferralTask(id: task, referral: referral, casefile: casefile, partner: partner, state: state, due: due)!
    }

    static func file(
        _ state: Casefile.State = .open, triage: Triage? = .single, terms: CaseTerms = terms, ladder: [Rung] = [],
        task: ReferralTask? = nil, parties: Int = 0, hasVisit: Bool = false, hasPlan: Bool = false, hasOpenMeeting: Bool = false,
        hasHeldMeeting: Bool = false, awaitsAftercare: Bool = false
    ) -> Casefile {
        let open = task?.state.isOpen == true ? 1 : 0
        return Casefile(
            id: casefile, state: state, triage: triage, terms: terms, ladder: ladder, tasks: task.map { [$0.id: $0] } ?? [:],
            openTasks: open, parties: parties, hasVisit: hasVisit, hasPlan: hasPlan, hasOpenMeeting: hasOpenMeeting,
            hasHeldMeeting: hasHeldMeeting, awaitsAftercare: awaitsAftercare)
    }

    /// Every term decided.
    static let allTerms = CaseTerms(
        pickUp: .workingDays(5), afterContact: .workingDays(2), progress: .calendar(months: 1, days: 0),
        aftercare: .calendar(months: 6, days: 0), homeVisit: .workingDays(10), meeting: .workingDays(3))

    /// A task whose deadline of its state's kind stands at this instant.
    static func task(_ state: TaskState, due: Instant, rung: Int = 0, fellDueAt: Instant? = nil) -> ReferralTask {
        let old = task(state)
        return ReferralTask(
            id: old.id, referral: old.referral, casefile: old.casefile, partner: old.partner, state: state,
            due: old.due.map { Deadline(kind: $0.kind, at: due) }, rung: old.due == nil ? 0 : rung,
            fellDueAt: old.due == nil ? nil : fellDueAt)!
    }
}

extension Instant {
    /// A literal of a test.
    init(_ text: StaticString) { self = Instant(rfc3339: "\(text)")! }
}
