import Casework

extension YearTimeline {
    /// How a helper goes about a task.
    enum Pace { case ordinary, late, waitingList }

    /// A referral, and what the helper does with it until it is done. Gives the day on which it accepted.
    @discardableResult
    mutating func help(_ helper: YearHelper, from day: CalendarDate, pace: Pace = .ordinary) -> CalendarDate {
        add(day, .referrals, .refer(helper))
        return work(helper, from: day, pace: pace)
    }

    /// What a helper does with a task that it has had since `day`.
    @discardableResult
    mutating func work(_ helper: YearHelper, from day: CalendarDate, pace: Pace = .ordinary) -> CalendarDate {
        var accepted = days.after(day, numbers.number(in: 1...4))
        if pace == .late {
            // Five working days to pick it up have gone by; the next day somebody calls, and the day after that it is taken on.
            add(days.after(day, 6), .calls, .call(helper, outcome: "promised"))
            accepted = days.after(day, 7)
        }
        add(accepted, .helpers, .move(helper, to: .accepted))
        var at = days.after(accepted, numbers.number(in: 4...10))
        if pace == .waitingList {
            // It is heard of again before the day that it named has passed.
            let turn = days.after(at, numbers.number(in: 12...25))
            add(at, .helpers, .move(helper, to: .onHold, expectedOn: turn))
            at = turn
        }
        if pace == .waitingList || numbers.chance(75) {
            add(at, .helpers, .move(helper, to: .inProgress))
            at = days.after(at, numbers.number(in: 5...15))
        }
        add(at, .helpers, .move(helper, to: .completed))
        return accepted
    }
}

extension YearTimeline {
    mutating func unrelated(_ trait: YearTrait?) {
        let triaged = days.after(item.filedOn, numbers.number(in: 0...1))
        let visit = takenOn(
            .multiple(.unrelated), on: triaged, tell: trait != .tellingPostponed, nobodyHome: trait == .nobodyHome,
            met: trait == .visitDeclined ? .declined : .spoke)
        switch trait {
        case .visitDeclined:
            return close(.residentDeclined, on: days.after(visit, 1))
        case .tellingPostponed:
            let review = days.after(visit, 15)
            add(visit, .visits, .postponeTelling(until: review))
            add(review, .calls, .tellOfSignal(way: "phone"))
        case .helperRefuses:
            add(visit, .referrals, .refer(helpers[0]))
            add(days.after(visit, 2), .helpers, .move(helpers[0], to: .rejected))
            help(helpers[1], from: days.after(visit, 2))
            return close(outcome(), on: days.after(ended, numbers.number(in: 1...4)))
        default: break
        }
        for (place, helper) in helpers.enumerated() {
            let pace: Pace = place > 0 ? .ordinary : trait == .lateHelper ? .late : trait == .waitingList ? .waitingList : .ordinary
            let accepted = help(helper, from: visit, pace: pace)
            guard trait == .visitShared, place == 0 else { continue }
            let shared = days.after(accepted, 3)
            add(accepted, .answers, .announceVisit(helper, on: shared))
            add(days.after(accepted, 1), .referrals, .shareVisit(helper, on: shared))
            add(shared, .visits, .visit(.spoke))
        }
        close(outcome(), on: days.after(ended, numbers.number(in: 1...4)))
    }

    /// Closed on 27 February after six weeks; the call of 27 August finds things stable.
    mutating func aftercareCall() {
        let helper = helpers[0]
        let visit = takenOn(.multiple(.unrelated), on: days.after(item.filedOn, 1))
        add(visit, .referrals, .refer(helper))
        let accepted = days.after(visit, 2)
        add(accepted, .helpers, .move(helper, to: .accepted))
        add(days.after(accepted, 8), .helpers, .move(helper, to: .inProgress))
        add(YearDays.date(2009, 2, 24), .helpers, .move(helper, to: .completed))
        add(YearDays.date(2009, 2, 27), .calls, .close(.partlySolved))
        add(YearDays.date(2009, 8, 27), .visits, .aftercare(.stable))
    }

    /// Single at first: the helper accepts, the case closes. Later the desk hears of more, and triages up: it opens again.
    mutating func retriaged() {
        single(from: days.after(item.filedOn, 1))
        let visit = takenOn(.multiple(.unrelated), on: days.after(ended, 2), tell: false)
        for helper in helpers.dropFirst() { help(helper, from: visit) }
        close(.partlySolved, on: days.after(ended, 2))
    }

    /// How an ordinary case ends.
    mutating func outcome() -> ClosureOutcome {
        numbers.one(of: [.solved, .solved, .solved, .partlySolved, .partlySolved, .handedOver, .handedOver, .movedAway, .unfounded])
    }
}
