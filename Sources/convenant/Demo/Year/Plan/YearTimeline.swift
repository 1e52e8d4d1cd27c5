import Casework

/// The life of one case: what is done on which day, from the signal on.
struct YearTimeline {
    struct Draft: Hashable {
        let on: CalendarDate
        let hour: YearHour
        let action: YearAction
    }
    let item: YearCase
    let days: YearDays
    let manager: Int
    let helpers: [YearHelper]
    var numbers: SeededNumbers
    private(set) var drafts: [Draft] = []
    /// The last day on which something of the case ended.
    private(set) var ended: CalendarDate

    init(_ item: YearCase, seed: Int, days: YearDays, managers: Int) {
        self.item = item
        self.days = days
        manager = item.number % managers + 1
        helpers = Self.helpers(of: item, seed: seed)
        numbers = SeededNumbers(seed: seed, 20_000 + item.number)
        ended = item.filedOn
    }

    /// Who helps in a case, in the order in which they are asked; the consents at filing are for them.
    static func helpers(of item: YearCase, seed: Int) -> [YearHelper] {
        var numbers = SeededNumbers(seed: seed, 30_000 + item.number)
        switch item.route {
        case .single: return [numbers.one(of: YearHelper.partners)]
        case .interrelated(_, let platform):
            let partners = numbers.chance(50) ? YearHelper.partners : numbers.some(2, of: YearHelper.partners)
            return partners + (platform.map { [YearHelper($0)] } ?? [])
        case .silentHelper: return [.debtHelp, .housing, .care]
        case .retriaged: return [.debtHelp, .care, .housing]
        case .aftercareCall: return [.debtHelp]
        case .unrelated(.visitShared?): return [.debtHelp, .care]
        case .unrelated(.helperRefuses?): return [.housing, .debtHelp]
        case .unrelated, .joined: return numbers.some(numbers.one(of: [1, 1, 2, 2, 3]), of: YearHelper.partners)
        }
    }

    mutating func add(_ on: CalendarDate, _ hour: YearHour, _ action: YearAction) {
        drafts.append(Draft(on: on, hour: hour, action: action))
        ended = max(ended, on)
    }

    /// Everything that happens in the case.
    mutating func live() {
        add(item.filedOn, .filing, .file)
        switch item.route {
        case .single: single(from: days.after(item.filedOn, numbers.number(in: 0...1)))
        case .unrelated(let trait): unrelated(trait)
        case .interrelated(let followUps, let platform): interrelated(followUps: followUps, platform: platform)
        case .silentHelper: silentHelper()
        case .retriaged: retriaged()
        case .aftercareCall: aftercareCall()
        case .joined(let first):
            // The desk is shown that the household is known, and joins; the program never joins by itself.
            let day = days.after(item.filedOn, 1)
            add(day, .triage, .join(to: first))
            add(day, .visits, .tellOfSignal(way: "phone"))
        }
    }

    /// One helper; the case closes by itself when it accepts. The call half a year later follows.
    mutating func single(from day: CalendarDate) {
        guard let helper = helpers.first else { return }
        add(day, .triage, .triage(.single, manager: nil))
        add(day, .triage, .read)
        add(day, .visits, .tellOfSignal(way: "phone"))
        add(day, .referrals, .refer(helper))
        let accepted = days.after(day, numbers.number(in: 1...3))
        add(accepted, .helpers, .move(helper, to: .accepted))
        if item.route == .single { aftercare(of: accepted) }
        add(days.after(accepted, numbers.number(in: 4...8)), .helpers, .move(helper, to: .completed))
    }

    /// Triaged multiple, with a case manager; the visit comes before anything else. Gives the day on which somebody opened the door.
    mutating func takenOn(
        _ triage: Triage, on day: CalendarDate, tell: Bool = true, nobodyHome: Bool = false, met: VisitOutcome = .spoke
    ) -> CalendarDate {
        add(day, .triage, .triage(triage, manager: manager))
        add(day, .triage, .read)
        var visit = days.after(day, numbers.number(in: 2...4))
        add(day, .referrals, .planVisit(on: visit))
        if nobodyHome {
            add(visit, .visits, .visit(.noResponse))
            let again = days.after(visit, 3)
            add(visit, .referrals, .planVisit(on: again))
            visit = again
        }
        add(visit, .visits, .visit(met))
        if tell { add(visit, .visits, .tellOfSignal(way: "visit")) }
        return visit
    }

    /// The case manager closes the case, and somebody looks again half a year later.
    mutating func close(_ outcome: ClosureOutcome, on day: CalendarDate) {
        add(day, .calls, .close(outcome))
        aftercare(of: day)
    }

    private mutating func aftercare(of closed: CalendarDate) {
        let outcome: AftercareOutcome = numbers.chance(85) ? .stable : .notReached
        add(days.halfYear(after: closed), .visits, .aftercare(outcome))
    }
}
