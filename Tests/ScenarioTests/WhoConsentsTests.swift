import Casework
import ConvenantTestSupport
import Disclosure
import Foundation
import StrictJSON
import Testing

@testable import Exchange

@Suite("Who consents for a child, and for an adult whom somebody represents")
struct WhoConsentsTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    private func file(_ members: [Resident]) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.fileSignal(signal(members, health: false), by: .partner(test.debt.oin), idempotency: nil)
        }
    }
    private func refer(_ filed: FiledCase) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(
                test.referral(filed, fields: ["identification.name", "domains.debts"]), by: member, idempotency: nil)
        }
    }
    private func child(_ answers: [String: String] = ["a": "given"], born: String = "2016-05-17") async throws -> FiledCase {
        let filed = try await test.openCase([.mother, .child(born: born, answers)], by: member)
        return FiledCase(signal: filed.signal, casefile: filed.casefile, persons: [try #require(filed.persons.last)])
    }
    private func shown(_ filed: FiledCase) async throws -> JSONValue {
        let persons = try await test.desk.showCasefile(filed.casefile, by: member).body["persons"]?.arrayValue ?? []
        return try #require(persons.first { $0.text("personId") == filed.persons[0] })
    }
    private func representatives(_ filed: FiledCase) async throws -> [String] {
        (try await shown(filed)["representatives"]?.arrayValue ?? []).map { $0.text("representativeId") }
    }
    private func setAside(_ id: String, because: String = "Zij is bang voor hem.", by caller: Caller? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.setAsideRepresentative(id, ["because": .string(because)], by: caller ?? member, idempotency: nil)
        }
    }
    private func note(_ filed: FiledCase, _ change: JSONObject) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            var body: JSONObject = ["personId": .string(filed.persons[0])]
            for member in change.members { body[member.name] = member.value }
            return try await test.desk.noteAge(filed.casefile, .object(body), by: member, idempotency: nil)
        }
    }
    private func answer(_ filed: FiledCase, _ consent: JSONValue, by representative: String?) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            var body = consent.with("personId", .string(filed.persons[0])).with("recordedHow", "spoken")
            if let representative { body = body.with("by", .string(representative)) }
            return try await test.desk.recordConsent(body, by: member, idempotency: nil)
        }
    }

    @Test("a child is filed by name only when everybody who decides for it said yes; who was not asked counts, too")
    func filing() async throws {
        func reasons(_ answers: [String: String]) async -> [String] {
            let answer = await file([.child(answers)])
            #expect(answer.status == 201)
            return answer.body.text("outcome") == "accepted" ? [] : answer.body.texts("reasons")
        }
        #expect(await reasons(["a": "given"]) == [])
        #expect(await reasons(["a": "given", "z": "given"]) == [])
        #expect(await reasons(["a": "given", "z": "refused"]) == ["representatives-differ"])
        #expect(await reasons(["a": "given", "z": "notAsked"]) == ["representative-missing"])
        #expect(await reasons(["a": "refused"]) == ["consent-refused"])
        #expect(await reasons([:]) == ["representative-missing"])
        #expect(try test.logIsIntact())
    }

    @Test("of whom nothing is known of the age, the own yes is not enough; what was seen tells, and a contradiction is refused")
    func unknownAge() async throws {
        var stranger = Resident.father
        stranger.birthDate = "unknown"
        #expect(await file([stranger]).body.texts("reasons") == ["age-unknown"])
        stranger.adult = true
        #expect(await file([stranger]).body.text("outcome") == "accepted")
        stranger.adult = false
        #expect(await file([stranger]).body.texts("reasons") == ["age-unknown"], "a child, and perhaps one of 16 or 17")
        stranger.birthDate = "2007"
        stranger.adult = nil
        #expect(await file([stranger]).body.text("outcome") == "accepted", "18 or 19")
        stranger.birthDate = "2010"
        #expect(await file([stranger]).body.texts("reasons") == ["age-unknown"], "15 or 16: nobody knows whether a parent must be asked")
        for (born, adult) in [("2016", true), ("1966-11", false)] {
            stranger.birthDate = born
            stranger.adult = adult
            let answer = await file([stranger])
            #expect(answer.body["errors"]?.arrayValue?.map { $0.text("pointer") } == ["/household/members/0/adult"], "\(born)")
        }
    }

    @Test("of an adult nothing of the birth date is kept beside the sealed content, of a child no day")
    func coarse() async throws {
        _ = try await child()
        #expect(try test.sql("SELECT age FROM person ORDER BY ordinal").map { $0["age"] as String } == ["adult", "2016-05"])
        let kept = try test.sql("SELECT facts FROM subject_facts").map { $0["facts"] as String }
        #expect(!kept.isEmpty && kept.allSatisfy { !$0.contains("2016") && !$0.contains("1968") })
        #expect(kept.contains { $0.contains("\"ages\":[10,10]") })
    }

    @Test("a parent who is set aside counts no more: what waited on the yes ends, and the other parent's yes is enough")
    func settingAside() async throws {
        let filed = try await child(["a": "given", "z": "given"])
        let sent = try await test.refer(test.referral(filed, fields: ["identification.name", "domains.debts"]), by: member)
        let both = try await representatives(filed)
        #expect(await answer(filed, Consents.refused, by: both[1]).body.texts("ended") == [sent.message])
        #expect(await refer(filed).body.texts("reasons") == ["representatives-differ"])
        #expect(try test.state(of: sent.message) == "ended", "a representative's no ends what waits, as the resident's own does")
        #expect(
            await refusal { () async throws(DeskRefusal) in try await test.desk.fetchMessage(sent.message, by: .partner(test.debt.oin)) }
                == "ended")

        #expect(await setAside(both[1]).status == 200)
        #expect(await refer(filed).status == 201)
        #expect(await setAside(both[1]).body.text("code") == "already-decided")
        let asked = test.referral(filed, fields: ["identification.name", "domains.debts"])
        let received = try await test.referAndReceive(asked, to: test.debt, by: member)
        #expect(await setAside(both[0]).status == 200)
        let notice = try #require(try await test.inbox(of: test.debt).first { $0.kind == "notice" }?.id)
        #expect(try await test.fetch(notice, as: test.debt).payload.notice?.about == [received.message])
        #expect(await refer(filed).body.texts("reasons") == ["representative-missing"])
        let shown = try await shown(filed)["representatives"]?.arrayValue?.first { $0.text("representativeId") == both[1] }
        #expect(shown?["setAside"]?.text("by") == "desk-1" && shown?["setAside"]?.text("because") == "Zij is bang voor hem.")
        let entry = try #require(try test.entries().last { $0.event == "representative.set-aside" })
        #expect(entry.facts["representative"] == .text(both[0]))
        #expect(try test.logIsIntact())
    }

    @Test("of a child who was filed twice a no of who decides in one row counts in the other, until it is lifted there or set aside")
    func filedTwice() async throws {
        var kid = Resident.child(["a": "given"])
        kid.bsn = "999910024"
        let opened = try await test.openCase([.mother, kid], by: member)
        let first = FiledCase(signal: opened.signal, casefile: opened.casefile, persons: [try #require(opened.persons.last)])
        let signal = await file([kid]).body.text("signalId")
        let casefile = try await test.desk.showSignal(signal, by: member).body.text("casefileId")
        let alone = try await test.desk.showCasefile(casefile, by: member).body["persons"]?.arrayValue ?? []
        let second = FiledCase(signal: signal, casefile: casefile, persons: alone.map { $0.text("personId") })
        let voice = try #require(try await representatives(second).first)
        _ = try await test.desk.joinSignal(signal, ["casefileId": .string(first.casefile)], by: member)
        func say(_ consent: JSONValue) async {
            test.clock.advance(milliseconds: 1000)
            #expect(await answer(second, consent, by: voice).status == 201)
        }
        let waiting = await refer(first)
        #expect(waiting.status == 201)
        await say(Consents.refused)
        let message = waiting.body.text("messageId")
        #expect(
            await refusal { () async throws(DeskRefusal) in try await test.desk.fetchMessage(message, by: .partner(test.debt.oin)) }
                == "ended")
        #expect(await refer(first).body.texts("reasons") == ["consent-refused"])
        await say(Consents.debt)
        #expect(await refer(first).status == 201)
        await say(Consents.refused)
        #expect(await refer(first).body.texts("reasons") == ["consent-refused"])
        #expect(await setAside(voice).status == 200)
        #expect(await refer(first).status == 201)
        let archive = try DecisionArchive(test.folder)
        #expect(try test.entries().compactMap { try archive.replay($0) }.allSatisfy { $0 == .same })
        #expect(try test.logIsIntact())
    }

    @Test("only who works on the case for the municipality sets aside, and says why")
    func whoSetsAside() async throws {
        let filed = try await child()
        let id = try #require(try await representatives(filed).first)
        let other = try await test.staff("manager-1", .socialCaseManager)
        let foreign = try await test.staff("care-1", .socialCaseManager, of: test.care.oin)
        #expect(await setAside(id, by: other).status == 404)
        #expect(await setAside(id, by: foreign).status == 403)
        #expect(await setAside(id, by: try await test.staff("filer-1", .intermediary)).status == 403)
        #expect(await setAside(id, because: " ").status == 400)
        #expect(await setAside("01970000-0000-7000-8000-000000000007").status == 404)
        #expect(try await shown(filed)["representatives"]?.arrayValue?.first?["setAside"] == nil)
    }

    @Test("who turns 16 is asked from then on, and what waits on the parent's yes alone ends")
    func birthday() async throws {
        let filed = try await child(born: "2011-01")
        let sent = try await test.refer(test.referral(filed, fields: ["identification.name", "domains.debts"]), by: member)
        // January: the day is not kept, so that it may have been any.
        test.clock.setCalendar(try #require(Instant(rfc3339: "2027-01-15T12:00:00+01:00")))
        #expect(await refer(filed).body.texts("reasons") == ["consent-missing"])
        #expect(
            await refusal { () async throws(DeskRefusal) in try await test.desk.fetchMessage(sent.message, by: .partner(test.debt.oin)) }
                == "ended")
        #expect(await answer(filed, Consents.debt, by: nil).status == 201)
        #expect(await refer(filed).status == 201, "both said yes")
        test.clock.setCalendar(try #require(Instant(rfc3339: "2027-02-01T12:00:00+01:00")))
        let parent = try #require(try await representatives(filed).first)
        #expect(await answer(filed, Consents.refused, by: parent).status == 201)
        #expect(await refer(filed).status == 201, "the parent is asked no more")
    }

    @Test("an age that is noted later counts from then on")
    func noting() async throws {
        let filed = try await test.openCase(by: member)
        #expect(await refer(filed).status == 201)
        #expect(await note(filed, ["birthDate": "2014"]).body.text("age") == "born")
        #expect(await refer(filed).body.texts("reasons") == ["representative-missing"])
        #expect(await note(filed, ["adult": true]).body.text("age") == "adult")
        #expect(await refer(filed).status == 201)
        #expect(await note(filed, [:]).status == 400)
        #expect(await note(filed, ["birthDate": "2014", "adult": true]).status == 400)
        #expect(await note(filed, ["birthDate": "soon"]).body["errors"]?.arrayValue?.map { $0.text("pointer") } == ["/birthDate"])
        let entries = try test.entries().filter { $0.event == "age.noted" }
        #expect(entries.count == 2 && entries.allSatisfy { $0.facts.isEmpty }, "when, and not what")
    }

    @Test("a curator answers in place of an adult; a mentor's matters must be named; nobody represents themselves")
    func adult() async throws {
        let filed = try await test.openCase(by: member)
        func record(_ body: JSONObject) async -> DeskAnswer {
            await ask { () async throws(DeskRefusal) in
                var all: JSONObject = ["personId": .string(filed.persons[0])]
                for member in body.members { all[member.name] = member.value }
                return try await test.desk.recordRepresentative(filed.casefile, .object(all), by: member, idempotency: nil)
            }
        }
        let unnamed = await record(["office": "mentor"])
        #expect(unnamed.status == 400 && unnamed.body["errors"]?.arrayValue?.map { $0.text("pointer") } == ["/purposes"])
        #expect(await record(["office": "curator", "purposes": ["debtAssistance"]]).status == 400)
        #expect(await record(["office": "curator", "memberId": .string(filed.persons[0])]).status == 400)
        #expect(await record(["office": "curator", "memberId": "01970000-0000-7000-8000-000000000007"]).status == 400)
        #expect(await record(["office": "mentor", "purposes": ["careSupport"]]).status == 201)
        #expect(await refer(filed).status == 201, "no matter of the mentor")

        let waiting = try await test.refer(test.referral(filed), by: member)
        let curator = await record(["office": "curator"])
        #expect(curator.status == 201)
        #expect(try test.state(of: waiting.message) == "ended")
        #expect(await refer(filed).body.texts("reasons") == ["representative-missing"])
        let id = curator.body.text("representativeId")
        #expect(await answer(filed, Consents.debt, by: id).status == 201)
        #expect(await refer(filed).status == 201)
        let consents = try await shown(filed)["consents"]?.arrayValue ?? []
        #expect(consents.last?.text("by") == id && consents.first?["by"] == nil)
        let receipt = try await test.desk.showConsentReceipt(try #require(consents.last).text("consentId"), by: member).body
        let parties = receipt["party_identification"]?.arrayValue ?? []
        #expect(parties.contains { $0.text("party_id") == id && $0.text("party_role") == "pii_principal_representative" })

        let elsewhere = try await test.openCase(by: member)
        #expect(await answer(elsewhere, Consents.debt, by: id).body["errors"]?.arrayValue?.map { $0.text("pointer") } == ["/by"])
    }

    @Test("all of it goes with the person, and every decision is decided again alike, offline")
    func erasure() async throws {
        let filed = try await child(["a": "given", "z": "given"])
        _ = await refer(filed)
        let both = try await representatives(filed)
        _ = await setAside(both[1])
        _ = await refer(filed)
        let mother = try #require(try await shown(filed)["representatives"]?.arrayValue?.first?.text("memberId"))
        let officer = try await test.staff("privacy-1", .privacyOfficer)
        _ = try await test.desk.erasePerson(casefile: filed.casefile, person: mother, because: "requested", by: officer)
        #expect(try await shown(filed)["representatives"]?.arrayValue?.allSatisfy { $0["memberId"] == nil } == true)
        _ = try await test.desk.erasePerson(casefile: filed.casefile, person: filed.persons[0], because: "requested", by: officer)
        #expect(try test.number("SELECT count(*) FROM representative") == 0)
        #expect(try test.number("SELECT count(*) FROM person WHERE age <> 'unknown' OR represented <> 0") == 0)
        let archive = try DecisionArchive(test.folder)
        let outcomes = try test.entries().compactMap { try archive.replay($0) }
        #expect(outcomes.count >= 3 && outcomes.allSatisfy { $0 == .same })
    }

    @Test("a refusal names the article, what a permission rests on too, in both languages")
    func explained() async throws {
        let filed = try await child()
        _ = try await test.desk.recordRepresentative(
            filed.casefile, ["personId": .string(filed.persons[0]), "office": "parentalAuthority"], by: member, idempotency: nil)
        let refused = await ask { () async throws(DeskRefusal) in
            try await test.desk.askDecision(test.referral(filed, fields: ["identification.name"]), by: member)
        }
        for (language, name) in [("nl", "(Uitvoeringswet AVG, artikel 5)"), ("en", "(GDPR Implementation Act, article 5)")] {
            #expect(refused.body["explanation"]?.text(language).contains(name) == true)
        }
        let agreed = try await child(["a": "given"])
        let permitted = await ask { () async throws(DeskRefusal) in
            try await test.desk.askDecision(test.referral(agreed, fields: ["identification.name"]), by: member)
        }
        #expect(permitted.body.text("outcome") == "permitted")
        #expect(permitted.body["explanation"]?.text("en").contains("(GDPR Implementation Act, article 5)") == true)
    }
}
