import AuditTrail
import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import StrictJSON
import Testing

@Suite("What the privacy officer and the data protection officer see")
struct OfficerTests {
    private let test: TestDesk
    private let member: Caller
    private let officer: Caller
    private let adviser: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        officer = try await test.staff("privacy-1", .privacyOfficer)
        adviser = try await test.staff("fg-1", .dataProtectionOfficer)
    }

    private func search(_ body: JSONValue) async throws -> JSONValue { try await test.desk.searchLog(body, by: officer).body }
    private func events(_ answer: JSONValue) -> [String] {
        (answer["items"]?.arrayValue ?? []).compactMap { $0["entry"]?.text("event") }
    }

    @Test("the log is filtered by event, partner, ground and day, and each look says by which kinds of filter and nothing else")
    func filters() async throws {
        let filed = try await test.openCase([.mother], by: member)
        _ = try await test.refer(test.referral(filed), by: member)
        _ = try await test.refer(test.justified(test.protection(filed)), by: member)
        _ = await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(test.referral(filed).with("purpose", "careSupport"), by: member, idempotency: nil)
        }
        let before = try test.entries().count
        #expect(Set(events(try await search(["kinds": ["decision.refused"]]))) == ["decision.refused"])
        let sealed = try await search(["kinds": ["message.sealed"], "partner": .string(test.care.oin.description)])
        #expect(events(sealed) == ["message.sealed"])
        #expect(sealed["items"]?.arrayValue?.first?["asked"]?.text("ground") == "publicTask:socialSupportAct.5.2.6")
        #expect(sealed["names"]?.text(test.care.oin.description) == test.care.name)
        let without = try await search(["withoutConsent": true])
        #expect(events(without) == ["message.sealed"], "that it was permitted shares nothing yet")
        #expect(events(try await search(["from": "2031-01-01"])).isEmpty)
        #expect(try test.events(after: before) == Array(repeating: "log.read", count: 4))
        let looks = try test.entries().suffix(4)
        #expect(looks.allSatisfy { $0.subjects.isEmpty })
        #expect(looks.map { $0.facts["filters"] }.prefix(3) == [.list(["kinds"]), .list(["kinds", "partner"]), .list(["withoutConsent"])])
        #expect(try test.logIsIntact())
    }

    @Test("what was refused about one person, or in one case, is found by the numbers of the case; the look is an entry about that person")
    func refusedAboutOne() async throws {
        let (filed, other) = (try await test.openCase([.mother, .father], by: member), try await test.openCase([.father], by: member))
        for asked in [filed, other] {
            let aboutOne = test.referral(asked, purpose: "careSupport", subjects: [asked.persons[0]])
            _ = await ask { () async throws(DeskRefusal) in
                try await test.desk.dispatchReferral(aboutOne, by: member, idempotency: nil)
            }
        }
        let refused: JSONObject = ["kinds": ["decision.refused"]]
        let all = try await search(.object(refused))["items"]?.arrayValue ?? []
        #expect(all.count == 2)
        var ofPerson = refused
        ofPerson["casefileId"] = .string(filed.casefile)
        let ofCase = ofPerson
        ofPerson["personId"] = .string(filed.persons[0])
        let found = try await search(.object(ofPerson))["items"]?.arrayValue ?? []
        #expect(found.count == 1 && found.allSatisfy(all.contains))
        let look = try #require(try test.entries().last)
        #expect(look.event == "log.read" && look.subjects.count == 1)
        #expect(look.facts == ["filters": .list(["kinds", "person"]), "items": .integer(1)])
        #expect(try await search(.object(ofCase))["items"]?.arrayValue == found)
        #expect(try test.entries().last?.facts["filters"] == .list(["kinds", "casefile"]))
        ofPerson["personId"] = .string(filed.persons[1])
        #expect(try await search(.object(ofPerson))["items"]?.arrayValue?.isEmpty == true, "of the other nothing was asked")
        // Page after page, each entry once.
        var (seen, page): ([Int64], JSONObject) = ([], ["casefileId": .string(filed.casefile), "limit": 2])
        while true {
            let answer = try await search(.object(page))
            seen += (answer["items"]?.arrayValue ?? []).compactMap { $0["seq"]?.integerValue }
            guard let next = answer["next"] else { break }
            page["before"] = next
        }
        #expect(seen.count > 2 && Set(seen).count == seen.count && seen == seen.sorted(by: >))

        func answer(_ body: JSONObject) async -> String? {
            await refusal { () async throws(DeskRefusal) in try await test.desk.searchLog(.object(body), by: officer) }
        }
        ofPerson["personId"] = .string(other.persons[0])
        #expect(await answer(ofPerson) == "not-found")
        #expect(await answer(["personId": .string(filed.persons[0])]) == "invalid-input")
        _ = try await test.desk.erasePerson(casefile: filed.casefile, person: filed.persons[0], because: "requested", by: .daemon)
        ofPerson["personId"] = .string(filed.persons[0])
        #expect(await answer(ofPerson) == "not-found")
        #expect(try test.logIsIntact())
    }

    @Test("pages go on where the one before ended, and hold every entry once")
    func pages() async throws {
        _ = try await test.openCase([.mother], by: member)
        let all = try test.entries().count
        var (seen, body): ([Int64], JSONObject) = ([], ["limit": 7])
        while true {
            let page = try await search(.object(body))
            seen += (page["items"]?.arrayValue ?? []).compactMap { $0["seq"]?.integerValue }
            guard let next = page["next"] else { break }
            body["before"] = next
        }
        #expect(seen.filter { $0 <= Int64(all) }.count == all && Set(seen).count == seen.count && seen == seen.sorted(by: >))
    }

    @Test("nobody else reads, searches, exports or looks at the covenants")
    func roles() async throws {
        let foreign = try await test.staff("care-privacy", .privacyOfficer, of: test.care.oin)
        for caller in [member, foreign, try await test.staff("manager-1", .manager), .partner(test.debt.oin)] {
            let before = try test.entries().count
            for refused in [
                await refusal { () async throws(DeskRefusal) in try await test.desk.searchLog([:], by: caller) },
                await refusal { () async throws(DeskRefusal) in try await test.desk.exportLog(["format": "csv"], by: caller) },
                await refusal { () async throws(DeskRefusal) in try await test.desk.showLogState(by: caller) },
                await refusal { () async throws(DeskRefusal) in try await test.desk.showCovenants(by: caller) },
                await refusal { () async throws(DeskRefusal) in try await test.desk.listAdvice(after: nil, limit: 5, by: caller) },
            ] { #expect(refused == "role-may-not") }
            #expect(try test.entries().count == before)
        }
    }

    @Test("every look and every export is an entry that says what was looked at")
    func looks() async throws {
        let before = try test.entries().count
        _ = try await test.desk.showLogState(by: officer)
        _ = try await test.desk.showCovenants(by: adviser)
        _ = try await test.desk.exportLog(["format": "csv", "limit": 3], by: officer)
        #expect(try test.events(after: before) == ["log.read", "log.read", "export.made"])
        #expect(
            try test.entries().suffix(3).map(\.facts) == [
                ["what": .text("state")], ["what": .text("covenants")],
                ["kind": .text("log"), "format": .text("csv"), "filters": .list([]), "items": .integer(3)],
            ])
    }

    @Test("whoever signed a receipt holds a checkpoint, that of when its message was sealed; whoever only was sent one does not yet")
    func holders() async throws {
        let filed = try await test.openCase([.mother], by: member)
        #expect(try await test.desk.showLogState(by: officer).body["holders"] == [])
        _ = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let received = test.clock.wall
        test.clock.advance(days: 1)
        _ = try await test.refer(test.referral(filed), by: member)
        let holders = try await test.desk.showLogState(by: officer).body["holders"]
        #expect(holders?.arrayValue?.map { $0["partner"] } == [.string(test.debt.oin.description)])
        #expect(holders?.arrayValue?.first?["receivedAt"] == .string(received.rfc3339))
        #expect(holders?.arrayValue?.first?["sealedAt"] == .string(received.rfc3339))
    }

    @Test("the data protection officer sees what was shared about a person; that is a look and no answer to the person")
    func person() async throws {
        let filed = try await test.openCase([.mother], by: member)
        _ = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let body: JSONValue = ["casefileId": .string(filed.casefile), "personId": .string(filed.persons[0])]
        let seen = try await test.desk.answerAccessRequest(body, by: adviser).body
        #expect(seen["items"]?.arrayValue?.count == 1)
        let last = try #require(try test.entries().last)
        #expect(last.event == "log.read" && last.subjects.count == 1 && last.facts == ["what": .text("person")])
        #expect(try await test.desk.answerAccessRequest(body, by: officer).body == seen)
        #expect(try test.entries().last?.event == "access.answered")
    }

    @Test("by citizen service number the officers find the cases of a person, who is found no more once erased; every look is an entry")
    func find() async throws {
        let first = try await test.openCase([.mother], by: member)
        let body: JSONValue = ["bsn": "999910012"]
        func items(_ body: JSONValue, by caller: Caller) async throws -> [JSONValue] {
            try await test.desk.findPerson(body, by: caller).body["items"]?.arrayValue ?? []
        }
        let found = try await items(body, by: officer)
        #expect(found.map { $0.text("casefileId") } == [first.casefile] && found.map { $0.text("personId") } == first.persons)
        let look = try #require(try test.entries().last)
        #expect(look.event == "log.read" && look.subjects.count == 1 && look.facts == ["what": .text("personSearch")])
        #expect(try await items(["bsn": "999990019"], by: adviser).isEmpty)
        #expect(try test.entries().last?.subjects.isEmpty == true)
        for caller in [member, .partner(test.debt.oin), try await test.staff("manager-1", .manager)] {
            #expect(await refusal { () async throws(DeskRefusal) in try await test.desk.findPerson(body, by: caller) } == "role-may-not")
        }
        let wrong = await refusal { () async throws(DeskRefusal) in try await test.desk.findPerson(["bsn": "123456789"], by: officer) }
        #expect(wrong == "invalid-input")
        _ = try await test.desk.erasePerson(casefile: first.casefile, person: first.persons[0], because: "requested", by: .daemon)
        #expect(try await items(body, by: officer).isEmpty)
    }

    @Test("advice is sealed, read back by both officers, given by one only, and the log holds what it was about")
    func advice() async throws {
        let text = "Laat de vrije tekst weg bij zorg: <b>te veel</b>"
        let body: JSONValue = ["about": "disclosure", "text": .string(text)]
        #expect(
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.recordAdvice(body, by: officer, idempotency: nil)
            } == "role-may-not")
        let key = IdempotencyKey(route: "POST /officer/advice", key: "once", body: body.canonicalBytes())
        let first = try await test.desk.recordAdvice(body, by: adviser, idempotency: key)
        #expect(try await test.desk.recordAdvice(body, by: adviser, idempotency: key) == first)
        for caller in [officer, adviser] {
            let items = try await test.desk.listAdvice(after: nil, limit: 5, by: caller).body["items"]?.arrayValue ?? []
            #expect(items.map { $0.text("text") } == [text])
        }
        let recorded = try test.entries().filter { $0.event == "advice.recorded" }
        #expect(recorded.map(\.facts) == [["about": .text("disclosure")]])
        for name in try FileManager.default.subpathsOfDirectory(atPath: test.folder.path) {
            guard let data = FileManager.default.contents(atPath: test.folder.path + "/" + name) else { continue }
            #expect(data.range(of: Data("vrije tekst weg".utf8)) == nil, "\(name)")
        }
        // Its key is kept when the desk is opened again, and used for nothing else.
        await test.desk.close()
        test.crash()
        try await test.open()
        #expect(try await test.desk.listAdvice(after: nil, limit: 5, by: officer).body["items"]?.arrayValue?.first?.text("text") == text)
        #expect(try test.logIsIntact())
    }

    @Test("a manager's figures are without small counts, also by the API; the desk's are whole")
    func manager() async throws {
        _ = try await test.openCase([.mother], by: member)
        let caller = try await test.staff("manager-1", .manager)
        for (who, guarded) in [(caller, false), (officer, true)] {
            let early = await ask { () async throws(DeskRefusal) in
                try await test.desk.reportUniformly(from: "2026-10-01", to: "2026-12-31", guarded: guarded, by: who)
            }
            let fault = early.body["errors"]?.arrayValue?.first
            #expect(early.status == 400 && fault?.text("code") == "quarter-not-over", "two of a quarter that goes on can be subtracted")
            #expect(fault?.text("hint") == "take 2026-07-01 to 2026-09-30")
        }
        #expect(try await test.desk.reportUniformly(from: "2026-10-01", to: "2026-12-31", by: officer).body["signals"] == 1)
        test.clock.setCalendar(try #require(Instant(rfc3339: "2027-01-01T00:00:00+01:00")))
        let whole = try await test.desk.reportUniformly(from: "2026-01-01", to: "2026-12-31", by: member).body
        let guarded = try await test.desk.reportUniformly(from: "2026-10-01", to: "2026-12-31", by: caller).body
        #expect(whole["signals"] == 1 && guarded["signals"] == nil && guarded.texts("withheld").contains("signals"))
        #expect(guarded["transfers"] == 0)
        for (from, to, pointer) in [
            ("2026-01-01", "2026-12-31", "/query/to"), ("2026-10-01", "2026-11-30", "/query/to"),
            ("2026-10-02", "2026-12-31", "/query/from"),
            ("2026-11-01", "2027-01-31", "/query/from"),
        ] {
            for (who, guarded) in [(caller, false), (officer, true)] {
                let answer = await ask { () async throws(DeskRefusal) in
                    try await test.desk.reportUniformly(from: from, to: to, guarded: guarded, by: who)
                }
                let fault = answer.body["errors"]?.arrayValue?.first
                #expect(answer.status == 400 && fault?.text("pointer") == pointer && fault?.text("code") == "not-a-quarter")
                #expect(fault?.text("hint").hasPrefix("take 2026-") == true)
            }
        }
        let work = try await test.desk.showOpenWork(by: caller).body["work"]?.arrayValue ?? []
        #expect(work.count == 3 && work.allSatisfy { ($0["total"]?.integerValue ?? 0) == 0 })
        #expect(
            await refusal { () async throws(DeskRefusal) in try await test.desk.showOpenWork(by: member) } == "role-may-not")
    }

    @Test("the matrix shows each recipient's fields with their grounds, and the BSN only where an act prescribes it")
    func covenants() async throws {
        let columns = try await test.desk.showCovenants(by: officer).body["columns"]?.arrayValue ?? []
        let protection = try #require(columns.first { $0.text("purpose") == "protection" })
        #expect(protection.text("name") == test.care.name || !protection.text("name").isEmpty)
        let grounds = (protection["cells"]?.arrayValue ?? []).flatMap { $0.texts("grounds") }
        #expect(grounds.contains("publicTask:socialSupportAct.5.2.6"))
    }
}
