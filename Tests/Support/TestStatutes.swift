extension TestPolicy {
    /// Adds an act by which nobody passes on for care what was obtained under this act.
    public mutating func addOnwardProhibition(of act: String) {
        statutes["policeDataAct"] = """
            schema: convenant/statute/1
            id: policeDataAct
            title: {nl: Wet politiegegevens, en: Police Data Act}
            asOf: 2026-11-21
            rules:
              - article: "7"
                does: forbidsOnward
                holder: any
                recipient: {sameController: true, others: any}
                obtainedUnder: [\(act)]
                purposes: [careSupport]
                fields: [identification]
                necessity: notStated
                from: 2008-01-01
                text: {nl: Gaat nooit verder., en: Goes never onward.}

            """
    }

    /// What the Social Support Act says of telling Veilig Thuis, as far as the tests need it.
    var statute: String {
        """
        schema: convenant/statute/1
        id: socialSupportAct
        title: {nl: Wmo, en: Social Support Act}
        asOf: 2026-11-21
        work:
          article: "2.3.2"
          text: {nl: Hulp thuis (Wmo), en: Help at home (Social Support Act)}
        rules:
          - article: "5.2.6"
            does: permitsWithoutConsent
            ground: publicTask
            acrossSecrecy: true
            holder: any
            recipient: {others: [safeHome]}
            obtainedUnder: [socialSupportAct]
            ofPartnersToo: true
            purposes: [protection]
            fields: [identification, domains.health]
            necessity: stated
            from: 2015-01-01
            text: {nl: Melden bij Veilig Thuis, en: Telling Veilig Thuis}

        """
    }

    /// What the Participation Act says of duties that come with a benefit, as far as the tests need it.
    /// What the GDPR Implementation Act says of who consents, as far as the tests need it.
    var consentAge: String {
        """
        schema: convenant/statute/1
        id: dataProtectionImplementationAct
        title: {nl: Uitvoeringswet AVG, en: GDPR Implementation Act}
        asOf: 2026-11-21
        consent:
          - article: "5"
            obtainedUnder: any
            representativeUnder: 16
            personFrom: 16
            from: 2018-05-25
            text: {nl: Onder de 16 jaar de vertegenwoordiger., en: Under 16 the representative.}
        rules:
          - article: "33"
            does: requiresConsent
            holder: any
            recipient: {others: any}
            obtainedUnder: any
            purposes: any
            fields: [offences]
            necessity: stated
            from: 2018-05-25
            text: {nl: Alleen met toestemming., en: Only with consent.}

        """
    }

    var compellingStatute: String {
        """
        schema: convenant/statute/1
        id: participationAct
        title: {nl: Participatiewet, en: Participation Act}
        asOf: 2026-11-21
        rules:
          - article: "55"
            does: permitsWithoutConsent
            ground: compulsory
            acrossSecrecy: false
            holder: any
            recipient: {others: [care]}
            obtainedUnder: [socialSupportAct]
            ofPartnersToo: true
            purposes: [familyManagement]
            fields: [identification, contact]
            necessity: stated
            from: 2004-01-01
            text: {nl: Verplichtingen bij de uitkering, en: Duties that come with the benefit}

        """
    }
}
