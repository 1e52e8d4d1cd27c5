import AuditTrail
import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import StrictJSON
import Testing

@Suite("Filing a signal")
struct FilingTests {
    private let test: TestDesk
    private let desk: ReferralDesk

    init() async throws {
        test = try await TestDesk()
        desk = test.desk
    }

    private func file(_ body: JSONValue, by caller: Caller? = nil, key: String? = nil) async -> DeskAnswer {
        let key = key.map { IdempotencyKey(route: "POST /v1/signals", key: $0, body: body.canonicalBytes()) }
        return await ask { () async throws(DeskRefusal) in
            try await desk.fileSignal(body, by: caller ?? .partner(test.debt.oin), idempotency: key)
        }
    }

    private func stored(_ table: String) throws -> Int { try test.number("SELECT count(*) FROM \(table)") }

    @Test("a signal to which everybody agreed is accepted, with its entries in the same commit")
    func accepted() async throws {
        let before = try test.entries().count
        let answer = await file(signal([.mother, .father], freeText: "vraagt zelf om hulp"))
        #expect(answer.status == 201)
        #expect(answer.body.text("outcome") == "accepted")
        #expect(answer.body.text("status") == "received")
        #expect(answer.body["leftOut"] == [])
        #expect(try stored("person") == 2)
        #expect(try stored("consent") == 6)
        #expect(try test.events(after: before) == ["decision.permitted", "signal.filed"] + Array(repeating: "consent.recorded", count: 6))
        #expect(try test.logIsIntact())
    }

    @Test("of a household of which one agrees and one does not, only the one who agrees is stored")
    func onlyWhoAgreed() async throws {
        var father = Resident.father
        father.consents = [Consents.refused]
        let answer = await file(signal([.mother, father], freeText: "vader wil niets"))
        #expect(answer.status == 201)
        #expect(answer.body.text("outcome") == "accepted")
        let left = answer.body["leftOut"]?.arrayValue ?? []
        #expect(
            left.contains { $0.text("ref") == "b" && $0.text("field") == "identification.name" && $0.text("reason") == "consent-refused" })
        // What tells of both goes only when both agree.
        #expect(left.contains { $0.text("ref") == "household" && $0.text("field") == "freeText" })
        #expect(try stored("person") == 1)
        #expect(try stored("content") == 1)
        let member = try await test.staff("desk-1", .contactPoint)
        let id = answer.body.text("signalId")
        let casefile = try await desk.triageSignal(id, ["outcome": "single"], by: member, idempotency: nil).body.text("casefileId")
        let shown = try await desk.showCasefile(casefile, by: member).body
        #expect(shown["persons"]?.arrayValue?.count == 1)
        let text = shown.canonicalText
        #expect(text.contains(Resident.mother.given))
        #expect(!text.contains(father.given) && !text.contains(father.family) && !text.contains("vader wil niets"))
    }

    @Test("R34: of a life domain that the pack does not list nothing is asked, and nothing of it is stored")
    func packDomains() async throws {
        try await test.adopt(TestPolicy { $0.lifeDomains = "{income: [inkomen], housing: [wonen]}" })
        let choices = try await desk.showFilingChoices(by: try await test.staff("filer-1", .intermediary, of: test.debt.oin)).body
        #expect(choices["domains"] == ["income", "housing"])
        let answer = await file(signal([.mother]))
        #expect(answer.status == 201)
        let left = answer.body["leftOut"]?.arrayValue ?? []
        #expect(left.contains { $0.text("field") == "domains.debts.concern" && $0.text("reason") == "field-not-in-pack" })
        #expect(try test.number("SELECT count(*) FROM signal WHERE domains LIKE '%debts%'") == 0)
    }

    @Test("a signal about people who said no is counted without identity, when the controller decided so")
    func withoutIdentity() async throws {
        var mother = Resident.mother
        mother.consents = [Consents.refused]
        let answer = await file(signal([mother]))
        #expect(answer.status == 201)
        #expect(answer.body.text("outcome") == "acceptedWithoutIdentity")
        #expect(answer.body["reasons"] == ["consent-refused"])
        #expect(try stored("person") == 0)
        #expect(try stored("casefile") == 0)
        #expect(try stored("content") == 0)
        let row = try #require(try test.sql("SELECT area, domains, casefile IS NULL AS free FROM signal").first)
        #expect(row["area"] == "2599")
        #expect(row["domains"] == "debts,health")
        #expect(row["free"] == 1)
        #expect(try test.events().suffix(2) == ["decision.refused", "signal.filed"])
    }

    @Test("a signal without a household is counted without identity")
    func nobodyNamed() async throws {
        let answer = await file(signal(nil))
        #expect(answer.status == 201)
        #expect(answer.body.text("outcome") == "acceptedWithoutIdentity")
        let member = try await test.staff("desk-1", .contactPoint)
        let shown = try await desk.showSignal(answer.body.text("signalId"), by: member).body
        #expect(shown["domains"] == ["debts", "health"])
        #expect(shown["casefileId"] == nil)
    }

    @Test("when the controller decided to refuse, nothing is stored and the filer is told what it can do")
    func refused() async throws {
        var policy = TestPolicy()
        policy.onRefusal = "refuse"
        try await test.adopt(policy)
        var mother = Resident.mother
        mother.consents = [["answer": "notAsked", "reason": "notPresent"]]
        let answer = await file(signal([mother]))
        #expect(answer.status == 422)
        #expect(answer.body.text("code") == "disclosure-refused")
        #expect(answer.body["reasons"] == ["consent-missing"])
        let explanation = try #require(answer.body["explanation"])
        #expect(!explanation.text("nl").isEmpty && !explanation.text("en").isEmpty)
        #expect(try stored("signal") == 0)
        #expect(try stored("person") == 0)
        #expect(try test.events().suffix(2) == ["decision.refused", "signal.refused"])
        // Nor without a household: it is the same path, and the refusal has its entry.
        let nobody = await file(signal(nil))
        #expect(nobody.status == 422)
        #expect(nobody.body.text("code") == "disclosure-refused")
        #expect(try test.events().last == "signal.refused")
        #expect(try stored("signal") == 0)
    }

    @Test("while the controller has not decided what a no means, the answer names that decision")
    func undecided() async throws {
        var policy = TestPolicy()
        policy.onRefusal = nil
        try await test.adopt(policy)
        var mother = Resident.mother
        mother.consents = [Consents.refused]
        for body in [signal([mother]), signal(nil)] {
            let answer = await file(body)
            #expect(answer.status == 422)
            #expect(answer.body.text("code") == "policy-incomplete")
            #expect(answer.body["missing"] == ["onRefusal"])
            #expect(try test.events().last == "signal.refused")
        }
        #expect(try stored("signal") == 0)
        // Who agrees is not touched by it.
        #expect(await file(signal([.mother])).status == 201)
    }

    @Test("without a covenant on filing nothing is taken, also from people who agreed")
    func noCovenant() async throws {
        let stranger = try #require(OrganisationNumber("00000099000000009000"))
        let answer = await file(signal([.mother]), by: .partner(stranger))
        #expect(answer.status == 422)
        #expect(answer.body["reasons"] == ["party-not-in-covenant"])
        #expect(try stored("signal") == 0)
    }

    @Test("the citizen service number is stored only for whom the covenant names the act")
    func citizenServiceNumber() async throws {
        #expect(await file(signal([.mother]), by: .partner(test.debt.oin)).status == 201)
        let care = await file(signal([.mother]), by: .partner(test.care.oin))
        #expect(care.status == 201)
        let left = care.body["leftOut"]?.arrayValue ?? []
        #expect(left.map { $0.text("field") } == ["identification.bsn"])
        #expect(left.map { $0.text("reason") } == ["field-not-covered"])
        #expect(try test.number("SELECT count(*) FROM person WHERE bsn_mac IS NOT NULL") == 1)
        let member = try await test.staff("desk-1", .contactPoint)
        for (answer, holds) in [(care, false)] {
            let triaged = try await desk.triageSignal(answer.body.text("signalId"), ["outcome": "single"], by: member, idempotency: nil)
            let shown = try await desk.showCasefile(triaged.body.text("casefileId"), by: member).body.canonicalText
            #expect(shown.contains("999910012") == holds)
        }
    }

    @Test("an address that the filer calls secret stays out, and so it does the next time that somebody files the same number")
    func secretAddress() async throws {
        func leftOut(_ resident: Resident) async -> [String] {
            (await file(signal([resident])).body["leftOut"]?.arrayValue ?? []).map { "\($0.text("field")) \($0.text("reason"))" }
        }
        var mother = Resident.mother
        mother.secrecyIndicator = 3
        #expect(await leftOut(mother) == ["contact.address secrecy-indicator"])
        #expect(await leftOut(.mother) == ["contact.address secrecy-indicator"])
        #expect(try test.number("SELECT count(*) FROM person WHERE secrecy_indicator = 3") == 2)
        mother.bsn = nil
        mother.secrecyIndicator = 0
        #expect(await leftOut(mother) == [])
        mother.secrecyIndicator = 8
        let wrong = await file(signal([mother])).body["errors"]?.arrayValue?.map { $0.text("pointer") }
        #expect(wrong == ["/household/members/0/secrecyIndicator"])
    }

    @Test("nobody is filed of whom the filer says that they have died")
    func deceased() async throws {
        var father = Resident.father
        father.deceased = true
        let alone = await file(signal([father]))
        #expect(alone.status == 422 && alone.body["reasons"] == ["deceased"])
        #expect(await file(signal([.mother, father])).status == 201)
        #expect(try test.number("SELECT count(*) FROM person") == 1)
    }

    @Test("a filer of another organisation sees the status only, and its colleague nothing")
    func filerSeesStatus() async throws {
        let filer = try await test.staff("care-1", .intermediary, of: test.care.oin)
        let colleague = try await test.staff("care-2", .intermediary, of: test.care.oin)
        let member = try await test.staff("desk-1", .contactPoint)
        let id = await file(signal([.mother]), by: filer).body.text("signalId")
        #expect(try await desk.showSignal(id, by: filer).body == ["signalId": .string(id), "status": "received"])
        for other in [colleague, .partner(test.care.oin), .partner(test.debt.oin)] {
            #expect(await refusal { () async throws(DeskRefusal) in try await desk.showSignal(id, by: other) } == "not-found")
        }
        let before = try test.entries().count
        let shown = try await desk.showSignal(id, by: member).body
        #expect(shown["domains"] == ["debts", "health"])
        #expect(shown.text("casefileId") != "")
        #expect(try test.events(after: before) == ["casefile.read"])
        _ = try await desk.triageSignal(id, ["outcome": "single"], by: member, idempotency: nil)
        #expect(try await desk.showSignal(id, by: filer).body.text("status") == "pickedUp")
    }

    @Test("an intermediary of the municipality itself is a filer, too: status only")
    func ownIntermediary() async throws {
        let filer = try await test.staff("counter-1", .intermediary)
        let colleague = try await test.staff("counter-2", .intermediary)
        let id = await file(signal([.mother]), by: filer).body.text("signalId")
        #expect(try await desk.showSignal(id, by: filer).body == ["signalId": .string(id), "status": "received"])
        #expect(await refusal { () async throws(DeskRefusal) in try await desk.showSignal(id, by: colleague) } == "not-found")
    }

    @Test(
        "who may not file is refused before anything is read",
        arguments: [StaffRole.manager, .privacyOfficer, .administrator, .socialCaseManager])
    func roles(_ role: StaffRole) async throws {
        let caller = try await test.staff("someone", role)
        #expect(await file(signal([.mother]), by: caller).body.text("code") == "role-may-not")
    }

    @Test("the same key gives the same answer, with another body a conflict; a refusal is remembered as well")
    func idempotency() async throws {
        let first = await file(signal([.mother]), key: "k-1")
        let entries = try test.entries().count
        #expect(await file(signal([.mother]), key: "k-1") == first)
        #expect(try stored("signal") == 1)
        #expect(try test.entries().count == entries)
        #expect(await file(signal([.mother], area: nil), key: "k-1").body.text("code") == "idempotency-conflict")
        // A key belongs to its caller.
        #expect(await file(signal([.mother]), by: .partner(test.care.oin), key: "k-1").body.text("signalId") != first.body.text("signalId"))

        var policy = TestPolicy()
        policy.onRefusal = "refuse"
        try await test.adopt(policy)
        var mother = Resident.mother
        mother.consents = [Consents.refused]
        let refused = await file(signal([mother]), key: "k-2")
        #expect(refused.status == 422)
        try await test.adopt(TestPolicy())
        #expect(await file(signal([mother]), key: "k-2") == refused)
        #expect(await file(signal([.mother]), key: "k-2").body.text("code") == "idempotency-conflict")
        // After a day the key is free again.
        test.clock.advance(milliseconds: 86_400_001)
        #expect(await file(signal([.mother]), key: "k-1").body.text("signalId") != first.body.text("signalId"))
    }

    @Test("every fault of the input is listed at once, and nothing is written")
    func faults() async throws {
        let before = try test.entries().count
        let body: JSONValue = [
            "channel": "pigeon", "knowsWhomToCall": "no", "colour": "red", "area": "25AB", "capacity": "king",
            "concerns": [["domain": "astrology", "under": "nothing", "about": ["z"]]],
            "household": [
                "members": [
                    ["ref": "a", "birthDate": "1968-13-01", "bsn": "999910013", "consents": [], "name": ["given": "Only"]],
                    ["ref": "a", "consents": [["answer": "maybe"], ["answer": "given"], ["answer": "notAsked"]], "contact": ["fax": "1"]],
                    [
                        "consents": [
                            [
                                "answer": "given", "recipients": ["somebody"], "purposes": ["intake"], "fields": ["shoeSize"],
                                "until": "later",
                            ]
                        ]
                    ],
                    ["ref": "d", "consents": [["answer": "refused", "until": "2026-11-23T09:00:00Z"]]],
                ]
            ],
        ]
        let answer = await file(body)
        #expect(answer.status == 400)
        #expect(answer.body.text("code") == "invalid-input")
        let errors = (answer.body["errors"]?.arrayValue ?? []).map { "\($0.text("pointer")) \($0.text("code"))" }
        for expected in [
            "/colour unknown-member", "/channel not-in-list", "/knowsWhomToCall wrong-type", "/area invalid-area", "/capacity not-in-list",
            "/concerns/0/domain not-in-list", "/concerns/0/under invalid-article", "/concerns/0/about/0 unknown-ref",
            "/household/members/0/birthDate invalid-birth-date", "/household/members/0/bsn bsn-check-failed",
            "/household/members/0/consents no-answer", "/household/members/0/name/family missing-member",
            "/household/members/1 duplicate-ref", "/household/members/1/consents/0/answer not-in-list",
            "/household/members/1/consents/1 missing-member", "/household/members/1/consents/2 missing-member",
            "/household/members/1/contact/fax unknown-member", "/household/members/2/ref missing-member",
            "/household/members/2/consents/0/recipients/0 invalid-recipient", "/household/members/2/consents/0/fields/0 unknown-field",
            "/household/members/2/consents/0/until invalid-instant", "/household/members/3/consents/0/until contradictory-dates",
        ] {
            #expect(errors.contains(expected), "\(expected)")
        }
        #expect(!answer.body.canonicalText.contains("999910013"))
        #expect(try test.entries().count == before)
        #expect(try stored("idempotency") == 0)
    }

    @Test(
        "one fault each",
        arguments: [
            ("knowsWhomToCall", JSONValue.bool(true), "/knowsWhomToCall call-them-directly"), ("concerns", [], " no-concern"),
            ("household", ["members": []], " empty-household"), ("freeText", "tekst", " free-text-without-household"),
            ("concerns", [["domain": "debts", "about": ["a"]]], "/concerns/0/about no-members"),
            ("area", .null, "/area null-not-allowed"), ("channel", nil, " missing-member"),
            ("concerns", [["domain": "debts", "observation": ""]], "/concerns/0/observation empty"),
        ] as [(String, JSONValue?, String)])
    func oneFault(_ name: String, _ value: JSONValue?, _ expected: String) async throws {
        let answer = await file(signal(nil).with(name, value))
        let errors = (answer.body["errors"]?.arrayValue ?? []).map { "\($0.text("pointer")) \($0.text("code"))" }
        #expect(errors.map { $0.replacing("/channel missing", with: " missing") } == [expected])
    }

    @Test("`under` names an act that the policy knows, and `obtainedBy` is a code: no rule holds of a misspelt act, and words stay no mark")
    func marks() async throws {
        func faults(_ body: JSONValue) async -> [String] {
            (await file(body).body["errors"]?.arrayValue ?? []).map { "\($0.text("pointer")) \($0.text("code"))" }
        }
        func concern(_ name: String, _ value: JSONValue) -> JSONValue {
            signal([.mother]).with("concerns", [JSONValue.object(["domain": "debts"]).with(name, value)])
        }
        #expect(await faults(concern("under", "wpg.8")) == ["/concerns/0/under unknown-act"])
        #expect(await faults(concern("under", "socialSupportAct.zij drinkt")) == ["/concerns/0/under invalid-article"])
        #expect(await faults(concern("obtainedBy", "haar zus Toos")) == ["/concerns/0/obtainedBy invalid-code"])
        let member = Resident.mother.json.with("under", "SocialSupportAct.2.3.2")
        let body = signal([.mother]).with("household", ["members": [member]])
        #expect(await faults(body) == ["/household/members/0/under invalid-article"])
        #expect(try stored("holding") == 0)
        #expect(await faults(concern("under", "socialSupportAct.2.3.2")) == [])
        #expect(try stored("signal") == 1)
    }

    @Test(
        "what a program passes on keeps an act that the policy does not know, as the mark that it is; what is no article is still refused")
    func marksOfAnotherNode() async throws {
        let made = try await desk.addStaff(name: "from-a", role: .intermediary, organisation: test.debt.oin, isSystem: true)
        let token = await test.signIn("from-a", made.password).body.text("token")
        let program = Caller.staff(try await desk.authenticate(token: token))
        func passOn(_ under: String) async -> DeskAnswer {
            await file(signal([.mother]).with("concerns", [["domain": "debts", "under": .string(under)]]), by: program)
        }
        #expect(await passOn("socialSupportAct.zij drinkt").status == 400)
        #expect(try stored("signal") == 0)
        #expect(await passOn("wpg.8").status == 201)
        #expect(try test.number("SELECT count(*) FROM holding WHERE act = 'wpg'") == 1)
    }

    @Test("a no by prefix is about all that is below it, also what must be named one by one to go")
    func broadNo() async throws {
        var mother = Resident.mother
        mother.consents = [Consents.intake, ["answer": "refused", "fields": ["domains"]]]
        let answer = await file(signal([mother]))
        #expect(answer.status == 201)
        let left = (answer.body["leftOut"]?.arrayValue ?? []).filter { $0.text("reason") == "consent-refused" }
        #expect(
            Set(left.map { $0.text("field") }) == [
                "domains.debts.concern", "domains.debts.observation", "domains.health.concern", "domains.health.observation",
            ])
    }

    @Test("a reason is a code and a concern is about somebody: text about people cannot slip into the registry")
    func codesOnly() async throws {
        var mother = Resident.mother
        mother.consents = [Consents.intake, ["answer": "notAsked", "reason": "zij was bij haar zus Toos"]]
        let answer = await file(signal([mother]))
        #expect(answer.status == 400)
        #expect((answer.body["errors"]?.arrayValue ?? []).map { $0.text("pointer") } == ["/household/members/0/consents/1/reason"])
        let nobody = signal([.mother]).with("concerns", [["domain": "debts", "about": [], "observation": "x"]])
        #expect(await file(nobody).status == 400)
    }
}
