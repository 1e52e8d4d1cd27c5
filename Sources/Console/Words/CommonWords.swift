/// What stands on every page, and on those that refuse.
let commonWords: [String: Phrase] = [
    "product": Phrase("Convenant", "Convenant"),
    "language-name": Phrase("Nederlands", "English"),
    "language": Phrase("Taal", "Language"),
    "skip": Phrase("Naar de inhoud", "Skip to the content"),
    "menu": Phrase("Menu", "Menu"),
    "sign-out": Phrase("Uitloggen", "Sign out"),
    "continue": Phrase("Verder", "Continue"),
    "back": Phrase("Terug", "Back"),
    "yes": Phrase("Ja", "Yes"),
    "no": Phrase("Nee", "No"),
    "print": Phrase("Afdrukken", "Print"),
    "to-start": Phrase("Naar het begin", "To the first page"),
    "faults-title": Phrase("Er klopt iets niet", "Something is not right"),
    "footer": Phrase("Alleen wat mag, aan wie het mag, en u ziet waarom.", "Only what may be shared, with whom it may, and you see why."),
    "home-title": Phrase("Waarmee kunnen wij u helpen?", "What can we help you with?"),
    "home-nothing": Phrase(
        "Voor uw rol zijn hier nog geen pagina’s. Vraag uw beheerder of uw rol klopt.",
        "There are no pages for your role here. Ask your administrator whether your role is right."),

    "refused-not-found": Phrase("Hier is niets te zien", "There is nothing to see here"),
    "refused-not-found-do": Phrase(
        "Dit bestaat niet, of het is niet voor u. Ga terug naar het begin en kies daar opnieuw.",
        "This does not exist, or it is not for you. Go back to the first page and choose again."),
    "refused-foreign-form": Phrase("Het formulier is niet verwerkt", "The form was not taken"),
    "refused-foreign-form-do": Phrase(
        "Wij konden niet nagaan of het formulier van deze site komt. Er is niets veranderd. Open de pagina opnieuw en probeer het nog eens.",
        "We could not tell whether the form came from this site. Nothing was changed. Open the page again and try once more."),
    "refused-too-large": Phrase("Het formulier is te groot", "The form is too large"),
    "refused-too-large-do": Phrase(
        "Ga terug en maak de tekst korter. Er is niets bewaard.", "Go back and shorten the text. Nothing was kept."),
    "refused-internal": Phrase("Er ging bij ons iets mis", "Something went wrong on our side"),
    "refused-internal-do": Phrase(
        "Het ligt niet aan u. Probeer het over een paar minuten opnieuw.", "It is not you. Try again in a few minutes."),
    "refused-role-may-not": Phrase("Dit mag u niet met uw rol", "Your role may not do this"),
    "refused-role-may-not-do": Phrase(
        "Vraag een collega die dit wel mag, of vraag uw beheerder of uw rol klopt.",
        "Ask a colleague who may, or ask your administrator whether your role is right."),
    "refused-not-signed-in": Phrase("U bent niet ingelogd", "You are not signed in"),
    "refused-not-signed-in-do": Phrase("Log in en probeer het opnieuw.", "Sign in and try again."),
    "refused-disclosure-refused": Phrase("Dit mag niet worden gedeeld", "This may not be shared"),
    "refused-disclosure-refused-do": Phrase("Er is niets gedeeld en niets bewaard.", "Nothing was shared and nothing was kept."),
    "refused-policy-incomplete": Phrase("De gemeente moet hierover nog beslissen", "The municipality has yet to decide on this"),
    "refused-policy-incomplete-do": Phrase(
        "Hiervoor is nog niet vastgelegd wat mag. Bel het contactpunt van de gemeente.",
        "It has not been laid down what is allowed here. Call the municipality’s contact point."),
    "refused-not-durable": Phrase("Het is niet bewaard", "It was not kept"),
    "refused-not-durable-do": Phrase("Er is niets gebeurd. Probeer het straks opnieuw.", "Nothing happened. Try again later."),
    "refused-too-many": Phrase("Te vaak geprobeerd", "Tried too often"),
    "refused-too-many-do": Phrase("Wacht een kwartier en probeer het opnieuw.", "Wait a quarter of an hour and try again."),
    "refused-busy": Phrase("Het is nu te druk", "It is too busy now"),
    "refused-busy-do": Phrase("Er is niets gebeurd. Probeer het over een minuut opnieuw.", "Nothing happened. Try again in a minute."),
    "refused-invalid-input": Phrase("Er klopt iets niet in wat u invulde", "Something you filled in is not right"),
    "refused-invalid-input-do": Phrase(
        "Ga terug en kijk de velden na. Er is niets bewaard.", "Go back and check the fields. Nothing was kept."),
    "refused-other": Phrase("Dat kan nu niet", "That cannot be done now"),
    "refused-other-do": Phrase(
        "Iemand anders heeft hier misschien al iets veranderd. Ga terug en open de pagina opnieuw.",
        "Somebody else may have changed something here. Go back and open the page again."),
]
