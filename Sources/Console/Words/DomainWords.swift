/// Domains of life, purposes and months: what more than one group of pages says.
let domainWords: [String: Phrase] = [
    "domain-work": Phrase("Werk", "Work"), "domain-income": Phrase("Inkomen", "Income"), "domain-debts": Phrase("Schulden", "Debts"),
    "domain-learning": Phrase("School en leren", "School and learning"),
    "domain-upbringing": Phrase("Opvoeden", "Bringing up children"),
    "domain-health": Phrase("Gezondheid", "Health"), "domain-psychological": Phrase("Psychische klachten", "Mental health"),
    "domain-addiction": Phrase("Verslaving", "Addiction"), "domain-wellbeing": Phrase("Welzijn", "Wellbeing"),
    "domain-housing": Phrase("Wonen", "Housing"), "domain-safety": Phrase("Veiligheid", "Safety"),
    "domain-crimeNuisance": Phrase("Overlast en politie", "Nuisance and police"),
    "domain-socialParticipation": Phrase("Meedoen", "Taking part"),
    "domain-languageIntegration": Phrase("Taal en inburgering", "Language and integration"),
    "domain-leisure": Phrase("Vrije tijd", "Leisure"), "domain-administration": Phrase("Post en administratie", "Post and paperwork"),
    "domain-domesticViolence": Phrase("Geweld thuis", "Violence at home"),
    "domain-dayActivity": Phrase("Dagbesteding", "Day activities"), "domain-prevention": Phrase("Preventie", "Prevention"),

    "purpose-debtAssistance": Phrase("Schuldhulp", "Debt help"), "purpose-careAllocation": Phrase("Zorg en welzijn", "Care and wellbeing"),
    "purpose-evictionPrevention": Phrase("Huisuitzetting voorkomen", "Preventing eviction"),
    "purpose-youthAndFamily": Phrase("Jeugd en gezin", "Youth and family"), "purpose-shelter": Phrase("Opvang", "Shelter"),
    "purpose-signalling": Phrase("Signaleringsoverleg", "Signalling meeting"), "purpose-topTeam": Phrase("Topteam", "Top team"),
    "purpose-otherPlatform": Phrase("Ander overleg", "Another platform"),
    "purpose-socialWork": Phrase("Maatschappelijk werk", "Social work"),
    "purpose-householdMoved": Phrase("Verhuisd huishouden", "Household that moved"),

    "month-1": Phrase("januari", "January"), "month-2": Phrase("februari", "February"), "month-3": Phrase("maart", "March"),
    "month-4": Phrase("april", "April"), "month-5": Phrase("mei", "May"), "month-6": Phrase("juni", "June"),
    "month-7": Phrase("juli", "July"), "month-8": Phrase("augustus", "August"), "month-9": Phrase("september", "September"),
    "month-10": Phrase("oktober", "October"), "month-11": Phrase("november", "November"), "month-12": Phrase("december", "December"),
]
