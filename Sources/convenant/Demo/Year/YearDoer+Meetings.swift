import Casework
import StrictJSON

extension YearDoer {
    /// Who is asked to the table: whoever has or will have a task, of the partners.
    private func parties(_ number: Int) -> [YearHelper] { plan.helpers(of: number).filter { YearHelper.partners.contains($0) } }

    func openMeeting(_ step: YearStep, _ meeting: Int) async throws -> [String: String] {
        let body: JSONValue = [
            "casefileId": .string(try id("case", step)), "kind": meeting == 1 ? "mda" : "followUp", "trigger": "interrelated",
            "parties": .array(parties(step.about).map { ["oin": .string($0.offer.oin), "purpose": .string($0.offer.purpose)] }),
        ]
        let answer = try await ask(step, by: manager(of: step.about), "/v1/meetings", body, expect: 201)
        return ["meeting.\(meeting)": try answer.text("meetingId")]
    }

    /// The meeting that nobody asked for: it stands among those to be planned because a task stayed open.
    func findMeeting(_ step: YearStep, _ meeting: Int) async throws -> [String: String] {
        let desk = try await look("/v1/desk", by: "desk-1")
        let casefile = try id("case", step)
        let own = desk["meetingsToPlan"]?.arrayValue?.first { $0["casefileId"] == .string(casefile) }
        guard let own else { throw YearTrouble("no meeting opened by itself") }
        try journal.keep(["kind": own["kind"] ?? .null, "trigger": own["trigger"] ?? .null], as: "silentMeeting")
        return ["meeting.\(meeting)": try own.text("meetingId")]
    }

    /// The chair dates it; each agenda item is one life domain and those it is about, and the gate decides who is told of which.
    func dateMeeting(_ step: YearStep, _ meeting: Int, on day: CalendarDate) async throws -> [String: String] {
        let first = try persons(of: step.about)[0]
        let body: JSONValue = [
            "at": .string(plan.days.instant(day, .meetings).rfc3339), "minutes": 60, "chair": "chair-1",
            "items": .array(plan.domains(of: step.about).map { ["domain": .string($0.rawValue), "subjects": [.string(first)]] }),
            "resident": ["comes": true],
        ]
        let path = "/v1/meetings/\(try id("meeting.\(meeting)", step))/date"
        let answer = try await ask(step, by: manager(of: step.about), path, body, expect: 200)
        var ids: [String: String] = [:]
        for invited in answer["invited"]?.arrayValue ?? [] {
            guard let helper = YearHelper.allCases.first(where: { .string($0.offer.oin) == invited["oin"] }) else { continue }
            ids["invitation.\(meeting).\(helper.rawValue)"] = try invited.text("messageId")
        }
        if plan.caseload[step.about].route == .silentHelper {
            func names(_ list: String, _ what: String) -> JSONValue {
                .array(
                    (answer[list]?.arrayValue ?? []).map { party in
                        let helper = YearHelper.allCases.first { .string($0.offer.oin) == party["oin"] }
                        return ["helper": .string(helper?.rawValue ?? "other"), "items": party[what] ?? []]
                    })
            }
            try journal.keep(
                [
                    "on": .string(day.description), "invited": names("invited", "items"), "notInvited": names("notInvited", "reasons"),
                ], as: "silentInvitations")
        }
        return ids
    }

    func answer(_ step: YearStep, _ meeting: Int, _ helper: YearHelper, accepts: Bool) async throws -> [String: String] {
        // The partner knows the meeting by an id of its own, from the invitation that it opened; who was not invited does not answer.
        let name = "invitation.\(meeting).\(helper.rawValue)"
        guard journal.has(name, of: step.about) else { throw YearTrouble("\(helper.rawValue) was not invited") }
        guard let own = journal.note("invitation.\(try id(name, step))")?.stringValue else {
            throw YearTrouble("the invitation was not opened")
        }
        try await partner(helper).client.answerInvitation(
            to: own, with: accepts ? "accepted" : "declined", idempotencyKey: key(step))
        return [:]
    }

    /// Minutes are decisions: each becomes a task with an owner and a date.
    func hold(_ step: YearStep, _ meeting: Int, present: [YearHelper], tasks: [YearHelper], due: CalendarDate) async throws -> [String:
        String]
    {
        let first = JSONValue.string(try persons(of: step.about)[0])
        let account = manager(of: step.about)
        var decisions = tasks.map { helper -> JSONValue in
            let offer = helper.offer
            return [
                "owner": ["oin": .string(offer.oin), "purpose": .string(offer.purpose), "fields": .texts(offer.fields)],
                "action": .string(offer.action.rawValue), "domain": .string((offer.domains.first ?? .wellbeing).rawValue),
                "subjects": [first],
                "dueOn": .string(due.description),
            ]
        }
        var body: JSONObject = ["present": .texts(present.map(\.offer.oin))]
        if meeting == 1 {
            body["coordinator"] = .string(account)
            decisions.append([
                "owner": ["account": .string(account)], "action": "coordinate",
                "domain": .string((plan.domains(of: step.about).first ?? .wellbeing).rawValue), "subjects": [first],
                "dueOn": .string(due.description),
            ])
        }
        body["decisions"] = .array(decisions)
        let path = "/v1/meetings/\(try id("meeting.\(meeting)", step))/minutes"
        let answer = try await ask(step, by: "chair-1", path, .object(body), expect: 200)
        let made = answer["decisions"]?.arrayValue ?? []
        guard made.count == decisions.count else { throw YearTrouble("\(decisions.count) decisions gave \(made.count)") }
        var ids: [String: String] = [:]
        for (helper, decision) in zip(tasks, made) { ids["task.\(helper.rawValue)"] = try decision.text("taskId") }
        if meeting == 1, let own = made.last { ids["action.\(meeting)"] = try own.text("actionId") }
        return ids
    }

    func passOn(_ step: YearStep, _ meeting: Int, to platform: Platform) async throws -> [String: String] {
        let helper = YearHelper(platform)
        let offer = helper.offer
        let body: JSONValue = [
            "platform": .string(platform.rawValue), "to": .string(offer.oin), "purpose": .string(offer.purpose),
            "fields": .texts(offer.fields),
            "subjects": [.string(try persons(of: step.about)[0])],
        ]
        let path = "/v1/meetings/\(try id("meeting.\(meeting)", step))/transfers"
        let answer = try await ask(step, by: "chair-1", path, body, expect: 201)
        return ["task.\(helper.rawValue)": try answer.text("taskId")]
    }

    func finishAction(_ step: YearStep, _ meeting: Int) async throws -> [String: String] {
        let action = try id("action.\(meeting)", step)
        _ = try await ask(step, by: manager(of: step.about), "/v1/plan-actions/\(action)/done", [:], expect: 200)
        return [:]
    }
}
