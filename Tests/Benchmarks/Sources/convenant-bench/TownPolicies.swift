/// The policies of the bench: two covenants that differ only in the partner's curve, and real decisions, so that `serve` takes them.
enum TownPolicies {
    static let municipality = "00000099000000001000"
    static let onP256 = "00000099000000002000"
    static let onX25519 = "00000099000000003000"
    /// The one to which messages are pushed.
    static let onPush = "00000099000000004000"
    /// The twelve categories that a referral asks for; the signal fills all of them.
    static let fields = [
        "identification.name", "identification.birthDate", "contact.address", "contact.phone", "contact.email", "contact.safeWay",
        "domains.debts", "domains.income", "domains.work", "domains.housing", "domains.learning", "domains.administration",
    ]

    static var files: [String: String] {
        [
            "covenants/bench-intake.yaml": covenant(
                "bench-intake", article: "intake", to: municipality, fields: ["identification", "contact", "domains"],
                party: "{oin: \"\(municipality)\", name: Benchtown, as: both, role: controller, sectors: [municipality]}", other: nil),
            "covenants/bench-debt.yaml": covenant(
                "bench-debt", article: "debtAssistance", to: onP256, fields: fields,
                party: "{oin: \"\(municipality)\", name: Benchtown, as: sender, role: controller, sectors: [municipality]}",
                other:
                    "{oin: \"\(onP256)\", name: Bench debt help, as: receiver, role: jointController, sectors: [debt], sealing: jose-p256}"),
            "covenants/bench-care.yaml": covenant(
                "bench-care", article: "careSupport", to: onX25519, fields: fields,
                party: "{oin: \"\(municipality)\", name: Benchtown, as: sender, role: controller, sectors: [municipality]}",
                other:
                    "{oin: \"\(onX25519)\", name: Bench care, as: receiver, role: jointController, sectors: [care], sealing: jose-x25519}"),
            "covenants/bench-housing.yaml": covenant(
                "bench-housing", article: "housing", to: onPush, fields: fields,
                party: "{oin: \"\(municipality)\", name: Benchtown, as: sender, role: controller, sectors: [municipality]}",
                other:
                    "{oin: \"\(onPush)\", name: Bench housing, as: receiver, role: jointController, sectors: [housing], sealing: jose-p256}"
            ),
            "packs/bench-town/pack.yaml": pack, "decisions/bench-town.yaml": decisions,
        ]
    }

    private static func covenant(_ id: String, article: String, to: String, fields: [String], party: String, other: String?) -> String {
        """
        schema: convenant/covenant/1
        id: \(id)
        version: 1
        title: {nl: Meting, en: Bench}
        validFrom: 2026-01-01T00:00:00+01:00
        validUntil: null
        parties:
          - \(party)
        \(other.map { "  - \($0)" } ?? "")
        articles:
          - number: "1.1"
            purpose: \(article)
            from: ["\(municipality)"]
            to: ["\(to)"]
            fields: [\(fields.joined(separator: ", "))]
            grounds: [consent]
            text: {nl: Meting, en: Bench}

        """
    }

    private static let pack = """
        schema: convenant/pack/1
        id: bench-town
        source: written for the benchmarks
        title: {nl: Meting, en: Bench}
        lifeDomains: null
        mayFile: [intermediary]
        consentMode: unresolved
        onRefusal: null
        terms: {pickUp: null, afterContact: null, progress: null, aftercare: P6M, homeVisit: null, meeting: null}
        ladder: [{rung: deskContactsHelper}]
        retention: null
        report: {figures: [signals]}

        """

    private static let decisions = """
        schema: convenant/decisions/1
        pack: bench-town
        decisions:
          - {key: terms.pickUp, value: {workingDays: 5}, decidedBy: bench, on: 2026-01-02, because: needed here}
          - {key: terms.progress, value: {workingDays: 20}, decidedBy: bench, on: 2026-01-02, because: needed here}
          - {key: terms.afterContact, value: {workingDays: 2}, decidedBy: bench, on: 2026-01-02, because: needed here}
          - {key: terms.homeVisit, value: {workingDays: 10}, decidedBy: bench, on: 2026-01-02, because: needed here}
          - {key: terms.meeting, value: {workingDays: 10}, decidedBy: bench, on: 2026-01-02, because: needed here}
          - {key: ladder.next, value: conveneMDA, decidedBy: bench, on: 2026-01-02, because: needed here}
          - {key: onRefusal, value: withoutIdentity, decidedBy: bench, on: 2026-01-02, because: needed here}

        """

    /// A referral of the twelve categories.
    static func referral(casefile: String, to partner: String, _ purpose: String, _ person: String) -> String {
        let names = fields.map { "\"\($0)\"" }.joined(separator: ",")
        return
            "{\"casefileId\":\"\(casefile)\",\"to\":\"\(partner)\",\"purpose\":\"\(purpose)\",\"fields\":[\(names)],\"subjects\":[\"\(person)\"]}"
    }

    /// A signal of 3.2 KiB about one fictitious person, who agrees to everything the bench asks.
    static var signal: String {
        let domains = ["debts", "income", "work", "housing", "learning", "administration"]
        func body(_ observation: Int) -> String {
            let sentence = "Op tafel ligt ongeopende post van drie bureaus, en de afspraak van vorige week is vergeten. "
            let text = String(String(repeating: sentence, count: 40).prefix(observation))
            let concerns = domains.map { "{\"domain\":\"\($0)\",\"about\":[\"a\"],\"observation\":\"\(text)\",\"obtainedBy\":\"visit\"}" }
            func given(_ to: String, _ purpose: String, _ fields: [String]) -> String {
                let names = fields.map { "\"\($0)\"" }.joined(separator: ",")
                return "{\"answer\":\"given\",\"recipients\":[\"\(to)\"],\"purposes\":[\"\(purpose)\"],\"fields\":[\(names)]}"
            }
            let prefixes = ["identification", "contact", "domains"]
            let consents = [
                given(municipality, "intake", prefixes), given(onP256, "debtAssistance", prefixes),
                given(onX25519, "careSupport", prefixes), given(onPush, "housing", prefixes),
            ]
            return """
                {"channel":"meldcode","knowsWhomToCall":false,"capacity":"helper","area":"2599","household":{"members":[{"ref":"a",\
                "name":{"given":"Annemarijke","family":"Waterdrinkster"},"birthDate":"1968-03-07","contact":{"address":{"street":"Kwikstaartpad",\
                "houseNumber":"71","postcode":"2599XZ","place":"Benchtown"},"phone":"+31612340001","email":"a@example.org",\
                "safeWay":"Alleen bellen op werkdagen voor twaalf uur"},"consents":[\(consents.joined(separator: ","))]}]},\
                "concerns":[\(concerns.joined(separator: ","))]}
                """
        }
        return body((3_277 - body(0).utf8.count) / domains.count)
    }
}
