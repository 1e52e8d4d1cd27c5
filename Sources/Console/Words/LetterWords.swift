/// The letter that tells a resident who shares what about them, and why. All of it but the first lines is the letter's own text.
let letterWords: [String: Phrase] = [
    "letter-open": Phrase("Brief voor de bewoner", "Letter for the resident"),
    "letter-lead": Phrase(
        "Lees de brief eerst door. Stuur hem alleen langs de veilige weg die in de zaak staat, en leg daarna vast dat u de bewoner hebt ingelicht.",
        "Read the letter first. Send it only by the safe way that stands in the case, and record after that that you told the resident."),
    "letter-postponed": Phrase(
        "Het inlichten is uitgesteld. Daarom is er nu geen brief voor de bewoner.",
        "Telling is put off. That is why there is no letter for the resident now."),

    "letter-title": Phrase("Wat wij over u delen", "What we share about you"),
    "letter-to": Phrase("Voor {name}", "For {name}"),
    "letter-intro": Phrase(
        "{municipality} werkt samen met andere organisaties om u te helpen. Soms geven wij elkaar informatie over u. In deze brief staat wie wat krijgt, en waarom.",
        "{municipality} works with other organisations to help you. Sometimes we give each other information about you. This letter says who gets what, and why."
    ),
    "letter-sources": Phrase("Wie ons iets over u vertelde", "Who told us something about you"),
    "letter-shares": Phrase("Wie wat over u krijgt", "Who gets what about you"),
    "letter-shares-none": Phrase(
        "Wij hebben nog niets over u aan een andere organisatie gegeven.",
        "We have not given anything about you to another organisation yet."),
    "letter-from": Phrase("Van wie", "From whom"), "letter-what": Phrase("Wat", "What"), "letter-purpose": Phrase("Waarvoor", "What for"),
    "letter-ground": Phrase("Waarom dit mag", "Why this is allowed"), "letter-can": Phrase("Wat u kunt doen", "What you can do"),

    "letter-ground-consent": Phrase("Hiervoor is toestemming gegeven.", "Consent was given for this."),
    "letter-can-consent": Phrase(
        "U kunt uw ja altijd terugnemen. Bel of schrijf {municipality}. U hoeft niet te zeggen waarom. Wij delen dan niets meer op uw toestemming, en vragen wie al iets kreeg om te stoppen.",
        "You can take back your yes at any time. Call or write to {municipality}. You need not say why. We then share nothing more on your consent, and ask whoever already got something to stop."
    ),
    "letter-ground-publicTask": Phrase(
        "Het hoort bij een taak die de wet ons geeft: {law}. Dit mag ook zonder uw toestemming.",
        "It is part of a task that the law gives us: {law}. This is allowed without your consent, too."),
    "letter-can-publicTask": Phrase(
        "U kunt bezwaar maken. Bel of schrijf {municipality} en zeg waarom. Zolang wij uw bezwaar bekijken, delen wij dit niet.",
        "You can object. Call or write to {municipality} and say why. While we look at your objection, we do not share this."),
    "letter-ground-legalObligation": Phrase(
        "De wet verplicht ons dit te geven: {law}. Dit mag ook zonder uw toestemming.",
        "The law obliges us to give this: {law}. This is allowed without your consent, too."),
    "letter-can-legalObligation": Phrase(
        "Klopt er iets niet? Bel of schrijf {municipality}, dan verbeteren wij het. Het geven zelf moet van de wet.",
        "Is something wrong? Call or write to {municipality}, and we correct it. The law obliges us to give it."),
    "letter-ground-vitalInterest": Phrase(
        "Iemand was in gevaar. Dan mag dit ook zonder uw toestemming.",
        "Somebody was in danger. Then this is allowed without your consent, too."),
    "letter-can-vitalInterest": Phrase(
        "Bent u het er niet mee eens? Bel of schrijf {municipality}. U kunt ook een klacht indienen.",
        "Do you not agree? Call or write to {municipality}. You can also complain."),
    "letter-ground-compulsory": Phrase(
        "Het hoort bij een verplichting die u hebt: {law}. Dit mag ook zonder uw toestemming.",
        "It is part of a duty that you have: {law}. This is allowed without your consent, too."),
    "letter-duties-below": Phrase("Hieronder staat wat die verplichting betekent.", "What that duty means is said below."),
    "letter-can-compulsory": Phrase(
        "U kunt bezwaar maken. Bel of schrijf {municipality} en zeg waarom. Zolang wij uw bezwaar bekijken, delen wij dit niet.",
        "You can object. Call or write to {municipality} and say why. While we look at your objection, we do not share this."),
    "letter-ground-none": Phrase(
        "Dit is verteld terwijl het niet mocht. Dat had niet moeten gebeuren.",
        "This was told though it was not allowed. It should not have happened."),
    "letter-can-none": Phrase(
        "U kunt een klacht indienen. Bel of schrijf {municipality}, of ga naar de Autoriteit Persoonsgegevens.",
        "You can complain. Call or write to {municipality}, or go to the Dutch Data Protection Authority."),

    "letter-no": Phrase("Als u nee zegt", "If you say no"),
    "letter-no-free": Phrase(
        "Vragen wij uw toestemming? Dan mag u nee zeggen. Wij delen het dan niet op grond van uw toestemming. Nee heeft geen gevolgen voor uw uitkering, woning of hulp.",
        "Do we ask your consent? Then you may say no. Then we do not share it on the ground of your consent. Saying no has no effect on your benefit, your home or your help."
    ),
    "letter-no-open": Phrase(
        "Vragen wij uw toestemming? Dan mag u nee zeggen. Wij delen het dan niet op grond van uw toestemming. Vraag ons eerst wat een nee voor u betekent.",
        "Do we ask your consent? Then you may say no. Then we do not share it on the ground of your consent. Ask us first what a no means for you."
    ),
    "letter-duties": Phrase("Wat u verplicht bent", "What you are obliged to do"),
    "letter-duty-imposed": Phrase(
        "Opgelegd door {signers}, op grond van {law}. Het geldt tot en met {until}.",
        "Imposed by {signers}, under {law}. It holds until and including {until}."),
    "letter-duty-benefitObligation": Phrase(
        "U hebt een uitkering. Daarbij hoort dat u meewerkt. Werkt u niet mee, dan kan dat gevolgen hebben voor uw uitkering.",
        "You have a benefit. With it comes the duty to take part. If you do not, that can have consequences for your benefit."),
    "letter-duty-tenancyCondition": Phrase(
        "Het is een voorwaarde bij uw huurcontract. Houdt u zich er niet aan, dan kan dat gevolgen hebben voor uw woning.",
        "It is a condition of your tenancy. If you do not keep to it, that can have consequences for your home."),
    "letter-duty-mayorsLetter": Phrase(
        "De burgemeester heeft u een brief gestuurd. Doet u niet wat daarin staat, dan kunnen de maatregelen uit die brief volgen.",
        "The mayor has sent you a letter. If you do not do what it says, the measures in that letter can follow."),
    "letter-duty-judgment": Phrase(
        "Een rechter heeft dit beslist. Houdt u zich er niet aan, dan volgt wat in die uitspraak staat.",
        "A court has decided this. If you do not keep to it, what that judgment says will follow."),
    "letter-duty-agreedMeasures": Phrase(
        "Er zijn maatregelen afgesproken. Werkt u niet mee, dan kunnen die volgen. Vraag ons welke dat zijn.",
        "Measures were agreed. If you do not take part, these can follow. Ask us which they are."),

    "letter-kept": Phrase("Hoe lang wij dit bewaren", "How long we keep this"),
    "letter-kept-until": Phrase(
        "Is uw zaak gesloten? Daarna bewaren wij wat wij over u weten nog {term}. Dan wissen wij het.",
        "Is your case closed? After that we keep what we know about you for another {term}. Then we erase it."),
    "letter-term-year": Phrase("jaar", "years"), "letter-term-year-one": Phrase("een jaar", "one year"),
    "letter-term-month": Phrase("maanden", "months"), "letter-term-month-one": Phrase("een maand", "one month"),
    "letter-term-day": Phrase("dagen", "days"), "letter-term-day-one": Phrase("een dag", "one day"), "letter-term-and": Phrase("en", "and"),
    "letter-rights": Phrase("Vragen, of klopt er iets niet?", "Questions, or is something wrong?"),
    "letter-rights-ask": Phrase(
        "Bel of schrijf {municipality} en vraag naar de functionaris gegevensbescherming. U mag vragen wat er over u is bewaard en gedeeld. Klopt er iets niet, dan verbeteren wij het. U mag ook vragen om iets te wissen.",
        "Call or write to {municipality} and ask for the data protection officer. You may ask what is kept and was shared about you. If something is wrong, we correct it. You may also ask us to erase something."
    ),
    "letter-rights-authority": Phrase(
        "Komt u er met ons niet uit? Dan kunt u een klacht indienen bij de Autoriteit Persoonsgegevens.",
        "Can we not solve it together? Then you can complain to the Dutch Data Protection Authority (Autoriteit Persoonsgegevens)."),
    "letter-version": Phrase("Versie van deze tekst:", "Version of this text:"),
]
