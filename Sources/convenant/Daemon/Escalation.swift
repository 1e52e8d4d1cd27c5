import Casework
import Exchange
import Logging
import ServiceLifecycle

/// Handles deadlines as they pass, and writes the signs of life by which an outage is known afterwards.
///
/// Nothing sleeps until a deadline: it looks every second, which costs two look-ups when nothing has passed, so that a clock that steps
/// misses and repeats nothing.
struct Escalation: Service {
    let desk: ReferralDesk
    let world: World
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var beatAt: Instant?
            var countAt: Instant?
            var trouble = Trouble()
            while !Task.isCancelled {
                let now = world.wall()
                var more = false
                do throws(DeskRefusal) {
                    // First, so that after a sleep of the machine nothing falls due before the time is given back.
                    if isTime(beatAt, now, every: ReferralDesk.heartbeatSeconds) {
                        try await desk.beat()
                        beatAt = now
                    }
                    let outcome = try await desk.sweepDeadlines()
                    more = outcome.more
                    if trouble.isNew(outcome.failed > 0 ? "\(outcome.failed)" : nil) {
                        logger.warning(
                            "deadlines could not be handled; they are tried again and hold up no other",
                            metadata: ["deadlines": "\(outcome.failed)"])
                    }
                    if isTime(countAt, now, every: 600) {
                        let found = try await desk.watchdog().openTasksWithoutDeadline
                        if found > 0 { logger.critical("open tasks have no deadline", metadata: ["tasks": "\(found)"]) }
                        countAt = now
                    }
                } catch {
                    if trouble.isNew(error.code) {
                        logger.warning("the sweep of deadlines failed; it is tried again", metadata: ["code": "\(error.code)"])
                    }
                }
                if more {
                    await Task.yield()
                } else {
                    guard (try? await ContinuousClock().sleep(for: .seconds(1))) != nil else { return }
                }
            }
        }
    }

    /// Whether so many seconds have passed, or the clock went back.
    private func isTime(_ last: Instant?, _ now: Instant, every seconds: Int64) -> Bool {
        guard let last else { return true }
        return now < last || now >= last.advanced(byMilliseconds: seconds * 1000)
    }
}

/// What is wrong, told when it begins and when it changes: work that is tried each second would fill the journal.
struct Trouble {
    private var last: String?

    /// Whether this was not said yet; nil where nothing is wrong any more.
    mutating func isNew(_ text: String?) -> Bool {
        defer { last = text }
        return text != nil && text != last
    }
}
