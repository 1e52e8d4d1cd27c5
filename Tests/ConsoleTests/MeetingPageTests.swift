import Casework
import ConvenantTestSupport
import Exchange
import StrictJSON
import Testing

@testable import Console

@Suite("the forms of a meeting keep what was decided", .timeLimit(.minutes(10)))
struct MeetingPageTests {
    /// A meeting about the mother's debts, dated six days ahead with a chair, that the resident does not come to.
    private func dated(_ test: TestDesk, _ household: [Resident] = [.mother], minutes: Int64 = 60) async throws -> (
        filed: FiledCase, id: String, clerk: Caller
    ) {
        let clerk = try await test.staff("other", .contactPoint)
        for (name, role) in [("manager", StaffRole.socialCaseManager), ("chair", StaffRole.meetingChair)] {
            _ = try await test.account(name, role)
        }
        let filed = try await test.openCase(household, triage: "multipleInterrelated", by: clerk)
        let id = try await test.openMeeting(about: filed, by: clerk)
        try await test.date(
            id, about: filed, minutes: minutes, chair: "chair", resident: ["comes": false, "reason": "declined"], by: clerk)
        return (filed, id, clerk)
    }

    /// A row of the minutes in which everything is filled in.
    private func row(_ row: Int, _ filed: FiledCase, due: String = "2026-12-20") -> [(String, String)] {
        [
            ("owner-\(row)", "account:manager"), ("action-\(row)", "coordinate"), ("domain-\(row)", "debts"),
            ("subject-\(row)", filed.persons[0]), ("due-\(row)", due),
        ]
    }

    @Test("dating a meeting again begins with what it has, and what is not changed stays")
    func redate() async throws {
        try await servingPages { test, browser in
            let (filed, id, clerk) = try await dated(test, minutes: 90)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let page = try await visitor.get("/meetings/\(id)/date").text
            for filled in [
                "name=\"day\" type=\"date\" value=\"2026-11-29\"", "name=\"time\" type=\"time\" value=\"10:00\"",
                "name=\"minutes\" type=\"text\" value=\"90\"", "<option selected>chair</option>", "value=\"declined\" checked",
                "value=\"debts:\(filed.persons[0])\" checked",
            ] {
                #expect(page.contains(filled), "\(filled)")
            }
            let form = [
                ("day", "2026-11-30"), ("time", "10:00"), ("minutes", ""), ("item", "debts:\(filed.persons[0])"), ("resident", "declined"),
                ("chair", "chair"),
            ]
            let empty = try await visitor.post("/meetings/\(id)/date", form)
            #expect(empty.status == 400 && empty.text.contains("href=\"#minutes\"") && empty.text.contains("value=\"2026-11-30\""))
            let whole = form.map { $0.0 == "minutes" ? ($0.0, "90") : $0 }
            #expect(try await visitor.post("/meetings/\(id)/date", whole).status == 303)
            #expect(try await test.desk.showMeeting(id, by: clerk).body["minutes"] == 90)
        }
    }

    @Test("a meeting is cancelled, and the page says that not every party is told of it, where that is so", arguments: [false, true])
    func cancelled(_ isUntold: Bool) async throws {
        try await servingPages { test, browser in
            let (_, id, _) = try await dated(test)
            for (message, kind) in try await test.inbox(of: test.debt) where kind == "invitation" {
                _ = try await test.fetch(message, as: test.debt)
            }
            if isUntold { try test.sql("UPDATE partner SET keys = x'7b7d' WHERE oin = ?", [test.debt.oin.description]) }
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            _ = try await visitor.get("/meetings/\(id)")
            let said = isUntold ? "cancelled-untold" : "cancelled"
            let done = try await visitor.post("/meetings/\(id)/cancellation", [])
            #expect(done.leadsTo == "/meetings/\(id)?said=\(said)")
            #expect(try await visitor.get(done.leadsTo).text.contains(Words.text("meeting-said-\(said)", in: .nl)))
        }
    }

    @Test("a decision without a who is asked for, and nothing is kept; what is wrong stands at its own row and field")
    func rows() async throws {
        try await servingPages { test, browser in
            let (filed, id, clerk) = try await dated(test)
            test.clock.advance(days: 6)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/meetings/\(id)/minutes"
            #expect(try await visitor.get(path).text.contains("<option value=\"account:manager\">manager</option>"))
            let coordinator = [("coordinator", "manager")]
            let nobody = try await visitor.post(path, coordinator + row(2, filed).filter { $0.0 != "owner-2" })
            #expect(nobody.status == 400 && nobody.text.contains("href=\"#owner-2\"") && nobody.text.contains("id=\"owner-2-fault\""))
            for part in ["action", "domain", "due"] {
                let only = try await visitor.post(path, coordinator + row(1, filed).filter { $0.0 == "\(part)-1" })
                #expect(only.text.contains("href=\"#owner-1\""), "\(part)")
            }
            let past = try await visitor.post(path, coordinator + row(1, filed) + row(3, filed, due: "2026-11-01"))
            #expect(past.status == 400 && past.text.contains("href=\"#due-3\"") && past.text.contains("id=\"due-3-fault\""))
            #expect(!past.text.contains("#owner-1") && past.text.contains("Deze datum is voorbij"))
            let headless = try await visitor.post(path, row(1, filed))
            #expect(headless.status == 400 && headless.text.contains("href=\"#coordinator\""))
            #expect(headless.text.contains("aria-describedby=\"coordinator-hint coordinator-fault\" aria-invalid=\"true\""))
            #expect(try await test.desk.showMeeting(id, by: clerk).body["state"] == "dated")
            // The only one of the household is ticked beforehand: that begins no decision. One of several who is ticked does.
            let kept = try await visitor.post(path, coordinator + row(1, filed) + [("subject-2", filed.persons[0])])
            #expect(kept.leadsTo == "/meetings/\(id)?said=held")
            #expect(try await test.desk.showMeeting(id, by: clerk).body.list("actions").count == 1)
        }
    }

    @Test("of a household of several, one who is ticked begins a decision, which is not lost for lack of all else")
    func ticked() async throws {
        try await servingPages { test, browser in
            let (filed, id, _) = try await dated(test, [.mother, .father])
            test.clock.advance(days: 6)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let lost = try await visitor.post(
                "/meetings/\(id)/minutes", [("coordinator", "manager")] + row(1, filed) + [("subject-2", filed.persons[1])])
            #expect(lost.status == 400 && lost.text.contains("href=\"#owner-2\""))
        }
    }

    @Test("who is to do something stays who was chosen, whoever joins the staff meanwhile; who has left is chosen again")
    func owner() async throws {
        try await servingPages { test, browser in
            let (filed, id, clerk) = try await dated(test)
            test.clock.advance(days: 6)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/meetings/\(id)/minutes"
            let page = try await visitor.get(path).text
            let manager = String(try #require(page.firstMatch(of: /<option value="([^"]+)">manager</)).output.1)
            _ = try await test.account("aaa", .socialCaseManager)
            func minutes(_ owner: String) -> [(String, String)] {
                [("coordinator", "manager")] + row(1, filed).map { $0.0 == "owner-1" ? ($0.0, owner) : $0 }
            }
            for gone in ["account:nobody", "partner:00000099000000002000|debtAssistance|test-debt/9/3.2", "0"] {
                let again = try await visitor.post(path, minutes(gone))
                #expect(again.status == 400 && again.text.contains(Words.text("choice-gone", in: .nl)), "\(gone)")
            }
            #expect(try await visitor.post(path, minutes(manager)).status == 303)
            let action = try #require(try await test.desk.showMeeting(id, by: clerk).body.list("actions").first)
            #expect(action["account"] == "manager")
        }
    }
}
