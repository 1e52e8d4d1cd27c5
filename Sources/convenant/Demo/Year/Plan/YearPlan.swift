import Casework

/// The year as a list of steps in the time of the case. Pure: the same seed and changes give the same plan.
struct YearPlan: Sendable {
    let seed: Int
    let changes: Set<YearChange>
    let caseload: YearCaseload
    let days: YearDays
    /// By day and hour; the steps of one case stand in the order in which they happen.
    let steps: [YearStep]

    var figures: YearFigures { caseload.figures }

    init(seed: Int, changes: Set<YearChange> = []) {
        let days = YearDays()
        self.seed = seed
        self.changes = changes
        self.days = days
        caseload = YearCaseload(seed: seed, changes: changes, days: days)
        var drafts: [(draft: YearTimeline.Draft, about: Int, order: Int)] = []
        for item in caseload.cases {
            var timeline = YearTimeline(item, seed: seed, days: days, managers: caseload.figures.caseManagers)
            timeline.live()
            drafts += timeline.drafts.enumerated().map { ($1, item.number, $0) }
        }
        // What would come after the period is not part of it: such cases stay open.
        steps = drafts.filter { $0.draft.on <= YearDays.last }
            .sorted {
                ($0.draft.on, $0.draft.hour, $0.about, $0.order) < ($1.draft.on, $1.draft.hour, $1.about, $1.order)
            }
            .enumerated().map { place, item in
                YearStep(number: place + 1, on: item.draft.on, hour: item.draft.hour, about: item.about, action: item.draft.action)
            }
    }

    /// The household of a case; two signals that are joined are about one.
    func household(of number: Int) -> YearHousehold {
        if case .joined(let first) = caseload[number].route { return YearHousehold(case: first, seed: seed) }
        return YearHousehold(case: number, seed: seed)
    }

    /// What a case is about: a domain for everybody who helps in it, and in a multiple case at least two.
    func domains(of number: Int) -> [LifeDomain] {
        var domains: [LifeDomain] = []
        for helper in YearTimeline.helpers(of: caseload[number], seed: seed) {
            for domain in helper.offer.domains.prefix(1) where !domains.contains(domain) { domains.append(domain) }
        }
        var numbers = SeededNumbers(seed: seed, 40_000 + number)
        if caseload[number].route != .single, domains.count < 2 {
            domains.append(numbers.one(of: [.administration, .work, .learning, .leisure, .dayActivity, .upbringing]))
        }
        return domains
    }

    /// Who helps in a case, and is consented to when the signal is filed.
    func helpers(of number: Int) -> [YearHelper] { YearTimeline.helpers(of: caseload[number], seed: seed) }

    /// Who files: intermediaries and partner systems through the meldcode, the desk whatever came otherwise.
    func filer(of number: Int) -> YearFiler {
        let item = caseload[number]
        var numbers = SeededNumbers(seed: seed, 50_000 + number)
        guard item.channel == .meldcode else { return .desk(numbers.number(in: 1...2)) }
        // The covenant lets not every partner name the number by which two signals are found to be about one household.
        var joins = caseload.joinedTo.contains(number)
        if case .joined = item.route { joins = true }
        guard !joins, numbers.chance(30) else { return .intermediary }
        return .partner(numbers.one(of: YearHelper.partners))
    }
}

/// Who files a signal.
enum YearFiler: Hashable, Sendable {
    case intermediary
    case desk(Int)
    case partner(YearHelper)
}
