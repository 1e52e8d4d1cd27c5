import Foundation
import JOSE
import Mustache
import StrictJSON

/// The page's Dutch: what codes are called, and what can be said back.
enum PageWords {
    /// A step of a task that the page offers.
    struct Move: Sendable {
        let label: String
        var needsReason = false
        var needsDay = false
        var mayHaveOutcome = false

        func shown(_ to: String) -> [String: Any] {
            func choices(_ words: [String: String]) -> [[String: String]] {
                words.sorted { $0.value < $1.value }.map { ["code": $0.key, "text": $0.value] }
            }
            return [
                "to": to, "label": label, "needsDay": needsDay, "reasons": needsReason ? choices(reasons) : [],
                "outcomes": mayHaveOutcome ? choices(outcomes) : [], "hasReasons": needsReason, "hasOutcomes": mayHaveOutcome,
            ]
        }
    }

    static let moves: [String: Move] = [
        "accepted": Move(label: "Wij nemen het op"), "onHold": Move(label: "Op de wachtlijst tot", needsDay: true),
        "inProgress": Move(label: "Wij zijn bezig"), "completed": Move(label: "Afgerond", mayHaveOutcome: true),
        "rejected": Move(label: "Wij nemen het niet op", needsReason: true),
        "failed": Move(label: "Het is niet gelukt", needsReason: true),
    ]

    /// What a partner may do with a task in each state; the exchange has the last word (409).
    static let legalMoves: [String: [String]] = [
        "received": ["accepted", "onHold", "rejected"], "accepted": ["inProgress", "onHold", "completed", "rejected"],
        "inProgress": ["inProgress", "onHold", "completed", "failed"], "onHold": ["accepted", "onHold", "completed", "rejected"],
    ]

    static let states = [
        "requested": "onderweg", "received": "nieuw", "accepted": "opgepakt", "onHold": "op de wachtlijst", "inProgress": "bezig",
        "completed": "afgerond", "rejected": "niet opgepakt", "failed": "niet gelukt", "cancelled": "teruggenomen",
    ]

    static let reasons = [
        "noCapacity": "geen plaats", "wrongAddress": "verkeerde organisatie", "clientDeclined": "de bewoner wil het niet",
        "noFit": "het past niet bij de vraag", "notOurTask": "niet onze taak", "duplicate": "wij hebben dit al",
        "notReached": "niet bereikt", "other": "anders; bel ons",
    ]

    static let outcomes = [
        "helped": "geholpen", "partlyHelped": "deels geholpen", "notHelped": "niet geholpen", "referredOn": "verder verwezen",
        "other": "anders",
    ]

    /// What the page says after something was done, by the code in its address.
    static let said = [
        "moved": "Het is doorgegeven aan de gemeente.", "answered": "Het antwoord is doorgegeven aan de gemeente.",
        "later": "Het antwoord is bewaard en gaat naar de gemeente zodra die bereikbaar is.",
        "acknowledged": "Vastgelegd. Wat onder dit convenant komt, kunt u nu lezen.",
        "incomplete": "Er ontbreekt iets: kies een reden, een datum, of noem de wet.",
        "notNow": "Dat kan nu niet: de taak staat inmiddels anders.",
        "unreachable": "De gemeente is niet bereikbaar; er is niets doorgegeven. Probeer het straks opnieuw.",
        "refused": "Het is niet doorgegeven. Probeer het opnieuw of bel de gemeente.",
    ]

    static let domains = [
        "work": "Werk", "income": "Inkomen", "debts": "Schulden", "learning": "Leren", "upbringing": "Opvoeden", "health": "Gezondheid",
        "psychological": "Psyche", "addiction": "Verslaving", "wellbeing": "Welzijn", "housing": "Wonen", "safety": "Veiligheid",
        "crimeNuisance": "Overlast", "socialParticipation": "Meedoen", "languageIntegration": "Taal en inburgering",
        "leisure": "Vrije tijd",
        "administration": "Administratie", "domesticViolence": "Geweld thuis", "dayActivity": "Dagbesteding", "prevention": "Preventie",
    ]

    private static let purposes = [
        "debtAssistance": "Schuldhulp", "careAllocation": "Zorg en welzijn", "evictionPrevention": "Voorkomen van huisuitzetting",
        "youthAndFamily": "Jeugd en gezin", "shelter": "Opvang", "signalling": "Signaleringsoverleg", "topTeam": "Topteam",
        "otherPlatform": "Ander overleg", "socialWork": "Maatschappelijk werk", "householdMoved": "Verhuisd huishouden",
    ]

    static func purpose(_ code: String?) -> String { code.map { purposes[$0] ?? $0 } ?? "Verwijzing" }

    static func ground(_ ground: MessagePayload.Ground?) -> String {
        let words = [
            "consent": "toestemming", "legalObligation": "wettelijke plicht", "vitalInterest": "vitaal belang",
            "publicTask": "publieke taak",
            "compulsory": "wettelijke dwang",
        ]
        guard let ground else { return "" }
        return (words[ground.kind] ?? ground.kind) + (ground.article.map { " (\($0))" } ?? "")
            + (ground.levers.isEmpty ? "" : ", dwangmiddel " + ground.levers.joined(separator: ", "))
    }

    /// Day and time in the Netherlands.
    static func moment(_ milliseconds: Int64) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "nl_NL")
        formatter.timeZone = TimeZone(identifier: "Europe/Amsterdam")
        formatter.dateFormat = "d MMMM yyyy, HH.mm"
        return formatter.string(from: Date(timeIntervalSince1970: Double(milliseconds) / 1000)) + " uur"
    }

    /// Who somebody is and how to reach them.
    static func person(_ person: JSONObject) -> [(String, String)] {
        func joined(_ value: JSONValue?, _ names: [String]) -> String {
            names.compactMap { value?[$0]?.stringValue }.joined(separator: " ")
        }
        let (who, contact) = (person["identification"], person["contact"])
        let address = [
            joined(contact?["address"], ["street", "houseNumber", "addition"]), joined(contact?["address"], ["postcode", "place"]),
        ]
        let rows = [
            ("naam", joined(who?["name"], ["given", "prefix", "family"])), ("geboren", who?["birthDate"]?.stringValue ?? ""),
            ("burgerservicenummer", who?["bsn"]?.stringValue ?? ""), ("veilig te bereiken", contact?["safeWay"]?.stringValue ?? ""),
            ("telefoon", contact?["phone"]?.stringValue ?? ""), ("e-mail", contact?["email"]?.stringValue ?? ""),
            ("adres", address.filter { !$0.isEmpty }.joined(separator: ", ")),
        ]
        return rows.filter { !$0.1.isEmpty }
    }

    /// Whom a statement is about, where there are several persons, and how it became known.
    static func about(_ statement: JSONValue, others: Bool) -> String {
        let how = ["visit": "gezien bij een bezoek", "conversation": "in een gesprek"]
        let persons = (statement["about"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: ", ")
        let known = statement["obtainedBy"]?.stringValue.map { how[$0] ?? $0 }
        return [others ? "over \(persons)" : nil, known].compactMap(\.self).joined(separator: ", ")
    }

    static let template: MustacheTemplate = {
        do { return try MustacheTemplate(string: String(decoding: PackageResources.page_mustache, as: UTF8.self)) } catch {
            // the template is part of the program; every test of the page would end here
            preconditionFailure("the template of the page cannot be read: \(error)")
        }
    }()
}
