import Exchange
import StrictJSON

/// Changing one's own password.
let passwordPages: [PageRoute] = [
    .get("/password") { .page(passwordPage($0, [])) },
    .post("/password", keepsForm: false) { request in
        guard let token = request.token else { throw DeskRefusal.notSignedIn }
        let form = request.form
        let body: JSONValue = ["password": .string(form.exactly("password")), "newPassword": .string(form.exactly("newPassword"))]
        let answer: DeskAnswer
        do throws(DeskRefusal) { answer = try await request.desk.changePassword(token: token, body) } catch {
            guard case .invalidInput(let faults) = error else { throw error }
            return .page(passwordPage(request, faults.map { FormFault($0, words: "enrol") }))
        }
        guard let fresh = answer.body["token"]?.stringValue else { throw PageFault.internalFault }
        return .redirect("/?said=password", cookies: [PageCookie(name: .session, value: fresh)])
    },
]

/// What was typed is never shown again.
private func passwordPage(_ request: PageRequest, _ faults: [FormFault]) -> Page {
    OneForm(
        title: "password-title", action: "/password", back: ("/", "to-start"), lead: "password-lead",
        fields: [
            Field(
                name: "password", label: "password-old", type: "password", autocomplete: "current-password", isRequired: true,
                fault: faults.word(of: "password")),
            Field(
                name: "newPassword", label: "enrol-password", hint: "enrol-password-hint", type: "password", autocomplete: "new-password",
                isRequired: true, fault: faults.word(of: "newPassword")),
        ], button: "password-title"
    ).page(request, faults)
}
