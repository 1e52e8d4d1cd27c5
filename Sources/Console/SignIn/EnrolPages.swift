import Exchange
import HTTPTypes
import StrictJSON

/// Enrolling a second factor and choosing a password: what somebody who signs in for the first time does before anything else.
let enrolPages: [PageRoute] = [
    .get("/enrol", .anybody) { request in
        guard request.token != nil, request.member == nil else { return .redirect("/") }
        return .page(Page("enrol", title: "enrol"))
    },
    .post("/enrol/app", .anybody) { request in
        guard let token = request.token else { return .redirect("/sign-in") }
        let offered = try await request.desk.beginEnrolment(token: token).body
        guard let uri = offered["uri"]?.stringValue, let secret = offered["secret"]?.stringValue else { throw PageFault.internalFault }
        return .page(enrolPage(request, offered: (uri, secret)))
    },
    .post("/enrol", .anybody, enrol),
]

/// - Parameter offered: what the app is to know, shown once; nil when it knows it already and only the form was wrong.
private func enrolPage(
    _ request: PageRequest, status: HTTPResponse.Status = .ok, offered: (uri: String, secret: String)? = nil, faults: [InputFault] = []
) -> Page {
    let (faults, language) = (faults.map { FormFault($0, words: "enrol") }, request.language)
    var fields = [
        Field(
            name: "code", label: "sign-in-code", hint: "enrol-code-hint", autocomplete: "one-time-code", inputMode: "numeric",
            maxLength: 10, isRequired: true, isShort: true, fault: faults.word(of: "code")),
        Field(
            name: "newPassword", label: "enrol-password", hint: "enrol-password-hint", type: "password", autocomplete: "new-password",
            isRequired: true, fault: faults.word(of: "newPassword")),
    ]
    if asksPassword(request) {
        fields.insert(
            Field(
                name: "password", label: "password-old", type: "password", autocomplete: "current-password", isRequired: true,
                fault: faults.word(of: "password")), at: 1)
    }
    var data: PageData = ["fields": fields.map { $0.shown(language) }, "isOffered": offered != nil]
    if let offered {
        data["uri"] = offered.uri
        if let picture = QRCode(offered.uri) { data["picture"] = ["side": picture.side + 8, "path": picture.path] as PageData }
        data["secret"] = stride(from: 0, to: offered.secret.count, by: 4).map { String(offered.secret.dropFirst($0).prefix(4)) }
            .joined(separator: " ")
    }
    return Page("enrol-app", title: "enrol-app", data, status: status, faults: faults)
}

/// Who can do more than enrol gives the present password too; in a session that may only enrol nobody counts as signed in.
private func asksPassword(_ request: PageRequest) -> Bool { request.member != nil }

private func enrol(_ request: PageRequest) async throws -> PageAnswer {
    guard let token = request.token else { return .redirect("/sign-in") }
    var body: JSONObject = ["code": .string(request.form["code"]), "newPassword": .string(request.form.exactly("newPassword"))]
    if asksPassword(request) { body["password"] = .string(request.form.exactly("password")) }
    let filled = JSONValue.object(body)
    let answer: DeskAnswer
    do throws(DeskRefusal) { answer = try await request.desk.finishEnrolment(token: token, filled) } catch {
        guard case .invalidInput(let faults) = error else { throw error }
        // The app was not begun with: an old page, or another window was faster.
        if faults.contains(where: { $0.code == "not-begun" }) { return .redirect("/enrol") }
        return .page(enrolPage(request, status: .badRequest, faults: faults))
    }
    guard let fresh = answer.body["token"]?.stringValue else { throw PageFault.internalFault }
    let codes = answer.body.texts("recoveryCodes")
    return .page(Page("enrolled", title: "enrolled", ["codes": codes], cookies: [PageCookie(name: .session, value: fresh)]))
}
