import Casework

/// The signals of the year: when each came, by which channel, and what it leads to. Follows from a seed and the changes alone.
struct YearCaseload: Sendable {
    private(set) var cases: [YearCase]
    let figures: YearFigures

    init(seed: Int, changes: Set<YearChange> = [], days: YearDays = YearDays()) {
        let published = YearFigures()
        cases = Self.arrivals(published, seed: seed, days: days)
        figures = published.changed(by: changes)
        var picks = SeededNumbers(seed: seed, 10_001)
        routes(published, days: days, picks: &picks)
        for change in YearChange.allCases where changes.contains(change) { apply(change) }
    }

    /// The case of a number.
    subscript(_ number: Int) -> YearCase { cases[number - 1] }

    /// When the signals came: a few on 2 January, the others spread over the working days, the meldcode's from the day it opened.
    private static func arrivals(_ figures: YearFigures, seed: Int, days: YearDays) -> [YearCase] {
        var numbers = SeededNumbers(seed: seed, 10_000)
        var others = figures.onSecondJanuary
        var left = figures.others
        for channel in others { left[channel, default: 0] -= 1 }
        var filings = others.map { (YearDays.date(2009, 1, 2), $0) }
        // Spread the three channels among each other: always the one of which the largest share is still to come.
        let first = others.count
        while others.count < figures.otherChannels {
            let next = [IntakeChannel.consultation, .email, .phone].max {
                Double(left[$0, default: 0]) / Double(figures.others[$0, default: 1])
                    < Double(left[$1, default: 0]) / Double(figures.others[$1, default: 1])
            }
            guard let next else { break }
            left[next, default: 0] -= 1
            others.append(next)
        }
        // The last signals come early enough for the desk to triage them within the period.
        let open = days.workingDays(YearDays.meldcodeOpens, YearDays.date(2009, 8, 27))
        func spread(_ count: Int, _ channel: (Int) -> IntakeChannel) {
            for place in 0..<count {
                let day = (place * open.count + numbers.number(in: 0...open.count - 1)) / count
                filings.append((open[min(day, open.count - 1)], channel(place)))
            }
        }
        spread(others.count - first) { others[first + $0] }
        spread(figures.meldcode) { _ in .meldcode }
        return filings.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.enumerated().map { place, filing in
            YearCase(number: place + 1, filedOn: filing.element.0, channel: filing.element.1, route: .unrelated(nil))
        }
    }

    /// Gives every case its route: the special ones first, then the shares of the table; what is left is unrelated and ordinary.
    private mutating func routes(_ figures: YearFigures, days: YearDays, picks: inout SeededNumbers) {
        func pick(_ count: Int, from: CalendarDate, until: CalendarDate, meldcode: Bool = false) -> [Int] {
            let free = cases.indices.filter {
                cases[$0].route == .unrelated(nil) && from...until ~= cases[$0].filedOn && (!meldcode || cases[$0].channel == .meldcode)
            }
            return picks.some(count, of: free)
        }
        let opens = YearDays.meldcodeOpens
        // Their dates leave each story time to end within the period.
        for place in pick(1, from: YearDays.date(2009, 1, 12), until: YearDays.date(2009, 1, 14)) { cases[place].route = .aftercareCall }
        for place in pick(1, from: YearDays.date(2009, 3, 2), until: YearDays.date(2009, 3, 5)) { cases[place].route = .silentHelper }
        for place in pick(1, from: YearDays.date(2009, 3, 9), until: YearDays.date(2009, 3, 13), meldcode: true) {
            cases[place].route = .retriaged
        }
        for place in pick(figures.handledDirectly, from: opens, until: YearDays.date(2009, 8, 14), meldcode: true) {
            cases[place].route = .single
        }
        let interrelated = pick(figures.interrelated, from: opens, until: YearDays.date(2009, 6, 19))
        let passedOn = picks.some(figures.transfers, of: Array(interrelated.indices))
        let platforms = figures.platforms.flatMap { Array(repeating: $0.0, count: $0.1) }
        for (order, place) in interrelated.enumerated() {
            cases[place].route = .interrelated(
                followUps: order < figures.followUps.count ? figures.followUps[order] : 0,
                // The platforms take turns, so that none gets its cases all at once.
                platform: passedOn.firstIndex(of: order).map { platforms[$0 * 8 % platforms.count] })
        }
        for place in pick(figures.joined, from: YearDays.date(2009, 2, 2), until: YearDays.date(2009, 7, 10)) {
            // Close enough for the first case to be open still.
            guard cases[place].route == .unrelated(nil),
                let first = pick(1, from: cases[place].filedOn.adding(days: -8), until: cases[place].filedOn.adding(days: -3)).first
            else { continue }
            cases[place].route = .joined(to: cases[first].number)
        }
        let firsts = joinedTo
        for (trait, count) in figures.traits {
            let free = cases.indices.filter {
                cases[$0].route == .unrelated(nil) && !firsts.contains(cases[$0].number) && cases[$0].filedOn >= opens
                    && cases[$0].filedOn <= YearDays.date(2009, 7, 3)
            }
            for place in picks.some(count, of: free) { cases[place].route = .unrelated(trait) }
        }
    }

    /// The cases that a second signal is joined to.
    var joinedTo: Set<Int> { Set(cases.compactMap { if case .joined(let first) = $0.route { first } else { nil } }) }

    private mutating func apply(_ change: YearChange) {
        // Each change takes an ordinary case of its own, far from where the other one looks.
        func ordinary(from: CalendarDate) -> Int? {
            let firsts = joinedTo
            return cases.indices.first {
                cases[$0].route == .unrelated(nil) && cases[$0].channel == .meldcode && cases[$0].filedOn >= from
                    && !firsts.contains(cases[$0].number)
            }
        }
        switch change {
        case .channel:
            if let place = ordinary(from: YearDays.date(2009, 4, 1)) { cases[place].channel = .email }
        case .desk:
            if let place = ordinary(from: YearDays.date(2009, 5, 11)) { cases[place].route = .single }
        case .meeting:
            let last = cases.lastIndex { if case .interrelated(let followUps, _) = $0.route { followUps > 0 } else { false } }
            guard let last, case .interrelated(let followUps, let platform) = cases[last].route else { return }
            cases[last].route = .interrelated(followUps: followUps - 1, platform: platform)
        }
    }
}
