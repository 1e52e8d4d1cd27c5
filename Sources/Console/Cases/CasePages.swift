import Casework
import Exchange
import StrictJSON

/// The visitor's cases, one case, and what is done on it. Every look at a case is an entry of the log.
let casePages: [PageRoute] =
    [
        .get("/cases") { request in
            let caller = try request.caller()
            let answer = try await request.desk.listCasefiles(after: request.query["after"].nonEmpty, limit: 50, by: caller).body
            let cases = answer.list("items").map { row -> PageData in
                [
                    "path": "/cases/\(row.text("casefileId"))", "opened": PageTime.day(row.text("openedAt"), request.language),
                    "triage": row["triage"] == nil ? request.word("triage-none") : request.name("triage", row.text("triage")),
                    "state": request.name("case-state", row.text("state")), "domains": request.names("domain", row.texts("domains")),
                ]
            }
            return .page(
                Page(
                    "cases", title: "cases-title",
                    [
                        "cases": cases, "next": answer.text("next"), "hasNext": answer["next"] != nil,
                        "mayBreakGlass": request.member.map { ReferralDesk.caseRoles.contains($0.role) } ?? false,
                    ]))
        },
        .get("/cases/:casefile") { .page(try await casePage($0)) },
        step("visits", at: ["on": "on", "join": "on"]) { request, body in
            try await request.desk.recordHomeVisit(
                request["casefile"], body, by: request.caller(),
                idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/home-visits", body))
        } body: { form in
            var body: JSONObject = [:]
            for name in ["on", "outcome", "visitId"] where !form[name].isEmpty { body[name] = .string(form[name]) }
            return body
        },
        step("plan", at: ["coordinator": "coordinator"]) { request, body in
            try await request.desk.makePlan(
                request["casefile"], body, by: request.caller(),
                idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/plan", body))
        } body: {
            ["coordinator": .string($0["coordinator"])]
        },
        step("coordinator", at: ["coordinator": "named"]) { request, body in
            try await request.desk.nameCoordinator(
                request["casefile"], body, by: request.caller(),
                idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/coordinator", body))
        } body: {
            ["coordinator": .string($0["coordinator"])]
        },
        step("closure", at: ["outcome": "closure", "": "closure"]) { request, body in
            try await request.desk.closeCase(
                request["casefile"], body, by: request.caller(),
                idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/closure", body))
        } body: {
            ["outcome": .string($0["outcome"])]
        },
        step("aftercare", at: ["outcome": "aftercare", "channel": "channel"]) { request, body in
            try await request.desk.contactForAftercare(
                request["casefile"], body, by: request.caller(),
                idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/aftercare", body))
        } body: { form in
            var body: JSONObject = ["outcome": .string(form["outcome"])]
            if form["outcome"] == AftercareOutcome.newQuestion.rawValue, !form["channel"].isEmpty {
                body["channel"] = .string(form["channel"])
            }
            return body
        },
        step("tasks", at: ["to": "to", "reason": "reason", "expectedOn": "expected"], of: "task") { request, body in
            try await request.desk.moveTask(
                request.form["task"], body, by: request.caller(),
                idempotency: request.idempotency("POST /v1/tasks/{taskId}/transitions", body))
        } body: { form in
            var body: JSONObject = ["to": .string(form["to"])]
            for name in ["reason", "expectedOn", "outcome"] where !form[name].isEmpty { body[name] = .string(form[name]) }
            return body
        },
        // The override mandate.
        step("overrides", at: ["reason": "override"], of: "task") { request, body in
            try await request.desk.overrideTask(
                request.form["task"], body, by: request.caller(),
                idempotency: request.idempotency("POST /v1/tasks/{taskId}/override", body))
        } body: {
            ["reason": .string($0["reason"])]
        },
        // Giving the case to a colleague, and taking it back.
        step("assignments", at: ["account": "assignee"]) { request, body in
            try await request.desk.assignCase(
                request["casefile"], body, by: request.caller(),
                idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/assignments", body))
        } body: {
            ["account": .string($0["account"])]
        },
        step("assignments/end", at: ["account": "assigned"], said: "assignment-ended") { request, body in
            try await request.desk.unassignCase(
                request["casefile"], body, by: request.caller(),
                idempotency: request.idempotency("POST /v1/casefiles/{casefileId}/assignments/end", body))
        } body: {
            ["account": .string($0["account"])]
        },
    ] + consentOnCasePages + sharePages + justificationPages + leverPages + whoConsentsPages + registrationPages + tellingPages
    + residentLetterPages + breakGlassPages

/// A form of the case's page that calls one use case; afterwards the case is shown with what was done.
/// - Parameter item: where the page has one such form for each of several things, the field that names which; the ids of its fields end with it.
func step(
    _ name: String, at fields: [String: String], of item: String? = nil, said: String? = nil,
    _ act: @escaping @Sendable (PageRequest, JSONValue) async throws -> DeskAnswer,
    body: @escaping @Sendable (FormFields) -> JSONObject
) -> PageRoute {
    .post("/cases/:casefile/\(name)") { request in
        let body = JSONValue.object(body(request.form))
        let ids = item.map { item in fields.mapValues { "\($0)-\(request.form[item])" } } ?? fields
        return try await orSay(at: ids, on: { try await casePage(request, $0) }) {
            try await done("/cases/\(request["casefile"])?said=\(said ?? name)") { try await act(request, body) }
        }
    }
}
