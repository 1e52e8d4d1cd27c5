import Casework
import Exchange
import StrictJSON

/// Opening a case that was not given to the visitor, with a reason that the privacy officer sees. Dutch: nooddeur.
let breakGlassPages: [PageRoute] = [
    .get("/break-glass") { request in
        // Nothing is read; the use case behind the form decides.
        guard let role = request.member?.role, ReferralDesk.caseRoles.contains(role) else { throw DeskRefusal.roleMayNot }
        return .page(breakGlassPage(request, []))
    },
    .post("/break-glass") { request in
        let form = request.form
        let casefile = form["casefile"].lowercased()
        let body: JSONValue = ["reason": .string(form["reason"]), "because": .string(form["because"])]
        do throws(DeskRefusal) {
            _ = try await request.desk.breakGlass(
                casefile, body, by: request.caller(),
                idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/break-glass", body))
        } catch {
            switch error {
            // It is open to them already.
            case .alreadyDecided: return .redirect("/cases/\(casefile)")
            case .notFound: return .page(breakGlassPage(request, [FormFault("casefile", "break-glass-unknown")]))
            case .invalidInput(let faults):
                let wrong = ["reason", "because"].filter { name in faults.contains { $0.pointer.hasPrefix("/\(name)") } }
                return .page(breakGlassPage(request, wrong.map { FormFault($0, "break-glass-\($0)-missing") }))
            default: throw error
            }
        }
        return .redirect("/cases/\(casefile)?said=glass")
    },
]

private func breakGlassPage(_ request: PageRequest, _ faults: [FormFault]) -> Page {
    let form = request.form
    return OneForm(
        title: "break-glass-title", action: "/break-glass", back: ("/cases", "break-glass-back"), lead: "break-glass-lead",
        questions: [
            Choices(
                name: "reason", legend: request.word("break-glass-reason"),
                options: BreakGlassReason.allCases.map { .init(value: $0.rawValue, text: request.name("break-glass", $0.rawValue)) },
                chosen: [form["reason"]], fault: faults.word(of: "reason"))
        ],
        fields: [
            Field(
                name: "because", label: "break-glass-because", hint: "break-glass-because-hint", value: form["because"], maxLength: 500,
                isRequired: true, isLong: true, fault: faults.word(of: "because")),
            Field(
                name: "casefile", label: "person-casefile", hint: "break-glass-casefile-hint", value: form["casefile"], maxLength: 36,
                isRequired: true, fault: faults.word(of: "casefile")),
        ], button: "break-glass-do"
    ).page(request, faults)
}
