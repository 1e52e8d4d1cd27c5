import Casework
import Crypto
import Disclosure
import Exchange
import StrictJSON

/// The letter that tells a resident who shares what and why, to print. Whom it is for stands in the form, never in an address.
let residentLetterPages: [PageRoute] = [
    .post("/cases/:casefile/letter") { request in
        let body: JSONValue = ["personId": .string(request.form["person"])]
        let told = try await request.desk.showResidentLetter(request["casefile"], body, by: request.caller()).body
        let path = "/cases/\(request["casefile"])"
        if told.flag("isPostponed") {
            let data: PageData = ["path": path, "isPostponed": true]
            return .page(Page("resident-letter", title: "letter-open", data))
        }
        let language = Language(rawValue: request.form["language"]) ?? request.language
        let letter = ResidentLetter(told, language: language) { request.desk.name(of: $0).text(language) }
        var data = letter.shown(on: request.desk.today)
        data["path"] = path
        data["isPostponed"] = false
        data["person"] = request.form["person"]
        data["languages"] = Language.allCases.filter { $0 != language }.map {
            ["code": $0.rawValue, "name": Words.text("language-name", in: $0)] as PageData
        }
        // The letter's own language, whatever that of the page is.
        return .page(Page("resident-letter", title: Words.text("letter-title", in: language), data))
    }
]

/// A letter to a resident, in plain words, from what the use case told.
struct ResidentLetter {
    private let told: JSONValue
    private let language: Language
    /// What people call an article of an act.
    private let lawName: (LegalArticle) -> String

    /// - Parameter told: the answer of ``Exchange/ReferralDesk/showResidentLetter(_:_:by:)``.
    init(_ told: JSONValue, language: Language, lawName: @escaping (LegalArticle) -> String) {
        self.told = told
        self.language = language
        self.lawName = lawName
    }

    /// Which text it is: the template and its words, the policy under which it was filled in, and the language.
    static func version(under revision: String, in language: Language) -> String {
        "letter-\(textDigest)-\(revision.prefix(12))-\(language.rawValue)"
    }

    /// Whether a text has the form of such a version, of today's or of an earlier text.
    static func isVersion(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "letter", Language(rawValue: String(parts[3])) != nil else { return false }
        return parts[1...2].allSatisfy { $0.count == 12 && $0.allSatisfy { "0123456789abcdef".contains($0) } }
    }

    private static let textDigest: String = {
        var hash = SHA256()
        hash.update(data: PageTemplates.sources["resident-letter"] ?? [])
        for (key, phrase) in letterWords.sorted(by: { $0.key < $1.key }) {
            hash.update(data: Array("\0\(key)\0\(phrase.nl)\0\(phrase.en)".utf8))
        }
        return hash.finalize().prefix(6).hexadecimal
    }()

    /// For the template.
    func shown(on today: CalendarDate) -> PageData {
        let parts: [PageData?] = [intro, sources, shares, refusing, duties, keeping, rights]
        return [
            "letterLanguage": language.rawValue, "sender": told.text("municipality"),
            "today": PageTime.day(today.description, language), "addressee": said("letter-to", ["name": addressee]),
            "parts": parts.compactMap(\.self),
            "versionLabel": word("letter-version"), "version": Self.version(under: told.text("policyRevision"), in: language),
        ]
    }

    private var addressee: String {
        let name = told["name"] ?? .null
        let text = ["given", "prefix", "family"].map { name.text($0) }.filter { !$0.isEmpty }.joined(separator: " ")
        return text.isEmpty ? word("case-person") : text
    }

    private var intro: PageData? { ["paragraphs": [said("letter-intro")]] }

    private var sources: PageData? {
        let sources = told.list("sources").map { "\($0["name"]?.stringValue ?? $0.text("organisation")): \(fields($0))." }
        return sources.isEmpty ? nil : ["heading": word("letter-sources"), "paragraphs": sources]
    }

    private var shares: PageData? {
        let shares = told.list("shares")
        if shares.isEmpty { return ["heading": word("letter-shares"), "paragraphs": [word("letter-shares-none")]] }
        return ["heading": word("letter-shares"), "entries": shares.map { entry(of: $0) }]
    }

    private func entry(of share: JSONValue) -> PageData {
        let ground = share["ground"]?.stringValue.flatMap { LawfulGround($0) }
        let kind = ground?.kind ?? "none"
        var reason = said("letter-ground-\(kind)", ["law": ground?.article.map(lawName) ?? ""])
        if kind == "compulsory", !told.list("levers").isEmpty { reason += " " + word("letter-duties-below") }
        let lines = [
            ("letter-from", share["senderName"]?.stringValue ?? share.text("sender")), ("letter-what", fields(share)),
            ("letter-purpose", Words.name("purpose", share.text("purpose"), in: language)),
            ("letter-ground", reason),
            ("letter-can", said("letter-can-\(kind)")),
        ]
        return [
            "who": share["recipientName"]?.stringValue ?? share.text("recipient"),
            "lines": lines.map { ["label": word($0.0), "text": $0.1] as PageData },
        ]
    }

    /// What a no means; where something is a duty, the same no does not end that, and nothing is promised.
    private var refusing: PageData? {
        let isFree = told.flag("refusesFreely") && told.list("levers").isEmpty
        return ["heading": word("letter-no"), "paragraphs": [word(isFree ? "letter-no-free" : "letter-no-open")]]
    }

    private var duties: PageData? {
        let duties = told.list("levers").flatMap { lever in
            [
                word("letter-duty-\(lever.text("kind"))"),
                said(
                    "letter-duty-imposed",
                    [
                        "signers": lever.texts("signers").joined(separator: ", "),
                        "law": LegalArticle(lever.text("article")).map(lawName) ?? lever.text("article"),
                        "until": PageTime.lastDay(before: lever.text("until"), language),
                    ]),
            ]
        }
        return duties.isEmpty ? nil : ["heading": word("letter-duties"), "paragraphs": duties]
    }

    private var keeping: PageData? {
        guard case .calendar(let months, let days)? = Term(told.text("keptFor")) else { return nil }
        let term = [("year", months / 12), ("month", months % 12), ("day", days)].filter { $0.1 > 0 }.map { unit, count in
            count == 1 ? word("letter-term-\(unit)-one") : "\(count) \(word("letter-term-\(unit)"))"
        }.joined(separator: " \(word("letter-term-and")) ")
        return ["heading": word("letter-kept"), "paragraphs": [said("letter-kept-until", ["term": term])]]
    }

    private var rights: PageData? {
        ["heading": word("letter-rights"), "paragraphs": [said("letter-rights-ask"), word("letter-rights-authority")]]
    }

    private func word(_ key: String) -> String { Words.text(key, in: language) }

    /// A sentence with its places filled in; each may ask for the municipality.
    private func said(_ key: String, _ values: [String: String] = [:]) -> String {
        values.reduce(word(key).replacing("{municipality}", with: told.text("municipality"))) { text, value in
            text.replacing("{\(value.key)}", with: value.value)
        }
    }

    /// Names of fields in plain words, each once.
    private func fields(_ json: JSONValue) -> String {
        var names: [String] = []
        for path in json.texts("fields") {
            let name = Words.field(path, in: language, isApart: false)
            if !names.contains(name) { names.append(name) }
        }
        return names.joined(separator: ", ")
    }
}
