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

        /// What to say when the municipality does not take what was filled in; nil where there is nothing to fill in.
        var wrong: String? {
            if needsDay { return "Kies een dag, vandaag of later, binnen 26 weken." }
            if needsReason { return "Kies een reden uit de lijst." }
            return mayHaveOutcome ? "Kies een uitkomst uit de lijst." : nil
        }

        /// - Parameter typed: the form that was not taken; nil for one that nobody sent yet.
        func shown(_ to: String, typed: [String: String]? = nil) -> [String: Any] {
            let day = typed?["day"] ?? ""
            var one: [String: Any] = [
                "to": to, "label": label, "needsDay": needsDay,
                "reasons": needsReason ? ordered(reasons, chosen: typed?["reason"]) : [],
                "outcomes": mayHaveOutcome ? ordered(outcomes, chosen: typed?["outcome"]) : [], "hasReasons": needsReason,
                "hasOutcomes": mayHaveOutcome, "day": isDay(day) ? day : "",
            ]
            if typed != nil, let wrong { one["wrong"] = wrong }
            return one
        }
    }

    /// A form that was not taken as it was filled in: to which state it would bring the task, and what stood in it.
    struct WrongMove: Sendable {
        let to: String
        let typed: [String: String]
    }

    /// What can be chosen, in the order of the alphabet; what is none of the others comes last.
    static func ordered(_ words: [String: String], chosen: String? = nil) -> [[String: Any]] {
        words.sorted { ($0.key == "other" ? 1 : 0, $0.value) < ($1.key == "other" ? 1 : 0, $1.value) }.map {
            ["code": $0.key, "text": $0.value, "isChosen": $0.key == chosen]
        }
    }

    /// Whether a text is a day as a form sends it.
    static func isDay(_ text: String) -> Bool { text.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil }

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

    /// Until when something is asked, by the kind of the deadline; for a message that is under way nothing is asked yet.
    static let dues = [
        "pickUp": "antwoord gevraagd vóór", "expected": "bericht gevraagd vóór", "progress": "bericht gevraagd vóór",
    ]

    static let outcomes = [
        "helped": "geholpen", "partlyHelped": "deels geholpen", "notHelped": "niet geholpen", "referredOn": "verder verwezen",
        "other": "anders",
    ]

    /// Why this organisation disagrees about the approach.
    static let disagreements = [
        "otherApproach": "een andere aanpak is nodig", "planDoesNotFit": "het plan past niet bij het huishouden",
        "concernAboutAnother": "wij maken ons zorgen over hoe een ander het aanpakt",
        "otherDivision": "het werk moet anders verdeeld worden", "other": "anders; bel ons",
    ]

    /// What the page says after something was done, by the code in its address.
    static let said = [
        "moved": "Het is doorgegeven aan de gemeente.",
        "disagreed": "Doorgegeven aan de gemeente: u bent het oneens over de aanpak. U hoort het als er een overleg komt.",
        "coming": "Doorgegeven aan de gemeente: u komt.",
        "notComing": "Doorgegeven aan de gemeente: u komt niet.", "answered": "Het antwoord is doorgegeven aan de gemeente.",
        "stopped": "Doorgegeven aan de gemeente: u bent gestopt. Het bericht is hier gewist.",
        "stoppedLater":
            "Uw antwoord is bewaard: u bent gestopt. Het gaat naar de gemeente zodra die bereikbaar is. Het bericht wordt hier gewist.",
        "later": "Het antwoord is bewaard en gaat naar de gemeente zodra die bereikbaar is.",
        "otherStands": "De gemeente had hierop al een ander antwoord gekregen; dat blijft staan. Bel de gemeente.",
        "acknowledged": "Vastgelegd. Wat onder dit convenant komt, kunt u nu lezen.",
        "incomplete": "Er ontbreekt iets: noem de wet en het artikel.",
        "tooLong":
            "Wet en artikel zijn te lang. Kort ze af tot \(Receipt.articleLimit) letters; een letter als é en een liggend streepje tellen vaker.",
        "wrong": "Het is niet doorgegeven: er klopt iets niet in wat u invulde.",
        "notNow": "Dat kan nu niet: de taak staat inmiddels anders.",
        "over": "Het is niet doorgegeven: dit is al voorbij of teruggenomen.",
        "unsure": "Het is niet zeker of het is aangekomen. Kijk straks hoe het ervoor staat, of bel de gemeente.",
        "unreachable": "De gemeente is niet bereikbaar; er is niets doorgegeven. Probeer het straks opnieuw.",
        "refused": "Het is niet doorgegeven. Probeer het opnieuw of bel de gemeente.",
    ]

    /// Which of these say that it was not done.
    static let failed: Set<String> = [
        "incomplete", "tooLong", "otherStands", "wrong", "notNow", "over", "unsure", "unreachable", "refused",
    ]

    /// Which of these says why a step was not done, or may not have been.
    static func why(_ fault: PartnerFault) -> String {
        switch fault {
        case .answered(409, _, _): "notNow"
        case .answered(410, _, _): "over"
        case .unanswered, .unexpectedAnswer: "unsure"
        case .unreachable: "unreachable"
        default: "refused"
        }
    }

    /// What the exchange said of a message afterwards, by the code of its notice: in the list, and beside the message.
    static func told(_ code: String) -> (inList: String, whole: String) {
        let words: [String: (inList: String, whole: String)] = [
            meetingCancelled: ("gaat niet door", "Deze bijeenkomst gaat niet door."),
            "taskStaysOpen": ("herinnering", "De gemeente vraagt hoe het hiermee staat. Laat weten wat u doet."),
            "taskStaysOpenToMandate": (
                "herinnering", "De gemeente heeft hier al eerder naar gevraagd. Nu vraagt zij het aan wie hierover bij u beslist."
            ),
            "taskChanged": ("er is iets veranderd", "Er is iets veranderd, zoals de dag van een huisbezoek. Bel bij twijfel de gemeente."),
            "covenantEnded": (
                "het convenant is gestopt", "Het convenant waaronder u dit kreeg, is gestopt. Bel de gemeente over wat u nu moet doen."
            ),
            "correctionPending": (
                "wordt nagekeken", "Iemand vindt dat hier iets niet klopt. De gemeente kijkt het na; u hoort het als er iets verandert."
            ),
            "erased": ("gewist bij de gemeente", "De gemeente heeft dit gewist. Doe er niets meer mee en bel de gemeente."),
        ]
        return words[code] ?? ("bericht", "De gemeente stuurde hier een bericht over dat dit programma niet kent. Bel de gemeente.")
    }

    /// The code of the notice that a meeting does not take place.
    static let meetingCancelled = "meetingCancelled"

    /// What was answered to a recall.
    static func given(_ given: Recalls.Given?) -> String {
        switch given?.answer {
        case .stopped: "U hebt geantwoord dat u bent gestopt."
        case .keptUnderOwnDuty: "U hebt geantwoord dat u iets moet bewaren" + (given?.article.map { ", volgens \($0)." } ?? ".")
        case .notFound: "Er is geantwoord dat u hier niets van hebt."
        case nil: "Hierop kunt u nu niet antwoorden."
        }
    }

    /// That nothing comes in.
    /// - Parameter since: ms since 1970.
    static func nothingArrives(_ fault: PartnerFault, since: Int64) -> String {
        switch fault {
        case .unreachable, .unanswered:
            "De gemeente is sinds \(moment(since)) niet bereikbaar. Er komt niets binnen. Duurt dit lang? Bel de gemeente."
        default: "Sinds \(moment(since)) komt er niets binnen: er gaat iets mis. Bel wie dit programma voor u beheert, of de gemeente."
        }
    }

    /// That messages are there, and do not come in.
    static func doNotArrive(_ count: Int, becauseOfDisk: Bool) -> String {
        let what = count == 1 ? "1 bericht kan" : "\(count) berichten kunnen"
        return becauseOfDisk
            ? "\(what) hier niet worden bewaard. Is de schijf vol? Het programma probeert het steeds opnieuw."
            : "\(what) nu niet worden opgehaald of geopend. Blijft dit zo? Bel de gemeente."
    }

    /// That the certificate of this organisation ends soon, or has ended.
    /// - Parameters:
    ///   - end: ms since 1970, as is `now`.
    static func certificateEnds(_ end: Int64, now: Int64) -> String {
        end > now
            ? "Het certificaat van uw organisatie is geldig tot \(moment(end)). Zorg op tijd voor een nieuw certificaat: anders komt er niets meer binnen."
            : "Het certificaat van uw organisatie is niet meer geldig sinds \(moment(end)). Er komt niets binnen tot er een nieuw certificaat is."
    }

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
            + (ground.levers.isEmpty ? "" : ground.levers.count == 1 ? ", dwangmiddel" : ", \(ground.levers.count) dwangmiddelen")
    }

    /// Day and time in the Netherlands.
    static func moment(_ milliseconds: Int64) -> String {
        written(Date(timeIntervalSince1970: Double(milliseconds) / 1000), as: "d MMMM yyyy, H.mm") + " uur"
    }

    /// The day of an instant in the Netherlands, as a form takes it.
    static func day(_ date: Date) -> String { written(date, as: "yyyy-MM-dd") }

    private static func written(_ date: Date, as format: String) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "nl_NL")
        formatter.timeZone = TimeZone(identifier: "Europe/Amsterdam")
        formatter.dateFormat = format
        return formatter.string(from: date)
    }

    private static let months = [
        "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december",
    ]

    /// `1968`, `april 1968` or `7 april 1968`: a date, of a birth as far as it is known; the text itself when it is none.
    static func date(_ text: String) -> String {
        let parts = text.split(separator: "-")
        guard 2...3 ~= parts.count, let month = Int(parts[1]), 1...12 ~= month else { return text == "unknown" ? "onbekend" : text }
        let words = "\(months[month - 1]) \(parts[0])"
        guard parts.count == 3 else { return words }
        return Int(parts[2]).map { "\($0) \(words)" } ?? text
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
            ("naam", joined(who?["name"], ["given", "prefix", "family"])), ("geboren", date(who?["birthDate"]?.stringValue ?? "")),
            ("burgerservicenummer", who?["bsn"]?.stringValue ?? ""), ("veilig te bereiken", contact?["safeWay"]?.stringValue ?? ""),
            ("telefoon", contact?["phone"]?.stringValue ?? ""), ("e-mail", contact?["email"]?.stringValue ?? ""),
            ("adres", address.filter { !$0.isEmpty }.joined(separator: ", ")),
        ]
        return rows.filter { !$0.1.isEmpty }
    }

    /// The letters of the persons whom a statement is about.
    static func persons(_ statement: JSONValue) -> [String] { (statement["about"]?.arrayValue ?? []).compactMap(\.stringValue) }

    /// Whom a statement is about, where there are several persons, and how it became known; `what` it is, where there is neither to say.
    static func about(_ statement: JSONValue, others: Bool, what: String) -> String {
        let how = ["visit": "gezien bij een bezoek", "conversation": "in een gesprek"]
        let persons = persons(statement).map { $0 == "household" ? "het huishouden" : $0 }.joined(separator: ", ")
        let known = statement["obtainedBy"]?.stringValue.map { how[$0] ?? $0 }
        let parts = [others ? "over \(persons)" : nil, known].compactMap(\.self)
        return parts.isEmpty ? what : parts.joined(separator: ", ")
    }

    static let template: MustacheTemplate = {
        do { return try MustacheTemplate(string: String(decoding: PackageResources.page_mustache, as: UTF8.self)) } catch {
            // the template is part of the program; every test of the page would end here
            preconditionFailure("the template of the page cannot be read: \(error)")
        }
    }()
}
