/// Signing in and out.
let signInWords: [String: Phrase] = [
    "sign-in": Phrase("Inloggen", "Sign in"),
    "sign-in-account": Phrase("Accountnaam", "Account name"),
    "sign-in-password": Phrase("Wachtwoord", "Password"),
    "sign-in-code": Phrase("Code van zes cijfers", "Six-digit code"),
    "sign-in-code-hint": Phrase(
        "Uit de app op uw telefoon. Laat leeg als u die nog niet hebt.",
        "From the app on your telephone. Leave empty if you do not have it yet."),
    "sign-in-provider": Phrase("Inloggen met uw gemeenteaccount", "Sign in with your municipal account"),
    "sign-in-tab": Phrase(
        "Inloggen opent in een nieuw tabblad. Kom daarna op deze bladzijde terug en ga verder: wat u invulde is er nog.",
        "Signing in opens in a new tab. Come back to this page afterwards and go on: what you filled in is still there."),
    "sign-in-go-on": Phrase("Ik ben weer ingelogd, ga verder", "I am signed in again, go on"),
    "sign-in-here": Phrase("Of met een account van hier", "Or with an account of this place"),
    "provider-declined": Phrase(
        "Daar is het inloggen afgebroken. Probeer het nog eens.", "Signing in was broken off there. Try again."),
    "provider-not-begun": Phrase(
        "Het inloggen duurde te lang of begon in een ander venster. Begin opnieuw.",
        "Signing in took too long or began in another window. Start again."),
    "provider-fails": Phrase(
        "Inloggen met uw gemeenteaccount lukt nu niet. Probeer het later, of bel de beheerder.",
        "Signing in with your municipal account does not work now. Try later, or call the administrator."),
    "provider-no-account": Phrase(
        "U bent herkend, maar u hebt hier geen account. Vraag de beheerder om u toe te voegen.",
        "You were recognised, but you have no account here. Ask the administrator to add you."),
    "signed-on": Phrase("U bent ingelogd", "You are signed in"),
    "signed-on-text": Phrase("Uw gemeenteaccount is herkend.", "Your municipal account was recognised."),
    "signed-on-go": Phrase("Verder", "Continue"),
    "sign-in-refused": Phrase(
        "Inloggen is niet gelukt. Kijk na wat u invulde; na vijf keer moet u een kwartier wachten.",
        "You could not be signed in. Check what you filled in; after five times you must wait a quarter of an hour."),
    "sign-in-ended": Phrase(
        "Uw sessie is beëindigd. Wat u net invulde, is nog niet verzonden en gaat niet verloren: log opnieuw in.",
        "Your session has ended. What you just filled in has not been sent and is not lost: sign in again."),
    "signed-out": Phrase(
        "U bent uitgelogd. Sluit dit venster als anderen bij deze computer kunnen.",
        "You are signed out. Close this window if others can use this computer."),
    "signed-in-again": Phrase("U bent weer ingelogd", "You are signed in again"),
    "signed-in-again-text": Phrase(
        "Wat u had ingevuld is er nog. Ga verder om het te verzenden.",
        "What you filled in is still here. Continue to send it."),
    "home-said-kept-for-another": Phrase(
        "Het formulier was van een ander account en is niet verzonden.", "The form was another account’s and was not sent."),
]
