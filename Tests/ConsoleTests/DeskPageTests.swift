import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@testable import Console

@Suite("the desk's pages")
struct DeskPageTests {
    @Test("every page of desk, case and meeting is open to the roles whose use case says so, and to nobody else")
    func routesByRole() async throws {
        try await servingPages { test, browser in
            let desk = try await test.staff("clerk", .contactPoint)
            let filed = try await test.openCase([.mother, .father], triage: "multipleInterrelated", by: desk)
            let meeting = try await test.openMeeting(about: filed, by: desk)
            let waiting = try await test.fileSignal([.father])
            let paths = [
                "/desk", "/desk/signals/\(waiting)", "/desk/joins/\(waiting)/\(filed.casefile)", "/cases", "/cases/\(filed.casefile)",
                "/cases/\(filed.casefile)/share", "/meetings/\(meeting)", "/meetings/\(meeting)/date", "/meetings/\(meeting)/minutes",
            ]
            for role in StaffRole.allCases {
                let visitor = try await browser.signedIn(test.account("a-\(role.rawValue.lowercased())", role))
                for path in paths {
                    let shown = try await visitor.get(path)
                    // Nobody here has a case given to them, so that the desk alone may look into one.
                    let isOpen = role == .contactPoint || path == "/cases"
                    #expect(isOpen ? shown.status == 200 : [403, 404].contains(shown.status), "\(role) \(path) \(shown.status)")
                    if !isOpen { #expect(!shown.text.contains("Waterdrinkster")) }
                }
            }
            let nobody = await browser.another()
            for path in paths { #expect(try await nobody.get(path).leadsTo.hasPrefix("/sign-in")) }
        }
    }

    @Test("forms of another role change nothing")
    func formsByRole() async throws {
        try await servingPages { test, browser in
            let desk = try await test.staff("clerk", .contactPoint)
            let filed = try await test.openCase([.mother], by: desk)
            let (waiting, nameless) = (try await test.fileSignal([.father]), try await test.fileSignal(nil))
            let forms: [(String, [(String, String)])] = [
                ("/desk/signals/\(waiting)/triage", [("outcome", "single")]), ("/desk/signals/\(waiting)/part", []),
                ("/desk/signals/\(nameless)/seen", []),
                ("/desk/joins/\(waiting)/\(filed.casefile)", []), ("/cases/\(filed.casefile)/closure", [("outcome", "solved")]),
                ("/cases/\(filed.casefile)/visits", [("outcome", "spoke")]),
                ("/cases/\(filed.casefile)/plan", [("coordinator", "clerk")]),
                ("/cases/\(filed.casefile)/meetings", [("kind", "mda"), ("trigger", "interrelated")]),
                ("/desk/contact", [("task", waiting), ("casefile", filed.casefile), ("outcome", "busy")]),
                ("/desk/fault", [("fault", waiting), ("do", "again")]), ("/desk/news", [("upTo", waiting)]),
            ]
            for role in StaffRole.allCases where role != .contactPoint {
                let visitor = try await browser.signedIn(test.account("b-\(role.rawValue.lowercased())", role))
                for (path, fields) in forms {
                    _ = try await visitor.get("/")
                    let before = try test.entries().count
                    let shown = try await visitor.post(path, fields)
                    #expect([403, 404].contains(shown.status), "\(role) \(path) \(shown.status)")
                    #expect(try test.entries().count == before, "\(role) \(path)")
                }
            }
        }
    }

    @Test("a case manager opens the case that was given to them and finds no other")
    func assignedOnly() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("clerk", .contactPoint)
            let manager = try await test.account("manager", .socialCaseManager)
            let (mine, other) = (try await test.openCase([.mother], by: clerk), try await test.openCase([.father], by: clerk))
            _ = try await test.desk.triageSignal(
                mine.signal, ["outcome": "multipleUnrelated", "caseManager": "manager"], by: clerk, idempotency: nil)
            let visitor = try await browser.signedIn(manager)
            let list = try await visitor.get("/cases").text
            #expect(list.contains("/cases/\(mine.casefile)") && list.contains(Words.name("domain", "debts", in: .nl)))
            #expect(!list.contains("Waterdrinkster"))
            #expect(try await visitor.get("/cases/\(mine.casefile)").text.contains("Waterdrinkster"))
            for path in ["/cases/\(other.casefile)", "/cases/\(other.casefile)/share", "/desk/signals/\(other.signal)"] {
                let shown = try await visitor.get(path)
                #expect(shown.status == 404 && !shown.text.contains("Zandloopster"), "\(path)")
            }
        }
    }

    @Test("another organisation's worker finds nothing, whatever the id")
    func otherOrganisation() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("clerk", .contactPoint)
            let filed = try await test.openCase([.mother], by: clerk)
            let made = try await test.desk.addStaff(name: "stranger", role: .contactPoint, organisation: test.care.oin)
            let visitor = try await browser.signedIn((made.account, made.password))
            for path in ["/desk", "/desk/signals/\(filed.signal)", "/cases/\(filed.casefile)", "/cases/\(filed.casefile)/share"] {
                let shown = try await visitor.get(path)
                #expect([403, 404].contains(shown.status) && !shown.text.contains("Waterdrinkster"), "\(path)")
            }
        }
    }

    @Test("the lines of the desk tell what a case is about, and which partner did what with the way to the case; they name nobody")
    func toldApart() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], by: clerk)
            let queued = try await test.referAndReceive(test.referral(filed), to: test.debt, by: clerk)
            _ = try await test.desk.moveTask(queued.task, ["to": "accepted"], by: .partner(test.debt.oin), idempotency: nil)
            let day = try await test.desk.showDesk(by: clerk).body
            let domains = (day.list("withoutCoordinator").first?.list("domains") ?? []).compactMap(\.stringValue)
            #expect(domains.contains("debts") && day.list("tellings").allSatisfy { $0.list("domains").count == domains.count })
            let shown = try await browser.signedIn(test.account("clerk", .contactPoint)).get("/desk").text
            let names = domains.map { Words.name("domain", $0, in: .nl) }.joined(separator: ", ")
            #expect(shown.contains("<a href=\"/cases/\(filed.casefile)\">Testschuldhulp: pakt een taak op</a>"))
            #expect(shown.contains("<br><span class=\"soft\">\(names)</span>") && !shown.contains("Waterdrinkster"))
        }
    }

    @Test("a case with nothing under way is among what waits at the desk, with what to do and the way to it; it names nobody")
    func idleCase() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let (none, what) = (Words.text("desk-idleCases-empty", in: .nl), Words.text("desk-idleCases-do", in: .nl))
            let empty = try await visitor.get("/desk").text
            #expect(empty.contains(none) && !empty.contains(what))
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let page = try await visitor.get("/desk").text
            let section = try #require(page.split(separator: "<section id=\"idleCases\">").last?.split(separator: "</section>").first)
            #expect(section.contains("href=\"/cases/\(filed.casefile)\"") && section.contains(what))
            #expect(!section.contains(none) && !page.contains("Waterdrinkster"))
        }
    }

    @Test("a signal is opened, triaged in two more clicks, and given to a case manager; without an answer nothing happens")
    func triage() async throws {
        try await servingPages { test, browser in
            _ = try await test.account("manager", .socialCaseManager)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let waiting = try await test.fileSignal()
            #expect(try await visitor.get("/desk").text.contains("/desk/signals/\(waiting)"))
            let page = try await visitor.get("/desk/signals/\(waiting)")
            #expect(page.text.contains("Annemarijke Waterdrinkster") && page.text.contains("<option>manager</option>"))
            let empty = try await visitor.post("/desk/signals/\(waiting)/triage", [])
            #expect(empty.status == 400 && empty.text.contains("href=\"#outcome\""))
            let half = try await visitor.post("/desk/signals/\(waiting)/triage", [("caseManager", "manager")])
            #expect(half.status == 400 && half.text.contains("<option selected>manager</option>"))
            let done = try await visitor.post(
                "/desk/signals/\(waiting)/triage", [("outcome", "multipleUnrelated"), ("caseManager", "manager")])
            #expect(done.status == 303 && done.leadsTo.hasPrefix("/cases/"))
            #expect(try await visitor.get(done.leadsTo).text.contains("manager"))
            #expect(try await !visitor.get("/desk").text.contains("/desk/signals/\(waiting)"))
            #expect(try test.events().contains("triage.made"))
        }
    }

    @Test("signals without names hide none with names; the desk marks one as seen, which its filer learns, and it is off the list")
    func nameless() async throws {
        try await servingPages { test, browser in
            for _ in 0..<201 { _ = try await test.fileSignal(nil) }
            let named = try await test.fileSignal()
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let page = try await visitor.get("/desk").text
            let listed = page.matches(of: /href="\/desk\/signals\/([0-9a-f-]{36})"/).map { String($0.output.1) }
            #expect(listed.count == 200 && listed.first == named)
            let seen = try #require(listed.last)
            let form = "/desk/signals/\(seen)/seen"
            #expect(try await visitor.get("/desk/signals/\(seen)").text.contains("action=\"\(form)\""))
            for _ in 0..<2 { #expect(try await visitor.post(form, []).leadsTo == "/desk?said=seen") }
            #expect(try test.events().filter { $0 == "signal.seen" }.count == 1)
            let after = try await visitor.get("/desk?said=seen").text
            #expect(after.contains(Words.text("desk-said-seen", in: .nl)) && !after.contains("/desk/signals/\(seen)"))
            #expect(try await !visitor.get("/desk/signals/\(seen)").text.contains("action=\"\(form)\""))
            let told = try await test.desk.showSignal(seen, by: .partner(test.debt.oin)).body
            #expect(told == ["signalId": .string(seen), "status": "closed"])
            // A household that is named is triaged instead.
            let refused = try await visitor.post("/desk/signals/\(named)/seen", [])
            #expect(refused.status == 409 && refused.text.contains(Words.text("obstacle-not-triaged", in: .nl)))
            #expect(try await visitor.get("/desk").text.contains("/desk/signals/\(named)"))
        }
    }

    @Test("a joint visit that is refused keeps the day that was typed; of one that is made, the page says that a partner is not told")
    func refusedVisit() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], by: clerk)
            let debt = try await test.referAndReceive(test.referral(filed), to: test.debt, by: clerk)
            let care = try await test.referAndReceive(
                test.referral(filed, to: test.care, purpose: "careSupport", fields: ["identification.name"]), to: test.care, by: clerk)
            for (task, partner, days) in [(debt.task, test.debt, 8), (care.task, test.care, 12)] {
                _ = try await test.desk.planPartnerVisit(
                    task, ["on": .string(test.day(days))], by: .partner(partner.oin), idempotency: nil)
            }
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let page = try await visitor.get("/desk").text
            let visits = page.matches(of: /name="visit" value="([0-9a-f-]{36})"/).map { ("visit", String($0.output.1)) }
            #expect(visits.count == 2 && page.contains("value=\"\(test.day(8))\" required"))
            let again = try await visitor.post("/desk/visits", visits + [("casefile", filed.casefile), ("on", test.day(-1))])
            #expect(again.status == 400 && again.text.contains("href=\"#on-\(filed.casefile)\""))
            #expect(again.text.contains("value=\"\(test.day(-1))\" required"))
            // A partner that cannot be told of its new day is not passed over in silence.
            try test.sql("UPDATE partner SET keys = x'7b7d' WHERE oin = ?", [test.care.oin.description])
            let joint = try await visitor.post("/desk/visits", visits + [("casefile", filed.casefile), ("on", test.day(9))])
            #expect(joint.leadsTo == "/desk?said=visits-untold")
            #expect(try await visitor.get(joint.leadsTo).text.contains(Words.text("desk-said-visits-untold", in: .nl)))
        }
    }

    @Test("two workers triage one signal: the second sees that it was done")
    func triagedMeanwhile() async throws {
        try await servingPages { test, browser in
            let first = try await browser.signedIn(test.account("one", .contactPoint))
            let second = try await browser.signedIn(test.account("two", .contactPoint))
            let waiting = try await test.fileSignal()
            _ = try await first.get("/desk/signals/\(waiting)")
            _ = try await second.get("/desk/signals/\(waiting)")
            #expect(try await first.post("/desk/signals/\(waiting)/triage", [("outcome", "multipleUnrelated")]).status == 303)
            let late = try await second.post("/desk/signals/\(waiting)/triage", [("outcome", "single")])
            #expect(late.status == 409 && late.text.contains("role=\"alert\""))
        }
    }

    @Test("a proposed join shows both households beside each other, joins them, and parts them again")
    func join() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let known = try await test.openCase([.mother], by: clerk)
            let waiting = try await test.fileSignal([.mother])
            let path = "/desk/joins/\(waiting)/\(known.casefile)"
            #expect(try await visitor.get("/desk").text.contains(path))
            let both = try await visitor.get(path)
            #expect(both.text.components(separatedBy: "<h3>Annemarijke Waterdrinkster</h3>").count == 3)
            #expect(try await visitor.post(path, []).leadsTo.hasPrefix("/cases/\(known.casefile)"))
            let joined = try await visitor.get("/desk/signals/\(waiting)")
            #expect(joined.text.contains("/desk/signals/\(waiting)/part"))
            #expect(try await visitor.post("/desk/signals/\(waiting)/part", []).status == 303)
            #expect(try test.events().suffix(3).contains("signal.parted"))
        }
    }

    @Test("a helper who left a task open is rung from the desk, and the outcome is an entry; sent twice it is one")
    func ring() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let queued = try await test.referAndReceive(test.referral(filed), to: test.debt, by: clerk)
            try await test.pass(days: 9)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let page = try await visitor.get("/desk")
            #expect(page.text.contains("outcome-\(queued.task)") && page.text.contains("Testschuldhulp"))
            let missing = try await visitor.post("/desk/contact", [("task", queued.task), ("casefile", filed.casefile)])
            #expect(missing.status == 400 && missing.text.contains("href=\"#outcome-\(queued.task)\""))
            let form = [
                ("task", queued.task), ("casefile", filed.casefile), ("outcome", "promised"), ("once", missing.value(of: "once")),
            ]
            let before = try test.events().filter { $0 == "contact.made" }.count
            for _ in 0..<2 { #expect(try await visitor.post("/desk/contact", form).status == 303) }
            #expect(try test.events().filter { $0 == "contact.made" }.count == before + 1)
        }
    }

    @Test("a message that was not delivered stands at the desk until it is ended with a reason")
    func undelivered() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            _ = try await test.refer(test.referral(filed), by: clerk)
            try await test.pass(days: 30)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let page = try await visitor.get("/desk")
            let fault = page.value(of: "fault")
            #expect(page.text.contains("reason-\(fault)") && !fault.isEmpty)
            #expect(try await visitor.post("/desk/fault", [("fault", fault), ("do", "end")]).status == 400)
            #expect(try await visitor.post("/desk/fault", [("fault", fault), ("do", "end"), ("reason", "toldOtherwise")]).status == 303)
            #expect(try await !visitor.get("/desk").text.contains(fault))
        }
    }

    @Test("a case that cannot be read is left out of the desk's day, which says so and what to do; the others stand there")
    func damagedCase() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.account("clerk", .contactPoint)
            let desk = try await test.staff("other", .contactPoint)
            let (damaged, sound) = (try await test.openCase([.mother], by: desk), try await test.openCase([.father], by: desk))
            let visitor = try await browser.signedIn(clerk)
            let warning = Words.text("desk-unreadable", in: .nl)
            let before = try await visitor.get("/desk").text
            #expect(before.contains("/cases/\(damaged.casefile)") && !before.contains(warning))
            #expect(try await test.desk.examine().body["unreadable"] == nil)
            let id = try #require(CasefileID(damaged.casefile)).bytes.map { String(format: "%02x", $0) }.joined()
            try test.sql("UPDATE casefile SET terms = 'Waterdrinkster' WHERE id = x'\(id)'")
            let shown = try await visitor.get("/desk")
            #expect(shown.status == 200 && shown.text.contains("/cases/\(sound.casefile)"))
            #expect(shown.text.contains("\(warning): 1.") && shown.text.contains("convenant doctor"))
            #expect(!shown.text.contains("Waterdrinkster"))
            #expect(try await test.desk.showDesk(by: desk).body["unreadable"] == 1)
            #expect(try await test.desk.examine().body["unreadable"] == 1)
        }
    }

    @Test("each form about what was not delivered is taken by itself")
    func eachFormOfItsOwn() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            for _ in 0..<2 {
                let filed = try await test.openCase([.mother], triage: "single", by: clerk)
                _ = try await test.refer(test.referral(filed), by: clerk)
            }
            try await test.pass(days: 30)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let page = try await visitor.get("/desk").text
            let section = try #require(page.split(separator: "<section id=\"faults\">").last?.split(separator: "</section>").first)
            let numbers = section.matches(of: /name="once" value="([0-9a-f]+)"/).map(\.output.1)
            #expect(numbers.count >= 4 && Set(numbers).count == numbers.count)
        }
    }

    @Test(
        "R29: what a role read that its covenant does not name is told, cannot be sent again, and is ended; the covenants' page counts roles"
    )
    func readByAnother() async throws {
        try await servingPages { test, browser in
            try await test.adopt(TestPolicy { $0.debtParty = ", workers: [debtCounsellor, teamLeader]" })
            let clerk = try await test.staff("other", .contactPoint)
            for role in ["debtCounsellor", "caretaker"] {
                let filed = try await test.openCase([.mother], triage: "single", by: clerk)
                let queued = try await test.refer(test.referral(filed), by: clerk)
                let bytes = try await test.fetch(queued.message, as: test.debt).bytes
                let receipt = try test.debt.receipt(
                    for: queued.message, bytes, readerRole: role, covenantVersion: 1, at: test.clock.wall)
                _ = try await test.desk.takeReceipt(queued.message, receipt, by: .partner(test.debt.oin))
            }
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let page = try await visitor.get("/desk")
            let fault = page.value(of: "fault")
            #expect(
                page.text.contains("gelezen door een functie die niet in het convenant staat") && !page.text.contains("value=\"again\""))
            #expect(try await visitor.post("/desk/fault", [("fault", fault), ("do", "end"), ("reason", "toldOtherwise")]).status == 303)
            #expect(try await !visitor.get("/desk").text.contains(fault))
            let officer = try await browser.signedIn(test.account("officer", .privacyOfficer))
            let covenants = try await officer.get("/officer/covenants").text
            #expect(covenants.contains("Testhulp: 1 van de 2 functies bij deze partner kennen versie 1"))
        }
    }
}
