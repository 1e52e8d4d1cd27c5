import Exchange
import Foundation

/// A signal while it is being typed, over several pages. It is kept sealed under a key that the browser's cookie holds.
struct SignalDraft: Codable, Sendable, Equatable {
    /// Somebody of the household.
    struct Person: Codable, Sendable, Equatable {
        var given = ""
        var prefix = ""
        var family = ""
        /// `YYYY-MM-DD`, `YYYY-MM`, `YYYY` or `unknown`.
        var birthDate = "unknown"
        /// The citizen service number, where the filer named it.
        var bsn: String?
        /// Whether it is an adult, where the birth date does not tell: `yes`, `no` or `unknown`.
        var adult = "unknown"
        /// Who else decides for a child, by ``SignalDraft/ref(_:)`` or ``SignalDraft/elsewhere``, and what each answered.
        var deciders: [String: String] = [:]
        var street = ""
        var houseNumber = ""
        var addition = ""
        var postcode = ""
        var place = ""
        /// Whether the address is secret; nil in a draft of before anybody was asked.
        var isSecret: Bool?
        var phone = ""
        var safeWay = ""
        /// What was answered at the door; empty until then.
        var answer = ""
        /// Why nobody asked.
        var reason = ""
        /// Whether a yes was free; what is no yes has none.
        var freely = ""
        /// The fields that were read aloud when it was asked; nil where nobody asked yet.
        var asked: [String]?
        /// In which language it was asked.
        var language = ""
        /// The code on the card that was left behind; nil while none was asked for.
        var card: String?

        /// The name as it is read aloud.
        var name: String { [given, prefix, family].filter { !$0.isEmpty }.joined(separator: " ") }

        /// The address as far as it is filled in, by the names under which it is filed: what is shown before sending is what is sent. A secret one is
        /// not filed: the gate would not let it in.
        var address: [(name: String, value: String)] {
            if isSecret == true { return [] }
            let parts: [(name: String, value: String)] = [
                ("street", street), ("houseNumber", houseNumber), ("addition", addition), ("postcode", postcode), ("place", place),
            ]
            return parts.filter { !$0.value.isEmpty }
        }
    }
    /// What was seen or heard in one domain.
    struct Concern: Codable, Sendable, Equatable {
        var observation = ""
        var obtainedBy = ""
        /// The places in `persons` of those it is about; everybody when empty.
        var about: [Int] = []
    }

    var capacity = ""
    var domains: [String] = []
    var supposed = ""
    /// What the gate said of it, before anybody was named.
    var isPermitted = false
    var explanation: [String: String] = [:]
    /// Whether people are named; nil until it was chosen.
    var namesPeople: Bool?
    var persons: [Person] = []
    var concerns: [String: Concern] = [:]
    var area = ""
    var freeText = ""
    /// The article under which the filer works; empty for none that is known.
    var under = ""
    /// The key under which it is filed, once however often it is sent.
    var once = ""
    /// How the filing came out; then nothing else is left of the draft.
    var outcome: String?

    /// The letter of a parent or guardian who is not in the household.
    static let elsewhere = "z"

    /// Who may decide for somebody in the household: every other one, and somebody elsewhere. Nobody for an adult.
    func mayDecide(for place: Int) -> [(ref: String, name: String?)] {
        guard persons[place].adult != "yes" else { return [] }
        return persons.indices.filter { $0 != place && persons[$0].adult != "no" }.map { (Self.ref($0), persons[$0].name) } + [
            (Self.elsewhere, nil)
        ]
    }

    /// Where to go on with it.
    var next: String {
        guard let namesPeople else { return "/signals/answer" }
        if !namesPeople { return area.isEmpty ? "/signals/area" : "/signals/check" }
        if persons.isEmpty { return "/signals/people" }
        if concerns.isEmpty { return "/signals/concerns" }
        return firstToBeAsked.map { "/signals/consent/\($0 + 1)" } ?? "/signals/check"
    }

    /// The place of the first one who is still to be asked; nil where nobody is.
    var firstToBeAsked: Int? { namesPeople == true ? persons.indices.first { isToBeAsked($0) } : nil }

    /// Whether somebody is still to be asked: nobody did, or more would be told now than was read aloud before a yes.
    func isToBeAsked(_ place: Int) -> Bool {
        let person = persons[place]
        if person.answer.isEmpty { return true }
        guard person.answer == "given" || person.deciders.values.contains("given") else { return false }
        return !Set(fields).isSubset(of: person.asked ?? [])
    }
}

/// The draft of one browser, and how it is read and written.
struct KeptDraft: Sendable {
    var draft: SignalDraft
    private let key: DraftKey
    /// The cookie that holds the key; given anew with every change, so that both last equally long.
    let cookie: PageCookie

    /// The draft of this visitor; nil when there is none, or none any more.
    static func find(_ request: PageRequest) async throws -> KeptDraft? {
        guard let text = request.cookies[.draft], let bytes = Data(base64Encoded: text), let key = DraftKey(Array(bytes)) else {
            return nil
        }
        guard let content = try await request.desk.openDraft(under: key, by: try request.caller()),
            let draft = try? JSONDecoder().decode(SignalDraft.self, from: Data(content))
        else { return nil }
        return KeptDraft(draft: draft, key: key, cookie: Self.cookie(text))
    }

    /// A new draft, under a new key.
    static func begin(_ draft: SignalDraft, _ request: PageRequest) throws -> KeptDraft {
        let bytes = request.settings.random(32)
        guard let key = DraftKey(bytes) else { throw PageFault.internalFault }
        return KeptDraft(draft: draft, key: key, cookie: Self.cookie(Data(bytes).base64EncodedString()))
    }

    /// Keeps it as it is now, for another day.
    func keep(_ request: PageRequest) async throws {
        guard let content = try? JSONEncoder().encode(draft) else { throw PageFault.internalFault }
        try await request.desk.keepDraft(Array(content), under: key, by: try request.caller())
    }

    /// Forgets it.
    func drop(_ request: PageRequest) async throws { try await request.desk.dropDraft(under: key, by: try request.caller()) }

    private static func cookie(_ text: String) -> PageCookie {
        PageCookie(name: .draft, value: text, seconds: Int(DraftKey.lifetime / 1000))
    }
}

/// Calls `body` with the visitor's draft, or leads to the beginning when there is none.
func withDraft(_ request: PageRequest, _ body: (inout KeptDraft) async throws -> PageAnswer) async throws -> PageAnswer {
    guard var kept = try await KeptDraft.find(request) else { return .redirect("/signals/new?said=draft-gone", cookies: [.gone(.draft)]) }
    guard kept.draft.outcome == nil else { return .redirect("/signals/sent") }
    return try await body(&kept)
}
