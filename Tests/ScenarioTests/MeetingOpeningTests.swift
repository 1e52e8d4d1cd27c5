import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@Suite("Opening a meeting")
struct MeetingOpeningTests {
    private let housing = (purpose: "housingHelp", fields: ["identification", "contact", "domains.housing"])

    @Test("R15 three problems without relation: three referrals, the case manager coordinates, no meeting")
    func unrelated() async throws {
        let town = try await MeetingTown([housing])
        let filed = try await town.file(["debts", "health", "housing"], triage: "multipleUnrelated")
        for (helper, field) in zip(town.helpers, ["domains.debts", "domains.health", "domains.housing"]) {
            let body = town.test.referral(filed, to: helper.partner, purpose: helper.purpose, fields: ["identification", field])
            _ = try await town.test.refer(body, by: town.manager)
        }
        #expect(try town.test.number("SELECT count(*) FROM referral") == 3)
        #expect(try town.test.number("SELECT count(*) FROM meeting") == 0)
        #expect(
            try town.test.number(
                "SELECT count(*) FROM casefile JOIN account ON account.id = casefile.coordinator WHERE account.name = 'manager-1'") == 1)
    }

    @Test("R15 three problems with one relation: one MDA, no referral of its own before the plan")
    func interrelated() async throws {
        let town = try await MeetingTown([housing])
        let filed = try await town.file(["debts", "health", "housing"])
        let body = town.test.referral(filed)
        let early = await ask { () async throws(DeskRefusal) in
            try await town.test.desk.dispatchReferral(body, by: town.manager, idempotency: nil)
        }
        #expect(early.status == 409 && early.body.text("because") == "plan-first")
        let meeting = try await town.opened(filed)
        let dated = try await town.dated(meeting, filed, ["debts", "health", "housing"])
        #expect(dated.body["invited"]?.arrayValue?.count == 3)
        #expect(try town.test.number("SELECT count(*) FROM task") == 0)
        town.test.clock.advance(days: 3)
        let decisions = zip(town.helpers, ["debts", "health", "housing"]).map {
            town.decision($0, filed, fields: ["identification", "domains.\($1)"], domain: $1)
        }
        let held = await town.minutes(
            meeting,
            [
                "present": .array(town.helpers.map { .string($0.oin) }), "coordinator": "manager-1", "decisions": .array(decisions),
            ])
        #expect(held.status == 200, "\(held.body.canonicalText)")
        #expect((held.body["decisions"]?.arrayValue ?? []).map { $0.text("outcome") } == ["task", "task", "task"])
        #expect(try town.test.number("SELECT count(*) FROM meeting WHERE kind = 'mda' AND state = 'held'") == 1)
        #expect(try town.test.number("SELECT count(*) FROM task WHERE promised_on = '2026-12-18'") == 3)
        let events = try town.test.events()
        #expect(events.firstIndex(of: "plan.made") ?? .max < events.lastIndex(of: "message.sealed") ?? 0)
        #expect(try town.test.tasksWithoutDeadline() == 0)
        #expect(try town.test.logIsIntact())
    }

    @Test("R14 nobody comes to a table before somebody was at the door: a meeting is neither opened nor dated; the ladder's own is dated")
    func visitFirst() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file(visited: false)
        let early = await town.open(filed)
        #expect(early.status == 409 && early.body.text("because") == "visit-first")
        #expect(try town.test.number("SELECT count(*) FROM meeting") == 0)
        _ = try await town.test.desk.recordHomeVisit(filed.casefile, ["outcome": "spoke"], by: town.desk, idempotency: nil)
        let meeting = try await town.opened(filed)
        // One that was opened while this was not asked yet.
        try town.test.sql("UPDATE casefile SET visited_at = NULL")
        let undated = await town.date(meeting, town.dateBody(filed, [("debts", nil)]))
        #expect(undated.status == 409 && undated.body.text("because") == "visit-first")
        #expect(try town.test.number("SELECT count(*) FROM message") == 0)
        let (other, helper) = (try await town.file(triage: "multipleUnrelated"), town.helpers[0])
        let task = try await town.test.refer(town.test.referral(other, to: helper.partner), by: town.manager).task
        try town.test.sql("UPDATE casefile SET visited_at = NULL")
        try town.test.sql(
            "UPDATE meeting SET casefile = ?, opened_for = 'tasksLeftOpen', task = ?", [town.blob(other.casefile), town.blob(task)])
        #expect(await town.date(meeting, town.dateBody(other, [("debts", nil)])).status == 200)
        try town.test.sql("UPDATE meeting SET opened_for = 'interrelated', task = NULL")
        #expect(await town.date(meeting, town.dateBody(other, [("debts", nil)])).status == 200, "one that is dated may be moved")
    }

    @Test("a case whose problems hang together is on the desk's list of idle ones after its visit, but for while a meeting is to be held")
    func idle() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file(visited: false)
        func idle() async throws -> [String] {
            (try await town.test.page(of: town.desk)["idleCases"]?.arrayValue ?? []).map { $0.text("casefileId") }
        }
        // Its visit is due.
        #expect(try await idle().isEmpty)
        _ = try await town.test.desk.recordHomeVisit(filed.casefile, ["outcome": "spoke"], by: town.desk, idempotency: nil)
        #expect(try await idle() == [filed.casefile])
        let meeting = try await town.opened(filed)
        #expect(try await idle().isEmpty)
        _ = try await town.dated(meeting, filed, ["debts"])
        #expect(try await idle().isEmpty)
        #expect(await town.cancel(meeting).status == 200)
        #expect(try await idle() == [filed.casefile])
    }

    @Test("R70 five triggers open five meetings, each naming its own")
    func triggers() async throws {
        let town = try await MeetingTown()
        let before = try town.test.entries().count
        var found: [String] = []
        for trigger in MeetingTrigger.allCases {
            let filed = try await town.file()
            let opened = await town.open(filed, trigger: trigger.rawValue)
            #expect(opened.status == 201)
            let shown = try await town.test.desk.showMeeting(opened.body.text("meetingId"), by: town.desk)
            #expect(shown.body.text("state") == "toBePlanned")
            #expect(shown.body.text("dueAt") == opened.body.text("dueAt"))
            found.append(shown.body.text("trigger"))
        }
        #expect(found == ["interrelated", "twoDomainsOrPersons", "disagreement", "tasksLeftOpen", "screening"])
        let entries = try town.test.entries().dropFirst(before).filter { $0.event == "meeting.opened" }
        #expect(entries.map { $0.facts["trigger"] } == found.map { .text($0) })
        let onDesk = try await town.test.desk.showDesk(by: town.desk).body["meetingsToPlan"]?.arrayValue ?? []
        #expect(onDesk.map { $0.text("trigger") } == found)
        #expect(onDesk.allSatisfy { $0.texts("parties") == town.helpers.map(\.oin) })
    }

    @Test("R71 nine partners have a covenant, four are involved, four are invited; a fifth without a ground is not")
    func onlyInvolved() async throws {
        let purposes = ["housingHelp", "familyHelp", "workHelp", "schoolHelp", "elderHelp", "sportHelp", "legalHelp"]
        let town = try await MeetingTown(purposes.map { ($0, ["identification", "contact", "domains.debts"]) })
        #expect(town.helpers.count == 9)
        // Debt help and three others are involved and agreed to; the fifth at the table was never agreed to.
        let involved = [town.helpers[0]] + town.helpers[2...4]
        let fifth = town.helpers[5]
        let filed = try await town.file(["debts"], [town.resident(.mother, agreesTo: involved)])
        let meeting = try await town.opened(filed, involved + [fifth])
        let dated = try await town.dated(meeting, filed, ["debts"])
        #expect((dated.body["invited"]?.arrayValue ?? []).map { $0.text("oin") } == involved.map(\.oin))
        #expect(town.refusal(dated, fifth) == ["consent-missing"])
        for helper in town.helpers {
            let invited = involved.contains { $0.oin == helper.oin }
            #expect(try await town.test.inbox(of: helper.partner).map(\.kind) == (invited ? ["invitation"] : []))
        }
    }

    @Test("who has an open task is involved by that, for what the task was given")
    func involvedByTask() async throws {
        let town = try await MeetingTown()
        // Nobody agreed to care: it is involved on the public task for which its referral was made, and hears of that article's field.
        let agreed = town.resident(.mother, agreesTo: [town.helpers[0]])
        let filed = try await town.file(["debts", "health"], [agreed], triage: "multipleUnrelated")
        _ = try await town.test.refer(town.test.referral(filed), by: town.manager)
        let care = try await town.test.refer(town.test.justified(town.test.protection(filed)), by: town.manager)
        let meeting = try await town.opened(filed, [])
        let dated = try await town.dated(meeting, filed, ["debts", "health"])
        #expect((dated.body["invited"]?.arrayValue ?? []).map { $0.texts("items") } == [["debts"], ["health"]])
        let shown = try await town.test.desk.showMeeting(meeting, by: town.chair).body["parties"]?.arrayValue ?? []
        #expect(shown.map { $0.text("purpose") } == ["debtAssistance", "protection"])
        #expect(shown[1].text("taskId") == care.task)
        #expect(shown[1].text("ground") == "publicTask:socialSupportAct.5.2.6")
    }

    @Test("R73 the first meeting is the MDA, every later one a follow-up; they are counted apart")
    func followUps() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file()
        #expect(await town.open(filed, kind: "followUp").body.text("because") == "other-kind-of-meeting")
        for (place, kind) in ["mda", "followUp", "followUp"].enumerated() {
            let meeting = try await town.opened(filed, kind: kind)
            _ = try await town.dated(meeting, filed, ["debts"])
            town.test.clock.advance(days: 3)
            var minutes: JSONObject = ["present": [], "decisions": []]
            if place == 0 { minutes["coordinator"] = "manager-1" }
            #expect(await town.minutes(meeting, .object(minutes)).status == 200)
        }
        #expect(await town.open(filed, kind: "mda").body.text("because") == "other-kind-of-meeting")
        let held = try town.test.entries().filter { $0.event == "meeting.held" }
        #expect(held.map { $0.facts["kind"] } == [.text("mda"), .text("followUp"), .text("followUp")])
        #expect(try town.test.number("SELECT count(*) FROM plan") == 1)
    }

    @Test("R74 a household comes to one table at a time; the answer says which meeting there is")
    func noParallelMeetings() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file()
        let meeting = try await town.opened(filed)
        let second = await town.open(filed, trigger: "disagreement")
        #expect(second.status == 409 && second.body.text("because") == "meeting-open")
        #expect(second.body.text("meetingId") == meeting)
        #expect(throws: (any Error).self) {
            try town.test.sql(
                """
                INSERT INTO meeting (id, casefile, kind, opened_for, state, opened_at)
                VALUES (zeroblob(16), ?, 'mda', 'screening', 'toBePlanned', 1)
                """, [town.blob(filed.casefile)])
        }
        #expect(await town.cancel(meeting).status == 200)
        #expect(await town.open(filed).status == 201)
    }

    @Test("the same key opens one meeting and gives the same answer")
    func idempotency() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file()
        let body: JSONValue = [
            "casefileId": .string(filed.casefile), "kind": "mda", "trigger": "screening", "parties": .array(town.helpers.map(\.party)),
        ]
        let key = IdempotencyKey(route: "POST /v1/meetings", key: "m-1", body: [1])
        let first = try await town.test.desk.openMeeting(body, by: town.desk, idempotency: key)
        #expect(first.status == 201)
        #expect(try await town.test.desk.openMeeting(body, by: town.desk, idempotency: key) == first)
    }

    @Test("who may not, may not; what is wrong is listed")
    func refused() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file()
        #expect(await town.open(filed, by: town.chair).body.text("code") == "role-may-not")
        let stranger = try await town.test.staff("manager-2", .socialCaseManager)
        #expect(await town.open(filed, by: stranger).body.text("code") == "not-found")
        #expect(await town.open(filed, [town.helpers[0]]).body.text("because") == "two-parties-needed")
        let unknown: JSONValue = [
            "casefileId": .string(filed.casefile), "kind": "mda", "trigger": "screening",
            "parties": [["oin": "00000099000000009999", "purpose": "debtAssistance"]],
        ]
        let faulty = await ask { () async throws(DeskRefusal) in
            try await town.test.desk.openMeeting(unknown, by: town.desk, idempotency: nil)
        }
        #expect((faulty.body["errors"]?.arrayValue ?? []).map { $0.text("code") } == ["unknown-partner"])
        let single = try await town.file(triage: "single")
        #expect(await town.open(single, by: town.desk).body.text("because") == "not-multiple")
    }

    @Test("R65 a partner that disagrees raises the step by itself: its reason and one meeting, in one commit, until that meeting has ended")
    func disagreement() async throws {
        let chase = try await Chase()
        let test = chase.test
        let filed = try await chase.openCase()
        let debt = try await chase.received(filed).task
        _ = try await chase.received(filed, by: test.care)
        func disagree(_ reason: String, by partner: PartnerFixture) async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in
                try await test.desk.raiseDisagreement(debt, ["reason": .string(reason)], by: .partner(partner.oin), idempotency: nil)
            }
        }
        #expect(await disagree("otherApproach", by: test.care).status == 404)
        #expect(await disagree("not in the list", by: test.debt).status == 400)
        let before = try test.entries().count
        let first = await disagree("otherApproach", by: test.debt)
        #expect(first.status == 201 && first.body.text("reason") == "otherApproach", "\(first.body.canonicalText)")
        #expect(await disagree("other", by: test.debt) == first)
        #expect(try test.events(after: before) == ["task.disagreed", "meeting.opened"])
        let entries = try test.entries()
        let disagreed = try #require(entries.last { $0.event == "task.disagreed" })
        let opened = try #require(entries.last { $0.event == "meeting.opened" })
        #expect(disagreed.facts == ["because": .text("otherApproach")] && disagreed.refs["task"] == debt)
        #expect(opened.facts["trigger"] == .text("disagreement") && opened.refs["task"] == debt && opened.refs["signal"] == filed.signal)
        let told = try await test.page(of: chase.member)["tasks"]?.arrayValue ?? []
        #expect(told.filter { $0.text("news") == "disagreed" }.map { $0.text("because") } == ["otherApproach"])
        _ = try await test.desk.cancelMeeting(try #require(opened.refs["meeting"]), [:], by: chase.member, idempotency: nil)
        #expect(await disagree("other", by: test.debt).body.text("reason") == "other")
        #expect(try test.number("SELECT count(*) FROM meeting WHERE opened_for = 'disagreement'") == 2)
        #expect(try test.logIsIntact())
    }

    @Test("R65 where no meeting opens nothing stands: the desk hears each time that a partner disagrees, once for each key")
    func disagreementWithoutMeeting() async throws {
        let chase = try await Chase()
        let test = chase.test
        let task = try await chase.received(try await chase.openCase("single")).task
        func disagree(_ reason: String, key: String) async throws -> DeskAnswer {
            try await test.desk.raiseDisagreement(
                task, ["reason": .string(reason)], by: .partner(test.debt.oin),
                idempotency: IdempotencyKey(route: "test", key: key, body: [1]))
        }
        let first = try await disagree("otherApproach", key: "d-1")
        #expect(first.body.text("reason") == "otherApproach")
        test.clock.advance(milliseconds: 1)
        #expect(try await disagree("other", key: "d-2").body.text("reason") == "other")
        #expect(try await disagree("otherApproach", key: "d-1") == first)
        let told = try await test.page(of: chase.member)["tasks"]?.arrayValue ?? []
        #expect(Set(told.filter { $0.text("news") == "disagreed" }.map { $0.text("because") }) == ["otherApproach", "other"])
        #expect(try test.number("SELECT count(*) FROM disagreement WHERE ended_at IS NULL") == 0)
        #expect(try test.number("SELECT count(*) FROM meeting") == 0)
    }
}
