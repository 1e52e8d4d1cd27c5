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
                    "path": "/cases/\(row.text("casefileId"))", "opened": PageDay.full(row.text("openedAt"), request.language),
                    "triage": row["triage"] == nil ? request.word("triage-none") : request.name("triage", row.text("triage")),
                    "state": request.name("case-state", row.text("state")),
                ]
            }
            return .page(
                Page(
                    "cases", title: "cases-title",
                    ["cases": cases, "next": answer.text("next"), "hasNext": answer["next"] != nil]))
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
        step("closure", at: ["outcome": "closure"]) { request, body in
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
        step("tasks", at: ["to": "content"]) { request, body in
            try await request.desk.moveTask(
                request.form["task"], body, by: request.caller(),
                idempotency: request.idempotency("POST /v1/tasks/{taskId}/transitions", body))
        } body: { form in
            var body: JSONObject = ["to": .string(form["to"])]
            for name in ["reason", "expectedOn", "outcome"] where !form[name].isEmpty { body[name] = .string(form[name]) }
            return body
        },
    ] + consentOnCasePages + sharePages

/// A form of the case's page that calls one use case; afterwards the case is shown with what was done.
func step(
    _ name: String, at fields: [String: String],
    _ act: @escaping @Sendable (PageRequest, JSONValue) async throws -> DeskAnswer,
    body: @escaping @Sendable (FormFields) -> JSONObject
) -> PageRoute {
    .post("/cases/:casefile/\(name)") { request in
        let body = JSONValue.object(body(request.form))
        return try await orSay(at: fields, on: { try await casePage(request, $0) }) {
            try await done("/cases/\(request["casefile"])?said=\(name)") { try await act(request, body) }
        }
    }
}

/// A case: who, what happened, what is to be done, what was shared, and the forms for the next step.
func casePage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let view = CaseView(try await request.desk.showCasefile(request["casefile"], by: request.caller()).body, request)
    let staff = try await request.desk.listStaff().body.list("items").filter {
        $0.text("organisation") == request.member?.organisation.description
            && [StaffRole.socialCaseManager.rawValue, StaffRole.planCoordinator.rawValue].contains($0.text("role"))
    }
    let meetings = view.json.list("meetings")
    let coordinator = view.json.text("coordinator")
    // Others may read; the use cases behind the forms decide again.
    let mayAct = request.member.map { [.contactPoint, .socialCaseManager, .planCoordinator].contains($0.role) } ?? false
    var data: PageData = [
        "isWide": true, "id": view.id, "casefile": view.id, "isOpen": view.isOpen, "opened": view.opened, "triage": view.triage,
        "hasTriage": !view.triage.isEmpty, "state": request.name("case-state", view.json.text("state")), "persons": view.persons,
        "household": view.household, "hasHousehold": !view.household.isEmpty, "tasks": view.tasks, "shared": view.shared,
        "timeLine": view.timeLine, "coordinator": coordinator, "hasCoordinator": !coordinator.isEmpty,
        "hasPlan": view.json["planId"] != nil, "staff": staff.map { ["value": $0.text("account")] as PageData },
        "mayAct": mayAct, "mayChange": mayAct && view.isOpen, "mayLookAgain": mayAct && !view.isOpen,
        "meetings": meetings.map { meeting in
            [
                "path": "/meetings/\(meeting.text("meetingId"))", "kind": request.name("meeting-kind", meeting.text("kind")),
                "state": request.name("meeting-state", meeting.text("state")),
                "at": PageTime.moment(meeting.text("at"), request.language), "hasDate": meeting["at"] != nil,
            ] as PageData
        },
        "hasVisits": !view.json.list("visits").isEmpty,
        "visits": view.json.list("visits").map { visit in
            [
                "visit": visit.text("visitId"), "day": PageDay.day(visit.text("on"), request.language),
                "by": request.word(visit.text("by") == "partner" ? "visit-by-partner" : "visit-by-us"), "once": request.once,
            ] as PageData
        },
        "visitOutcomes": request.options("visit", VisitOutcome.allCases.map(\.rawValue)),
        "closures": request.options("closure", ClosureOutcome.allCases.map(\.rawValue)),
        "aftercares": request.options("aftercare", AftercareOutcome.allCases.map(\.rawValue)),
        "channels": request.options("channel", IntakeChannel.allCases.map(\.rawValue)),
        "taskReasons": request.options("task-reason", TaskReason.allCases.map(\.rawValue)),
        "withdrawals": request.options("withdrawn-by", ["telephone", "counter", "letter"]),
        "triggers": request.options("trigger", MeetingTrigger.allCases.map(\.rawValue)),
        "meetingKind": meetings.contains { $0.text("state") == "held" } ? "followUp" : "mda",
        "mayMeet": mayAct && view.isOpen && !meetings.contains { ["toBePlanned", "dated"].contains($0.text("state")) },
        "once": request.once,
    ]
    let said = "case-said-\(request.query["said"])"
    data["hasSaid"] = Words.has(said)
    data["said"] = request.word(said)
    data.merge(shownFaults(faults, request.language)) { _, new in new }
    return Page("case", title: "case-title", data)
}

extension String {
    /// Nil for an empty text.
    var nonEmpty: String? { isEmpty ? nil : self }
}
