import Casework

/// What the log says about each signal and each case, up to some entry.
///
/// A case goes by the id of its first signal, as the entries name it. Some dozens of bytes for each signal, and nothing that grows with
/// the number of entries.
struct SignalLedger: Hashable, Sendable {
    struct Filing: Hashable {
        let at: Instant
        let channel: UniformReport.Channel
        let namesSomebody: Bool
    }
    struct Closing: Hashable {
        let at: Instant
        let outcome: UniformReport.ClosingOutcome
        let isDirect: Bool
    }
    struct Row: Hashable {
        var filing: Filing?
        var triage: Triage?
        /// When the triage last rose, and when it last rose from single.
        var roseAt: Instant?
        var roseFromSingleAt: Instant?
        /// The signal whose case it was joined to.
        var with: SignalID?
        var closing: Closing?
        var reopenedAt: Instant?
    }

    private(set) var rows: [SignalID: Row] = [:]

    /// The signal under whose case this one stands: itself, or what it was joined to, and so on.
    func root(of signal: SignalID) -> SignalID {
        // Ends: a joining that would close a ring is not taken.
        var signal = signal
        while let next = rows[signal]?.with { signal = next }
        return signal
    }

    func route(of signal: SignalID) -> UniformReport.Route {
        switch rows[root(of: signal)]?.triage {
        case .single: .handledDirectly
        case .multiple: .takenOn
        case nil: .toBeTriaged
        }
    }

    /// Takes in what changes a signal or its case; passes over everything else.
    mutating func take(_ event: ReportEvent) {
        guard let signal = event.signal else { return }
        switch event.kind {
        case .signalFiled: file(signal, event)
        case .signalJoined:
            guard let with = event.text("with").flatMap({ SignalID($0) }), root(of: with) != signal else { return }
            rows[signal, default: Row()].with = with
        case .signalParted: rows[signal, default: Row()].with = nil
        case .triageMade: event.text("outcome").flatMap(Triage.init(rawValue:)).map { triage(root(of: signal), $0, at: event.at) }
        case .caseClosed:
            rows[signal, default: Row()].closing = Closing(
                at: event.at, outcome: event.code("outcome") ?? .other, isDirect: event.text("direct") == "yes")
        case .caseReopened:
            rows[signal, default: Row()].closing = nil
            rows[signal, default: Row()].reopenedAt = event.at
        default: break
        }
    }

    private mutating func file(_ signal: SignalID, _ event: ReportEvent) {
        guard rows[signal]?.filing == nil else { return }
        rows[signal, default: Row()].filing = Filing(
            at: event.at, channel: event.code("channel") ?? .other, namesSomebody: event.text("outcome") != "acceptedWithoutIdentity")
    }

    private mutating func triage(_ signal: SignalID, _ triage: Triage, at instant: Instant) {
        let before = rows[signal]?.triage
        // Triage only rises; an entry that gives the case to somebody else repeats it.
        guard before.map({ $0 < triage }) ?? true else { return }
        rows[signal, default: Row()].triage = triage
        guard let before else { return }
        rows[signal, default: Row()].roseAt = instant
        if before == .single { rows[signal, default: Row()].roseFromSingleAt = instant }
    }
}

extension SignalLedger {
    /// The signals of a period that name somebody.
    private func counted(in period: ReportPeriod) -> some Sequence<(key: SignalID, value: Row)> {
        rows.lazy.filter { row in row.value.filing.map { $0.namesSomebody && period.contains($0.at) } ?? false }
    }

    /// The figures in signals.
    func figures(of period: ReportPeriod) -> UniformReport.SignalFigures {
        var figures = UniformReport.SignalFigures()
        let calendar = WorkingCalendar()
        var months = period.months.map { UniformReport.Month(first: $0) }
        for row in rows.values {
            guard let filing = row.filing, !filing.namesSomebody, period.contains(filing.at) else { continue }
            figures.withoutIdentity.countOne()
        }
        for (signal, row) in counted(in: period) {
            guard let filing = row.filing else { continue }
            let isMeldcode = filing.channel == .meldcode
            figures.all.countOne()
            figures.channels[filing.channel].countOne()
            let route = route(of: signal)
            figures.routes[route].countOne()
            if route == .handledDirectly, isMeldcode { figures.directByMeldcode.countOne() }
            if row.with != nil { figures.joined.countOne() }
            let root = rows[root(of: signal)]
            if root?.roseAt.map(period.contains) ?? false { figures.risen.countOne() }
            if root?.roseFromSingleAt.map(period.contains) ?? false { figures.risenFromSingle.countOne() }
            let day = calendar.localDate(of: filing.at)
            if isMeldcode { figures.firstByMeldcode = min(figures.firstByMeldcode ?? day, day) }
            let month = (day.year - period.from.year) * 12 + day.month - period.from.month
            guard months.indices.contains(month) else { continue }
            if isMeldcode { months[month].meldcode.countOne() } else { months[month].otherChannels.countOne() }
        }
        figures.months = months
        return figures
    }

    /// What differs for a period between this, as it was when the period ended, and what came later; always in the same order.
    func corrections(of period: ReportPeriod, against later: SignalLedger) -> [UniformReport.Correction] {
        typealias Route = UniformReport.Route
        var moved: [Route: [Route: Count<Signals>]] = [:]
        var (joined, parted) = (Count<Signals>(), Count<Signals>())
        for (signal, row) in counted(in: period) {
            let (before, after) = (route(of: signal), later.route(of: signal))
            if before != after { moved[before, default: [:]][after, default: Count()].countOne() }
            switch (row.with, later.rows[signal]?.with) {
            case (nil, _?): joined.countOne()
            case (_?, nil): parted.countOne()
            default: break
            }
        }
        var reopened = Count<Cases>()
        for (first, row) in rows {
            guard let closing = row.closing, period.contains(closing.at), later.rows[first]?.closing?.at != closing.at else { continue }
            reopened.countOne()
        }
        var corrections: [UniformReport.Correction] = []
        for from in Route.allCases {
            for to in Route.allCases {
                if let count = moved[from]?[to] { corrections.append(.moved(count, from: from, to: to)) }
            }
        }
        if joined.value > 0 { corrections.append(.joined(joined)) }
        if parted.value > 0 { corrections.append(.parted(parted)) }
        if reopened.value > 0 { corrections.append(.reopened(reopened)) }
        return corrections
    }
}
