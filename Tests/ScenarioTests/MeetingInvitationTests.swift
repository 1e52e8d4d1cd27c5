import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import JOSE
import StrictJSON
import Testing

@Suite("Inviting to a meeting")
struct MeetingInvitationTests {
    /// The properties of an iCalendar object, unfolded, by name; a line that is none fails.
    private func properties(_ ics: String) throws -> [String: String] {
        #expect(ics.hasSuffix("\r\n"))
        let lines = ics.replacing("\r\n ", with: "").components(separatedBy: "\r\n").dropLast()
        #expect(lines.first == "BEGIN:VCALENDAR" && lines.last == "END:VCALENDAR")
        var found: [String: String] = [:]
        for line in lines {
            let colon = try #require(line.firstIndex(of: ":"))
            let name = line[..<colon].prefix { $0 != ";" }
            #expect(!name.isEmpty && name.allSatisfy { $0.isUppercase || $0 == "-" })
            found[String(name)] = String(line[line.index(after: colon)...])
        }
        return found
    }

    private func open(_ message: String, _ helper: MeetingTown.Helper, in town: MeetingTown) async throws -> MessagePayload {
        try await town.test.fetch(message, as: helper.partner).payload
    }

    @Test("each partner gets only its own items, under ids made for it alone, and a calendar that says nothing")
    func ownItems() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file()
        let meeting = try await town.opened(filed)
        let dated = try await town.dated(meeting, filed, ["debts", "health"])
        let (debt, care) = (town.helpers[0], town.helpers[1])
        let first = try await open(town.invitation(dated, debt), debt, in: town)
        let second = try await open(town.invitation(dated, care), care, in: town)
        let (one, other) = (try #require(first.meeting), try #require(second.meeting))
        #expect(first.kind == .invitation && one.items.map(\.title) == ["schulden"])
        #expect(other.items.map(\.title) == ["gezondheid"])
        #expect(first.fields["domains"]?["debts"]?["concern"] != nil && first.fields["domains"]?["health"] == nil)
        #expect(second.fields["domains"]?["health"]?["concern"] != nil && second.fields["domains"]?["debts"] == nil)
        // Nobody can join records.
        #expect(Set([one.meetingId, other.meetingId, meeting]).count == 3)
        #expect(one.items[0].id != other.items[0].id)
        let calendars = try [one, other].map { try properties(#require($0.ics)) }
        #expect(calendars[0]["UID"] != calendars[1]["UID"])
        #expect(calendars.allSatisfy { $0["SUMMARY"] == "Overleg" && $0["CLASS"] == "CONFIDENTIAL" && $0["METHOD"] == "REQUEST" })
        #expect(calendars.allSatisfy { $0["SEQUENCE"] == "0" && $0["LOCATION"] == nil && $0["DESCRIPTION"] == nil })
        #expect(calendars[0]["ATTENDEE"] == "urn:nld:oin:\(debt.oin)")
        for payload in [first, second] {
            let text = String(describing: payload)
            #expect(text.contains(payload.messageId))
            for secret in [filed.casefile, meeting] + filed.persons { #expect(!text.contains(secret)) }
            // Neither has a task by which it would know the household: the name goes along, and the calendar does not hold it.
            #expect(payload.fields["identification"]?.objectValue?.names == ["name"] && payload.fields["contact"] == nil)
            let calendar = try #require(payload.meeting?.ics)
            #expect(!calendar.contains(Resident.mother.given) && !calendar.contains(Resident.mother.family))
        }
    }

    @Test("R69 at the table a partner has the intersection of consent, covenant and pack, and no more than it has elsewhere")
    func neverWider() async throws {
        let town = try await MeetingTown([("housingHelp", ["identification", "domains.housing", "domains.income"])])
        let housing = town.helpers[2]
        // The father agreed to housing help about his income alone; the mother about everything.
        var father = Resident.father
        father.consents = [
            Consents.intake, Consents.given(to: [housing.oin], for: [housing.purpose], fields: ["domains.income"]),
        ]
        let filed = try await town.file(["debts", "housing", "income"], [town.resident(.mother), father])
        let meeting = try await town.opened(filed)
        let dated = await town.date(
            meeting,
            town.dateBody(
                filed,
                [
                    ("debts", [filed.persons[0]]), ("housing", nil), ("income", nil), ("housing", [filed.persons[0]]),
                ]))
        #expect(dated.status == 200, "\(dated.body.canonicalText)")
        // Housing as a whole tells about the father, too: only the item about the mother alone, and income about both.
        let payload = try await open(town.invitation(dated, housing), housing, in: town)
        #expect(payload.meeting?.items.map(\.title) == ["inkomen", "wonen"])
        let shown = try await town.test.desk.showMeeting(meeting, by: town.chair).body["items"]?.arrayValue ?? []
        #expect(shown.map { $0.texts("audience").contains(housing.oin) } == [false, false, true, true])
        #expect(shown[0].texts("audience") == [town.helpers[0].oin])
        // What the message tells is no more than its items: the concern about the mother's housing, not about the father's.
        let about = payload.fields["domains"]?["housing"]?["concern"]?.arrayValue?.first?.texts("about")
        #expect(about?.count == 1)
        // The mother's name, as housing help has no task about them; the father agreed to his income alone.
        #expect(payload.fields["identification"]?.objectValue?.names == ["name"] && payload.fields["contact"] == nil)
        #expect((payload.fields["others"]?.arrayValue ?? []).allSatisfy { $0["identification"] == nil })
    }

    @Test("who has a task about the household knows it by that, and is told no name")
    func ownTask() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file(["debts", "health"], triage: "multipleUnrelated")
        let debt = town.helpers[0]
        let queued = try await town.test.refer(town.test.referral(filed, to: debt.partner), by: town.desk)
        let meeting = try await town.opened(filed, [town.helpers[1]])
        let dated = try await town.dated(meeting, filed, ["debts", "health"])
        let payload = try await open(town.invitation(dated, debt), debt, in: town)
        #expect(payload.meeting?.taskId == queued.task)
        #expect(payload.fields["identification"] == nil)
    }

    @Test("a withdrawal ends an invitation that was not delivered; what remains is invited when the meeting is dated again")
    func withdrawal() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file()
        let meeting = try await town.opened(filed)
        let dated = try await town.dated(meeting, filed, ["debts", "health"])
        let debt = town.helpers[0]
        let shown = try await town.test.desk.showCasefile(filed.casefile, by: town.desk).body
        let consents = shown["persons"]?.arrayValue?.first?["consents"]?.arrayValue ?? []
        let consent = try #require(consents.first { $0.texts("recipients") == [debt.oin] }).text("consentId")
        let withdrawn = try await town.test.desk.withdrawConsent(consent, ["how": "telephone"], by: town.desk, idempotency: nil).body
        #expect(withdrawn.texts("ended") == [town.invitation(dated, debt)])
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await town.test.desk.fetchMessage(town.invitation(dated, debt), by: .partner(debt.partner.oin))
            } == "ended")
        #expect(try await open(town.invitation(dated, town.helpers[1]), town.helpers[1], in: town).kind == .invitation)
        let again = try await town.dated(meeting, filed, ["debts", "health"])
        #expect(town.refusal(again, debt) == ["field-not-covered", "consent-withdrawn"])
        // It never left: there is nobody to tell.
        #expect(try await town.test.inbox(of: debt.partner).isEmpty)
        #expect(try town.test.logIsIntact())
    }

    @Test("an update takes the place of the earlier invitation; who may no longer come is told so without content")
    func update() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file()
        let meeting = try await town.opened(filed)
        let first = try await town.dated(meeting, filed, ["debts", "health"])
        let (debt, care) = (town.helpers[0], town.helpers[1])
        let earlier = (debt: town.invitation(first, debt), care: town.invitation(first, care))
        try await town.receive(earlier.debt, debt.partner)
        try await town.receive(earlier.care, care.partner)
        let before = try await town.test.desk.showMeeting(meeting, by: town.chair).body
        let second = try await town.dated(meeting, filed, ["debts"])
        let payload = try await open(town.invitation(second, debt), debt, in: town)
        #expect(payload.replaces == earlier.debt)
        #expect(try properties(#require(payload.meeting?.ics))["SEQUENCE"] == "1")
        #expect(town.refusal(second, care) == ["field-not-covered"])
        let told = try await town.test.inbox(of: care.partner)
        #expect(told.map(\.kind) == ["notice"])
        let notice = try await open(told[0].id, care, in: town).notice
        #expect(notice?.code == "meetingCancelled" && notice?.about == [earlier.care])
        let after = try await town.test.desk.showMeeting(meeting, by: town.chair).body
        #expect(before["sequence"] == 0 && after["sequence"] == 1)
        // Dated once more without it: it is not told twice.
        _ = try await town.dated(meeting, filed, ["debts"])
        #expect(try await town.test.inbox(of: care.partner).map(\.kind) == ["notice"])
        #expect(try await town.test.inbox(of: debt.partner).map(\.kind) == ["invitation"])
        #expect(try town.test.logIsIntact())
    }

    @Test("a cancellation reaches the calendar of whom the gate still permits, a notice whom it does not, nobody who was never reached")
    func cancellation() async throws {
        let town = try await MeetingTown([("housingHelp", ["identification", "domains.debts"])])
        let filed = try await town.file()
        let meeting = try await town.opened(filed)
        let dated = try await town.dated(meeting, filed, ["debts", "health"])
        let (debt, care, housing) = (town.helpers[0], town.helpers[1], town.helpers[2])
        let uid = try properties(#require(try await open(town.invitation(dated, debt), debt, in: town).meeting?.ics))["UID"]
        try await town.receive(town.invitation(dated, debt), debt.partner)
        try await town.receive(town.invitation(dated, care), care.partner)
        var without = TestPolicy()
        without.hasCare = false
        without.add("test-housinghelp", oin: housing.oin, purpose: housing.purpose, fields: ["identification", "domains.debts"])
        try await town.test.adopt(without)
        #expect(await town.cancel(meeting).body.text("state") == "cancelled")
        let toDebt = try await town.test.inbox(of: debt.partner)
        let cancelled = try properties(#require(try await open(toDebt[0].id, debt, in: town).meeting?.ics))
        #expect(cancelled["METHOD"] == "CANCEL" && cancelled["SEQUENCE"] == "1" && cancelled["UID"] == uid)
        #expect(try await town.test.inbox(of: care.partner).map(\.kind) == ["notice"])
        #expect(try await town.test.inbox(of: housing.partner).isEmpty)
        #expect(try town.test.number("SELECT count(*) FROM deadline WHERE kind = 'planning'") == 0)
        #expect(await town.cancel(meeting).body.text("because") == "no-meeting")
        let last = try town.test.entries().last { $0.event == "meeting.dated" }
        #expect(last?.facts["cancelled"] == .text("yes"))
        #expect(try town.test.logIsIntact())
    }

    @Test("whoever cannot be told that it is not to come, or that the meeting does not take place, is named in the answer")
    func untold() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file()
        let meeting = try await town.opened(filed)
        let dated = try await town.dated(meeting, filed, ["debts", "health"])
        #expect(dated.body["notTold"] == nil)
        let (debt, care) = (town.helpers[0], town.helpers[1])
        let invitation = town.invitation(dated, care)
        try await town.receive(town.invitation(dated, debt), debt.partner)
        try await town.receive(invitation, care.partner)
        try town.test.sql("UPDATE partner SET keys = x'7b7d' WHERE oin = ?", [care.oin])
        let again = try await town.dated(meeting, filed, ["debts", "health"])
        #expect(town.refusal(again, care) == ["unknown-fact"] && again.body["notTold"] == [.string(invitation)])
        let cancelled = await town.cancel(meeting)
        #expect(cancelled.body.text("state") == "cancelled" && cancelled.body["notTold"] == [.string(invitation)])
        #expect(try town.test.logIsIntact())
    }

    @Test("the log shows every permit and every refusal of a dating, under the meeting")
    func logged() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file()
        let meeting = try await town.opened(filed)
        let before = try town.test.entries().count
        _ = try await town.dated(meeting, filed, ["debts", "health", "income"])
        let entries = try town.test.entries().dropFirst(before)
        let decisions = entries.filter { $0.event.hasPrefix("decision.") }
        // Three items for two partners, and for each one of the whole, which has the name in it.
        #expect(decisions.filter { $0.event == "decision.permitted" }.count == 5)
        #expect(decisions.filter { $0.event == "decision.refused" }.count == 3)
        #expect(decisions.allSatisfy { $0.refs["meeting"] == meeting })
        #expect(entries.filter { $0.event == "message.sealed" }.allSatisfy { $0.refs["meeting"] == meeting })
        let dated = try #require(entries.first { $0.event == "meeting.dated" })
        #expect(dated.refs["signal"] == filed.signal && dated.facts["sequence"] == .integer(0))
    }

    @Test("a partner answers by its own id; the desk and the chair see it, and a new date asks again")
    func replies() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file()
        let meeting = try await town.opened(filed)
        let dated = try await town.dated(meeting, filed, ["debts", "health"])
        let (debt, care) = (town.helpers[0], town.helpers[1])
        let own = try #require(try await open(town.invitation(dated, debt), debt, in: town).meeting?.meetingId)
        func reply(_ id: String, _ helper: MeetingTown.Helper) async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in
                try await town.test.desk.answerInvitation(
                    id, ["answer": "declined"], by: .partner(helper.partner.oin), idempotency: nil)
            }
        }
        #expect(await reply(own, care).body.text("code") == "not-found")
        #expect(await reply(meeting, debt).body.text("code") == "not-found")
        #expect(await reply(own, debt).body == ["meetingId": .string(own), "answer": "declined"])
        let onDesk = try await town.test.desk.showDesk(by: town.desk).body["meetings"]?.arrayValue ?? []
        #expect(onDesk.count == 1)
        #expect((onDesk[0]["invited"]?.arrayValue ?? []).map { $0.text("answer") } == ["declined", ""])
        _ = try await town.dated(meeting, filed, ["debts", "health"])
        let shown = try await town.test.desk.showMeeting(meeting, by: town.chair).body["parties"]?.arrayValue ?? []
        #expect(shown.allSatisfy { $0["answer"] == nil })
        _ = await town.cancel(meeting)
        #expect(await reply(own, debt).body.text("code") == "ended")
    }

    @Test("a date is ahead, says whether the resident comes, and names persons of the case; only chair, coordinator and desk give one")
    func faults() async throws {
        let town = try await MeetingTown()
        let filed = try await town.file()
        let meeting = try await town.opened(filed)
        let body = town.dateBody(filed, [("debts", nil)])
        func codes(_ body: JSONValue) async -> [String] {
            (await town.date(meeting, body).body["errors"]?.arrayValue ?? []).map { $0.text("code") }
        }
        #expect(await codes(body.with("at", .string(town.test.clock.calendar.rfc3339))) == ["in-the-past"])
        #expect(await codes(body.with("resident", nil)) == ["missing-member"])
        #expect(await codes(body.with("resident", ["comes": false])) == ["missing-member"])
        #expect(await codes(body.with("resident", ["comes": false, "reason": "shy"])) == ["not-in-list"])
        #expect(await codes(body.with("items", [["domain": "debts", "subjects": [.string(meeting)]]])) == ["unknown-person"])
        #expect(await codes(body.with("chair", "desk-1")) == ["not-a-chair"])
        // Not before the case was given to the chair.
        #expect(await town.date(meeting, body, by: town.chair).body.text("code") == "not-found")
        #expect(await town.date(meeting, body.with("resident", ["comes": false, "reason": "unsafe"]), by: town.manager).status == 200)
        #expect(await town.date(meeting, body, by: town.chair).status == 200)
    }
}
