import Casework
import Exchange
import StrictJSON

/// A case: who, what happened, what is to be done, what was shared, and the forms for the next step.
func casePage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let view = try await CaseView(request)
    let coordinators = try await request.desk.listColleagues(as: [.socialCaseManager, .planCoordinator], by: request.caller())
    let isDesk = request.member?.role == .contactPoint
    let workers = isDesk ? try await request.desk.listCaseWorkers(by: request.caller()).body.list("items") : []
    let assigned = view.json.list("assigned").map { $0.text("account") }
    let meetings = view.json.list("meetings")
    let coordinator = view.json.text("coordinator")
    // Others may read; the use cases behind the forms decide again.
    func may(_ roles: Set<StaffRole>) -> Bool { request.member.map { roles.contains($0.role) } ?? false }
    let mayAct = may(ReferralDesk.referringRoles)
    let mayChange = mayAct && view.isOpen
    let mayLookAgain = mayAct && view.json["aftercareOn"] != nil
    // What a colleague did meanwhile leaves no form to lead to.
    let forms = (mayChange ? ["closure"] : []) + (mayLookAgain ? ["aftercare", "channel"] : [])
    let faults = faults.map { fault in
        ["closure", "aftercare", "channel"].contains(fault.field) && !forms.contains(fault.field) ? FormFault("content", fault.word) : fault
    }
    let closureFault = faults.word(of: "closure")
    let aftercareFaults = faults.shown(of: ["aftercare", "channel"], request.language)
    let aftercare: FormFields = aftercareFaults.isEmpty ? .none : request.form
    let data: PageData = [
        "isWide": true, "id": view.id, "casefile": view.id, "isOpen": view.isOpen, "opened": view.opened, "triage": view.triage,
        "hasTriage": !view.triage.isEmpty, "state": request.name("case-state", view.json.text("state")), "persons": view.persons,
        "hasLevers": view.json.list("persons").contains { !$0.list("levers").isEmpty },
        "household": view.household, "hasHousehold": !view.household.isEmpty, "tasks": view.tasks(faults), "shared": view.shared,
        "timeLine": view.timeLine, "coordinator": coordinator, "hasCoordinator": !coordinator.isEmpty,
        "hasPlan": view.json["planId"] != nil, "staff": coordinators.map { ["value": $0] as PageData },
        "mayName": isDesk && view.isOpen, "others": coordinators.filter { $0 != coordinator }.map { ["value": $0] as PageData },
        "assigned": view.assigned, "isDesk": isDesk, "tellings": view.tellings,
        "hasTellings": !view.tellings.isEmpty,
        "workers": workers.filter { !assigned.contains($0.text("account")) }.map { worker in
            ["value": worker.text("account"), "text": worker.text("account") + ", " + request.name("role", worker.text("role"))] as PageData
        },
        "mayAct": mayAct, "mayChange": mayChange, "mayLookAgain": mayLookAgain,
        "mayLead": may(ReferralDesk.leadingRoles), "mayJustify": may(ReferralDesk.justifyingRoles),
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
                "visit": visit.text("visitId"), "day": PageTime.weekday(visit.text("on"), request.language),
                "by": request.name("visit-by", visit.text("by")),
            ] as PageData
        },
        "visitOutcomes": request.options("visit", VisitOutcome.allCases.map(\.rawValue)),
        "closures": request.options(
            "closure", ClosureOutcome.allCases.map(\.rawValue), chosen: closureFault == nil ? "" : request.form["outcome"]),
        "isClosureWrong": closureFault != nil, "closureFault": closureFault.map { request.word($0) } ?? "",
        "aftercares": request.options("aftercare", AftercareOutcome.allCases.map(\.rawValue), chosen: aftercare["outcome"]),
        "channels": request.options("channel", IntakeChannel.allCases.map(\.rawValue), chosen: aftercare["channel"]),
        "withdrawals": request.options("withdrawn-by", ["telephone", "counter", "letter"]),
        "triggers": request.options("trigger", MeetingTrigger.allCases.map(\.rawValue)),
        "meetingKind": meetings.contains { $0.text("state") == "held" } ? "followUp" : "mda",
        "mayMeet": mayAct && view.isOpen && !meetings.contains { ["toBePlanned", "dated"].contains($0.text("state")) },
        "once": request.once,
    ]
    return Page(
        "case", title: "case-title", data.merging(aftercareFaults) { own, _ in own }, faults: faults, said: request.said("case"))
}
