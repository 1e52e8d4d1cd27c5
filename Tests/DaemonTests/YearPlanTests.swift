import Casework
import Testing

@testable import convenant

@Suite("the plan of the year 2009")
struct YearPlanTests {
    private let plan = YearPlan(seed: 1)
    private let calendar = WorkingCalendar()

    private func dates(of plan: YearPlan, where isSo: (YearAction) -> Bool) -> [CalendarDate] {
        plan.steps.filter { isSo($0.action) }.map(\.on)
    }
    private func count(_ plan: YearPlan, _ isSo: (YearCase) -> Bool) -> Int { plan.caseload.cases.count(where: isSo) }

    /// The figures that a report over these steps must show, counted from the steps alone.
    private func counted(_ plan: YearPlan) -> [String: Int] {
        var found: [Int: Triage] = [:]
        var figures = ["signals": 0, "meldcode": 0, "handledDirectly": 0, "takenOn": 0, "meetings": 0, "transfers": 0]
        for step in plan.steps {
            switch step.action {
            case .file:
                figures["signals", default: 0] += 1
                if plan.caseload[step.about].channel == .meldcode { figures["meldcode", default: 0] += 1 }
            case .triage(let triage, _): found[step.about] = triage
            case .join(let first): found[step.about] = found[first]
            case .holdMeeting: figures["meetings", default: 0] += 1
            case .passOn: figures["transfers", default: 0] += 1
            default: break
            }
        }
        for (_, triage) in found { figures[triage == .single ? "handledDirectly" : "takenOn", default: 0] += 1 }
        return figures
    }

    private let published = ["signals": 498, "meldcode": 388, "handledDirectly": 42, "takenOn": 456, "meetings": 53, "transfers": 19]

    @Test("R89 the steps add up to the published figures, whatever the seed", arguments: [1, 2, 3, 17, -4, 2009])
    func figures(seed: Int) {
        let plan = YearPlan(seed: seed)
        #expect(counted(plan) == published)
        #expect(plan.figures.meldcode == 388 && plan.figures.otherChannels == 110 && plan.figures.takenOn == 456)
    }

    @Test("the same seed gives the same plan, another seed another one")
    func same() {
        #expect(YearPlan(seed: 1).steps == plan.steps)
        #expect(YearPlan(seed: 2).steps != plan.steps)
        #expect(YearPlan(seed: 1).household(of: 7) == plan.household(of: 7))
    }

    @Test(
        "each change moves its own figures and no other",
        arguments: [
            ([YearChange.channel], ["meldcode": 387]), ([.desk], ["handledDirectly": 43, "takenOn": 455]), ([.meeting], ["meetings": 52]),
            ([.channel, .desk, .meeting], ["meldcode": 387, "handledDirectly": 43, "takenOn": 455, "meetings": 52]),
        ])
    func changes(changes: [YearChange], moved: [String: Int]) {
        for seed in [1, 5] {
            let changed = YearPlan(seed: seed, changes: Set(changes))
            #expect(counted(changed) == published.merging(moved) { $1 })
            #expect(changed.figures.meldcode == counted(changed)["meldcode"])
            #expect(changed.figures.handledDirectly == counted(changed)["handledDirectly"])
            #expect(changed.figures.meetings == counted(changed)["meetings"])
        }
    }

    @Test("R3 no signal comes by the meldcode before 5 January, and a few come before it otherwise")
    func meldcodeOpens() {
        let first = plan.caseload.cases.filter { $0.filedOn < YearDays.meldcodeOpens }
        #expect(first.count == 3)
        #expect(first.allSatisfy { $0.channel != .meldcode && $0.filedOn == YearDays.date(2009, 1, 2) })
    }

    @Test("everything happens on working days, in office hours, within the period, and in order")
    func days() {
        for step in plan.steps {
            #expect(calendar.isWorkingDay(step.on))
            #expect(YearDays.first...YearDays.last ~= step.on)
            let instant = plan.days.instant(step.on, step.hour)
            #expect(calendar.nextOfficeHour(onOrAfter: instant) == instant)
        }
        #expect(plan.steps.map(\.number) == Array(1...plan.steps.count))
        #expect(zip(plan.steps, plan.steps.dropFirst()).allSatisfy { ($0.on, $0.hour) <= ($1.on, $1.hour) })
    }

    @Test("R14 every multiple case is visited before anybody is brought in, and R15 an interrelated one has its meeting first")
    func visitFirst() {
        var triage: [Int: Triage] = [:]
        var visited: Set<Int> = []
        var met: Set<Int> = []
        for step in plan.steps {
            switch step.action {
            case .triage(let found, let manager):
                triage[step.about] = found
                #expect((found == .single) == (manager == nil))
            case .visit(let outcome) where outcome != .noResponse: visited.insert(step.about)
            case .holdMeeting: met.insert(step.about)
            case .refer:
                #expect(triage[step.about] == .single || visited.contains(step.about))
                #expect(triage[step.about] != .multiple(.interrelated))
            case .openMeeting, .close: #expect(visited.contains(step.about))
            case .passOn: #expect(met.contains(step.about))
            default: break
            }
        }
    }

    @Test("the 42 come from the meldcode's 388, and each is closed by its helper's word within the period")
    func singles() {
        let singles = plan.caseload.cases.filter { $0.route == .single }
        #expect(singles.count == 42)
        #expect(singles.allSatisfy { $0.channel == .meldcode })
        let accepted = Set(plan.steps.filter { if case .move(_, .accepted, _) = $0.action { true } else { false } }.map(\.about))
        #expect(singles.allSatisfy { accepted.contains($0.number) })
    }

    @Test("one single case is triaged up and counts once")
    func retriaged() {
        let cases = plan.caseload.cases.filter { $0.route == .retriaged }
        #expect(cases.count == 1)
        let triages = plan.steps.filter { $0.about == cases.first?.number }.compactMap { step -> Triage? in
            if case .triage(let triage, _) = step.action { triage } else { nil }
        }
        #expect(triages == [.single, .multiple(.unrelated)])
        #expect(Set(plan.steps.filter { if case .triage(.single, _) = $0.action { true } else { false } }.map(\.about)).count == 43)
    }

    @Test("R66 R73 meetings are 32 MDA and 21 follow-ups; nineteen distinct cases go to platforms, as the table splits them")
    func meetings() {
        let held = plan.steps.compactMap { step -> Int? in if case .holdMeeting(let number, _, _, _) = step.action { number } else { nil } }
        #expect(held.count(where: { $0 == 1 }) == 32)
        #expect(held.count(where: { $0 > 1 }) == 21)
        let passed = plan.steps.compactMap { step -> (Int, Platform)? in
            if case .passOn(_, let platform) = step.action { (step.about, platform) } else { nil }
        }
        #expect(Set(passed.map(\.0)).count == 19)
        for (platform, number) in plan.figures.platforms { #expect(passed.count(where: { $0.1 == platform }) == number) }
        #expect(plan.figures.platforms.map(\.1).reduce(0, +) == plan.figures.transfers)
        #expect(plan.figures.others.values.reduce(0, +) == YearFigures().otherChannels)
    }

    @Test("R84 a case closed on 27 February is called on 27 August, and every case closed early enough is called half a year later")
    func aftercare() {
        let closed = plan.caseload.cases.first { $0.route == .aftercareCall }
        let steps = plan.steps.filter { $0.about == closed?.number }
        #expect(steps.first { if case .close = $0.action { true } else { false } }?.on == YearDays.date(2009, 2, 27))
        #expect(steps.last?.on == YearDays.date(2009, 8, 27) && steps.last?.action == .aftercare(.stable))
        #expect(plan.days.halfYear(after: YearDays.date(2009, 8, 31)) == YearDays.date(2010, 3, 1))
        #expect(!plan.steps.contains { $0.action == .aftercare(.newQuestion) })
    }

    @Test("the silent helper gets one task, is called once, and never moves it; the others involved go on")
    func silent() {
        let number = plan.caseload.cases.first { $0.route == .silentHelper }?.number
        let steps = plan.steps.filter { $0.about == number }
        #expect(!steps.contains { if case .move(.housing, _, _) = $0.action { true } else { false } })
        #expect(steps.count(where: { $0.action == .call(.housing, outcome: "promised") }) == 1)
        guard let referred = steps.first(where: { $0.action == .refer(.housing) }),
            let called = steps.first(where: { $0.action == .call(.housing, outcome: "promised") }),
            let found = steps.first(where: { $0.action == .findMeeting(1) })
        else {
            Issue.record("a step is missing")
            return
        }
        // The demonstration's own terms: five working days to pick up, two after the call.
        let due = calendar.adding(.workingDays(5), to: plan.days.instant(referred.on, referred.hour))
        #expect(due < plan.days.instant(called.on, .lists))
        #expect(calendar.adding(.workingDays(2), to: plan.days.instant(called.on, called.hour)) < plan.days.instant(found.on, found.hour))
        #expect(steps.contains { $0.action == .takeBack(.housing) })
    }

    @Test("every other helper keeps its terms, so that no meeting opens that the figures do not know")
    func terms() {
        struct Key: Hashable {
            let about: Int
            let helper: YearHelper
        }
        var due: [Key: CalendarDate] = [:]
        for step in plan.steps {
            let day = step.on
            switch step.action {
            case .refer(let helper): due[Key(about: step.about, helper: helper)] = plan.days.after(day, 5)
            case .holdMeeting(_, _, let tasks, _):
                for helper in tasks { due[Key(about: step.about, helper: helper)] = plan.days.after(day, 5) }
            case .passOn(_, let platform): due[Key(about: step.about, helper: YearHelper(platform))] = plan.days.after(day, 5)
            case .call(let helper, _): due[Key(about: step.about, helper: helper)] = plan.days.after(day, 2)
            case .move(let helper, let state, let expectedOn):
                #expect(day <= due[Key(about: step.about, helper: helper)] ?? YearDays.first)
                due[Key(about: step.about, helper: helper)] = expectedOn ?? plan.days.after(day, 20)
                if !state.isOpen { due[Key(about: step.about, helper: helper)] = nil }
            default: break
            }
        }
    }

    @Test("a joined signal is about the household of an open case, known by its number, and is joined after both came")
    func joined() {
        let joins = plan.caseload.cases.compactMap { item -> (YearCase, Int)? in
            if case .joined(let first) = item.route { (item, first) } else { nil }
        }
        #expect(joins.count == 4)
        for (item, first) in joins {
            #expect(plan.household(of: item.number) == plan.household(of: first))
            #expect(plan.household(of: item.number).persons[0].bsn != nil)
            guard let join = plan.steps.first(where: { $0.action == .join(to: first) }) else {
                Issue.record("nobody joins signal \(item.number)")
                continue
            }
            let closed = plan.steps.first { if case .close = $0.action { $0.about == first } else { false } }
            #expect(closed.map { $0.on > join.on } ?? true)
            #expect(
                plan.steps.contains { step in
                    if case .triage = step.action { step.about == first && step.on < join.on } else { false }
                })
            for filer in [plan.filer(of: item.number), plan.filer(of: first)] {
                if case .partner = filer { Issue.record("this partner may not name the number") }
            }
        }
    }

    @Test("people are invented: their numbers are of the range for tests, pass the eleven test, and belong to one household each")
    func people() {
        var seen: Set<String> = []
        for item in plan.caseload.cases {
            if case .joined = item.route { continue }
            let bsn = plan.household(of: item.number).persons[0].bsn
            #expect(bsn?.hasPrefix("9999") == true)
            #expect(bsn.flatMap { CitizenServiceNumber($0) } != nil)
            #expect(seen.insert(bsn ?? "").inserted)
            #expect(!plan.domains(of: item.number).isEmpty)
        }
    }
}
