import Casework

/// What a code is called on the page. No label is longer than the column of the text format.
protocol LabelledCode { var label: Wording { get } }

extension UniformReport.Route: LabelledCode {
    var label: Wording {
        switch self {
        case .handledDirectly: Wording("handled directly", "direct afgehandeld")
        case .takenOn: Wording("taken on", "opgepakt")
        case .toBeTriaged: Wording("still to be triaged", "nog te beoordelen")
        }
    }
}

extension UniformReport.FilingRefusal: LabelledCode {
    var label: Wording {
        switch self {
        case .policyIncomplete: Wording("our own decision is missing", "ons eigen besluit ontbreekt")
        case .consent: Wording("no consent", "geen toestemming")
        case .other: Wording("for another reason", "andere reden")
        }
    }
}

extension UniformReport.MeetingTrigger: LabelledCode {
    var label: Wording {
        switch self {
        case .interrelated: Wording("problems hang together", "problemen hangen samen")
        case .twoDomainsOrPersons: Wording("two domains or persons", "twee leefgebieden of personen")
        case .disagreement: Wording("parties disagree", "partijen zijn het oneens")
        case .tasksLeftOpen: Wording("tasks stayed open", "taken bleven open")
        case .screening: Wording("found at screening", "bij screening")
        case .other: Wording("for another reason", "andere reden")
        }
    }
}

extension Platform: LabelledCode {
    var label: Wording {
        switch self {
        case .cjg: Wording("CJG", "CJG")
        case .ccp: Wording("CCP", "CCP")
        case .signallingMeeting: Wording("signaleringsoverleg", "signaleringsoverleg")
        case .topTeam: Wording("Topteam", "Topteam")
        case .other: Wording("other", "overig")
        }
    }
}

extension UniformReport.ClosingOutcome: LabelledCode {
    var label: Wording {
        switch self {
        case .solved: Wording("solved", "opgelost")
        case .partlySolved: Wording("partly solved", "deels opgelost")
        case .handedOver: Wording("handed over", "overgedragen")
        case .residentDeclined: Wording("resident declined", "bewoner wilde niet")
        case .notReached: Wording("not reached", "niet bereikt")
        case .movedAway: Wording("moved away", "verhuisd")
        case .unfounded: Wording("unfounded", "ongegrond")
        case .other: Wording("otherwise", "anders")
        }
    }
}

extension AftercareOutcome: LabelledCode {
    var label: Wording {
        switch self {
        case .stable: Wording("stable", "stabiel")
        case .newQuestion: Wording("new question", "nieuwe vraag")
        case .notReached: Wording("not reached", "niet bereikt")
        }
    }
}

extension UniformReport.VisitPlanner: LabelledCode {
    var label: Wording {
        switch self {
        case .municipality: Wording("by the municipality", "door de gemeente")
        case .partner: Wording("by partners", "door ketenpartners")
        }
    }
}

extension VisitOutcome: LabelledCode {
    var label: Wording {
        switch self {
        case .spoke: Wording("spoke with the resident", "gesproken")
        case .declined: Wording("declined at the door", "geweigerd aan de deur")
        case .noResponse: Wording("nobody answered", "niemand deed open")
        }
    }
}

extension ContactOutcome: LabelledCode {
    var label: Wording {
        switch self {
        case .promised: Wording("helper promised a date", "datum toegezegd")
        case .busy: Wording("helper is busy with it", "ermee bezig")
        case .notReached: Wording("helper not reached", "niet bereikt")
        case .handsBack: Wording("helper hands it back", "geeft de taak terug")
        }
    }
}

extension Rung: LabelledCode {
    var label: Wording {
        switch self {
        case .deskContactsHelper: Wording("Escalated: call list", "Opgeschaald: bellijst")
        case .messageToHelper: Wording("Escalated: helper messaged", "Opgeschaald: bericht hulpverlener")
        case .messageToMandatedContact: Wording("Escalated: mandated contact", "Opgeschaald: bericht gemandateerde")
        case .conveneMDA: Wording("Escalated: MDA convened", "Opgeschaald: MDA bijeengeroepen")
        }
    }
}

extension ReferralOutcome: LabelledCode {
    var label: Wording {
        switch self {
        case .right: Wording("right", "juist")
        case .wrongAddress: Wording("wrong address", "verkeerd adres")
        case .noFit: Wording("no fit", "past niet")
        case .waitingList: Wording("waiting list", "wachtlijst")
        case .refusedByClient: Wording("refused by the client", "geweigerd door de klant")
        case .refusedByAgency: Wording("refused by the agency", "geweigerd door de instelling")
        case .unsaid: Wording("ended without saying", "zonder oordeel geëindigd")
        }
    }
}

extension UniformReport.TellingWay: LabelledCode {
    var label: Wording {
        switch self {
        case .phone: Wording("by telephone", "per telefoon")
        case .letter: Wording("by letter", "per brief")
        case .visit: Wording("at a visit", "bij een bezoek")
        case .atTheTable: Wording("at the table", "aan tafel")
        case .other: Wording("otherwise", "anders")
        }
    }
}

extension UniformReport.PostponementGround: LabelledCode {
    var label: Wording {
        switch self {
        case .safetyOfOthers: Wording("safety of others", "veiligheid van anderen")
        case .investigation: Wording("investigation", "onderzoek")
        case .cannotBeReached: Wording("cannot be reached", "niet te bereiken")
        case .childsInterest: Wording("interest of a child", "belang van een kind")
        case .other: Wording("another ground", "andere grond")
        }
    }
}

extension CalendarDate {
    private static let dutchMonths = [
        "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december",
    ]
    private static let englishMonths = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]

    /// `5 januari`.
    var inDutch: String { "\(day) \(Self.dutchMonths[month - 1])" }
    /// `5 January`.
    var inEnglish: String { "\(day) \(Self.englishMonths[month - 1])" }
    /// `5 januari 2009`.
    var inDutchWithYear: String { "\(inDutch) \(CalendarDate.fourDigits(year))" }
    /// `5 January 2009`.
    var inEnglishWithYear: String { "\(inEnglish) \(CalendarDate.fourDigits(year))" }
    /// `januari`.
    var monthInDutch: String { Self.dutchMonths[month - 1] }

    /// `jan`; March is `mrt` in Dutch.
    var shortMonthInDutch: String { month == 3 ? "mrt" : String(monthInDutch.prefix(3)) }

    private static func fourDigits(_ year: Int) -> String { String(repeating: "0", count: max(0, 4 - String(year).count)) + String(year) }
}
