/// Filing a signal: the first questions, "may I?", and what comes of it. The household's pages have a list of their own.
let signalWords: [String: Phrase] = [
    "choose-one": Phrase("Kies een antwoord", "Choose an answer"),
    "signal-new": Phrase("Nieuw signaal", "New signal"),
    "signal-new-more": Phrase(
        "U maakt zich zorgen over een huishouden en weet niet wie u moet bellen.",
        "You worry about a household and do not know whom to call."),
    "signals-title": Phrase("Mijn signalen", "My signals"),
    "signals-more": Phrase("Hoe ver het contactpunt is met wat u meldde.", "How far the contact point is with what you filed."),
    "signals-empty": Phrase("U hebt nog niets gemeld.", "You have not filed anything yet."),
    "signals-next": Phrase("Oudere signalen", "Older signals"),
    "signals-only-status": Phrase(
        "Wat u meldde staat hier niet meer: dat is nu bij het contactpunt.",
        "What you filed is not shown here: the contact point has it now."),
    "signal-received": Phrase("Ontvangen", "Received"),
    "signal-received-more": Phrase("Het contactpunt heeft het, en bekijkt het nog.", "The contact point has it and has yet to look at it."),
    "signal-pickedUp": Phrase("Opgepakt", "Picked up"),
    "signal-pickedUp-more": Phrase("Iemand is ermee bezig.", "Somebody is working on it."),
    "signal-closed": Phrase("Afgesloten", "Closed"),
    "signal-closed-more": Phrase("Het is klaar. U hoeft niets te doen.", "It is done. You need not do anything."),
    "filed-on": Phrase("Gemeld op", "Filed on"),

    "draft-waits": Phrase("U hebt een signaal dat nog niet is verzonden.", "You have a signal that has not been sent."),
    "draft-go-on": Phrase("Ga daarmee verder", "Go on with it"),
    "draft-drop": Phrase("Gooi het weg", "Throw it away"),
    "signal-said-draft-gone": Phrase(
        "Wat u had getypt is er niet meer: het wordt een dag bewaard, alleen op het apparaat waarop u het typte te lezen.",
        "What you had typed is gone: it is kept for a day, and can be read only on the device on which you typed it."),

    "danger-question": Phrase(
        "Is er gevaar, of een vermoeden van huiselijk geweld of kindermishandeling?",
        "Is there danger, or do you suspect domestic violence or child abuse?"),
    "danger-title": Phrase("Doe dit eerst", "Do this first"),
    "danger-now": Phrase("Is er nu gevaar? Bel 112.", "Is there danger now? Call 112."),
    "danger-call": Phrase("Bel 112", "Call 112"),
    "danger-safe-home": Phrase(
        "Vermoedt u huiselijk geweld of kindermishandeling? Bel Veilig Thuis: 0800 2000, gratis, dag en nacht. U mag ook alleen om raad vragen.",
        "Do you suspect domestic violence or child abuse? Call Veilig Thuis: 0800 2000, free, day and night. You may also just ask for advice."
    ),
    "danger-safe-home-call": Phrase("Bel Veilig Thuis", "Call Veilig Thuis"),
    "danger-own-plan": Phrase(
        "Volg het stappenplan van uw eigen organisatie. Dat is de meldcode huiselijk geweld en kindermishandeling. Deze pagina is daar niet voor.",
        "Follow the step plan of your own organisation. That is the reporting code for domestic violence and child abuse. This page is not for that."
    ),
    "danger-also": Phrase(
        "Zijn er daarnaast andere zorgen, zoals schulden of wonen? Dan kunt u die hier melden.",
        "Are there other worries too, such as debts or housing? Those you can file here."),
    "danger-go-on": Phrase("Andere zorgen melden", "File other worries"),

    "whom-title": Phrase("Weet u wie u moet bellen?", "Do you know whom to call?"),
    "whom-lead": Phrase(
        "Kunt u zelf de juiste hulp inschakelen, dan is dat sneller. Met deze organisaties zijn afspraken gemaakt:",
        "If you can bring in the right help yourself, that is faster. There are agreements with these organisations:"),
    "whom-none": Phrase("Er zijn nog geen afspraken met organisaties.", "There are no agreements with organisations yet."),
    "whom-question": Phrase("Weet u wie u moet inschakelen?", "Do you know whom to bring in?"),
    "whom-about": Phrase("Bij", "For"),
    "call-title": Phrase("Neem zelf contact op", "Get in touch yourself"),
    "call-text": Phrase(
        "Bel de organisatie die u kent. Vraag eerst of de bewoner dat goed vindt. U hoeft hier niets te melden.",
        "Call the organisation that you know. First ask whether the resident agrees. You need not file anything here."),
    "call-after-all": Phrase("Toch melden", "File after all"),

    "may-i-title": Phrase("Mag ik dit melden?", "May I file this?"),
    "may-i-lead": Phrase(
        "Noem nog geen namen. Wij kijken eerst of u dit mag delen, en leggen uit waarom.",
        "Do not name anybody yet. First we look whether you may share this, and tell you why."),
    "may-i-none": Phrase(
        "Uw organisatie heeft nog geen afspraak om te melden. Bel het contactpunt van de gemeente.",
        "Your organisation has no agreement to file yet. Call the municipality’s contact point."),
    "may-i-ask": Phrase("Vraag of het mag", "Ask whether I may"),
    "capacity-question": Phrase("Hoe kent u het huishouden?", "How do you know the household?"),
    "capacity-helper": Phrase("Ik help het huishouden", "I help the household"),
    "capacity-helper-more": Phrase(
        "Bijvoorbeeld als hulpverlener, wijkteam of leraar.", "As a care worker, neighbourhood team or teacher, for example."),
    "capacity-gatekeeper": Phrase("Ik beslis over een recht of controleer", "I decide on an entitlement, or check"),
    "capacity-gatekeeper-more": Phrase("Bijvoorbeeld over een uitkering of een woning.", "On a benefit or a dwelling, for example."),
    "capacity-missing": Phrase("Kies hoe u het huishouden kent", "Choose how you know the household"),
    "domains-question": Phrase("Waarover gaan de zorgen?", "What are the worries about?"),
    "domains-hint": Phrase("Kies alles wat past.", "Choose all that apply."),
    "domains-missing": Phrase("Kies waarover de zorgen gaan", "Choose what the worries are about"),
    "consent-question": Phrase("Vindt de bewoner het goed dat u meldt?", "Does the resident agree to your filing?"),
    "consent-hint": Phrase(
        "Zijn het er meer? Denk dan aan degene over wie u zich de meeste zorgen maakt.",
        "More than one? Think of the one about whom you worry most."),
    "consent-yes": Phrase("Ja", "Yes"), "consent-no": Phrase("Nee", "No"),
    "consent-unknown": Phrase("Dat heb ik nog niet gevraagd", "I have not asked yet"),
    "consent-missing": Phrase("Kies of de bewoner het goed vindt", "Choose whether the resident agrees"),
    "answer-yes": Phrase("Ja, u mag dit melden", "Yes, you may file this"),
    "answer-no": Phrase("Zo mag u dit niet met naam melden", "You may not file this with names like this"),
    "answer-with-names": Phrase("Verder met namen", "Go on with names"),
    "answer-without-names": Phrase("Melden zonder namen", "File without names"),
    "answer-no-more": Phrase(
        "Vraag de bewoner om toestemming; op de volgende pagina’s staat de tekst. Of meld zonder namen: alleen waarover de zorgen gaan, en in welke buurt.",
        "Ask the resident for consent; the text is on the next pages. Or file without names: only what the worries are about, and in which area."
    ),
    "answer-yes-more": Phrase(
        "Hierna vult u in om wie het gaat. Voor elk lid van het huishouden vraagt u toestemming.",
        "Next you fill in whom it is about. For each member of the household you ask consent."),
    "answer-change": Phrase("Antwoorden veranderen", "Change the answers"),

    "check-title": Phrase("Klopt dit?", "Is this right?"),
    "check-lead": Phrase(
        "Kijk het na. Hierna gaat het naar het contactpunt van de gemeente.",
        "Look it over. Then it goes to the municipality’s contact point."),
    "check-born": Phrase("Geboren", "Born"), "check-address": Phrase("Adres", "Address"), "check-consent": Phrase("Toestemming", "Consent"),
    "check-concerns": Phrase("De zorgen", "The worries"), "check-area": Phrase("Buurt", "Area"), "check-capacity": Phrase("U", "You"),
    "check-nobody": Phrase("Er worden geen namen gemeld.", "No names are filed."),
    "check-change": Phrase("Veranderen", "Change"), "check-send": Phrase("Verzenden", "Send"),
    "check-not-sent": Phrase("Het is niet verzonden en niet bewaard.", "It was not sent and not kept."),
    "sent-title": Phrase("Uw signaal is ontvangen", "Your signal was received"),
    "sent-text": Phrase(
        "Het contactpunt bekijkt het. Bij Mijn signalen ziet u hoe ver het is.",
        "The contact point will look at it. Under My signals you see how far it is."),
    "sent-without-identity": Phrase(
        "Het telt mee, maar er staat niemand in genoemd: iemand gaf geen toestemming, of u noemde geen namen.",
        "It counts, but names nobody: somebody did not consent, or you named nobody."),
    "sent-card": Phrase("Laat de bewoner weten dat u gemeld hebt.", "Tell the resident that you have filed."),
]
