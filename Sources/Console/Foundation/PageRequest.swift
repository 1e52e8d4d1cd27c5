import Disclosure
import Exchange
import Foundation
import StrictJSON

/// A request for a page that has passed the door.
struct PageRequest: Sendable {
    let desk: ReferralDesk
    let settings: PageSettings
    /// Who has signed in; nil where anybody may come.
    let member: StaffMember?
    /// The session's token.
    let token: String?
    let language: Language
    /// What was sent; empty for a page that is only looked at.
    let form: FormFields
    let query: FormFields
    let cookies: RequestCookies
    let path: String
    private let parameters: [String: String]

    init(
        desk: ReferralDesk, settings: PageSettings, member: StaffMember?, token: String?, language: Language, form: FormFields,
        query: FormFields, cookies: RequestCookies, path: String, parameters: [String: String]
    ) {
        self.desk = desk
        self.settings = settings
        self.member = member
        self.token = token
        self.language = language
        self.form = form
        self.query = query
        self.cookies = cookies
        self.path = path
        self.parameters = parameters
    }

    /// As whom the use cases are called.
    /// - Throws: `DeskRefusal.notSignedIn` where nobody has.
    func caller() throws(DeskRefusal) -> Caller {
        guard let member else { throw .notSignedIn }
        return .staff(member)
    }

    /// What stands in the path under that name; empty, which is no id, when nothing does.
    subscript(_ name: String) -> String { parameters[name] ?? "" }

    /// A word in the visitor's language.
    func word(_ key: String) -> String { Words.text(key, in: language) }

    /// A number for a form that must be taken once only, however often it is sent.
    var once: String { settings.random(16).hexadecimal }

    /// The idempotency key of a form that was shown with ``once``; nil for one that was not. The same form again gets the same answer; one about
    /// another case, or filled in otherwise, conflicts.
    /// - Parameter part: which of the form's requests it is, where one form makes several.
    func idempotency(_ route: String, _ body: JSONValue, part: String? = nil) -> IdempotencyKey? {
        let key = form["once"]
        guard key.utf8.count == 32 else { return nil }
        let sent = [path] + form.ofTheVisitor.pairs.flatMap { [$0.name, $0.value] }
        return IdempotencyKey(
            route: route, key: key + (part.map { "-\($0)" } ?? ""), body: body.canonicalBytes() + Array(sent.joined(separator: "\0").utf8))
    }

    /// What was done just before, as the address says it by one of the words `<list>-said-…`; nil when nothing was.
    func said(_ list: String) -> String? {
        let key = "\(list)-said-\(query["said"])"
        return Words.has(key) ? word(key) : nil
    }

    /// What one of a closed list is called.
    func name(_ kind: String, _ code: String) -> String { Words.name(kind, code, in: language) }

    /// The same of several, in their order.
    func names(_ kind: String, _ codes: [String]) -> String { codes.map { name(kind, $0) }.joined(separator: ", ") }

    /// What a ground is called, with its article.
    func ground(_ text: String) -> String {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let word = name("ground", parts.first ?? "")
        return parts.count == 2 ? "\(word) (\(article(parts[1])))" : word
    }

    /// What people call an article of an act.
    func article(_ text: String) -> String {
        LegalArticle(text).map { desk.name(of: $0).text(language) } ?? text
    }

    /// Answers of a list to choose from.
    func options(_ kind: String, _ codes: [String], chosen: String = "") -> [PageData] {
        codes.map { ["value": $0, "text": name(kind, $0), "isChosen": $0 == chosen] }
    }
}
