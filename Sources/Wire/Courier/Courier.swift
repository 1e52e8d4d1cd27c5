import Casework
import Exchange
import Logging
import Metrics
import ServiceLifecycle

/// Brings messages to partners that have an endpoint: one lane a partner, so that a slow one holds up nobody else.
///
/// It looks when the desk rings, when a message falls due, and when one did not arrive; one that arrived is followed by the next that was found.
/// What goes, when, and what an answer means is the desk's to say. At shutdown nothing new starts and what is under way is finished.
public struct Courier: Service {
    private let desk: ReferralDesk
    private let settings: CourierSettings
    private let doors: PartnerDoors
    private let flights = Flights()
    private let stopping = Stopping()

    /// A courier for this desk; there is one.
    public init(desk: ReferralDesk, settings: CourierSettings) {
        self.desk = desk
        self.settings = settings
        doors = PartnerDoors(desk: desk, settings: settings)
    }

    /// Works until shutdown.
    public func run() async throws {
        let (desk, stopping) = (desk, stopping)
        desk.bell.onHangUp { [flights] in flights.cancel($0) }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                var rings = desk.bell.rings.makeAsyncIterator()
                while !Task.isCancelled, !stopping.isStopping {
                    let wait = await look()
                    let alarm = Task {
                        try await ContinuousClock().sleep(for: wait)
                        desk.bell.ring()
                    }
                    let rung: Void? = await rings.next()
                    alarm.cancel()
                    if rung == nil { break }
                }
            } onGracefulShutdown: {
                stopping.stop()
                desk.bell.ring()
            }
            stopping.stop()
            await flights.land(within: .seconds(10))
        } onCancel: {
            stopping.stop()
            flights.cancelAll()
        }
        await doors.closeAll()
    }

    /// Starts what may go, and says how long nothing else will be due.
    private func look() async -> Duration {
        let lanes: [PushLane]
        do throws(DeskRefusal) { lanes = try await desk.pushLanes(limit: settings.perPartner * 8) } catch {
            settings.logger.warning("the courier cannot read the queue", metadata: ["code": "\(error.code)"])
            return .seconds(1)
        }
        let now = desk.wall
        for lane in lanes {
            // A lane that failed is tried with one message until it works again.
            flights.found(lane, atOnce: lane.isTroubled ? 1 : settings.perPartner, now: settings.monotonic())
            startFound(to: lane.partner)
        }
        Meter(label: "convenant_lanes_down", factory: settings.metrics).set(Int64(lanes.count { $0.isDown }))
        let oldest = lanes.compactMap(\.oldestQueuedAt).min().map { now.millisecondsSince1970 - $0.millisecondsSince1970 }
        Meter(label: "convenant_push_oldest_seconds", factory: settings.metrics).set(Double(max(0, oldest ?? 0)) / 1000)
        // What is due and did not start waits for another to land, which rings, or for a rest to end.
        let waits = lanes.compactMap(\.dueAt).map { $0 <= now ? 1000 : $0.millisecondsSince1970 - now.millisecondsSince1970 }
        return .milliseconds(min(max(waits.min() ?? 60_000, 10), 60_000))
    }

    /// Starts what was found, as much as the lane may carry at once; whether anything started.
    @discardableResult private func startFound(to partner: OrganisationNumber) -> Bool {
        var isAny = false
        while !stopping.isStopping, let (id, lane) = flights.next(to: partner, now: settings.monotonic()) {
            isAny = true
            flights.start(id) {
                await send(id, on: lane)
            } landed: { mayFollow in
                // Whatever else became of it may hold for those behind it, also when another of them lands well.
                if !mayFollow { flights.forget(foundFor: partner) }
                if !mayFollow || !startFound(to: partner) { desk.bell.ring() }
            }
        }
        return isAny
    }

    /// Whether the next may follow without another look: this one arrived, and the lane carried as many as it may.
    private func send(_ id: MessageID, on lane: PushLane) async -> Bool {
        do throws(DeskRefusal) {
            guard let attempt = try await desk.beginPush(id) else { return false }
            let result = try await desk.settlePush(attempt, await answer(to: attempt, on: lane))
            Counter(
                label: "convenant_push_attempts_total", dimensions: [("partner", lane.partner.description), ("result", result.rawValue)],
                factory: settings.metrics
            ).increment()
            return result == .receipted && !lane.isTroubled
        } catch {
            settings.logger.warning(
                "a message could not be pushed", metadata: ["partner": "\(lane.partner)", "message": "\(id)", "code": "\(error.code)"])
            // Else the message stands aside, and those behind it go.
            if case .notDurable = error { flights.rest(lane.partner, until: settings.monotonic() &+ 1_000_000_000) }
            return false
        }
    }

    private func answer(to attempt: PushAttempt, on lane: PushLane) async -> PushAnswer {
        let trace = attempt.trace ?? TraceID(random: settings.random(16))
        let answer: PushAnswer
        // It was ended between its attempt and the first byte.
        if Task.isCancelled { return .interrupted }
        do {
            let door = try await doors.borrow(for: lane)
            answer = await door.deliver(attempt.message, fields: attempt.fields, traceparent: trace.traceparent(span: settings.random(8)))
            await doors.giveBack(door, of: lane.partner)
        } catch let fault as NoAddress {
            answer = .unreachable(code: fault.rawValue)
        } catch {
            settings.logger.error("no connection can be set up: our certificate or the roots cannot be read")
            return .unreachable(code: "not-set-up")
        }
        switch answer {
        case .unreachable(let code), .unanswered(let code):
            if !lane.isTroubled {
                settings.logger.notice(
                    "a partner cannot be reached", metadata: ["partner": "\(lane.partner)", "code": "\(code)", "trace": "\(trace)"])
            }
        case .answered, .interrupted: break
        }
        return answer
    }
}
