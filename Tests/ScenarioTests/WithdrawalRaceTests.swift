import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import JOSE
import StrictJSON
import Synchronization
import Testing

/// Messages of one person, on their way by push and by pull, while the person withdraws: 500 of them, and 10,000 in a long run.
@Suite("Withdrawals against deliveries", .serialized, .timeLimit(.minutes(120)))
struct WithdrawalRaceTests {
    private static let races = ProcessInfo.processInfo.environment["CONVENANT_LONG"] == "1" ? 10_000 : 500
    private static let racesPerDesk = 250

    @Test("nothing arrives after the answer that the answer did not list, nothing comes twice under two ids, and the log tells the same")
    func races() async throws {
        var total = Tally()
        while total.races < Self.races {
            let first = total.desks * Self.racesPerDesk
            let desk = try await RacingDesk(pushes: total.desks % 2 == 0)
            var tally = Tally()
            while tally.races < Self.racesPerDesk, first + tally.races < Self.races { try await desk.round(&tally) }
            try desk.compareLog(&tally)
            #expect(try desk.test.tasksWithoutDeadline() == 0)
            #expect(try desk.test.logIsIntact())
            total.add(tally)
        }
        #expect(total.surprises == [])
        // Every order occurred, or this proves nothing.
        for (what, count) in [
            ("arrived", total.arrived), ("ended", total.ended), ("replaced", total.replaced), ("stays", total.stays),
            ("may have left", total.mayHaveLeft),
        ] { #expect(count > 0, "\(what)") }
        print("withdrawal races: \(total.races), \(total.arrived) arrived, \(total.ended) ended, \(total.replaced) replaced")
    }
}

/// What came of many races.
private struct Tally {
    var desks = 0
    var races = 0
    var (arrived, ended, replaced, mayHaveLeft, stays) = (0, 0, 0, 0, 0)
    var surprises: [String] = []

    mutating func add(_ other: Tally) {
        desks += 1
        races += other.races
        arrived += other.arrived
        ended += other.ended
        replaced += other.replaced
        mayHaveLeft += other.mayHaveLeft
        stays += other.stays
        surprises += other.surprises
    }
}

/// What partners were given, in the order in which it came.
private final class Recorder: Sendable {
    private struct State {
        var answered = false
        var before: [String] = []
        var after: [String] = []
    }
    private let state = Mutex(State())

    func arrived(_ id: String) {
        state.withLock { state in if state.answered { state.after.append(id) } else { state.before.append(id) } }
    }
    func answered() { state.withLock { $0.answered = true } }
    var before: [String] { state.withLock { $0.before } }
    var after: [String] { state.withLock { $0.after } }
}

/// A desk whose partner is sent messages, or fetches them, or both, by many at once.
private struct RacingDesk {
    let test: TestDesk
    let member: Caller
    private let pushes: Bool

    init(pushes: Bool) async throws {
        self.pushes = pushes
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        if pushes { try await test.giveEndpoint(test.debt) }
    }

    /// One household, a few messages about it, and one withdrawal among the deliveries.
    func round(_ tally: inout Tally) async throws {
        let number = tally.races
        let isPair = number % 3 == 0
        let filed = try await test.openCase(isPair ? [.mother, .father] : [.mother], by: member)
        let consent = try await test.debtConsent(of: filed.persons[0], casefile: filed.casefile, by: member)
        var messages: [String] = []
        for _ in 0...(number % 5) { messages.append(try await test.refer(test.referral(filed), by: member).message) }
        let other = try await test.refer(test.justified(test.protection(filed)), by: member)
        let recorder = Recorder()
        let answer = try await withThrowingTaskGroup(of: JSONValue?.self) { group in
            for (place, message) in messages.enumerated() {
                if pushes {
                    group.addTask {
                        await self.pause((number + place) % 4)
                        try await self.push(message, manner: (number + place) % 6, recorder)
                        return nil
                    }
                }
                group.addTask {
                    await self.pause((number + 3 * place) % 7)
                    try await self.fetch(message, answers: place % 2 == 0, recorder)
                    return nil
                }
            }
            group.addTask {
                await self.pause(number % 6)
                let answer = try await self.test.withdraw(consent, by: self.member)
                recorder.answered()
                return answer
            }
            return try await group.reduce(nil) { $0 ?? $1 }
        }
        let lists = try #require(answer)
        // The partner goes on asking, and so does the courier.
        let waiting = try await test.inbox(of: test.debt).filter { $0.kind == "referral" }.map(\.id)
        for message in messages + waiting {
            if pushes, let attempt = try await test.push(message) { recorder.arrived(attempt.message.id.description) }
            try await fetch(message, answers: true, recorder)
        }
        judge(lists, messages: messages, other: other.message, recorder, &tally)
        for notice in try await test.inbox(of: test.debt) where notice.kind == "notice" {
            _ = try await test.desk.fetchMessage(notice.id, by: .partner(test.debt.oin))
        }
        try test.sql(
            "UPDATE message SET state = 'ended', sealed = NULL, key = NULL, lease = NULL, next_try_at = NULL WHERE sealed IS NOT NULL")
        test.clock.advance(milliseconds: 1)
        tally.races += messages.count
    }

    private func judge(_ lists: JSONValue, messages: [String], other: String, _ recorder: Recorder, _ tally: inout Tally) {
        let (ended, stays) = (lists.texts("ended"), lists.texts("staysOnOtherGround"))
        let (left, mayHaveLeft) = (lists.texts("left"), lists.texts("mayHaveLeft"))
        let all = ended + left + mayHaveLeft
        let (before, after) = (recorder.before, recorder.after)
        if Set(all) != Set(messages) || all.count != messages.count { tally.surprises.append("a message in no list, or in two") }
        let replacements = stays.filter { $0 != other }
        if !stays.contains(other) || replacements.count > ended.count {
            tally.surprises.append("what stays is not what stayed")
        }
        for id in after where !(left + mayHaveLeft + replacements).contains(id) { tally.surprises.append("\(id) arrived unlisted") }
        for id in before where ended.contains(id) { tally.surprises.append("\(id) arrived and was said to have ended") }
        for id in replacements where !after.contains(id) && !before.contains(id) { tally.surprises.append("\(id) was lost") }
        tally.arrived += Set(before).count
        tally.ended += ended.count
        tally.replaced += replacements.count
        tally.mayHaveLeft += mayHaveLeft.count
        tally.stays += stays.count
    }

    /// Sends a message, and settles as partners may answer.
    private func push(_ message: String, manner: Int, _ recorder: Recorder) async throws {
        guard let attempt = try? await test.push(message) else { return }
        let bytes = attempt.message.compact
        if manner != 0 { recorder.arrived(message) }
        await pause(manner)
        let answer: PushAnswer
        switch manner {
        case 0: answer = .unreachable(code: "connection")
        case 1: answer = .unanswered(code: "timeout")
        case 2: answer = .status(202)
        case 3: answer = .status(503)
        default:
            answer = .answered(status: 200, body: try test.debt.receipt(for: message, bytes, at: test.clock.wall), retryAfter: nil)
        }
        _ = try? await test.desk.settlePush(attempt, answer)
    }

    private func fetch(_ message: String, answers: Bool, _ recorder: Recorder) async throws {
        guard let bytes = try? await test.desk.fetchMessage(message, by: .partner(test.debt.oin)) else { return }
        recorder.arrived(message)
        guard answers else { return }
        let receipt = try test.debt.receipt(for: message, bytes, at: test.clock.wall)
        _ = try? await test.desk.takeReceipt(message, receipt, by: .partner(test.debt.oin))
    }

    private func pause(_ turns: Int) async { for _ in 0..<(turns * 8) { await Task.yield() } }

    /// The log says the same as was seen: no attempt on an ended ground, no attempt that ends twice, one task by one message.
    func compareLog(_ tally: inout Tally) throws {
        var started: [String: String] = [:]
        var finished: Set<String> = []
        var closed: Set<String> = []
        var recalled: Set<String> = []
        var sent: [String: Set<String>] = [:]
        for entry in try test.entries() {
            let (message, attempt) = (entry.refs["message"] ?? "", entry.refs["attempt"] ?? "")
            switch entry.event {
            case "attempt.started":
                if closed.contains(message) { tally.surprises.append("an attempt on \(message), which had ended") }
                started[attempt] = message
                if let task = entry.refs["task"] { sent[task, default: []].insert(message) }
            case "attempt.ended":
                if started[attempt] != message { tally.surprises.append("an attempt that never began ended") }
                if !finished.insert(attempt).inserted { tally.surprises.append("an attempt ended twice") }
                // Nothing of it left, so another one may take its place.
                if entry.facts["result"] == .text("unreachable"), let task = entry.refs["task"],
                    !started.contains(where: {
                        $0.value == message && $0.key != attempt
                    })
                {
                    sent[task]?.remove(message)
                }
            case "message.ended", "message.superseded":
                if !closed.insert(message).inserted { tally.surprises.append("\(message) ended twice") }
            case "message.sealed":
                if entry.facts["notice"] == .text("recalled"), case .list(let about)? = entry.facts["about"] {
                    for id in about where !recalled.insert(id).inserted { tally.surprises.append("\(id) was recalled twice") }
                }
            default: break
            }
        }
        for (task, messages) in sent where messages.count > 1 {
            tally.surprises.append("task \(task) went out under \(messages.count) ids")
        }
    }
}
