/// Signing in and out.
let signInWords: [String: Phrase] = [
    "sign-in": Phrase("Inloggen", "Sign in"),
    "sign-in-account": Phrase("Accountnaam", "Account name"),
    "sign-in-password": Phrase("Wachtwoord", "Password"),
    "sign-in-code": Phrase("Code van zes cijfers", "Six-digit code"),
    "sign-in-code-hint": Phrase(
        "Uit de app op uw telefoon. Laat leeg als u die nog niet hebt.",
        "From the app on your telephone. Leave empty if you do not have it yet."),
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
    "kept-for-another": Phrase(
        "Het formulier was van een ander account en is niet verzonden.", "The form was another account’s and was not sent."),
]
