/// The pages of the privacy officer and the data protection officer.
let officerWords: [String: Phrase] = [
    "officer-log": Phrase("Logboek", "Log"),
    "officer-log-what": Phrase(
        "Wie kreeg wat, wanneer en waarom. En wat is geweigerd.", "Who received what, when and why. And what was refused."),
    "officer-log-lead": Phrase(
        "Alles wat er met gegevens gebeurt, staat hier. Namen staan er niet in. Ook dat u nu kijkt, wordt vastgelegd.",
        "Everything that happens with data stands here. There are no names in it. That you are looking now is recorded too."),
    "log-kind": Phrase("Wat wilt u zien?", "What do you want to see?"), "log-partner": Phrase("Partner", "Partner"),
    "log-every-partner": Phrase("Alle partners", "All partners"), "log-from": Phrase("Vanaf", "From"),
    "log-until": Phrase("Tot en met", "Up to and including"),
    "log-without-consent": Phrase(
        "Alleen gedeeld zonder toestemming, op een andere grondslag", "Only shared without consent, on another ground"),
    "log-show": Phrase("Tonen", "Show"), "log-clear": Phrase("Alles tonen", "Show everything"),
    "log-empty": Phrase(
        "Hier is niets gevonden. Kies een andere periode of partner, of kijk verder terug.",
        "Nothing was found here. Choose another period or partner, or look further back."),
    "log-caption": Phrase("Regels van het logboek, de nieuwste bovenaan", "Entries of the log, the newest first"),
    "log-column-number": Phrase("Regel", "Entry"), "log-column-at": Phrase("Wanneer", "When"),
    "log-column-what": Phrase("Wat gebeurde er", "What happened"), "log-column-details": Phrase("Bijzonderheden", "Particulars"),
    "log-column-by": Phrase("Door wie", "By whom"), "log-column-with": Phrase("Met wie", "With whom"),
    "log-column-case": Phrase("Zaakteken", "Case mark"), "log-newest": Phrase("Terug naar de nieuwste", "Back to the newest"),
    "log-older": Phrase("Ouder", "Older"), "log-export": Phrase("Meenemen", "Take away"),
    "log-export-what": Phrase(
        "U krijgt de regels die u nu ziet als bestand. Dat wordt vastgelegd.",
        "You get the entries that you see now as a file. That is recorded."),
    "log-fault-date": Phrase(
        "Dit is geen datum. Kies een dag, bijvoorbeeld 2026-11-21.", "This is not a date. Choose a day, such as 2026-11-21."),
    "log-fault-until": Phrase(
        "De laatste dag ligt voor de eerste. Kies een latere dag.", "The last day lies before the first. Choose a later day."),
    "log-about-person": Phrase(
        "U ziet alleen wat over één persoon gaat, ook wat is geweigerd.", "You see only what is about one person, also what was refused."),
    "log-about-case": Phrase(
        "U ziet alleen wat bij één zaak hoort, ook wat is geweigerd.", "You see only what belongs to one case, also what was refused."),
    "log-group-all": Phrase("Alles", "Everything"), "log-group-received": Phrase("Wat is gedeeld", "What was shared"),
    "log-group-refused": Phrase("Wat is geweigerd", "What was refused"),
    "log-group-withdrawn": Phrase("Ingetrokken en teruggenomen", "Withdrawn and recalled"),
    "log-group-told": Phrase("Wat bewoners hoorden en vroegen", "What residents were told and asked"),
    "log-group-exceptional": Phrase("Zonder toestemming, nooddeur, doorzettingsmacht", "Without consent, break-glass, overrides"),
    "log-group-looked": Phrase("Wie keek of nam iets mee", "Who looked or took something away"),
    "log-group-access": Phrase("Accounts, partners en sleutels", "Accounts, partners and keys"),

    "officer-state": Phrase("Stand van het logboek", "State of the log"),
    "officer-state-what": Phrase("Is het logboek nog heel? En hoe gaat u dat na?", "Is the log still whole? And how do you check it?"),
    "state-lead": Phrase(
        "Het logboek is ondertekend. Verandert iemand iets, of haalt iemand iets weg? Dan is dat te zien.",
        "The log is signed. Whoever changes or leaves out something is found out."),
    "state-entries": Phrase("Regels in totaal", "Entries in all"),
    "state-size": Phrase("Regels dit jaar, ondertekend", "Entries this year, signed"),
    "state-since": Phrase("Eerste regel", "First entry"), "state-origin": Phrase("Naam van het logboek", "Name of the log"),
    "state-note": Phrase("Het laatste controlepunt", "The last checkpoint"),
    "state-note-what": Phrase(
        "Bewaar deze tekst buiten dit systeem. Daarmee kunt u later bewijzen dat er niets is veranderd.",
        "Keep this text outside this system. With it you can prove later that nothing was changed."),
    "state-holders": Phrase("Wie heeft er nog een controlepunt?", "Who else holds a checkpoint?"),
    "state-holders-what": Phrase(
        "Elke partner die een bericht kreeg. In ieder bericht zit het controlepunt van dat moment.",
        "Every partner that received a message. Each message carries the checkpoint of its moment."),
    "state-holders-caption": Phrase(
        "Per partner het nieuwste controlepunt waarvan wij een getekende ontvangst hebben",
        "For each partner the newest checkpoint of which we have a signed receipt"),
    "state-holders-none": Phrase("Nog niemand: er is nog geen bericht ontvangen.", "Nobody yet: no message has been received."),
    "state-holder": Phrase("Partner", "Partner"),
    "state-holder-sealed": Phrase("Heeft het logboek zoals het was op", "Holds the log as it was on"),
    "state-holder-received": Phrase("Tekende voor ontvangst op", "Signed for it on"),
    "state-verify": Phrase("Zelf nagaan", "Check it yourself"),
    "state-verify-what": Phrase(
        "Vraag uw beheerder om dit uit te voeren, met het controlepunt dat u bewaarde.",
        "Ask your administrator to run this, with the checkpoint that you kept."),
    "state-verify-says": Phrase(
        "Het antwoord noemt elke regel die is veranderd, of zegt dat alles klopt.",
        "The answer names every entry that was changed, or says that all is well."),

    "officer-covenants": Phrase("Convenanten", "Covenants"),
    "officer-covenants-what": Phrase(
        "Welke partner mag welk gegeven krijgen, en waarom.", "Which partner may receive which data, and why."),
    "matrix-lead": Phrase(
        "Dit mag op zijn hoogst volgens de convenanten. De wet, een geheim adres of een nee van de bewoner kan het per keer minder maken.",
        "This is the most that the covenants allow. The law, a secret address or a resident’s no can make it less each time."),
    "matrix-empty": Phrase(
        "Er geldt nu geen convenant. Er mag dus niets worden gedeeld.", "No covenant holds now. So nothing may be shared."),
    "matrix-caption": Phrase("Gegeven per ontvanger, met de grondslag", "Data by recipient, with the ground"),
    "matrix-aside": Phrase(
        "Ziet u niet alle ontvangers? Schuif de tabel opzij.", "Do you not see every recipient? Move the table sideways."),
    "matrix-field": Phrase("Gegeven", "Data"), "matrix-none": Phrase("mag niet", "not allowed"),
    "matrix-refuses": Phrase("neemt partner niet", "partner does not take it"),
    "matrix-limited": Phrase("Wat partners zelf tegenhouden", "What partners hold back themselves"),
    "matrix-limited-what": Phrase(
        "Beslissingen van dit jaar waarin een eigen grens van de partner iets tegenhield",
        "Decisions of this year in which a partner's own limit held something back"),
    "matrix-limited-none": Phrase("Dit jaar nog niets.", "Nothing so far this year."),
    "matrix-limited-partner": Phrase("Partner", "Partner"),
    "matrix-limited-decisions": Phrase("Beslissingen", "Decisions"),
    "matrix-limited-fields": Phrase("Gegevens", "Data"),
    "matrix-covenants": Phrase("Geldende convenanten", "Covenants in force"),
    "matrix-version": Phrase("versie", "version"), "matrix-from": Phrase("Geldt vanaf", "In force from"),
    "matrix-until": Phrase("tot", "until"),
    "matrix-of": Phrase("van de", "of"),
    "matrix-roles": Phrase("functies bij deze partner kennen versie", "worker roles of this partner acknowledged version"),
    "matrix-unsigned": Phrase("Nog niet getekend door:", "Not signed yet by:"),

    "officer-person": Phrase("Inzage", "Access request"),
    "officer-person-what": Phrase("Wat is er over één persoon gedeeld?", "What was shared about one person?"),
    "person-lead": Phrase(
        "Zoek wat over één persoon is gedeeld. Dat u zoekt, wordt vastgelegd.",
        "Find what was shared about one person. That you search is recorded."),
    "person-bsn": Phrase("Burgerservicenummer", "Citizen service number"),
    "person-bsn-hint": Phrase("Negen cijfers. Het wordt nergens bewaard.", "Nine digits. It is kept nowhere."),
    "person-find": Phrase("Zoek de dossiers", "Find the cases"),
    "person-nobody": Phrase(
        "Niemand gevonden met dit nummer. Het is gewist, of het is bij het melden niet opgegeven: zoek dan met de nummers hieronder.",
        "Nobody was found by this number. It was erased, or not given when filing: then search by the numbers below."),
    "person-show": Phrase("Wat is er gedeeld?", "What was shared?"),
    "person-log": Phrase("Alles in het logboek", "Everything in the log"),
    "person-numbers": Phrase("Of met de nummers uit een dossier", "Or by the numbers of a case"),
    "person-fault-bsn": Phrase("Dit is geen burgerservicenummer. Kijk het na.", "This is not a citizen service number. Check it."),
    "person-casefile": Phrase("Nummer van het dossier", "Number of the case"),
    "person-casefile-hint": Phrase("36 tekens, met streepjes", "36 signs, with hyphens"),
    "person-person": Phrase("Nummer van de persoon", "Number of the person"),
    "person-person-hint": Phrase("Staat in het dossier, bij de persoon", "Stands in the case, beside the person"),
    "person-search": Phrase("Zoeken", "Search"), "person-found": Phrase("Gedeeld over deze persoon", "Shared about this person"),
    "person-from": Phrase("Gemeente", "Municipality"), "person-on": Phrase("Datum", "Date"),
    "person-for": Phrase("Antwoord voor de persoon met nummer", "Answer for the person with number"),
    "person-empty": Phrase("Over deze persoon is niets gedeeld.", "Nothing was shared about this person."),
    "person-caption": Phrase("Wat is gedeeld, de oudste bovenaan", "What was shared, the oldest first"),
    "person-recipient": Phrase("Aan wie", "To whom"), "person-why": Phrase("Waarom", "Why"),
    "person-state": Phrase("Hoe en nu", "How, and now"),
    "person-fault-number": Phrase("Dit is geen nummer. Neem het precies over.", "This is not a number. Copy it exactly."),
    "person-fault-unknown": Phrase(
        "Deze persoon staat niet in dit dossier, of is gewist. Kijk beide nummers na.",
        "This person is not in this case, or was erased. Check both numbers."),
    "person-how-message": Phrase("Bericht", "Message"), "person-how-spoken": Phrase("Gesprek", "Conversation"),
    "person-state-received": Phrase("ontvangen", "received"),
    "person-state-refused": Phrase("geweigerd door partner", "refused by the partner"),
    "person-state-left": Phrase("verzonden", "sent"), "person-state-ended": Phrase("teruggenomen", "taken back"),
    "person-state-mayHaveLeft": Phrase("misschien ontvangen", "may have been received"),
    "person-state-told": Phrase("verteld", "told"), "person-state-toldUnpermitted": Phrase("verteld, mocht niet", "told, not permitted"),

    "officer-advice": Phrase("Advies", "Advice"),
    "officer-advice-what": Phrase("Wat de functionaris gegevensbescherming adviseerde.", "What the data protection officer advised."),
    "advice-lead": Phrase(
        "De functionaris gegevensbescherming leest mee en adviseert. Schrijf geen namen van bewoners op.",
        "The data protection officer reads along and advises. Do not write down names of residents."),
    "advice-about": Phrase("Waar gaat het over?", "What is it about?"), "advice-text": Phrase("Uw advies", "Your advice"),
    "advice-text-hint": Phrase("Wat ziet u, en wat moet anders?", "What do you see, and what should change?"),
    "advice-keep": Phrase("Vastleggen", "Record"), "advice-kept": Phrase("Uw advies is vastgelegd.", "Your advice was recorded."),
    "advice-given": Phrase("Gegeven adviezen", "Advice given"),
    "advice-empty": Phrase("Er is nog geen advies gegeven.", "No advice was given yet."),
    "advice-older": Phrase("Ouder", "Older"), "advice-fault-about": Phrase("Kies waar het over gaat.", "Choose what it is about."),
    "advice-fault-text": Phrase("Schrijf uw advies op, in hoogstens 4000 tekens.", "Write down your advice, in at most 4000 signs."),
    "advice-covenant": Phrase("Convenant", "Covenant"), "advice-disclosure": Phrase("Delen van gegevens", "Sharing of data"),
    "advice-consent": Phrase("Toestemming", "Consent"), "advice-accessRequest": Phrase("Inzage", "Access request"),
    "advice-retention": Phrase("Bewaren en wissen", "Keeping and erasing"), "advice-security": Phrase("Beveiliging", "Security"),
    "advice-reporting": Phrase("Cijfers", "Figures"), "advice-other": Phrase("Iets anders", "Something else"),
]
