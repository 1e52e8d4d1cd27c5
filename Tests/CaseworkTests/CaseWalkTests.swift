import Casework
import Testing

private let partners = (1...3).map { OrganisationNumber("0000009900000000\($0)000")! }

/// A case as its rows would hold it between two events: read anew for each, as after a restart.
private struct Rows {
    var file = Known.file(triage: nil, terms: Known.allTerms, ladder: [.deskContactsHelper, .messageToHelper, .conveneMDA])
    var held = false
    var plans = 0

    func read() -> Casefile {
        let open = file.tasks.values.filter { $0.state.isOpen }
        return Casefile(
            id: file.id, state: file.state, triage: file.triage, terms: file.terms, ladder: file.ladder, tasks: file.tasks,
            openTasks: open.count, parties: Set(open.map(\.partner)).count, hasVisit: file.hasVisit, hasPlan: file.hasPlan,
            hasOpenMeeting: file.hasOpenMeeting, hasHeldMeeting: held, awaitsAftercare: file.awaitsAftercare)
    }
}

@Suite("random walks through a case") struct CaseWalkTests {
    @Test("one plan, one meeting, one deadline an open task, no rung skipped, counts that add up, the same answer twice")
    func walks() {
        var random = SeededGenerator(state: 20_261_121)
        var seen: [String: Int] = [:]
        for _ in 0..<600 {
            var rows = Rows()
            var now = Known.now
            for _ in 0..<80 {
                now = now.advanced(byMilliseconds: Int64.random(in: -3_600_000...120_000_000, using: &random))
                let before = rows.read()
                let event = randomEvent(before, now, &random)
                let answer = step(before, event, at: now, calendar: Known.calendar)
                #expect(answer == step(before, event, at: now, calendar: Known.calendar))
                guard case .taken(let after, let actions) = answer else {
                    seen["refused", default: 0] += 1
                    continue
                }
                for action in actions { seen[String(String(describing: action).prefix { $0 != "(" }), default: 0] += 1 }
                let broken = broken(before, after, event, actions, now)
                if !broken.isEmpty { Issue.record("\(event): \(broken.sorted().joined(separator: ", "))") }
                if event == .meetingHeld { rows.held = true }
                rows.file = after
            }
        }
        // The walks go everywhere.
        for name in [
            "refused", "store", "tellDesk", "triage", "climbed", "nudge", "openMeeting", "expectVisit", "settleVisit", "plan", "close",
            "reopen", "settleAftercare", "openLinkedCase",
        ] { #expect(seen[name, default: 0] > 1, "\(name)") }
    }

    private func broken(_ before: Casefile, _ after: Casefile, _ event: CaseEvent, _ actions: [CaseAction], _ now: Instant) -> [String] {
        let stored = actions.compactMap { if case .store(let task) = $0 { task } else { nil } }
        let climbs = actions.compactMap { action -> (Rung, Int, TaskID)? in
            if case .climbed(let rung, let step, let task, _) = action { (rung, step, task) } else { nil }
        }
        let meetings = actions.count { if case .openMeeting = $0 { true } else { false } }
        let fell = if case .task(_, .fellDue) = event { true } else { false }
        let isSentAgain = if case .task(_, .sentAgain) = event { true } else { false }
        let isOverridden = if case .task(_, .overridden) = event { true } else { false }
        let again = step(after, event, at: now, calendar: Known.calendar)
        return [
            "the count of open tasks": after.openTasks != after.tasks.values.count { $0.state.isOpen },
            "the deadline rule": after.tasks.values.contains { $0.state.isOpen != ($0.due != nil) },
            "closed is closed": before.tasks.values.contains {
                !$0.state.isOpen && after.tasks[$0.id] != $0 && !($0.state == .failed && isSentAgain)
                    && !($0.state == .rejected && isOverridden)
            },
            "what is stored is in the file": stored.contains { after.tasks[$0.id] != $0 },
            "triage rises": after.triage ?? .single < before.triage ?? .single,
            "one open task while single": after.triage == .single && after.openTasks > max(1, before.openTasks),
            "one plan": actions.contains(.plan) && before.hasPlan,
            "a plan in an open multiple case only": after.hasPlan && (after.state == .closed || after.triage == .single),
            "one meeting": meetings > 1 || (meetings == 1 && (before.hasOpenMeeting || !after.hasOpenMeeting)),
            "a meeting needs two organisations": meetings == 1 && fell && before.parties < 2,
            "rungs in order": climbs.contains { rung, step, id in
                step != (before.tasks[id]?.rung ?? -1) + 1 || before.ladder[step - 1] != rung || after.tasks[id]?.rung != step
            },
            "a rung at a time": after.tasks.values.contains { task in
                task.rung > (before.tasks[task.id]?.rung ?? 0) && climbs.count != 1
            },
            "people in office hours": fell && !actions.isEmpty && !Known.calendar.isOfficeHour(now),
            "once": fell && again != .taken(after, []),
            "no referral without its visit": stored.contains { before.tasks[$0.id] == nil } && before.triage != .single && !before.hasVisit,
            "no meeting without its visit": meetings == 1 && !fell && !before.hasVisit,
            "aftercare while closed": after.awaitsAftercare && after.state == .open,
        ].filter(\.value).map(\.key)
    }

    private func randomEvent(_ file: Casefile, _ now: Instant, _ random: inout SeededGenerator) -> CaseEvent {
        let number = Int.random(in: 1...4, using: &random)
        let id = TaskID(high: 2, low: UInt64(number))
        let partner = partners[number % 3]
        switch Int.random(in: 0..<40, using: &random) {
        case 0...1: return .triaged(Triage.allCases.randomElement(using: &random) ?? .single)
        case 2...6:
            return .referred(task: id, referral: Known.referral, partner: partner, deliverBy: now.advanced(byMilliseconds: 1))
        case 7...10: return .task(id, .receiptTaken)
        case 11:
            let again = TaskEvent.sentAgain(deliverBy: now.advanced(byMilliseconds: 1))
            return .task(
                id, [.groundEnded(tellsDesk: true), .deliveryFailed, again, .overridden].randomElement(using: &random) ?? .overridden)
        case 12...13: return .visited(VisitOutcome.allCases.randomElement(using: &random) ?? .spoke)
        case 14: return .meetingAsked(Bool.random(using: &random) ? .mda : .followUp, .disagreement, parties: file.parties)
        case 15: return .meetingHeld
        case 16: return .meetingCancelled
        case 17: return .planMade
        case 18: return .closed(.solved)
        case 19: return .aftercareHeld(AftercareOutcome.allCases.randomElement(using: &random) ?? .stable)
        case 20...30: return .task(id, .fellDue)
        case 31...33: return .task(id, .contacted(.notReached))
        case 34: return .task(id, .credited(milliseconds: 3_600_000))
        case 35: return .task(id, .meetingHeld)
        default:
            let date = Known.calendar.localDate(of: now).adding(days: Int.random(in: -2...9, using: &random))
            return .task(
                id,
                .moved(
                    to: TaskState.allCases.randomElement(using: &random) ?? .accepted,
                    reason: Bool.random(using: &random) ? .other : nil, expectedOn: Bool.random(using: &random) ? date : nil,
                    by: Bool.random(using: &random) ? .partner : .desk))
        }
    }
}
