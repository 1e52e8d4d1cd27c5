import Casework
import ConvenantTestSupport
import Exchange
import StrictJSON
import Testing

@testable import Console

@Suite("the doors and the forms of a case", .timeLimit(.minutes(10)))
struct CaseDoorTests {
    @Test("what was chosen is what goes, though another partner came to stand before it; what is no longer offered is chosen again")
    func sameChoice() async throws {
        let first = "00000099000000001500"
        let policy = TestPolicy { $0.add("test-first", oin: first, purpose: "housingHelp", fields: ["identification"]) }
        try await servingPages(policy) { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "multipleUnrelated", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            let choose = try await visitor.get("\(path)/share").text
            let debt = String(try #require(choose.firstMatch(of: /name="article" value="([^"]+)"><span>Testschuldhulp/)).output.1)
            let asked = [("subject", filed.persons[0]), ("field", "identification.name")]
            let check = try await visitor.post("\(path)/share/check", asked + [("article", debt)])
            #expect(check.text.contains("<h2>Testschuldhulp"))
            let partner = try PartnerFixture(
                first, "Eerste", sealing: .p256, authority: test.authority, at: test.clock.wall.millisecondsSince1970)
            _ = try await test.desk.addPartner(
                oin: partner.oin, name: partner.name, certificatePEM: partner.certificate.pem, keys: partner.keys, endpoint: nil)
            let form = asked + [("article", check.value(of: "article")), ("once", check.value(of: "once"))]
            #expect(try await visitor.post("\(path)/share", form).leadsTo == "\(path)?said=shared")
            #expect(try await test.inbox(of: test.debt).count == 1)

            let care = try await test.choice("careSupport", in: filed, by: clerk)
            try await test.adopt(
                TestPolicy {
                    $0.add("test-first", oin: first, purpose: "housingHelp", fields: ["identification"])
                    $0.hasCare = false
                })
            let gone = Words.text("choice-gone", in: .nl)
            let answer = [("person", filed.persons[0]), ("answer", "given"), ("freely", "yes"), ("recordedHow", "spoken")]
            let before = try test.events().filter { $0.hasPrefix("consent.") }.count
            for (door, fields) in [
                ("share", asked), ("share/check", asked), ("spoken", asked),
                ("consents", answer + [("article", debt)]), ("objections", [("person", filed.persons[0]), ("scope", "some")]),
            ] {
                let again = try await visitor.post("\(path)/\(door)", fields + [("article", care)])
                #expect(again.status == 400 && again.text.contains("<a href=\"#article\">\(gone)</a>"), "\(door)")
            }
            #expect(try test.events().filter { $0.hasPrefix("consent.") }.count == before, "nor was a yes to the other one recorded")
        }
    }

    @Test("a task that cannot be moved so says at which field, and its form stays open as it was filled in")
    func task() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let task = try await test.referAndReceive(test.referral(filed), to: test.debt, by: clerk).task
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            #expect(try await !visitor.get(path).text.contains("<details open>"))
            for (to, member, field) in [("rejected", "expectedOn", "reason"), ("onHold", "reason", "expected")] {
                let given = member == "expectedOn" ? "2026-12-01" : "noCapacity"
                let shown = try await visitor.post("\(path)/tasks", [("task", task), ("to", to), (member, given)])
                #expect(shown.status == 400 && shown.text.contains("href=\"#\(field)-\(task)\""), "\(to)")
                #expect(
                    shown.text.contains("id=\"\(field)-\(task)-fault\"")
                        && shown.text.contains("\(field)-\(task)-fault\" aria-invalid=\"true\""))
                #expect(shown.text.contains("<details open><summary>\(Words.text("task-move", in: .nl))"))
                #expect(shown.text.contains("<option value=\"\(to)\" selected>"))
                #expect(shown.text.contains(member == "reason" ? "<option value=\"noCapacity\" selected>" : "value=\"2026-12-01\""))
            }
            #expect(try test.task(task).state == "received")
        }
    }

    @Test("aftercare is asked for until it was held; a new question without its channel, and a mentor without matters, say what is missing")
    func aftercare() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            #expect(try await !visitor.get(path).text.contains("\(path)/aftercare"))
            let mentor = try await visitor.post("\(path)/representatives", [("person", filed.persons[0]), ("office", "mentor")])
            #expect(
                mentor.status == 400 && mentor.text.contains("href=\"#purposes\"") && mentor.text.contains("<fieldset class=\"wrong\">"))
            _ = try await test.desk.closeCase(filed.casefile, ["outcome": "solved"], by: clerk, idempotency: nil)
            #expect(try await visitor.get(path).text.contains("\(path)/aftercare"))
            let open = try await visitor.post("\(path)/aftercare", [("outcome", "newQuestion")])
            #expect(open.status == 400 && open.text.contains("href=\"#channel\"") && open.text.contains("id=\"channel-fault\""))
            #expect(open.text.contains("aria-describedby=\"channel-fault\" aria-invalid=\"true\""))
            #expect(open.text.contains("<option value=\"newQuestion\" selected>"))
            #expect(try await visitor.post("\(path)/aftercare", [("outcome", "stable")]).leadsTo == "\(path)?said=aftercare")
            #expect(try await !visitor.get(path).text.contains("\(path)/aftercare"))
            let late = try await visitor.post("\(path)/aftercare", [("outcome", "newQuestion")])
            #expect(late.status == 400 && late.text.contains("href=\"#content\"") && !late.text.contains("#channel"))
        }
    }

    @Test("every door that a case and its meeting show to a role opens for it")
    func doors() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "multipleInterrelated", by: clerk)
            let id = try await test.openMeeting(about: filed, by: clerk)
            try await test.date(id, about: filed, by: clerk)
            let meeting = "/meetings/\(id)"
            let path = "/cases/\(filed.casefile)"
            var visitors: [StaffRole: Browsing] = [.contactPoint: try await browser.signedIn(test.account("clerk", .contactPoint))]
            for role in ReferralDesk.caseRoles {
                let account = try await test.account("a-\(role.rawValue.lowercased())", role)
                _ = try await test.desk.assignCase(filed.casefile, ["account": .string(account.name)], by: clerk, idempotency: nil)
                visitors[role] = try await browser.signedIn(account)
            }
            _ = try await test.desk.makePlan(filed.casefile, ["coordinator": "a-plancoordinator"], by: clerk, idempotency: nil)
            for (role, visitor) in visitors {
                let leads = ReferralDesk.leadingRoles.contains(role)
                let shown =
                    [path] + (leads ? [meeting] : []) + (ReferralDesk.justifyingRoles.contains(role) ? ["\(path)/justifications"] : [])
                var doors: Set<String> = []
                for page in shown {
                    let text = try await visitor.get(page).text
                    doors.formUnion(text.matches(of: /href="(\/(?:cases|meetings)\/[^"#]*)"/).map { String($0.output.1) })
                }
                for door in doors { #expect(try await visitor.get(door).status == 200, "\(role) \(door)") }
                #expect(doors.contains(meeting) == leads, "\(role)")
                #expect(doors.contains("\(path)/spoken") == leads && doors.contains("\(meeting)/minutes") == leads, "\(role)")
                #expect(doors.contains(where: { $0.hasPrefix("\(path)/transfers/") }) == leads, "\(role)")
                #expect(doors.contains("\(path)/justifications/new") == ReferralDesk.justifyingRoles.contains(role), "\(role)")
                #expect(doors.contains("\(path)/share") == ReferralDesk.referringRoles.contains(role), "\(role)")
            }

            // A chair's doors lead somewhere; the one of a referral stays shut.
            let chair = try #require(visitors[.meetingChair])
            #expect(try await chair.get("\(path)/share").status == 403)
            let question = [
                ("article", try await test.choice("debtAssistance", in: filed, by: clerk)), ("subject", filed.persons[0]),
                ("field", "identification.name"),
            ]
            _ = try await chair.get(path)
            #expect(try await chair.post("\(path)/spoken", question).leadsTo == "\(path)?said=spoken")
            let passedOn = try await chair.post("\(path)/transfers/\(id)", question + [("platform", "topTeam")])
            #expect(passedOn.leadsTo == "\(meeting)?said=transferred")
        }
    }
}
