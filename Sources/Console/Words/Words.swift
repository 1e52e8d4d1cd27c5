/// A text of the pages in both languages; Dutch first, at level B1.
struct Phrase: Sendable, Hashable {
    let nl: String
    let en: String
    init(_ nl: String, _ en: String) {
        self.nl = nl
        self.en = en
    }
    func text(_ language: Language) -> String { language == .nl ? nl : en }
}

/// Every word that the pages say, by key. The lists beside this file hold them, one for each group of pages; templates write `{{w.key}}`.
enum Words {
    /// Every list there is.
    static let phrases: [String: Phrase] = [
        commonWords, signInWords, enrolWords, domainWords, signalWords, householdWords, deskWords, deskCodeWords, obstacleWords, caseWords,
        shareWords, meetingWords, officerWords, logWords, managerWords,
    ].reduce(into: [:]) { all, list in
        all.merge(list) { first, _ in preconditionFailure("a word stands twice: \(first.nl)") }
    }
    private static let dutch = phrases.mapValues(\.nl)
    private static let english = phrases.mapValues(\.en)

    /// Every word in one language.
    static func all(in language: Language) -> [String: String] { language == .nl ? dutch : english }

    /// One word; the key itself when there is none, which a test looks for.
    static func text(_ key: String, in language: Language) -> String { phrases[key]?.text(language) ?? key }

    static func has(_ key: String) -> Bool { phrases[key] != nil }
}
