import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import StrictJSON
import Testing

@Suite("Triage and dispatch")
struct TriageAndDispatchTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    private func dispatch(_ body: JSONValue, by caller: Caller? = nil, key: String? = nil) async -> DeskAnswer {
        let key = key.map { IdempotencyKey(route: "POST /v1/referrals", key: $0, body: body.canonicalBytes()) }
        return await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(body, by: caller ?? member, idempotency: key)
        }
    }

    private func triage(_ signal: String, _ body: JSONValue, by caller: Caller? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in try await test.desk.triageSignal(signal, body, by: caller ?? member, idempotency: nil) }
    }

    @Test("a single case gets one referral, and a second one only when the first has ended")
    func single() async throws {
        let filed = try await test.openCase(triage: "single", by: member)
        let before = try test.entries().count
        let first = try await test.refer(test.referral(filed), by: member)
        #expect(try test.events(after: before) == ["decision.permitted", "message.sealed"])
        #expect(try test.task(first.task) == ("requested", "delivery"))
        #expect(try await test.inbox(of: test.debt).map(\.id) == [first.message])
        #expect(await dispatch(test.referral(filed)).body.text("code") == "already-decided")
        #expect(try test.number("SELECT count(*) FROM task") == 1)
        _ = try await test.desk.moveTask(first.task, ["to": "cancelled"], by: member, idempotency: nil)
        #expect(await dispatch(test.referral(filed)).status == 201)
        #expect(try test.tasksWithoutDeadline() == 0)
    }

    @Test("two referrals at the same moment cannot both be the only one of a single case")
    func singleAtOnce() async throws {
        let filed = try await test.openCase(triage: "single", by: member)
        let answers = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<12 { group.addTask { await dispatch(test.referral(filed)).status } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.filter { $0 == 201 }.count == 1)
        #expect(answers.filter { $0 == 409 }.count == 11)
        #expect(try test.number("SELECT count(*) FROM open_task") == 1)
        #expect(try test.number("SELECT count(*) FROM message") == 1)
    }

    @Test("a multiple case gets as many as it needs")
    func multiple() async throws {
        let filed = try await test.openCase(triage: "multipleUnrelated", by: member)
        _ = try await test.refer(test.referral(filed), by: member)
        _ = try await test.refer(
            test.referral(filed, to: test.care, purpose: "careSupport", fields: ["identification", "domains.health"]), by: member)
        #expect(try test.number("SELECT count(*) FROM open_task") == 2)
        #expect(try await test.inbox(of: test.care).count == 1)
        #expect(try test.logIsIntact())
    }

    @Test("before triage nothing is referred")
    func untriaged() async throws {
        let filed = try await test.openCase(by: member)
        try test.sql("UPDATE casefile SET triage = NULL")
        #expect(await dispatch(test.referral(filed)).body.text("code") == "illegal-transition")
    }

    @Test("triage may only rise, and the refusal names what is legal")
    func mayOnlyRise() async throws {
        let filed = try await test.openCase(triage: "multipleUnrelated", by: member)
        let lower = await triage(filed.signal, ["outcome": "single"])
        #expect(lower.status == 409)
        #expect(lower.body["legal"] == ["multipleUnrelated", "multipleInterrelated"])
        let before = try test.entries().count
        #expect(await triage(filed.signal, ["outcome": "multipleUnrelated"]).status == 200)
        #expect(try test.entries().count == before)
        #expect(await triage(filed.signal, ["outcome": "multipleInterrelated"]).status == 200)
        #expect(try test.events(after: before) == ["triage.made"])
        #expect(await triage(filed.signal, ["outcome": "single", "why": "x"]).status == 400)
        #expect(await triage("no-id", ["outcome": "single"]).status == 404)
    }

    @Test("only the municipality's own desk triages", arguments: StaffRole.allCases)
    func triageRoles(_ role: StaffRole) async throws {
        let filed = try await test.openCase(by: member)
        let caller = try await test.staff("someone", role, of: role == .contactPoint ? test.care.oin : nil)
        #expect(await triage(filed.signal, ["outcome": "multipleInterrelated"], by: caller).body.text("code") == "role-may-not")
        #expect(await triage(filed.signal, ["outcome": "single"], by: .partner(test.debt.oin)).body.text("code") == "role-may-not")
    }

    @Test("only the desk and a manager to whom the case was given work on it")
    func assigned() async throws {
        let manager = try await test.staff("manager-1", .socialCaseManager)
        let other = try await test.staff("manager-2", .socialCaseManager)
        let filed = try await test.openCase(by: member)
        let body = test.referral(filed)
        #expect(await dispatch(body, by: manager).body.text("code") == "not-found")
        #expect(await triage(filed.signal, ["outcome": "multipleUnrelated", "caseManager": "desk-1"]).status == 400)
        let before = try test.entries().count
        #expect(await triage(filed.signal, ["outcome": "multipleUnrelated", "caseManager": "manager-1"]).status == 200)
        // Whoever gets a case can read it: that is an entry, also when the triage stays as it was.
        let given = try #require(try test.entries().dropFirst(before).first)
        #expect(given.event == "coordinator.set")
        #expect(given.facts["caseManager"] != nil && given.facts["caseManager"] != .text("manager-1"))
        #expect(await dispatch(body, by: manager).status == 201)
        #expect(await dispatch(body, by: other).body.text("code") == "not-found")
        let mine = try await test.desk.listCasefiles(after: nil, limit: 10, by: manager).body["items"]?.arrayValue ?? []
        #expect(mine.map { $0.text("casefileId") } == [filed.casefile])
        #expect(
            await refusal { () async throws(DeskRefusal) in try await test.desk.showCasefile(filed.casefile, by: other) } == "not-found")
    }

    @Test(
        "roles that may not refer",
        arguments: [
            StaffRole.intermediary, .meetingChair, .processManager, .privacyOfficer, .dataProtectionOfficer, .manager, .controller,
            .administrator,
        ])
    func referralRoles(_ role: StaffRole) async throws {
        let filed = try await test.openCase(by: member)
        let caller = try await test.staff("someone", role)
        #expect(await dispatch(test.referral(filed), by: caller).body.text("code") == "role-may-not")
        #expect(await dispatch(test.referral(filed), by: .partner(test.debt.oin)).body.text("code") == "role-may-not")
    }

    @Test("a desk of another organisation sees no case of ours")
    func foreignDesk() async throws {
        let filed = try await test.openCase(by: member)
        let foreign = try await test.staff("care-desk", .contactPoint, of: test.care.oin)
        #expect(await dispatch(test.referral(filed), by: foreign).body.text("code") == "not-found")
        #expect(
            await refusal { () async throws(DeskRefusal) in try await test.desk.showCasefile(filed.casefile, by: foreign) } == "not-found")
        #expect(await refusal { () async throws(DeskRefusal) in try await test.desk.showDesk(by: foreign) } == "role-may-not")
        #expect(await refusal { () async throws(DeskRefusal) in try await test.desk.showSignal(filed.signal, by: foreign) } == "not-found")
    }

    @Test(
        "while a term is undecided no case that needs it is referred",
        arguments: [
            (nil, 20, ["terms.pickUp"]), (5, nil, ["terms.progress"]), (nil, nil, ["terms.pickUp", "terms.progress"]),
        ] as [(Int?, Int?, [String])])
    func undecidedTerms(_ pickUp: Int?, _ progress: Int?, _ missing: [String]) async throws {
        var policy = TestPolicy()
        policy.pickUp = pickUp
        policy.progress = progress
        try await test.adopt(policy)
        let filed = try await test.openCase(by: member)
        let answer = await dispatch(test.referral(filed))
        #expect(answer.status == 422)
        #expect(answer.body.text("code") == "policy-incomplete")
        #expect(answer.body["missing"] == .array(missing.map(JSONValue.string)))
        #expect(try test.number("SELECT count(*) FROM message") == 0)
    }

    @Test("a refused referral has its entry and its reasons, and the same key gives the same refusal")
    func refusedReferral() async throws {
        var mother = Resident.mother
        mother.consents = [Consents.intake]
        let filed = try await test.openCase([mother], by: member)
        let before = try test.entries().count
        let answer = await dispatch(test.referral(filed), key: "r-1")
        #expect(answer.status == 422)
        #expect(answer.body["reasons"] == ["consent-missing"])
        #expect(try test.events(after: before) == ["decision.refused"])
        _ = try await test.desk.recordConsent(
            [
                "personId": .string(filed.persons[0]), "answer": "given", "recordedHow": "spoken", "recipients": ["sector:debt"],
                "purposes": ["debtAssistance"], "fields": ["identification"],
            ], by: member, idempotency: nil)
        #expect(await dispatch(test.referral(filed), key: "r-1") == answer)
        let permitted = await dispatch(test.referral(filed), key: "r-2")
        #expect(permitted.status == 201)
        #expect(permitted.body["decision"]?.texts("allowed") == ["identification.name", "identification.birthDate"])
        #expect(await dispatch(test.referral(filed), key: "r-2") == permitted)
        #expect(await dispatch(test.referral(filed, fields: ["contact"]), key: "r-2").body.text("code") == "idempotency-conflict")
        #expect(try test.number("SELECT count(*) FROM task") == 1)
    }

    @Test("a referral about somebody of another case, or to a party without a covenant, goes nowhere")
    func wrongPersons() async throws {
        let filed = try await test.openCase(by: member)
        let other = try await test.openCase([.father], by: member)
        let mixed = await dispatch(test.referral(filed, subjects: filed.persons + other.persons))
        #expect(mixed.status == 400)
        #expect((mixed.body["errors"]?.arrayValue ?? []).map { $0.text("code") } == ["unknown-person"])
        let stranger = await dispatch(test.referral(filed).with("to", "00000099000000009000"))
        #expect(stranger.body["reasons"] == ["no-covenant"])
        let purpose = await dispatch(test.referral(filed).with("purpose", "marketing"))
        #expect(purpose.body["reasons"] == ["purpose-not-covered"])
        let faults = await dispatch(test.referral(filed, fields: [], subjects: [filed.persons[0], filed.persons[0]]).with("to", "1"))
        #expect(Set((faults.body["errors"]?.arrayValue ?? []).map { $0.text("code") }) == ["no-field", "duplicate-subject", "invalid-oin"])
        #expect(try test.number("SELECT count(*) FROM message") == 0)
    }

    @Test("what tells of the whole household does not go when only one of it is asked about")
    func householdFields() async throws {
        let filed = try await test.openCase([.mother, .father], freeText: "moeder en vader zijn het eens", by: member)
        let fields = ["identification", "household.members", "freeText"]
        let one = try await test.refer(test.referral(filed, fields: fields, subjects: [filed.persons[0]]), by: member)
        let alone = try await test.fetch(one.message, as: test.debt).payload.fields
        #expect(alone["identification"] != nil)
        #expect(alone["freeText"] == nil)
        #expect(alone["household"] == nil)
        let both = try await test.refer(test.referral(filed, fields: fields), by: member)
        let together = try await test.fetch(both.message, as: test.debt).payload.fields
        #expect(together["freeText"] == "moeder en vader zijn het eens")
        #expect(together["household"]?["members"]?.arrayValue?.count == 2)
        #expect(together["others"]?.arrayValue?.count == 1)
    }

    @Test("what tells of the whole household is left out alike by may I?, by a referral and by what was told, and the log says so")
    func householdLeftOut() async throws {
        var father = Resident.father
        father.consents = [Consents.intake]
        let filed = try await test.openCase([.mother, father], freeText: "moeder en vader", by: member)
        func asked(_ fields: [String]) -> JSONValue { test.referral(filed, fields: fields, subjects: [filed.persons[0]]) }
        let some = asked(["identification.name", "household.members", "freeText"])
        let left = ["household.members unknown-fact", "freeText unknown-fact"]
        func leftOut(_ body: JSONValue?) -> [String] {
            (body?["leftOut"]?.arrayValue ?? []).map { "\($0.text("field")) \($0.text("reason"))" }
        }
        let before = try test.entries().count
        let may = try await test.desk.askDecision(some, by: member).body
        #expect(may.texts("allowed") == ["identification.name"] && leftOut(may) == left)
        let sent = await dispatch(some).body["decision"]
        #expect(sent?.texts("allowed") == ["identification.name"] && leftOut(sent) == left)
        let told: JSONValue = [
            "to": [.string(test.debt.oin.description)], "purpose": "debtAssistance", "fields": some["fields"] ?? [],
            "subjects": some["subjects"] ?? [],
        ]
        let spoken = try await test.desk.recordSpoken(filed.casefile, told, by: member, idempotency: nil).body["items"]?.arrayValue?.first
        #expect(spoken?.text("outcome") == "refused" && spoken?.texts("allowed") == ["identification.name"])
        #expect(spoken?.texts("reasons") == ["unknown-fact"])
        let entries = try test.entries().dropFirst(before)
        let decided = entries.filter { $0.event == "decision.permitted" }
        #expect(decided.count == 3 && decided.allSatisfy { $0.facts["allowed"] == .list(["0.identification.name"]) })
        #expect(entries.last { $0.event == "spoken.disclosure" }?.facts["outcome"] == .text("refused"))

        let whole = asked(["freeText"])
        #expect(try await test.desk.askDecision(whole, by: member).body["reasons"] == ["unknown-fact"])
        let refused = await dispatch(whole)
        #expect(refused.status == 422 && refused.body["reasons"] == ["unknown-fact"])
        #expect(try test.entries().last?.event == "decision.refused")
        let archive = try DecisionArchive(test.folder)
        #expect(try test.entries().compactMap { try archive.replay($0) }.allSatisfy { $0 == .same })
    }

    @Test("may I? answers as the referral would, without sending, with its entry")
    func mayI() async throws {
        let filed = try await test.openCase(by: member)
        let before = try test.entries().count
        let answer = try await test.desk.askDecision(test.referral(filed, fields: ["contact", "domains.health"]), by: member).body
        #expect(answer.text("outcome") == "permitted")
        #expect(answer.texts("allowed") == ["contact.address", "contact.phone", "contact.email", "contact.safeWay"])
        #expect(try test.events(after: before) == ["decision.permitted"])
        #expect(try test.number("SELECT count(*) FROM message") == 0)
        let supposed: JSONValue = ["to": "00000099000000002000", "purpose": "debtAssistance", "fields": ["contact"], "consent": "no"]
        let refused = try await test.desk.askDecision(supposed, by: member).body
        #expect(refused.text("outcome") == "refused")
        #expect(refused["reasons"] == ["consent-refused"])
        #expect(try await test.desk.askDecision(supposed.with("consent", "yes"), by: member).body.text("outcome") == "permitted")
    }
}
