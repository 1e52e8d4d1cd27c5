import Casework
import Exchange
import HTTPTypes

/// One address of the pages, and what stands behind it. What the visitor may do there is decided in the use case.
struct PageRoute: Sendable {
    /// How a browser can come without script.
    enum Method: Sendable {
        case get, post
        var http: HTTPRequest.Method { self == .get ? .get : .post }
    }
    /// Whether the visitor must have signed in.
    enum Access: Sendable { case anybody, signedIn }

    let method: Method
    /// The path with `:name` for what varies; nothing personal stands in it.
    let path: String
    let access: Access
    /// Whether a form that comes after its session has ended goes back to the browser. One with a password does not: its page is shown empty.
    var keepsForm = true
    let handle: Handler

    /// What does the work of a route.
    typealias Handler = @Sendable (PageRequest) async throws -> PageAnswer

    /// What is shown at a path to those who have signed in.
    static func get(_ path: String, _ handle: @escaping Handler) -> PageRoute { get(path, .signedIn, handle) }
    /// What is shown at a path.
    static func get(_ path: String, _ access: Access, _ handle: @escaping Handler) -> PageRoute {
        PageRoute(method: .get, path: path, access: access, handle: handle)
    }

    /// What a form does that somebody who has signed in sends to a path; its key was compared before.
    static func post(_ path: String, keepsForm: Bool = true, _ handle: @escaping Handler) -> PageRoute {
        PageRoute(method: .post, path: path, access: .signedIn, keepsForm: keepsForm, handle: handle)
    }
    /// What a form that is sent to a path does; its key was compared before.
    static func post(_ path: String, _ access: Access, _ handle: @escaping Handler) -> PageRoute {
        PageRoute(method: .post, path: path, access: access, handle: handle)
    }
}

/// What a handler gives back.
enum PageAnswer: Sendable {
    case page(Page)
    /// 303: after a form something is shown, so that loading it again sends nothing twice.
    case redirect(String, cookies: [PageCookie] = [])
    /// Something to be kept as a file, by its name and media type.
    case file(name: String, type: String, text: String)
}

/// What a template shows: texts, truths, lists and groups of them, or a `JSONValue` as a use case answered it.
typealias PageData = [String: any Sendable]

/// One page to show.
struct Page: Sendable {
    /// The template's name: its file without `.mustache`.
    let template: String
    /// The key of the word that is its title and first heading; nothing personal.
    let title: String
    /// What the template shows.
    let data: PageData
    var status: HTTPResponse.Status
    /// What is wrong in the form that it shows again.
    let faults: [FormFault]
    /// What was done just before; nil when nothing was.
    let said: String?
    var cookies: [PageCookie]

    /// - Parameter status: where none is given, 400 for a page with faults.
    init(
        _ template: String, title: String, _ data: PageData = [:], status: HTTPResponse.Status? = nil, faults: [FormFault] = [],
        said: String? = nil, cookies: [PageCookie] = []
    ) {
        self.template = template
        self.title = title
        self.data = data
        self.status = status ?? (faults.isEmpty ? .ok : .badRequest)
        self.faults = faults
        self.said = said
        self.cookies = cookies
    }
}

/// A door in the navigation.
struct NavigationItem: Sendable {
    let path: String
    /// The keys of its name and of the sentence beneath it on the first page.
    let word: String
    let explanation: String
    /// To whom it is offered.
    let roles: Set<StaffRole>

    /// The doors of a role; none for nobody.
    static func offered(to role: StaffRole?) -> [NavigationItem] { navigation.filter { item in role.map(item.roles.contains) ?? false } }
}
