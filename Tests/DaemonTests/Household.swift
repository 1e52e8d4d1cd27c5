import Foundation
import StrictJSON
import Synchronization

/// A household that exists nowhere, as a signal; each call gives other people.
struct Household: Sendable {
    let given: String
    let family: String
    let bsn: String
    let street: String
    let phone: String
    let observation: String

    private static let counter = Mutex(0)

    init() {
        let number = Self.counter.withLock { counter in
            counter += 1
            return counter
        }
        given = "Voornaam\(number)q"
        family = "Familienaam\(number)q"
        bsn = Self.testNumber(number)
        street = "Straatnaam\(number)q"
        phone = "070-555\(String(format: "%04d", number))"
        observation = "Waarneming\(number)q: ongeopende post op tafel"
    }

    /// Everything that may stand nowhere in the clear.
    var secrets: [String] { [given, family, bsn, street, phone, observation, "Waarneming"] }

    /// A number of the test range 9999… that passes the eleven test.
    private static func testNumber(_ number: Int) -> String {
        var candidate = 999_900_000 + number * 97
        while !passesElevenTest(candidate) { candidate += 1 }
        return String(candidate)
    }

    private static func passesElevenTest(_ number: Int) -> Bool {
        let digits = String(number).compactMap(\.wholeNumberValue)
        return zip(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]).reduce(0) { $0 + $1.0 * $1.1 } % 11 == 0
    }

    /// One member who agreed to filing, and to what these consents say; each is to one partner for one purpose.
    func signal(consents: [(to: Town.Partner, purpose: String, fields: [String])] = Household.usualConsents, refused: Bool = false)
        -> JSONValue
    {
        let everything: [JSONValue] = [
            "identification", "identification.bsn", "contact", "household", "domains", "domains.health", "freeText",
        ]
        var answers: [JSONValue] = [
            refused
                ? ["answer": "refused"]
                : [
                    "answer": "given", "recipients": [.string(Town.municipality)], "purposes": ["intake"], "fields": .array(everything),
                    "language": "nl", "textVersion": "test-1",
                ]
        ]
        if !refused {
            answers += consents.map { consent in
                [
                    "answer": "given", "recipients": [.string(consent.to.oin)], "purposes": [.string(consent.purpose)],
                    "fields": .array(consent.fields.map(JSONValue.string)), "language": "nl", "textVersion": "test-1",
                ]
            }
        }
        return [
            "channel": "meldcode", "knowsWhomToCall": false, "capacity": "helper", "area": "2512",
            "household": [
                "members": [
                    [
                        "ref": "a", "name": ["given": .string(given), "family": .string(family)], "birthDate": "1968-04",
                        "bsn": .string(bsn),
                        "contact": [
                            "address": ["street": .string(street), "houseNumber": "999", "postcode": "2511CJ", "place": "Den Haag"],
                            "phone": .string(phone), "safeWay": "Alleen op werkdagen",
                        ],
                        "consents": .array(answers),
                    ]
                ]
            ],
            "concerns": [
                ["domain": "debts", "about": ["a"], "observation": .string(observation), "obtainedBy": "visit"],
                ["domain": "wellbeing", "about": ["a"], "observation": .string(observation + " en stil"), "obtainedBy": "conversation"],
            ],
        ]
    }

    static let usualConsents: [(to: Town.Partner, purpose: String, fields: [String])] = [
        (Town.debtHelp, "debtAssistance", ["identification", "identification.bsn", "contact", "domains.debts", "domains.income"]),
        (Town.care, "careAllocation", ["identification", "contact", "domains.wellbeing"]),
    ]
}

/// A case that the desk took on.
struct OpenCase: Sendable {
    let signal: String
    let casefile: String
    let person: String
    let consents: [JSONValue]
    let household: Household

    /// The body of a referral of this case.
    func referral(
        to partner: Town.Partner = Town.debtHelp, purpose: String = "debtAssistance",
        fields: [String] = ["identification", "contact", "domains.debts"]
    )
        -> JSONValue
    {
        [
            "casefileId": .string(casefile), "to": .string(partner.oin), "purpose": .string(purpose),
            "fields": .array(fields.map(JSONValue.string)), "subjects": [.string(person)],
        ]
    }

    /// The id of the consent to a partner.
    func consent(to partner: Town.Partner) -> String? {
        consents.first { $0["recipients"] == [.string(partner.oin)] }?["consentId"]?.stringValue
    }
}

extension TestDaemon {
    /// Files a signal as the intermediary, and has the desk triage it to the case manager, who visits the household.
    func openCase(
        _ household: Household = Household(),
        consents: [(to: Town.Partner, purpose: String, fields: [String])] = Household.usualConsents
    ) async throws -> OpenCase {
        let filed = try await staff("intermediary-1", .POST, "/v1/signals", household.signal(consents: consents)).expect(201)
        let signal = filed["signalId"]?.stringValue ?? ""
        let triaged = try await staff(
            "desk-1", .POST, "/v1/signals/\(signal)/triage", ["outcome": "multipleUnrelated", "caseManager": "case-manager-1"]
        ).expect(200)
        let casefile = triaged["casefileId"]?.stringValue ?? ""
        _ = try await staff("case-manager-1", .POST, "/v1/casefiles/\(casefile)/home-visits", ["outcome": "spoke"]).expect(200)
        let shown = try await staff("case-manager-1", .GET, "/v1/casefiles/\(casefile)").expect(200)
        let person = shown["persons"]?.arrayValue?.first
        return OpenCase(
            signal: signal, casefile: casefile, person: person?["personId"]?.stringValue ?? "",
            consents: person?["consents"]?.arrayValue ?? [],
            household: household)
    }

    /// A referral to a partner; the ids of message and task.
    func refer(_ open: OpenCase, to partner: Town.Partner = Town.debtHelp) async throws -> (message: String, task: String) {
        let body =
            partner == Town.care
            ? open.referral(to: partner, purpose: "careAllocation", fields: ["identification", "contact", "domains.wellbeing"])
            : open.referral(to: partner)
        let made = try await staff("case-manager-1", .POST, "/v1/referrals", body).expect(201)
        return (made["messageId"]?.stringValue ?? "", made["taskId"]?.stringValue ?? "")
    }
}
