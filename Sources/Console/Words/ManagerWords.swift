/// The figures.
let managerWords: [String: Phrase] = [
    "manager": Phrase("Cijfers", "Figures"),
    "manager-what": Phrase(
        "Hoeveel meldingen, hoe lang mensen wachten, wat het opleverde.", "How many signals, how long people wait, what came of it."),
    "manager-lead": Phrase(
        "Alle cijfers zijn geteld uit het logboek. Dat u ze opvraagt, wordt vastgelegd.",
        "All figures are counted from the log. That you ask for them is recorded."),
    "manager-small": Phrase(
        "Een aantal van 1 tot en met 4 tonen wij niet, want dan is soms te raden om wie het gaat. "
            + "Soms blijft ook een groter aantal weg. Anders kunt u het kleine uitrekenen.",
        "We do not show a number from 1 to 4, for then one may guess who it is about. "
            + "Sometimes a larger number is left out too. Otherwise the small one could be calculated."
    ),
    "manager-ended": Phrase(
        "Een kwartaal staat hier zodra het voorbij is. Daarna verandert geen cijfer meer.",
        "A quarter stands here as soon as it is over. From then on no figure changes."),
    "manager-quarter": Phrase("Kwartaal", "Quarter"), "manager-report": Phrase("Uniforme rapportage", "Uniform report"),
    "manager-chart": Phrase("Meldingen per maand", "Signals by month"), "manager-figure": Phrase("Wat", "What"),
    "manager-count": Phrase("Aantal", "Number"), "manager-withheld": Phrase("niet getoond", "not shown"),
    "manager-none": Phrase("geen", "none"), "manager-all": Phrase("Samen", "In all"),
    "manager-open-for": Phrase("Hoe lang al", "For how long"),
    "work-waitingTasks": Phrase("Wachten op hulp", "Waiting for help"),
    "work-waitingTasks-what": Phrase(
        "De partner heeft de taak, maar nog niet opgepakt.", "The partner has the task and has not picked it up."),
    "work-waitingTasks-unit": Phrase("Taken", "Tasks"), "work-heldTasks": Phrase("Op een wachtlijst", "On a waiting list"),
    "work-heldTasks-what": Phrase(
        "De partner heeft de taak en kan nog niet beginnen.", "The partner has the task and cannot begin yet."),
    "work-heldTasks-unit": Phrase("Taken", "Tasks"), "work-openCases": Phrase("Open casussen", "Open cases"),
    "work-openCases-what": Phrase("Casussen die nog niet zijn afgesloten.", "Cases that are not closed yet."),
    "work-openCases-unit": Phrase("Casussen", "Cases"), "work-from-0": Phrase("Korter dan een week", "Less than a week"),
    "work-from-7": Phrase("1 tot 4 weken", "1 to 4 weeks"), "work-from-28": Phrase("4 tot 13 weken", "4 to 13 weeks"),
    "work-from-91": Phrase("13 weken of langer", "13 weeks or longer"),
    "figures-channel-meldcode": Phrase("meldcode", "meldcode"), "figures-channel-otherChannels": Phrase("anders", "other"),
    "report-fictitiousDecisions": Phrase(
        "Fictieve besluiten: termijnen en regels zijn verzonnen.", "Fictitious decisions: terms and rules were made up."),
    "report-simulated": Phrase(
        "Gesimuleerd: de mensen in deze cijfers bestaan niet.", "Simulated: the people in these figures do not exist."),
]
