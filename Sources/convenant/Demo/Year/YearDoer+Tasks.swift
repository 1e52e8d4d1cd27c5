import Casework
import StrictJSON

extension YearDoer {
    func refer(_ step: YearStep, _ helper: YearHelper) async throws -> [String: String] {
        let offer = helper.offer
        // A case that is still single is the desk's own; its later helpers are the case manager's.
        let single = plan.caseload[step.about].route == .retriaged && helper == plan.helpers(of: step.about).first
        let body: JSONValue = [
            "casefileId": .string(try id("case", step)), "to": .string(offer.oin), "purpose": .string(offer.purpose),
            "fields": .texts(offer.fields), "subjects": [.string(try persons(of: step.about)[0])],
        ]
        let answer = try await ask(step, by: single ? "desk-1" : manager(of: step.about), "/v1/referrals", body, expect: 201)
        return ["task.\(helper.rawValue)": try answer.text("taskId")]
    }

    func move(_ step: YearStep, _ helper: YearHelper, to state: TaskState, expectedOn: CalendarDate?) async throws -> [String: String] {
        let standing = try await partner(helper).client.moveTask(
            try id("task.\(helper.rawValue)", step), to: state.rawValue, reason: state == .rejected ? "noCapacity" : nil,
            expectedOn: expectedOn?.description, outcome: state == .completed ? "helped" : nil, idempotencyKey: key(step))
        guard standing.state == state.rawValue else { throw YearTrouble("the task stands at \(standing.state ?? "nothing")") }
        return [:]
    }

    func takeBack(_ step: YearStep, _ helper: YearHelper) async throws -> [String: String] {
        let task = try id("task.\(helper.rawValue)", step)
        _ = try await ask(step, by: "desk-1", "/v1/tasks/\(task)/transitions", ["to": "cancelled"], expect: 200)
        return [:]
    }

    /// Keeps the desk's call list as it stands, for the last page: no ids.
    func lookAtCallList(_ step: YearStep) async throws -> [String: String] {
        let desk = try await look("/v1/desk", by: "desk-1")
        let shown = ["partnerName", "purpose", "daysOpen", "rung", "dueAt"]
        let rows = (desk["callList"]?.arrayValue ?? []).map { row -> JSONValue in
            var kept: JSONObject = [:]
            for name in shown { kept[name] = row[name] }
            return .object(kept)
        }
        // Tasks that fell due at one instant stand in no order that two runs share.
        try journal.keep(.array(rows.sorted { $0.canonicalText < $1.canonicalText }), as: "callList")
        return [:]
    }

    /// Somebody of the desk calls the helper whose task stands on the call list.
    func call(_ step: YearStep, _ helper: YearHelper, _ outcome: String) async throws -> [String: String] {
        let task = try id("task.\(helper.rawValue)", step)
        let answer = try await ask(
            step, by: "desk-1", "/v1/casefiles/\(try id("case", step))/contacts", ["taskId": .string(task), "outcome": .string(outcome)],
            expect: 201)
        if plan.caseload[step.about].route == .silentHelper {
            try journal.keep(["outcome": .string(outcome), "dueAt": answer["dueAt"] ?? .null], as: "call")
        }
        return [:]
    }

    func close(_ step: YearStep, _ outcome: ClosureOutcome) async throws -> [String: String] {
        let path = "/v1/casefiles/\(try id("case", step))/closure"
        let answer = try await ask(step, by: manager(of: step.about), path, ["outcome": .string(outcome.rawValue)], expect: 200)
        if plan.caseload[step.about].route == .aftercareCall {
            try journal.keep(
                ["outcome": .string(outcome.rawValue), "on": .string(step.on.description), "aftercareOn": answer["aftercareOn"] ?? .null],
                as: "closed")
        }
        return [:]
    }

    /// The call half a year later, by the desk.
    func aftercare(_ step: YearStep, _ outcome: AftercareOutcome) async throws -> [String: String] {
        let path = "/v1/casefiles/\(try id("case", step))/aftercare"
        _ = try await ask(step, by: "desk-1", path, ["outcome": .string(outcome.rawValue)], expect: 200)
        if plan.caseload[step.about].route == .aftercareCall {
            try journal.keep(["outcome": .string(outcome.rawValue), "on": .string(step.on.description)], as: "aftercare")
        }
        return [:]
    }
}

extension YearDoer {
    func planVisit(_ step: YearStep, on day: CalendarDate) async throws -> [String: String] {
        ["visit": try await plannedVisit(step, ["on": .string(day.description)])]
    }

    /// The case manager was about to go there too: both visits become one.
    func shareVisit(_ step: YearStep, on day: CalendarDate, with helper: YearHelper) async throws -> [String: String] {
        let own = try await plannedVisit(step, ["on": .string(day.description)])
        let both: JSONValue = [.string(own), .string(try id("announced.\(helper.rawValue)", step))]
        return ["visit": try await plannedVisit(step, ["on": .string(day.description), "join": both], part: "-joined")]
    }

    private func plannedVisit(_ step: YearStep, _ body: JSONValue, part: String = "") async throws -> String {
        let path = "/v1/casefiles/\(try id("case", step))/home-visits"
        return try await ask(step, by: manager(of: step.about), path, body, expect: 201, part: part).text("visitId")
    }

    func announceVisit(_ step: YearStep, _ helper: YearHelper, on day: CalendarDate) async throws -> [String: String] {
        let visit = try await partner(helper).client.planVisit(
            for: try id("task.\(helper.rawValue)", step), on: day.description, idempotencyKey: key(step))
        return ["announced.\(helper.rawValue)": visit]
    }

    func visit(_ step: YearStep, _ outcome: VisitOutcome) async throws -> [String: String] {
        let body: JSONValue = ["outcome": .string(outcome.rawValue), "visitId": .string(try id("visit", step))]
        let path = "/v1/casefiles/\(try id("case", step))/home-visits"
        _ = try await ask(step, by: manager(of: step.about), path, body, expect: 200)
        return [:]
    }
}
