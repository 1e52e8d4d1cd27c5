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
}
