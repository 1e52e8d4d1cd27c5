import Casework
import Exchange
import Logging
import Metrics
import ServiceLifecycle

/// Tells partners that fetch, and ask to be told, that something waits.
///
/// Best effort: the inbox is the truth, and a notification that is lost loses nothing. For one partner at most one is under way, and what is
/// queued meanwhile makes one more, however much it is.
public struct Herald: Service {
    private let desk: ReferralDesk
    private let settings: CourierSettings

    /// A herald for this desk; there is one.
    public init(desk: ReferralDesk, settings: CourierSettings) {
        self.desk = desk
        self.settings = settings
    }

    /// Works until shutdown; what is under way then is dropped.
    public func run() async throws {
        let teller = Teller(desk: desk, settings: settings)
        await cancelWhenGracefulShutdown {
            // What waited when an earlier process ended is told anew; what was queued before this one listened is among it, and told once. Looked for
            // first: what rings meanwhile is then taken with it. What was stored by then and rings later still is told twice, which loses nothing.
            let waiting = Set((try? await desk.partnersToTell()) ?? [])
            for partner in waiting.union(desk.inboxBell.takeUntold()) { await teller.tell(partner) }
            for await _ in desk.inboxBell.rings {
                for partner in desk.inboxBell.takeUntold() { await teller.tell(partner) }
                // Who is rung for again and again is looked at together: one look a commit costs more than the news is worth.
                try? await ContinuousClock().sleep(for: .milliseconds(50))
            }
        }
        await teller.stop()
    }
}

/// Who is being told.
private actor Teller {
    private let desk: ReferralDesk
    private let settings: CourierSettings
    private let doors: PartnerDoors
    private var telling: [OrganisationNumber: Task<Void, Never>] = [:]
    private var again: Set<OrganisationNumber> = []

    init(desk: ReferralDesk, settings: CourierSettings) {
        self.desk = desk
        self.settings = settings
        doors = PartnerDoors(desk: desk, settings: settings)
    }

    /// Tells a partner soon; once more afterwards when it is being told already.
    func tell(_ partner: OrganisationNumber) {
        guard telling[partner] == nil else {
            again.insert(partner)
            return
        }
        telling[partner] = Task {
            var failures = 0
            repeat {
                again.remove(partner)
                let pause = await post(to: partner, after: failures)
                failures = pause == nil ? 0 : failures + 1
                if pause != nil { again.insert(partner) }
                // What is queued within a second is told at once.
                try? await ContinuousClock().sleep(for: .milliseconds(max(pause ?? 0, 1_000)))
            } while again.contains(partner) && !Task.isCancelled
            telling[partner] = nil
        }
    }

    /// Ends what is under way.
    func stop() async {
        for task in telling.values { task.cancel() }
        for task in telling.values { await task.value }
        await doors.closeAll()
    }

    /// Posts one notification, if the partner is to be told; milliseconds until it is tried again, nil when it is not.
    private func post(to partner: OrganisationNumber, after failures: Int) async -> Int64? {
        let result: String
        var pause: Int64?
        do {
            guard let lane = try await desk.eventLane(of: partner) else { return nil }
            let door = try await doors.borrow(for: lane)
            let answer = await door.post(desk.waitingEvent().body, [("Content-Type", WaitingEvent.mediaType)])
            await doors.giveBack(door, of: partner)
            switch answer {
            case .answered(200...299, _, _): result = "told"
            // It will not take this one; what is queued next is told again.
            case .answered(400...499, _, _): result = "refused"
            case .answered, .unreachable, .unanswered: (result, pause) = ("failed", desk.eventPause(failures: failures + 1))
            case .interrupted: return nil
            }
        } catch {
            (result, pause) = ("failed", desk.eventPause(failures: failures + 1))
        }
        if result != "told", failures == 0 {
            settings.logger.notice("a partner could not be told that something waits", metadata: ["partner": "\(partner)"])
        }
        Counter(
            label: "convenant_events_total", dimensions: [("partner", partner.description), ("result", result)], factory: settings.metrics
        ).increment()
        return pause
    }
}
