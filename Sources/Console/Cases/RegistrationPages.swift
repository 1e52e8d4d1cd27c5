import Exchange
import StrictJSON

/// What the persons' register says of a person of a case: a secret address, a death.
let registrationPages: [PageRoute] = [
    // The person stands in the form, never in an address.
    .post("/cases/:casefile/registrations/ask") { .page(try await registrationPage($0)) },
    .post("/cases/:casefile/registrations") { request in
        let form = request.form
        var body: JSONObject = ["personId": .string(form["person"])]
        if let isSecret = yesOrNo(form["secret"]) { body["secrecyIndicator"] = .integer(isSecret ? secretAddress : 0) }
        if let isDeceased = yesOrNo(form["deceased"]) { body["deceased"] = .bool(isDeceased) }
        guard body["secrecyIndicator"] != nil || body["deceased"] != nil else {
            return .page(try await registrationPage(request, [FormFault("secret", "registration-missing")]))
        }
        let sent = JSONValue.object(body)
        let fields = ["secrecyIndicator": "secret", "deceased": "deceased"]
        return try await orSay(at: fields, on: { try await registrationPage(request, $0) }) {
            try await done("/cases/\(request["casefile"])?said=registration") { () async throws(DeskRefusal) in
                try await request.desk.noteRegistration(
                    request["casefile"], sent, by: request.caller(),
                    idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/registrations", sent))
            }
        }
    },
]

/// The secrecy indicator (BRP 07.70.10) that the pages record of a secret address: no address to anybody.
let secretAddress: Int64 = 7

private func yesOrNo(_ answer: String) -> Bool? { ["yes": true, "no": false][answer] }

/// A secret address and a death. Nothing is chosen beforehand: what stays open stays as it is.
private func registrationPage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let (person, path, form) = (request.form["person"], "/cases/\(request["casefile"])", request.form)
    guard let name = try await CaseView(request).names[person] else { throw PageFault.notFound }
    func question(_ name: String) -> Choices {
        Choices(
            name: name, legend: request.word("registration-\(name)-question"),
            options: ["yes", "no"].map { .init(value: $0, text: request.word($0)) }, chosen: [form[name]], isTwo: true,
            fault: faults.word(of: name))
    }
    return OneForm(
        title: "registration-title", action: "\(path)/registrations", back: (path, "desk-to-case"), lead: "registration-lead",
        notes: [(request.word("representative-for"), name)], hidden: [("person", person)],
        questions: [question("secret"), question("deceased")], button: "registration-save"
    ).page(request, faults)
}
