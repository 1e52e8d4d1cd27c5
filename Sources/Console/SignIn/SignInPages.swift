import Casework
import Exchange
import HTTPTypes
import StrictJSON

/// Signing in, signing out, and the choice of a language.
let signInPages: [PageRoute] = [
    .get("/sign-in", .anybody) { request in
        guard request.member == nil else { return .redirect("/") }
        return .page(
            signInPage(
                request.language, said: request.query["said"] == "out" ? "signed-out" : nil, to: request.query["to"],
                hasProvider: request.settings.provider != nil))
    },
    .post("/sign-in", .anybody, signIn),
    .post("/sign-out", .anybody) { request in
        if let token = request.token { _ = try await request.desk.signOut(token: token) }
        return .redirect("/sign-in?said=out", cookies: [.gone(.session), .gone(.draft)])
    },
    .post("/language", .anybody) { request in
        let back = request.form["back"]
        let language = Language(rawValue: request.form["language"]) ?? .nl
        return .redirect(
            isOwnPath(back) ? back : "/", cookies: [PageCookie(name: .language, value: language.rawValue, seconds: 31_536_000)])
    },
]

/// The page to sign in on.
/// - Parameters:
///   - said: the key of what is to be said first.
///   - to: where to go afterwards.
///   - kept: a form that came after its session had ended.
///   - hasProvider: whether people can sign in at the municipality's provider.
func signInPage(
    _ language: Language, status: HTTPResponse.Status = .ok, said: String? = nil, account: String = "", to: String = "",
    kept: KeptForm? = nil, isRefused: Bool = false, hasProvider: Bool
) -> Page {
    let fields = [
        Field(name: "account", label: "sign-in-account", value: account, autocomplete: "username", maxLength: 80, isRequired: true),
        Field(name: "password", label: "sign-in-password", type: "password", autocomplete: "current-password", isRequired: true),
        Field(
            name: "code", label: "sign-in-code", hint: "sign-in-code-hint", autocomplete: "one-time-code", inputMode: "numeric",
            maxLength: 30, isShort: true),
    ]
    let data: PageData = [
        "fields": fields.map { $0.shown(language) }, "isRefused": isRefused, "to": isOwnPath(to) ? to : "", "isKept": kept != nil,
        "kept": kept?.text ?? "", "keptPath": kept?.path ?? "", "keptFields": kept?.fields ?? [], "keptAccount": kept?.account ?? "",
        "hasProvider": hasProvider,
    ]
    return Page("sign-in", title: "sign-in", data, status: status, said: said.map { Words.text($0, in: language) })
}

/// Every refusal is the same to whoever tries: it tells nothing of which part was wrong.
private func signIn(_ request: PageRequest) async throws -> PageAnswer {
    let form = request.form
    let kept = KeptForm(form["kept"])
    var body: JSONObject = ["account": .string(form["account"]), "password": .string(form.exactly("password"))]
    let code = form["code"].filter { $0 != " " }
    if !code.isEmpty { body["code"] = .string(code) }
    let answer: DeskAnswer
    do throws(DeskRefusal) { answer = try await request.desk.signIn(.object(body), for: .page, replacing: request.token) } catch {
        func again(_ status: HTTPResponse.Status, said: String? = nil, isRefused: Bool = false) -> PageAnswer {
            .page(
                signInPage(
                    request.language, status: status, said: said, account: form["account"], to: form["to"], kept: kept,
                    isRefused: isRefused, hasProvider: request.settings.provider != nil))
        }
        switch error {
        case .notSignedIn, .invalidInput, .tooMany: return again(.unauthorized, isRefused: true)
        case .notDurable, .busy: return again(.serviceUnavailable, said: "refused-\(error.code)-do")
        default: throw error
        }
    }
    guard let token = answer.body["token"]?.stringValue else { throw PageFault.internalFault }
    // Without an age: it is gone when the browser is closed, and the desk ends the session before that.
    let cookies = [PageCookie(name: .session, value: token), .gone(.visit)]
    if answer.body["state"] == "enrolling" { return .redirect("/enrol", cookies: cookies) }
    guard let kept else { return .redirect(isOwnPath(form["to"]) ? form["to"] : "/", cookies: cookies) }
    let member = try await request.desk.authenticate(token: token)
    guard kept.account == member.name else { return .redirect("/?said=kept-for-another", cookies: cookies + [.gone(.draft)]) }
    var page = signedInAgainPage(kept, member)
    page.cookies = cookies
    return .page(page)
}

/// A form of theirs that came while they were not signed in, to be sent on.
func signedInAgainPage(_ kept: KeptForm, _ member: StaffMember) -> Page {
    Page("signed-in-again", title: "signed-in-again", ["path": kept.path, "fields": kept.fields, "account": member.name])
}
