import Casework
import Exchange
import StrictJSON

/// The minutes: who was there, who coordinates, and what was decided; each decision becomes a task.
let minutesPages: [PageRoute] = [
    .get("/meetings/:meeting/minutes") { request in
        let meeting = try await MeetingView(request)
        return .page(try await formPage(meeting, try await owners(meeting, request), request))
    },
    .post("/meetings/:meeting/minutes") { request in
        let form = request.form
        let meeting = try await MeetingView(request)
        let owners = try await owners(meeting, request)
        func again(_ faults: [FormFault]) async throws -> Page { try await formPage(meeting, owners, request, faults) }
        var faults: [FormFault] = []
        var decisions: [JSONValue] = []
        var fields = ["present": "present", "coordinator": "coordinator"]
        // Whom it is about begins a decision too, but for the only one of a household, who is ticked beforehand.
        let beginning = meeting.persons.count == 1 ? rowFields.dropLast() : rowFields[...]
        for row in 1...decisionRows where beginning.contains(where: { !form["\($0)-\(row)"].isEmpty }) {
            if let open = rowFields.first(where: { form["\($0)-\(row)"].isEmpty }) {
                faults.append(FormFault("\(open)-\(row)", "minutes-row-incomplete"))
                continue
            }
            guard let owner = owners.first(where: { $0.value == form["owner-\(row)"] }) else {
                faults.append(FormFault("owner-\(row)", "choice-gone"))
                continue
            }
            for (member, field) in ["": "owner", "/action": "action", "/domain": "domain", "/subjects": "subject", "/dueOn": "due"] {
                fields["decisions/\(decisions.count)\(member)"] = "\(field)-\(row)"
            }
            decisions.append([
                "owner": owner.json(form["domain-\(row)"]), "action": .string(form["action-\(row)"]),
                "domain": .string(form["domain-\(row)"]), "subjects": .array(form.all("subject-\(row)").map(JSONValue.string)),
                "dueOn": .string(form["due-\(row)"]),
            ])
        }
        guard faults.isEmpty else {
            return .page(try await again(faults))
        }
        var body: JSONObject = ["present": .array(form.all("present").map(JSONValue.string)), "decisions": .array(decisions)]
        if !form["coordinator"].isEmpty { body["coordinator"] = .string(form["coordinator"]) }
        let sent = JSONValue.object(body)
        return try await orSay(at: fields, on: again) {
            let answer = try await request.desk.keepMinutes(
                request["meeting"], sent, by: request.caller(),
                idempotency: request.idempotency("POST /v1/meetings/{meetingId}/minutes", sent)
            ).body
            let refused = zip(decisions, answer.list("decisions")).filter { $0.1.text("outcome") == "refused" }
            guard !refused.isEmpty else { return .redirect("/meetings/\(request["meeting"])?said=held") }
            // What the gate refused is no task: say so at once, and why.
            let rows = refused.map { decision, outcome -> PageData in
                [
                    "text": request.name("action", decision.text("action")), "domain": request.name("domain", decision.text("domain")),
                    "why": outcome.texts("reasons").map { Words.reason($0, in: request.language) }.joined(separator: " "),
                ]
            }
            return .page(
                Page("meeting-kept", title: "minutes-kept-title", ["refused": rows, "path": "/meetings/\(request["meeting"])"]))
        }
    },
]

/// As many decisions as one sheet of paper holds.
private let decisionRows = 5

/// The fields of a decision; their ids end with its row.
private let rowFields = ["owner", "action", "domain", "due", "subject"]

/// Who can be given something to do: a colleague, or a partner under an article of a covenant.
private struct DecisionOwner {
    let name: String
    let account: String?
    let article: JSONValue

    /// What the form sends of it: it means the same however the list has changed since it was shown.
    var value: String { account.map { "account:\($0)" } ?? "partner:\(article.text("choice"))" }

    /// A partner is asked with who it is about, how to reach them, and what stands under the domain; the gate decides what of it goes.
    func json(_ domain: String) -> JSONValue {
        if let account { return ["account": .string(account)] }
        let wanted = article.texts("fields").filter { field in
            ["identification.name", "identification.birthDate"].contains(field) || field.hasPrefix("contact.")
                || field.hasPrefix("domains.\(domain).")
        }
        return [
            "oin": .string(article.text("oin")), "purpose": .string(article.text("purpose")),
            "fields": .array(wanted.map(JSONValue.string)),
        ]
    }
}

private func owners(_ meeting: MeetingView, _ request: PageRequest) async throws -> [DecisionOwner] {
    let staff = try await request.desk.listColleagues(as: ReferralDesk.referringRoles, by: request.caller())
    var owners = staff.map { DecisionOwner(name: $0, account: $0, article: .null) }
    // A chair leads the table and refers nobody; who may, is offered the partners too.
    if let role = request.member?.role, ReferralDesk.referringRoles.contains(role) {
        let choices = try await sharingChoices(request, of: meeting.view.id)
        owners += choices.map {
            DecisionOwner(
                name: $0.text("name") + ": " + request.name("purpose", $0.text("purpose")), account: nil, article: $0)
        }
    }
    return owners
}

private func formPage(
    _ meeting: MeetingView, _ owners: [DecisionOwner], _ request: PageRequest, _ faults: [FormFault] = []
) async throws -> Page {
    let form = request.form
    let parties = meeting.json.list("parties").filter { $0.flag("invited") }.map { $0.text("oin") }
    let domains = meeting.json.list("items").map { $0.text("domain") }
    let persons = meeting.persons
    let coordinators = try await request.desk.listColleagues(as: [.socialCaseManager, .planCoordinator], by: request.caller())
    let rows = (1...decisionRows).map { row -> PageData in
        let wrong = faults.shown(of: rowFields, of: "\(row)", request.language)
        let data: PageData = [
            "row": row, "isWrong": !wrong.isEmpty, "due": form["due-\(row)"],
            "owners": owners.map { owner in
                ["value": owner.value, "text": owner.name, "isChosen": form["owner-\(row)"] == owner.value] as PageData
            } as [PageData],
            "actions": request.options("action", PlanActionKind.allCases.map(\.rawValue), chosen: form["action-\(row)"]),
            "domains": request.options("domain", domains, chosen: form["domain-\(row)"]),
            "subjects": persons.enumerated().map { place, person in
                [
                    "id": place == 0 ? "subject-\(row)" : "subject-\(row)-\(place + 1)", "value": person,
                    "text": meeting.view.names[person] ?? "",
                    "isChosen": form.all("subject-\(row)").contains(person) || persons.count == 1,
                ] as PageData
            } as [PageData],
        ]
        return data.merging(wrong) { own, _ in own }
    }
    let data: PageData = [
        "isWide": true, "path": "/meetings/\(request["meeting"])", "once": request.once, "rows": rows,
        "present": Choices(
            name: "present", legend: request.word("minutes-present"),
            options: parties.map { .init(value: $0, text: meeting.partner($0)) }, chosen: form.all("present"), isMany: true, isTwo: true,
            fault: faults.word(of: "present")
        ).shown(request.language), "hasParties": !parties.isEmpty,
        "needsPlan": meeting.json["planId"] == nil,
        "staff": coordinators.map { ["value": $0, "isChosen": $0 == form["coordinator"]] as PageData },
    ]
    return Page(
        "meeting-minutes", title: "minutes-title",
        data.merging(faults.shown(of: ["coordinator"], request.language)) { own, _ in own }, faults: faults)
}
