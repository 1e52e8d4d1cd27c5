import Casework
import Exchange
import StrictJSON

/// A signal at the desk: read it, triage it or mark it as seen, join it to a case or part it again.
let deskSignalPages: [PageRoute] = [
    .get("/desk/signals/:signal") { .page(try await signalPage($0)) },
    .post("/desk/signals/:signal/triage") { request in
        let (outcome, manager) = (request.form["outcome"], request.form["caseManager"])
        guard !outcome.isEmpty else {
            return .page(try await signalPage(request, [FormFault("outcome", "triage-missing")]))
        }
        var body: JSONObject = ["outcome": .string(outcome)]
        if !manager.isEmpty { body["caseManager"] = .string(manager) }
        let sent = JSONValue.object(body)
        return try await orSay(
            at: ["outcome": "outcome", "caseManager": "caseManager"], on: { try await signalPage(request, $0) }
        ) {
            let answer = try await request.desk.triageSignal(
                request["signal"], sent, by: request.caller(),
                idempotency: request.idempotency("POST /v1/signals/{signalId}/triage", sent)
            ).body
            return .redirect("/cases/\(answer.text("casefileId"))?said=triaged")
        }
    },
    .post("/desk/signals/:signal/seen") { request in
        try await orSay(on: { try await signalPage(request, $0) }) {
            try await done("/desk?said=seen") { () async throws(DeskRefusal) in
                try await request.desk.seeSignal(request["signal"], by: request.caller())
            }
        }
    },
    .get("/desk/joins/:signal/:casefile") { .page(try await joinPage($0)) },
    .post("/desk/joins/:signal/:casefile") { request in
        try await orSay(on: { try await joinPage(request, $0) }) {
            try await done("/cases/\(request["casefile"])?said=joined") { () async throws(DeskRefusal) in
                try await request.desk.joinSignal(
                    request["signal"], ["casefileId": .string(request["casefile"])], by: request.caller())
            }
        }
    },
    .post("/desk/signals/:signal/part") { request in
        try await orSay(on: { try await signalPage(request, $0) }) {
            let answer = try await request.desk.partSignal(request["signal"], by: request.caller()).body
            return .redirect("/cases/\(answer.text("casefileId"))?said=parted")
        }
    },
]

private func signalPage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    // Triage is the desk's; the use case says so before anything is read.
    let signal = try await request.desk.showSignal(request["signal"], by: request.caller()).body
    let casefile = signal.text("casefileId")
    let view = casefile.isEmpty ? nil : try await CaseView(request, of: casefile)
    let managers = try await request.desk.listColleagues(as: [.socialCaseManager], by: request.caller())
    let offered = managers.map { ["value": $0, "isChosen": $0 == request.form["caseManager"]] as PageData }
    let triage = view?.json.text("triage") ?? ""
    var data: PageData = [
        "isWide": true, "id": request["signal"], "once": request.once, "filed": PageTime.moment(signal.text("filedAt"), request.language),
        "channel": request.name("channel", signal.text("channel")), "domains": request.names("domain", signal.texts("domains")),
        "area": signal.text("area"), "hasArea": !signal.text("area").isEmpty, "isNameless": casefile.isEmpty,
        "persons": view?.persons ?? [], "household": view?.household ?? [], "hasHousehold": !(view?.household.isEmpty ?? true),
        "isTriaged": !triage.isEmpty, "triage": request.name("triage", triage), "path": "/cases/\(casefile)",
        "isJoined": view?.json.list("signals").first { $0.text("signalId") == request["signal"] }?.flag("isJoined") ?? false,
        "managers": offered, "hasManagers": !offered.isEmpty,
        "mayTriage": request.member?.role == .contactPoint && !casefile.isEmpty,
        "maySee": casefile.isEmpty && signal.text("status") == "received",
    ]
    data["choices"] = Choices(
        name: "outcome", legend: request.word("triage-question"),
        options: Triage.allCases.map {
            .init(
                value: $0.rawValue, text: request.word("triage-\($0.rawValue)"),
                explanation: request.word("triage-\($0.rawValue)-more"))
        }, chosen: [request.form["outcome"]], fault: faults.word(of: "outcome")
    ).shown(request.language)
    return Page("desk-signal", title: "desk-signal-title", data, faults: faults)
}

/// Two households beside each other: what the signal tells, and the case that it may belong to.
private func joinPage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let signal = try await request.desk.showSignal(request["signal"], by: request.caller()).body
    var sides: [PageData] = []
    var isClosed = false
    for (word, casefile) in [("join-new", signal.text("casefileId")), ("join-known", request["casefile"])] {
        let view = try await CaseView(request, of: casefile)
        // The known one is the last.
        isClosed = !view.isOpen
        sides.append([
            "name": request.word(word), "persons": view.persons, "household": view.household, "hasHousehold": !view.household.isEmpty,
            "opened": view.opened, "triage": view.triage, "hasTriage": !view.triage.isEmpty,
        ])
    }
    let data: PageData = [
        "isWide": true, "sides": sides, "signal": request["signal"], "casefile": request["casefile"],
        "isJoined": signal.text("casefileId") == request["casefile"], "isClosed": isClosed,
    ]
    return Page("desk-join", title: "desk-join-title", data, faults: faults)
}
