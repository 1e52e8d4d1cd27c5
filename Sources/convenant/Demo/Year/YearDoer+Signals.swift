import Casework
import StrictJSON

extension YearDoer {
    func file(_ step: YearStep) async throws -> [String: String] {
        let body = signal(step.about)
        let answer: JSONValue
        switch plan.filer(of: step.about) {
        case .intermediary: answer = try await ask(step, by: "intermediary-1", "/v1/signals", body, expect: 201)
        case .desk(let number): answer = try await ask(step, by: "desk-\(number)", "/v1/signals", body, expect: 201)
        case .partner(let helper): answer = try await partner(helper).client.fileSignal(body, idempotencyKey: key(step))
        }
        guard answer["outcome"] == "accepted" else { throw YearTrouble("the signal was not accepted with its household") }
        return ["signal": try answer.text("signalId")]
    }

    func triage(_ step: YearStep, _ triage: Triage, manager number: Int?) async throws -> [String: String] {
        var body: JSONObject = ["outcome": .string(triage.rawValue)]
        if let number { body["caseManager"] = .string("case-manager-\(number)") }
        let answer = try await ask(step, by: "desk-1", "/v1/signals/\(try id("signal", step))/triage", .object(body), expect: 200)
        return ["case": try answer.text("casefileId")]
    }

    /// The manager, or the desk where there is none, opens the case.
    func read(_ step: YearStep) async throws -> [String: String] {
        let account = plan.caseload[step.about].route == .retriaged ? "desk-1" : manager(of: step.about)
        let shown = try await look("/v1/casefiles/\(try id("case", step))", by: account)
        var ids: [String: String] = [:]
        for (place, person) in (shown["persons"]?.arrayValue ?? []).enumerated() { ids["person.\(place)"] = try person.text("personId") }
        return ids
    }

    func join(_ step: YearStep, to first: Int) async throws -> [String: String] {
        let target = try journal.id("case", of: first)
        let own = try journal.id("signal", of: step.about)
        _ = try await ask(step, by: "desk-1", "/v1/signals/\(own)/join", ["casefileId": .string(target)], expect: 200)
        return [:]
    }

    func tell(_ step: YearStep, _ said: JSONObject) async throws -> [String: String] {
        var body = said
        body["signalId"] = .string(try journal.id("signal", of: step.about))
        // While a case is the desk's, nobody else may work on it.
        let account = plan.caseload[step.about].route == .retriaged ? "desk-1" : manager(of: home(of: step))
        _ = try await ask(step, by: account, "/v1/casefiles/\(try id("case", step))/tellings", .object(body), expect: 200)
        return [:]
    }

    func tell(_ step: YearStep, ofMeeting meeting: Int, way: String) async throws -> [String: String] {
        let body: JSONValue = ["meetingId": .string(try id("meeting.\(meeting)", step)), "told": ["way": .string(way)]]
        _ = try await ask(step, by: manager(of: step.about), "/v1/casefiles/\(try id("case", step))/tellings", body, expect: 200)
        return [:]
    }
}

extension YearDoer {
    /// A signal as the filer writes it: the household, what was seen, and what each person answered about sharing.
    func signal(_ number: Int) -> JSONValue {
        let household = plan.household(of: number)
        let helpers = plan.helpers(of: number)
        let letters = ["a", "b", "c", "d"]
        var members: [JSONValue] = []
        for (place, person) in household.persons.enumerated() {
            var name: JSONObject = ["given": .string(person.given), "family": .string(person.family)]
            name["prefix"] = person.prefix.map { .string($0) }
            var member: JSONObject = [
                "ref": .string(letters[place]), "name": .object(name), "birthDate": .string(String(person.birthYear)),
            ]
            member["bsn"] = person.bsn.map { .string($0) }
            if place == 0 {
                member["contact"] = [
                    "address": [
                        "street": .string(household.street), "houseNumber": .string(household.houseNumber), "place": "Den Haag",
                        "postcode": .string(household.area + "XX"),
                    ],
                    "phone": .string(household.phone), "safeWay": "Bellen op werkdagen",
                ]
            }
            member["consents"] = person.refuses ? [["answer": "refused"]] : .array([Self.toTheDesk] + helpers.map(Self.consent))
            members.append(.object(member))
        }
        let concerns = plan.domains(of: number).map { domain -> JSONValue in
            [
                "domain": .string(domain.rawValue), "about": ["a"], "observation": .string(Self.observations[domain] ?? Self.seen),
                "obtainedBy": plan.caseload[number].channel == .meldcode ? "visit" : "conversation",
            ]
        }
        return [
            "channel": .string(plan.caseload[number].channel.rawValue), "knowsWhomToCall": false, "capacity": "helper",
            "area": .string(household.area), "household": ["members": .array(members)], "concerns": .array(concerns),
        ]
    }

    private static let toTheDesk: JSONValue = [
        "answer": "given", "recipients": [.string(DemoTown.municipality)], "purposes": ["intake"],
        "fields": ["identification", "identification.bsn", "contact", "household", "domains"], "language": "nl", "textVersion": "demo-1",
    ]

    private static func consent(_ helper: YearHelper) -> JSONValue {
        let offer = helper.offer
        return [
            "answer": "given", "recipients": [.string(offer.oin)], "purposes": [.string(offer.purpose)], "fields": .texts(offer.fields),
            "language": "nl", "textVersion": "demo-1",
        ]
    }

    private static let seen = "Vraagt zelf om hulp hierbij."
    private static let observations: [LifeDomain: String] = [
        .safety: "Voelt zich niet veilig in de eigen straat.", .debts: "Ongeopende post van incassobureaus op tafel.",
        .housing: "Brief over huurachterstand aan de deur.",
        .wellbeing: "Ziet al weken niemand.", .upbringing: "De kinderen komen vaak te laat op school.",
        .administration: "De administratie ligt in een doos.", .work: "Kort geleden zonder werk geraakt.",
    ]
}
