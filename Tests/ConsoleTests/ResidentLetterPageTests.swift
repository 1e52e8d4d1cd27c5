import AuditTrail
import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON
import Testing

@testable import Console

@Suite("the letter that tells a resident what is shared", .timeLimit(.minutes(10)))
struct ResidentLetterPageTests {
    @Test("it names partners, data, purpose, ground, what a no and a duty mean and how long it is kept, in either language")
    func wholeLetter() async throws {
        let policy = TestPolicy {
            $0.hasCompulsion = true
            $0.consentMode = "voluntary"
            $0.retention = "P18M"
        }
        try await servingPages(policy) { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "multipleUnrelated", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            let whom = [("person", filed.persons[0])]
            #expect(try await visitor.get(path).text.contains("action=\"\(path)/letter\""))
            let first = try await visitor.post("\(path)/letter", whom).text
            #expect(first.contains("Waterdrinkster") && first.contains(Words.text("letter-no-free", in: .nl)))
            #expect(first.contains(Words.text("letter-shares-none", in: .nl)) && first.contains("een jaar en 6 maanden"))

            _ = try await test.compel(filed.persons[0], in: filed, by: clerk)
            _ = try await test.refer(test.referral(filed), by: clerk)
            _ = try await test.refer(test.justified(test.compelled(filed)), by: clerk)
            let before = try test.entries().count
            let letter = try await visitor.post("\(path)/letter", whom).text
            #expect(letter.contains("<h3>Testschuldhulp</h3>") && letter.contains("<h3>Testzorg</h3>"))
            #expect(letter.contains("<dd>Schuldhulp</dd>") && letter.contains("U kunt uw ja altijd terugnemen. Bel of schrijf Teststad."))
            #expect(letter.contains("U hebt een uitkering.") && letter.contains("Opgelegd door Teststad"))
            #expect(letter.contains(Words.text("letter-no-open", in: .nl)) && !letter.contains("Nee heeft geen gevolgen"))
            #expect(!letter.contains("{") && !letter.contains("letter-ground-") && !letter.contains("letter-duty-"))
            let look = try #require(try test.entries().dropFirst(before).first)
            #expect(look.event == "casefile.read" && look.subjects.count == 1 && look.facts == ["what": .text("residentLetter")])

            let english = try await visitor.post("\(path)/letter", whom + [("language", "en")]).text
            #expect(english.contains("<article lang=\"en\">") && english.contains("You have a benefit.") && english.contains("Debt help"))
            #expect(!english.contains("U hebt een uitkering."))
            let outsider = try await browser.signedIn(test.account("worker", .socialCaseManager))
            _ = try await outsider.get("/")
            #expect(try await outsider.post("\(path)/letter", whom).status == 404)
        }
    }

    @Test("what rests on a justification stands in it with its law and how to object; while telling is postponed there is no letter")
    func postponed() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], triage: "single", by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            _ = try await test.refer(test.justified(test.protection(filed)), by: clerk)
            _ = try await visitor.get(path)
            let letter = try await visitor.post("\(path)/letter", [("person", filed.persons[0])]).text
            #expect(letter.contains("<h3>Testzorg</h3>") && letter.contains("Het hoort bij een taak die de wet ons geeft"))
            #expect(letter.contains("U kunt bezwaar maken.") && !letter.contains(Words.text("letter-postponed", in: .nl)))
            let telling = try #require(
                try await test.desk.showCasefile(filed.casefile, by: clerk).body.list("tellings").first { $0["justificationId"] != nil })
            let later: JSONValue = [
                "justificationId": telling["justificationId"] ?? .null,
                "postponed": ["ground": "safetyOfOthers", "reviewOn": .string(test.day(30))],
            ]
            _ = try await test.desk.tellResident(filed.casefile, later, by: clerk, idempotency: nil)
            _ = try await visitor.get(path)
            let held = try await visitor.post("\(path)/letter", [("person", filed.persons[0])]).text
            #expect(!held.contains("Testzorg") && held.contains(Words.text("letter-postponed", in: .nl)))
            #expect(!held.contains("Wij hebben nog niets over u aan een andere organisatie gegeven"))
            #expect(!held.contains("<article lang") && !held.contains("data-print"))
            let body = try await test.desk.showResidentLetter(
                filed.casefile, ["personId": .string(filed.persons[0])], by: clerk
            ).body
            #expect(body.flag("isPostponed") && ["sources", "shares", "levers"].allSatisfy { body[$0] == nil })
        }
    }

    @Test("who told what names the resident's own data: not what is of a household, nor what an act forbids to pass on")
    func sources() async throws {
        func fields(_ policy: TestPolicy) async throws -> Set<String> {
            let test = try await TestDesk(policy)
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], freeText: "de buurman belde", by: clerk)
            #expect(
                try await test.desk.showCasefile(filed.casefile, by: clerk).body.list("household").contains {
                    $0["field"] == "freeText"
                })
            let letter = try await test.desk.showResidentLetter(
                filed.casefile, ["personId": .string(filed.persons[0])], by: clerk)
            let fields = (letter.body["sources"]?.arrayValue ?? []).flatMap { $0["fields"]?.arrayValue ?? [] }
            return Set(fields.compactMap(\.stringValue))
        }
        let all = try await fields(TestPolicy())
        #expect(all.contains("identification.name") && !all.contains("freeText"))
        let fewer = try await fields(TestPolicy { $0.addOnwardProhibition(of: "socialSupportAct") })
        #expect(!fewer.contains("identification.name"))
    }

    @Test("a ground says nothing about what was asked or who agreed, and points at duties only where they stand below")
    func grounds() throws {
        let today = try #require(CalendarDate("2026-11-23"))
        func shown(_ levers: JSONValue) -> String {
            let grounds = ["consent", "compulsory:participationAct.55", "publicTask:socialSupportAct.5.2.6"]
            let shares = grounds.map { (ground: String) -> JSONValue in
                ["sender": "a", "recipient": "b", "purpose": "careSupport", "ground": .string(ground), "fields": ["identification.name"]]
            }
            let told: JSONValue = ["municipality": "Teststad", "policyRevision": "0", "shares": .array(shares), "levers": levers]
            return "\(ResidentLetter(told, language: .nl) { _ in "de wet" }.shown(on: today))"
        }
        let lever: JSONValue = [
            "kind": "benefitObligation", "article": "participationAct.55", "signers": ["Teststad"], "until": "2027-01-01T00:00:00+01:00",
        ]
        let (without, with) = (shown([]), shown([lever]))
        #expect(without.contains("Hiervoor is toestemming gegeven.") && without.contains("Dit mag ook zonder uw toestemming."))
        #expect(!without.contains("niet gevraagd") && without.contains("niet op grond van uw toestemming"))
        #expect(without.contains("verplichting die u hebt") && !without.contains("Hieronder staat"))
        #expect(with.contains("Hieronder staat wat die verplichting betekent."))
    }

    @Test("the log says which text was sent, and only where it was this letter")
    func version() async throws {
        try await servingPages { test, browser in
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            let path = "/cases/\(filed.casefile)"
            let telling = "\(path)/tellings/signal/\(filed.signal)"
            let form = try await visitor.get(telling)
            let version = ResidentLetter.version(under: test.desk.policyRevision, in: .en)
            #expect(
                form.text.contains("id=\"textVersion\"") && !form.text.contains(version.dropLast(2)), "what was sent may be an earlier text"
            )
            #expect(version.hasPrefix("letter-") && version.count <= 40)
            let letter = try await visitor.post("\(path)/letter", [("person", filed.persons[0]), ("language", "en")]).text
            #expect(letter.contains(version))
            let dutch = try await visitor.post("\(path)/letter", [("person", filed.persons[0]), ("language", "nl")]).text
            #expect(!dutch.contains(version) && dutch.contains(ResidentLetter.version(under: test.desk.policyRevision, in: .nl)))
            for wrong in ["", "letter-1", version + "x", version.uppercased()] {
                _ = try await visitor.get(telling)
                let refused = try await visitor.post(telling, [("how", "told-ourLetter"), ("textVersion", wrong)])
                #expect(refused.status == 400 && refused.text.contains("href=\"#textVersion\""), "\(wrong)")
            }
            _ = try await visitor.get(telling)
            let told = try await visitor.post(telling, [("how", "told-ourLetter"), ("textVersion", version)])
            #expect(told.leadsTo == "\(path)?said=told")
            let entries = try test.entries().filter { $0.event == "resident.told" }
            #expect(entries.map(\.facts) == [["way": .text("letter"), "textVersion": .text(version)]])
            let another = try await test.openCase([.father], by: clerk)
            let own = "/cases/\(another.casefile)/tellings/signal/\(another.signal)"
            _ = try await visitor.get(own)
            #expect(try await visitor.post(own, [("how", "told-letter"), ("textVersion", version)]).status == 303)
            #expect(try test.entries().last(where: { $0.event == "resident.told" })?.facts == ["way": .text("letter")])
        }
    }

    @Test("where the pack makes something hang on the answer, or leaves it open, nobody is promised that a no costs nothing")
    func noPromise() async throws {
        let open = try await TestDesk(TestPolicy { $0.consentMode = "unresolved" })
        let free = try await TestDesk(TestPolicy { $0.consentMode = "voluntary" })
        #expect(!open.desk.letsRefuseFreely && free.desk.letsRefuseFreely)
        try await servingPages(TestPolicy { $0.consentMode = "conditionalOnAgreements" }) { test, browser in
            #expect(!test.desk.letsRefuseFreely)
            let clerk = try await test.staff("other", .contactPoint)
            let filed = try await test.openCase([.mother], by: clerk)
            let visitor = try await browser.signedIn(test.account("clerk", .contactPoint))
            _ = try await visitor.get("/cases/\(filed.casefile)")
            let letter = try await visitor.post("/cases/\(filed.casefile)/letter", [("person", filed.persons[0])]).text
            #expect(letter.contains(Words.text("letter-no-open", in: .nl)) && !letter.contains("Nee heeft geen gevolgen"))
        }
        for text in DoorstepText.all {
            let shown = text.shown(organisation: nil, municipality: "Teststad", isNoFree: false, fields: nil)
            #expect(shown["choice"] as? String == text.openChoice && text.openChoice != text.choice)
        }
        let read = DoorstepText.versionRead(isNoFree: false)
        #expect(read != DoorstepText.version && DoorstepText.versions[read] == false)
        #expect(DoorstepText.versions[DoorstepText.versionRead(isNoFree: true)] == true)
    }
}
