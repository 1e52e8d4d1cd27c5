/// Enrolling a second factor.
let enrolWords: [String: Phrase] = [
    "enrol": Phrase("Uw account beveiligen", "Secure your account"),
    "enrol-why": Phrase(
        "Achter dit account staan gegevens van mensen. Daarom logt u voortaan in met een wachtwoord en een code van uw telefoon.",
        "Behind this account there are data about people. That is why you sign in with a password and a code from your telephone."),
    "enrol-step-app": Phrase(
        "Zet een app voor inlogcodes op uw telefoon, als u die nog niet hebt.",
        "Put an app for sign-in codes on your telephone, if you have none yet."),
    "enrol-step-code": Phrase("Voeg dit account toe aan de app.", "Add this account to the app."),
    "enrol-step-password": Phrase("Kies een eigen wachtwoord.", "Choose a password of your own."),
    "enrol-app": Phrase("Account toevoegen aan de app", "Add the account to the app"),
    "enrol-scan": Phrase("Open de app op uw telefoon en scan dit plaatje.", "Open the app on your telephone and scan this picture."),
    "enrol-picture": Phrase("QR-code met de sleutel voor de app", "QR code with the key for the app"),
    "enrol-open-app": Phrase(
        "Leest u dit op de telefoon met de app? Voeg het account dan meteen toe.",
        "Are you reading this on the telephone with the app? Then add the account at once."),
    "enrol-on-this-telephone": Phrase("Toevoegen aan de app", "Add to the app"),
    "enrol-type-secret": Phrase(
        "Anders: kies in de app voor een sleutel invoeren, en typ deze over. U ziet hem maar één keer.",
        "Otherwise: choose to enter a key in the app, and type this one. You see it only once."),
    "enrol-code-hint": Phrase("De code die de app nu toont.", "The code that the app shows now."),
    "enrol-password": Phrase("Nieuw wachtwoord", "New password"),
    "enrol-password-hint": Phrase(
        "Minstens 12 tekens. Een zin is makkelijk te onthouden.", "At least 12 characters. A sentence is easy to remember."),
    "enrol-finish": Phrase("Beveiligen", "Secure it"),
    "enrol-again": Phrase("Een nieuwe sleutel vragen", "Ask for a new key"),
    "enrol-wrong-code": Phrase(
        "Deze code klopt nu niet. Typ de code die de app nu toont; de klok van de telefoon moet goed staan",
        "This code is not right now. Type the code that the app shows now; the telephone’s clock must be right"),
    "enrol-too-short": Phrase("Kies een wachtwoord van minstens 12 tekens", "Choose a password of at least 12 characters"),
    "enrol-holds-the-name": Phrase(
        "Kies een wachtwoord zonder uw accountnaam erin", "Choose a password without the name of your account in it"),
    "enrol-same-password": Phrase("Kies een ander wachtwoord dan u kreeg", "Choose another password than the one you were given"),
    "password-title": Phrase("Wachtwoord wijzigen", "Change password"),
    "password-lead": Phrase(
        "Daarna moet u op andere apparaten opnieuw inloggen.", "Afterwards you must sign in again on other devices."),
    "password-old": Phrase("Uw wachtwoord nu", "Your password now"),
    "enrol-wrong-password": Phrase("Dit is niet uw wachtwoord", "This is not your password"),
    "home-said-password": Phrase("Uw wachtwoord is gewijzigd.", "Your password was changed."),
    "enrolled": Phrase("Uw account is beveiligd", "Your account is secured"),
    "enrolled-text": Phrase(
        "Bent u uw telefoon kwijt, dan kunt u met één van deze codes inloggen. Elke code werkt één keer. Bewaar ze op papier, niet op de telefoon: u ziet ze nu voor het laatst.",
        "If you lose your telephone you can sign in with one of these codes. Each works once. Keep them on paper, not on the telephone: this is the last time you see them."
    ),
    "enrolled-done": Phrase("Ik heb de codes bewaard", "I have kept the codes"),
]
