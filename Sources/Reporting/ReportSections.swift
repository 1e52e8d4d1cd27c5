import Casework

extension UniformReport {
    /// Every figure in the order of the page. The first section is The Hague's (R89); names are final.
    public var sections: [ReportSection] {
        [
            summary, channelsAndRoutes, meetingsAndPlatforms, closing, visits, waitingForHelp, followUp, tasksInTime, outcomes, disclosures,
            residents,
        ]
    }

    /// Every figure once.
    public var lines: [ReportLine] { sections.flatMap(\.lines).filter { !$0.isRepeated } }

    /// Figures that The Hague published for 1 January to 31 August 2009.
    public static let publishedByTheHague: Set<String> = [
        "signals", "meldcode", "otherChannels", "handledDirectly", "takenOn", "meetings", "transfers",
    ]

    /// What a replay of The Hague's year chose by itself, for ``ReportHead/chosenByReplay``: all but what was published, and for another
    /// period everything.
    public var notPublished: Set<String> {
        let names = Set(lines.map(\.name)).union(["months"])
        return "\(period.from)/\(period.to)" == "2009-01-01/2009-08-31" ? names.subtracting(Self.publishedByTheHague) : names
    }

    /// The sums that must hold, written out.
    public var checks: [String] {
        let (all, routes) = (signals.all.value, signals.routes)
        var parts = [routes[.handledDirectly].value, routes[.takenOn].value]
        if routes[.toBeTriaged].value > 0 { parts.append(routes[.toBeTriaged].value) }
        return [
            "\(signals.channels[.meldcode].value) + \(signals.otherChannels.value) = \(all)",
            "\(parts.map(String.init).joined(separator: " + ")) = \(all)",
        ]
    }

    private var summary: ReportSection {
        let direct = signals.routes[.handledDirectly]
        var lines = [
            ReportLine("signals", "Signals", "Meldingen", signals.all),
            ReportLine("meldcode", "via meldcode", "via de meldcode", signals.channels[.meldcode], depth: 1, remark: firstByMeldcode),
            ReportLine("otherChannels", "via other channels", "via andere kanalen", signals.otherChannels, depth: 1),
            ReportLine(
                "handledDirectly", "Handled directly by the desk", "Direct afgehandeld door het contactpunt", direct,
                remark: fromMeldcode(signals.directByMeldcode, of: direct)),
            ReportLine("takenOn", "Taken on by case managers", "Opgepakt door sociaal casemanagers", signals.routes[.takenOn]),
        ]
        if signals.routes[.toBeTriaged].value > 0 { lines.append(toBeTriaged) }
        lines += [
            ReportLine("meetings", "MDA and follow-up meetings", "MDA- en vervolgbijeenkomsten", meetings.sum),
            ReportLine("transfers", "Cases passed on to platforms", "Casussen doorgezet naar platforms", transfers.sum),
        ]
        return ReportSection("Key figures", "Kerncijfers", lines)
    }

    private var toBeTriaged: ReportLine {
        ReportLine("toBeTriaged", "Still to be triaged", "Nog te beoordelen", signals.routes[.toBeTriaged])
    }

    private var firstByMeldcode: Wording? {
        guard let day = signals.firstByMeldcode, day > period.from else { return nil }
        return Wording("none before \(day.inEnglish)", "geen voor \(day.inDutch)")
    }

    /// Where the ones handled directly came from: all or some of those through the meldcode.
    private func fromMeldcode(_ some: Count<Signals>, of direct: Count<Signals>) -> Wording? {
        guard direct.value > 0, signals.channels[.meldcode].value > 0 else { return nil }
        let all = signals.channels[.meldcode].value
        return some == direct
            ? Wording("all from the \(all)", "alle uit de \(all)")
            : Wording("\(some.value) from the \(all)", "\(some.value) uit de \(all)")
    }

    private var channelsAndRoutes: ReportSection {
        var lines = [
            ReportLine("consultation", "In a meeting", "In overleg", signals.channels[.consultation], depth: 1),
            ReportLine("email", "By e-mail", "Per e-mail", signals.channels[.email], depth: 1),
            ReportLine("phone", "By telephone", "Per telefoon", signals.channels[.phone], depth: 1),
        ]
        if signals.channels[.other].value > 0 {
            lines.append(ReportLine("unknownChannel", "In another way", "Op een andere manier", signals.channels[.other], depth: 1))
        }
        lines.insert(
            ReportLine("otherChannels", "Via other channels", "Via andere kanalen", signals.otherChannels, isRepeated: true), at: 0)
        if signals.routes[.toBeTriaged].value == 0 { lines.append(toBeTriaged) }
        lines += [
            ReportLine("joined", "Joined to another's case", "Gevoegd bij een andere casus", signals.joined),
            ReportLine("retriagedUpward", "Triage revised upward", "Beoordeling opgehoogd", signals.risen),
            ReportLine("retriagedFromSingle", "from single", "vanuit enkelvoudig", signals.risenFromSingle, depth: 1),
            ReportLine(
                "withoutIdentity", "Without identity", "Zonder identiteit", signals.withoutIdentity,
                remark: Wording("counted apart", "apart geteld")),
            ReportLine("signalsRefused", "Refused at filing", "Geweigerd bij het melden", signalsRefused.sum),
        ]
        lines += parts("signalRefused", signalsRefused)
        return ReportSection("Signals", "Meldingen", lines)
    }

    var meetingsAndPlatforms: ReportSection {
        var lines = [
            ReportLine("mda", "MDA meetings", "MDA-bijeenkomsten", meetings[.mda]),
            ReportLine("followUp", "Follow-up meetings", "Vervolgbijeenkomsten", meetings[.followUp]),
            ReportLine("meetingsOpened", "Meetings opened", "Bijeenkomsten geopend", meetingsOpened.sum),
        ]
        lines += parts("opened", meetingsOpened)
        lines.append(ReportLine("transfers", "Cases passed on", "Casussen doorgezet", transfers.sum, isRepeated: true))
        lines += parts("platform", transfers)
        lines.append(ReportLine("transfersAgain", "To a second platform, too", "Ook naar een tweede platform", transfersAgain))
        return ReportSection("Meetings and platforms", "Bijeenkomsten en platforms", lines)
    }

    private var closing: ReportSection {
        var lines = [ReportLine("casesClosed", "Cases closed", "Casussen afgesloten", closed.sum)]
        lines += parts("closed", closed, of: ClosingOutcome.allCases.filter { $0 != .other || closed[.other].value > 0 })
        lines += [
            ReportLine("closedDirectly", "Closed directly by the desk", "Direct door het contactpunt", closedDirectly),
            ReportLine("casesReopened", "Cases reopened", "Casussen heropend", reopened),
            ReportLine("aftercare", "Aftercare held", "Nazorgcontacten", aftercare.sum),
        ]
        lines += parts("aftercare", aftercare)
        return ReportSection("Closing and aftercare", "Afsluiting en nazorg", lines)
    }

    private var visits: ReportSection {
        ReportSection(
            "Home visits", "Huisbezoeken",
            [ReportLine("visitsPlanned", "Visits planned", "Gepland", visitsPlanned.sum)]
                + parts("plannedBy", visitsPlanned)
                + [
                    ReportLine("visitsHeld", "Visits held", "Afgelegd", visitsHeld.sum)
                ]
                + parts("visit", visitsHeld)
                + [
                    ReportLine("visitsJoined", "Visits joined", "Samengevoegd", visitsJoined),
                    ReportLine("jointVisits", "Joint visits made of them", "Gezamenlijke bezoeken daaruit", jointVisits),
                ])
    }

    private var followUp: ReportSection {
        ReportSection(
            "Follow-up", "Opvolging",
            [ReportLine("chased", "Chased by the desk", "Nagebeld door het contactpunt", chased.sum)]
                + parts("chased", chased)
                + [ReportLine("done", "Done by helpers", "Afgerond door hulpverleners", done)]
                + parts("escalated", escalated, depth: 0))
    }

    private var outcomes: ReportSection {
        ReportSection(
            "Outcome of referrals", "Uitkomst van verwijzingen",
            [ReportLine("referrals", "Referrals with an outcome", "Verwijzingen met uitkomst", referrals.sum)]
                + parts("referral", referrals))
    }

    private var disclosures: ReportSection {
        let perReason = refusedBy.sorted { $0.key < $1.key }.map {
            ReportLine("refusedBecause-\($0.key)", $0.key, $0.key, $0.value, depth: 1)
        }
        return ReportSection(
            "Decisions about sharing", "Besluiten over delen",
            [
                ReportLine("disclosuresPermitted", "Permitted by the gate", "Toegestaan", permitted),
                ReportLine(
                    "disclosuresRefused", "Refused by the gate", "Geweigerd", refused,
                    remark: perReason.isEmpty ? nil : Wording("a refusal may have several reasons", "met soms meer dan een reden")),
            ] + perReason)
    }

    private var residents: ReportSection {
        ReportSection(
            "Residents", "Bewoners",
            [ReportLine("residentsTold", "Residents told", "Verteld aan bewoners", told.sum)]
                + parts("told", told)
                + [ReportLine("residentsPostponed", "Telling put off", "Vertellen uitgesteld", postponed.sum)]
                + parts("postponed", postponed)
                + [ReportLine("accessAnswered", "Access requests answered", "Inzageverzoeken beantwoord", accessAnswered)])
    }
}

/// A line for each code of a breakdown, named by the prefix and the code.
private func parts<Code: LabelledCode & RawRepresentable<String>, Unit>(
    _ prefix: String, _ breakdown: Breakdown<Code, Unit>, of codes: [Code] = Array(Code.allCases), depth: Int = 1
) -> [ReportLine] {
    codes.map { ReportLine(prefix + $0.rawValue.capitalizedFirst, $0.label.english, $0.label.dutch, breakdown[$0], depth: depth) }
}

extension String {
    /// `mda` as `Mda`, `followUp` as `FollowUp`.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
