extension RefusalReason {
    /// The reason in one plain sentence (B1).
    public var sentence: PlainText {
        switch self {
        case .noCovenant: .init(nl: "Er is geen convenant met deze organisatie.", en: "There is no covenant with this organisation.")
        case .covenantExpired: .init(nl: "Het convenant geldt nu niet.", en: "The covenant does not hold now.")
        case .covenantUnsigned:
            .init(nl: "Niet beide partijen hebben dit convenant zo getekend.", en: "Not both parties have signed the covenant as it is.")
        case .partyNotInCovenant:
            .init(
                nl: "Het convenant noemt deze twee organisaties niet samen.",
                en: "The covenant does not name these two organisations together.")
        case .purposeNotCovered: .init(nl: "Het convenant noemt dit doel niet.", en: "The covenant does not name this purpose.")
        case .fieldNotCovered: .init(nl: "Dit gegeven staat niet in het convenant.", en: "This item is not in the covenant.")
        case .noGround: .init(nl: "Het convenant noemt geen grondslag.", en: "The covenant names no legal ground.")
        case .consentMissing: .init(nl: "De bewoner heeft geen toestemming gegeven.", en: "The resident has not given consent.")
        case .consentRefused: .init(nl: "De bewoner heeft nee gezegd.", en: "The resident said no.")
        case .consentWithdrawn: .init(nl: "De bewoner heeft de toestemming ingetrokken.", en: "The resident withdrew the consent.")
        case .consentExpired: .init(nl: "De toestemming is verlopen.", en: "The consent has ended.")
        case .consentUnconfirmed: .init(nl: "De toestemming is nog niet bevestigd.", en: "The consent is not confirmed yet.")
        case .groundNotAllowed: .init(nl: "Deze grondslag mag hier niet.", en: "This legal ground may not be used here.")
        case .statuteForbids: .init(nl: "De wet verbiedt het.", en: "The law forbids it.")
        case .partnerProtocol:
            .init(nl: "Een van beide organisaties deelt dit gegeven niet.", en: "One of the two organisations does not share this item.")
        case .policeCondition: .init(nl: "De politie stelt hier een voorwaarde.", en: "The police set a condition here.")
        case .secrecyIndicator: .init(nl: "Het adres is geheim.", en: "The address is secret.")
        case .objectionPending: .init(nl: "Er loopt een bezwaar.", en: "An objection has not been decided yet.")
        case .deceased: .init(nl: "Deze persoon is overleden.", en: "This person has died.")
        case .filerNotAllowed: .init(nl: "U mag in deze rol niet melden.", en: "You may not file a signal in this role.")
        case .professionalSecrecy: .init(nl: "Het beroepsgeheim verbiedt het.", en: "Professional secrecy forbids it.")
        case .capacityNotAllowed: .init(nl: "Dit mag niet in deze rol.", en: "This may not be done in this capacity.")
        case .representativesDiffer: .init(nl: "De vertegenwoordigers zijn het niet eens.", en: "The representatives do not agree.")
        case .secondPersonMissing:
            .init(nl: "Een tweede medewerker moet nog akkoord gaan.", en: "A second member of staff must still agree.")
        case .packInactive: .init(nl: "Deze werkwijze is niet in gebruik.", en: "This way of working is not in use.")
        case .policyIncomplete: .init(nl: "De regels zijn nog niet af.", en: "The rules are not complete yet.")
        case .unknownFact: .init(nl: "Er is te weinig over de persoon bekend.", en: "Too little is known about the person.")
        case .justificationMissing:
            .init(
                nl: "Niemand heeft opgeschreven waarom dit zonder toestemming moet.",
                en: "Nobody wrote down why this must go without consent.")
        case .necessityMissing:
            .init(nl: "Niemand heeft opgeschreven waarom dit gegeven nodig is.", en: "Nobody wrote down why this item is needed.")
        case .objectionUpheld: .init(nl: "Het bezwaar van de bewoner is terecht.", en: "The resident’s objection was upheld.")
        case .leverMissing: .init(nl: "Er geldt nu geen dwangmiddel voor deze persoon.", en: "No lever holds for this person now.")
        case .representativeMissing:
            .init(
                nl: "Wie over deze persoon beslist, heeft geen toestemming gegeven.",
                en: "Whoever decides for this person has not given consent.")
        case .ageUnknown:
            .init(
                nl: "Het is onbekend of de persoon oud genoeg is om te beslissen.",
                en: "It is not known whether the person is old enough to decide.")
        case .fieldNotInPack:
            .init(nl: "Dit leefgebied hoort hier niet bij.", en: "This life domain is no part of this way of working.")
        }
    }

    /// Who can change what stands in the way, in one plain sentence.
    public var whoCanChange: PlainText {
        switch self {
        case .noCovenant, .covenantExpired, .covenantUnsigned, .partyNotInCovenant, .purposeNotCovered, .fieldNotCovered, .noGround,
            .groundNotAllowed:
            .init(nl: "De partijen van het convenant kunnen dit veranderen.", en: "The parties to the covenant can change this.")
        case .consentMissing, .consentRefused, .consentWithdrawn, .consentExpired, .consentUnconfirmed, .objectionUpheld:
            .init(nl: "Alleen de bewoner kan dit veranderen.", en: "Only the resident can change this.")
        case .partnerProtocol: .init(nl: "Alleen die organisatie kan dit veranderen.", en: "Only that organisation can change this.")
        case .policeCondition: .init(nl: "Alleen de politie kan dit veranderen.", en: "Only the police can change this.")
        case .secrecyIndicator:
            .init(nl: "De bewoner regelt dit bij de gemeente.", en: "The resident arranges this with the municipality.")
        case .objectionPending:
            .init(nl: "De privacy officer beslist over het bezwaar.", en: "The privacy officer decides on the objection.")
        case .statuteForbids, .deceased, .professionalSecrecy:
            .init(nl: "Niemand kan dit hier veranderen.", en: "Nobody can change this here.")
        case .filerNotAllowed, .capacityNotAllowed, .packInactive, .policyIncomplete, .fieldNotInPack:
            .init(nl: "De gemeente kan dit veranderen.", en: "The municipality can change this.")
        case .secondPersonMissing: .init(nl: "Een collega kan dit veranderen.", en: "A colleague can change this.")
        case .justificationMissing, .necessityMissing:
            .init(nl: "Twee medewerkers samen kunnen dit veranderen.", en: "Two members of staff together can change this.")
        case .representativeMissing, .representativesDiffer:
            .init(nl: "Alleen de vertegenwoordigers kunnen dit veranderen.", en: "Only the representatives can change this.")
        case .unknownFact, .ageUnknown: .init(nl: "Het Contactpunt kan dit nagaan.", en: "The contact point can look into this.")
        case .leverMissing:
            .init(
                nl: "Wie het dwangmiddel oplegt of de procesmanager kan dit veranderen.",
                en: "Whoever imposes the lever, or the process manager, can change this.")
        }
    }
}

/// What the person who files a signal, or asks for a referral, can do now; one or two plain sentences (B1).
public func filerCanDo(_ reason: RefusalReason) -> PlainText {
    switch reason {
    case .noCovenant, .covenantExpired, .covenantUnsigned, .partyNotInCovenant:
        .init(
            nl: "Kies een andere organisatie, of vraag het Contactpunt wie wel kan helpen.",
            en: "Choose another organisation, or ask the contact point who can help.")
    case .purposeNotCovered:
        .init(nl: "Controleer het doel. Vraag anders het Contactpunt.", en: "Check the purpose. Otherwise ask the contact point.")
    case .fieldNotCovered, .fieldNotInPack, .partnerProtocol, .statuteForbids, .policeCondition:
        .init(nl: "Laat dit gegeven weg.", en: "Leave this item out.")
    case .noGround, .groundNotAllowed:
        .init(
            nl: "Vraag de bewoner om toestemming, of vraag het Contactpunt om raad.",
            en: "Ask the resident for consent, or ask the contact point for advice.")
    case .consentMissing:
        .init(
            nl: "Vraag de bewoner om toestemming. Zeg erbij voor wie en waarvoor.",
            en: "Ask the resident for consent. Say for whom and for what.")
    case .consentExpired: .init(nl: "Vraag de bewoner opnieuw om toestemming.", en: "Ask the resident for consent again.")
    case .consentUnconfirmed: .init(nl: "Vraag de bewoner om de toestemming te bevestigen.", en: "Ask the resident to confirm the consent.")
    case .consentRefused, .consentWithdrawn, .objectionUpheld:
        .init(
            nl: "Deel niets. De bewoner mag nee zeggen en mag later van gedachten veranderen.",
            en: "Share nothing. The resident may say no, and may change their mind later.")
    case .secrecyIndicator:
        .init(
            nl: "Deel het adres niet. Zeg wel hoe de bewoner veilig te bereiken is.",
            en: "Do not share the address. Do say how the resident can be reached safely.")
    case .objectionPending: .init(nl: "Wacht tot over het bezwaar is beslist.", en: "Wait until the objection is decided.")
    case .deceased: .init(nl: "Deel niets. Bel het Contactpunt.", en: "Share nothing. Call the contact point.")
    case .filerNotAllowed, .capacityNotAllowed:
        .init(
            nl: "Vraag een collega die wel mag melden, of bel het Contactpunt.",
            en: "Ask a colleague who may file, or call the contact point.")
    case .professionalSecrecy:
        .init(nl: "Deel niets. Overleg binnen uw eigen beroep.", en: "Share nothing. Consult within your own profession.")
    case .representativesDiffer:
        .init(nl: "Vraag beide vertegenwoordigers om hun antwoord.", en: "Ask both representatives for their answer.")
    case .secondPersonMissing: .init(nl: "Vraag een collega om mee te kijken.", en: "Ask a colleague to look along.")
    case .justificationMissing, .necessityMissing:
        .init(
            nl: "Vraag de bewoner om toestemming. Kan dat niet, schrijf dan op waarom delen nodig is.",
            en: "Ask the resident for consent. If you cannot, write down why sharing is needed.")
    case .packInactive, .policyIncomplete:
        .init(nl: "Bel het Contactpunt. Het systeem kan dit nog niet.", en: "Call the contact point. The system cannot do this yet.")
    case .unknownFact:
        .init(
            nl: "Vul aan wat u weet, of vraag het Contactpunt om het na te gaan.",
            en: "Add what you know, or ask the contact point to look into it.")
    case .leverMissing:
        .init(
            nl: "Vraag de bewoner om toestemming, of ga na of er een dwangmiddel is.",
            en: "Ask the resident for consent, or find out whether there is a lever.")
    case .representativeMissing:
        .init(
            nl: "Vraag iedereen die over deze persoon beslist om toestemming, zoals beide ouders met gezag.",
            en: "Ask everybody who decides for this person for consent, such as both parents with authority.")
    case .ageUnknown:
        .init(
            nl: "Zeg of deze persoon 18 jaar of ouder is, of vul de geboortedatum in.",
            en: "Say whether this person is 18 or older, or fill in the date of birth.")
    }
}
