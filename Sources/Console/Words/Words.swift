import Disclosure

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

extension PlainText {
    func text(_ language: Language) -> String { language == .nl ? nl : en }
}

/// Every word that the pages say, by key. The lists beside this file hold them, one for each group of pages; templates write `{{w.key}}`.
enum Words {
    /// Every list there is.
    static let phrases: [String: Phrase] = [
        commonWords, signInWords, enrolWords, domainWords, signalWords, householdWords, deskWords, deskCodeWords, obstacleWords, caseWords,
        shareWords, recordWords, justificationWords, leverWords, letterWords, representativeWords, meetingWords, officerWords, logWords,
        managerWords,
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

    /// What one of a closed list is called, such as `domain-debts`; the code itself where a covenant or a later version names what we have no word
    /// for.
    static func name(_ kind: String, _ code: String, in language: Language) -> String { phrases["\(kind)-\(code)"]?.text(language) ?? code }

    /// What a field is called. One of a domain has the domain's name, and what was seen in it says so where it stands apart from the concern.
    static func field(_ path: String, in language: Language, isApart: Bool = true) -> String {
        let parts = path.split(separator: ".").map(String.init)
        guard parts.count == 3, parts[0] == "domains" else { return name("field", path, in: language) }
        let domain = name("domain", parts[1], in: language)
        return isApart && parts[2] == "observation" ? domain + ": " + text("field-observation", in: language) : domain
    }

    /// Why the gate refused, in its own sentence; the code itself where it has none.
    static func reason(_ code: String, in language: Language) -> String {
        RefusalReason(rawValue: code)?.sentence.text(language) ?? code
    }
}
