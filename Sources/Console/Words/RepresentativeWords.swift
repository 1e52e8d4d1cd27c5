/// Who consents for somebody: age, representatives, and setting one aside; and what the persons' register says of somebody.
let representativeWords: [String: Phrase] = [
    "age-adult": Phrase("Volwassen", "An adult"),
    "age-child": Phrase("Een kind: wie beslissen, antwoorden mee", "A child: whoever decides answers too"),
    "age-born": Phrase(
        "Een kind, of pas volwassen: de leeftijd telt op de dag zelf",
        "A child, or an adult since a short time: the age counts on the day itself"),
    "age-unknown": Phrase(
        "Leeftijd niet bekend: toestemming telt pas als dat is ingevuld", "Age not known: consent counts only once it is filled in"),
    "age-title": Phrase("Leeftijd vastleggen", "Record the age"),
    "age-lead": Phrase(
        "Onder de 16 jaar beslissen ouders of voogden mee over delen.", "Under the age of 16 parents or guardians decide about sharing."),
    "age-save": Phrase("Leeftijd vastleggen", "Record the age"),
    "registration-title": Phrase("Geheim adres of overlijden vastleggen", "Record a secret address or a death"),
    "registration-lead": Phrase(
        "Vul in wat de BRP zegt. Wat u openlaat, blijft zoals het is. Een geheim adres gaat naar niemand; over wie overleden is, delen wij niets.",
        "Fill in what the persons' register says. What you leave open stays as it is. A secret address goes to nobody; about who has died we share nothing."
    ),
    "registration-secret-question": Phrase("Is dit adres geheim?", "Is this address secret?"),
    "registration-deceased-question": Phrase("Is deze persoon overleden?", "Has this person died?"),
    "registration-missing": Phrase("Kies bij een van de twee vragen een antwoord", "Choose an answer to one of the two questions"),
    "registration-save": Phrase("Vastleggen", "Record it"),
    "registration-secret": Phrase("Adres geheim", "Secret address"), "registration-deceased": Phrase("Overleden", "Has died"),
    "representative-title": Phrase("Wie beslist er mee?", "Who else decides?"),
    "representative-lead": Phrase(
        "Leg vast wie voor deze persoon beslist. Er wordt geen naam bewaard.", "Record who decides for this person. No name is kept."),
    "representative-for": Phrase("Voor", "For"), "representative-who": Phrase("Wie is het?", "Who is it?"),
    "representative-elsewhere": Phrase("Iemand buiten dit huishouden", "Somebody outside this household"),
    "representative-purposes": Phrase("Waarover beslist deze persoon?", "On which matters does this person decide?"),
    "representative-purposes-hint": Phrase("Alleen bij een mentor of bewindvoerder.", "Only for a mentor or an administrator."),
    "representative-save": Phrase("Vastleggen", "Record it"),
    "office-question": Phrase("Waardoor beslist deze persoon?", "By what does this person decide?"),
    "office-missing": Phrase("Kies waardoor deze persoon beslist", "Choose by what this person decides"),
    "office-parentalAuthority": Phrase("Gezag", "Parental authority"),
    "office-parentalAuthority-more": Phrase("Een ouder of voogd van een kind.", "A parent or guardian of a child."),
    "office-curator": Phrase("Curator", "Curator"),
    "office-curator-more": Phrase("In plaats van een volwassene, over alles.", "In place of an adult, on everything."),
    "office-mentor": Phrase("Mentor", "Mentor"),
    "office-mentor-more": Phrase("In plaats van een volwassene, over zorg.", "In place of an adult, on care."),
    "office-administrator": Phrase("Bewindvoerder", "Administrator"),
    "office-administrator-more": Phrase("In plaats van een volwassene, over geld.", "In place of an adult, on money."),
    "set-aside-title": Phrase("Buiten beschouwing laten", "Set aside"), "set-aside-is": Phrase("telt niet mee", "does not count"),
    "set-aside-lead": Phrase(
        "Alleen als deze persoon tegen hem of haar moet worden beschermd. Uw naam staat bij dit besluit. Het antwoord van deze vertegenwoordiger telt daarna niet meer: geen ja en geen nee.",
        "Only if this person must be protected against them. Your name stands with this decision. What this representative says counts no more after it: no yes and no no."
    ),
    "set-aside-because": Phrase("Waarom is dat nodig?", "Why is that needed?"),
    "set-aside-because-hint": Phrase("Een of twee zinnen.", "One or two sentences."),
    "set-aside-save": Phrase("Besluit vastleggen", "Record the decision"),
    "set-aside-missing": Phrase("Schrijf op waarom het nodig is", "Write down why it is needed"),
    "consent-by": Phrase("namens deze persoon:", "on behalf of this person:"), "consent-who": Phrase("Wie antwoordde?", "Who answered?"),
    "consent-who-missing": Phrase("Kies wie antwoordde", "Choose who answered"),
    "case-said-age": Phrase("De leeftijd is vastgelegd.", "The age was recorded."),
    "case-said-registration": Phrase("Vastgelegd wat de BRP zegt.", "Recorded what the persons' register says."),
    "case-said-representative": Phrase("Vastgelegd wie er meebeslist.", "Recorded who else decides."),
    "case-said-set-aside": Phrase(
        "Het besluit is vastgelegd. Wat nog op dat ja wachtte, gaat niet meer weg; wie er al iets op kreeg, is gevraagd te stoppen.",
        "The decision was recorded. What still waited on that yes goes no more; whoever received something on it was asked to stop."),
    "fault-own-ref": Phrase("Niemand beslist namens zichzelf.", "Nobody represents themselves."),
    "event-representative.recorded": Phrase("Vertegenwoordiger vastgelegd", "Representative recorded"),
    "event-representative.set-aside": Phrase("Vertegenwoordiger buiten beschouwing gelaten", "Representative set aside"),
    "event-age.noted": Phrase("Leeftijd vastgelegd", "Age recorded"),
    "event-registration.noted": Phrase("Geheim adres of overlijden vastgelegd", "Secret address or death recorded"),
]
