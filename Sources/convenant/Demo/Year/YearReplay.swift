import Casework
import Storage

/// Goes through the plan day by day and hour by hour. What was done before, in an earlier run on the same folder, is passed over.
struct YearReplay: Sendable {
    let plan: YearPlan
    let world: YearWorld
    let doer: YearDoer
    let progress: YearProgress

    /// How many cases are worked on at the same time; the steps of one case stay in order.
    private static let width = 16

    func run() async throws {
        var rest = plan.steps[...]
        var day: CalendarDate?
        while let first = rest.first {
            let hour = rest.prefix { $0.on == first.on && $0.hour == first.hour }
            rest = rest.dropFirst(hour.count)
            let open = hour.filter { !doer.journal.isDone($0.number) }
            // Also when all of it is done: a crash may have come before its messages were delivered.
            if open.isEmpty, world.calendar.now > plan.days.instant(first.on, first.hour) { continue }
            if day != first.on {
                doer.journal.flush()
                progress.show(first.on, done: first.number - 1, of: plan.steps.count)
                day = first.on
            }
            try await world.advance(to: plan.days.instant(first.on, first.hour), deliver: deliver)
            try await work(open)
            try await world.settle(deliver)
        }
        try await world.advance(to: plan.days.instant(YearDays.last, .closing), deliver: deliver)
        doer.journal.flush()
        progress.end()
    }

    /// The steps of one hour: those of one household one after the other, households beside each other.
    private func work(_ steps: [YearStep]) async throws {
        var lanes: [Int: [YearStep]] = [:]
        for step in steps { lanes[doer.home(of: step), default: []].append(step) }
        var waiting = lanes.sorted { $0.key < $1.key }.map(\.value)[...]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.width {
                guard let lane = waiting.popFirst() else { break }
                group.addTask { for step in lane { try await doer.perform(step) } }
            }
            while try await group.next() != nil {
                guard let lane = waiting.popFirst() else { continue }
                group.addTask { for step in lane { try await doer.perform(step) } }
            }
        }
    }

    /// These partners fetch what waits for them, all at once.
    @Sendable private func deliver(_ partners: [OrganisationNumber]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for partner in doer.partners.values where partners.contains(where: { $0.description == partner.helper.offer.oin }) {
                group.addTask { try await partner.fetch() }
            }
            try await group.waitForAll()
        }
    }
}
