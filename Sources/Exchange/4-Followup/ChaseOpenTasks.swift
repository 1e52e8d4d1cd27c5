import AuditTrail
import Casework
import Storage

/// What one sweep did.
public struct SweepOutcome: Hashable, Sendable {
    /// How many deadlines it handled.
    public let handled: Int
    /// Whether more of them wait already.
    public let more: Bool
    /// How many could not be handled although something can be stored: they are tried at the next sweep, and hold up no other.
    public let failed: Int

    init(handled: Int = 0, more: Bool = false, failed: Int = 0) {
        self.handled = handled
        self.more = more
        self.failed = failed
    }

    static func + (left: SweepOutcome, right: SweepOutcome) -> SweepOutcome {
        SweepOutcome(handled: left.handled + right.handled, more: left.more || right.more, failed: left.failed + right.failed)
    }
}

extension ReferralDesk {
    /// Finds deadlines that have passed and does what follows from them, oldest first: the next rung for a task that stays open, a place on
    /// the desk's page for what the desk itself is to do, the end of a delivery that failed, and of what waits on a justification or a lever that
    /// holds no more. Each once, whoever sweeps beside it.
    ///
    /// What concerns people waits for office hours, and is not even read outside them; what is about law waits for nobody. Each deadline is a
    /// background commit of its own, of which the store makes turns of 5 ms, so that requests never wait for a sweep.
    /// - Throws: `not-durable`; what was handled until then stays handled, and the rest is found again.
    public func sweepDeadlines() async throws(DeskRefusal) -> SweepOutcome {
        let now = world.calendar()
        var outcome = try await sweepOtherDeadlines(ofLaw: true, at: now)
        if calendar.isOfficeHour(now) {
            let tasks = try await sweep(
                page: { last in { try $0.passedTasks(at: now, after: last, limit: sweepPage) } },
                handle: { passed throws(DeskRefusal) in try await self.fallDue(passed, at: now) })
            outcome = try await outcome + tasks + sweepOtherDeadlines(ofLaw: false, at: now)
        }
        let deliveries = try await sweep(
            page: { last in { try $0.passedDeliveries(at: now, after: last, limit: sweepPage) } },
            handle: { passed throws(DeskRefusal) in try await self.endDelivery(passed, at: now) })
        return outcome + deliveries
    }

    /// Goes through the passed tasks page by page; one that cannot be handled is passed over, so that it holds up no other.
    private func sweep(
        page: @Sendable (PassedTask?) -> @Sendable (Transaction) throws -> [PassedTask],
        handle: @escaping @Sendable (PassedTask) async throws(DeskRefusal) -> Bool
    ) async throws(DeskRefusal) -> SweepOutcome {
        var last: PassedTask?
        var outcome = SweepOutcome()
        for _ in 0..<sweepPages {
            let found = try await read(page(last))
            outcome = try await outcome + each(found, handle)
            last = found.last
            if found.count < sweepPage { return outcome }
        }
        // Where nothing of so many could be handled, it is not tried without a pause.
        return outcome + SweepOutcome(more: outcome.handled > 0)
    }

    /// Handles each, so that their commits share a flush. There is more where one was found changed, and is to be looked at again.
    func each<Item: Sendable>(
        _ items: [Item], _ handle: @escaping @Sendable (Item) async throws(DeskRefusal) -> Bool
    ) async throws(DeskRefusal) -> SweepOutcome {
        let results = await withTaskGroup(of: Result<Bool, DeskRefusal>.self) { group in
            for item in items {
                group.addTask { do throws(DeskRefusal) { return .success(try await handle(item)) } catch { return .failure(error) } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var (handled, failed) = (0, 0)
        var changed = false
        for result in results {
            switch result {
            case .success(true): handled += 1
            case .success(false): changed = true
            case .failure(let refusal):
                // A row that cannot be read holds up no other.
                if await isOfDisk(refusal) { throw refusal }
                failed += 1
            }
        }
        return SweepOutcome(handled: handled, more: changed, failed: failed)
    }

    /// One task: time in which the partner could not reach us is given back first; only then the next rung is taken.
    private func fallDue(_ passed: PassedTask, at now: Instant) async throws(DeskRefusal) -> Bool {
        let found = try await read { transaction -> (due: Deadline, from: Instant, outages: [Outage])? in
            guard let task = try transaction.task(passed.task), let due = task.due, task.fellDueAt == nil, due.kind != .delivery,
                let from = try transaction.countsFrom(passed.task)
            else { return nil }
            return (due, from, try transaction.outages(endedAfter: from))
        }
        guard let found else { return false }
        let lost = interruption(from: found.from, to: found.due.at, by: found.outages)
        let change = try await change(
            passed.casefile, .task(passed.task, lost > 0 ? .credited(milliseconds: lost) : .fellDue), tasks: [passed.task], at: now,
            ChangeContext(caller: .daemon, refs: [.task: passed.task.description]))
        guard !change.actions.isEmpty else { return false }
        return try await commitInBackground { try change.write($0) }
    }

    /// One delivery: a message that was not received in its time is a fault for the desk, never silence. As long as the queue still tries,
    /// it is the queue's.
    private func endDelivery(_ passed: PassedTask, at now: Instant) async throws(DeskRefusal) -> Bool {
        let message = try await read { try $0.newestMessage(of: passed.task) }
        if let message, message.state.isLive {
            let window = message.expiresAt.millisecondsSince1970 - world.wall().millisecondsSince1970
            let left = isHeldByRestore(message) ? max(window, Self.heldPause) : window
            if left <= 0 {
                try await expire(message)
                return true
            }
            // The message's own window is on the machine's time, which may run apart from the case's.
            try await commitInBackground { try $0.lookAgain(at: now.advanced(byMilliseconds: left), atDeliveryOf: passed.task) }
            return true
        }
        let change = try await change(
            passed.casefile, .task(passed.task, .deliveryFailed), tasks: [passed.task], at: now,
            ChangeContext(caller: .daemon, refs: [.task: passed.task.description], facts: ["because": .text("expired")]))
        guard !change.actions.isEmpty else { return false }
        let fault: EntryID = world.newID()
        return try await commitInBackground { transaction in
            guard try change.write(transaction) else { return false }
            if let message { try transaction.insertFault(fault, message: message.id, code: "expired", at: now) }
            return true
        }
    }
}

/// How many are prepared at once.
let sweepPage = 32
/// After so many pages a sweep ends, so that whoever runs it can stop.
let sweepPages = 16
