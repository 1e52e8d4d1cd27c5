import Exchange
import StrictJSON

/// Looking everything over, sending it once, and what became of it.
let sendSignalPages: [PageRoute] = [
    .get("/signals/check") { request in try await withDraft(request) { kept in try await check(kept.draft, request) } },
    .post("/signals/check", send),
    .get("/signals/sent") { request in
        guard let kept = try await KeptDraft.find(request), let outcome = kept.draft.outcome else { return .redirect("/signals") }
        return .page(Page("signal-sent", title: "sent-title", ["isWithoutIdentity": outcome != "accepted"]))
    },
    .get("/signals") { request in
        let answer = try await request.desk.listOwnSignals(
            after: request.query["after"].nonEmpty, by: try request.caller())
        let items = answer.body.list("items").map { item -> PageData in
            let status = item.text("status")
            return [
                "filed": PageTime.moment(item.text("filedAt"), request.language), "status": request.word("signal-\(status)"),
                "meaning": request.word("signal-\(status)-more"), "isNew": status == "received",
            ]
        }
        let kept = try await KeptDraft.find(request)
        return .page(
            Page(
                "signals", title: "signals-title",
                [
                    "signals": items, "isEmpty": items.isEmpty, "next": answer.body["next"]?.stringValue ?? "",
                    "hasNext": answer.body["next"] != nil, "hasDraft": kept.map { $0.draft.outcome == nil } ?? false,
                    "draft": kept?.draft.next ?? "",
                ]))
    },
]

private func check(_ draft: SignalDraft, _ request: PageRequest, refusal: PageData? = nil) async throws -> PageAnswer {
    guard let namesPeople = draft.namesPeople, draft.firstToBeAsked == nil, !namesPeople || !draft.persons.isEmpty else {
        return .redirect(draft.next)
    }
    func row(_ label: String, _ value: String) -> PageData? { value.isEmpty ? nil : ["label": request.word(label), "value": value] }
    let persons = (namesPeople ? draft.persons : []).enumerated().map { place, person -> PageData in
        let address = [["street", "houseNumber", "addition"], ["postcode", "place"]].map { line in
            person.address.filter { line.contains($0.name) }.map(\.value).joined(separator: " ")
        }.filter { !$0.isEmpty }.joined(separator: ", ")
        let answer = person.answer == "notAsked" ? request.word("reason-\(person.reason)") : ""
        return [
            "name": person.name, "change": "/signals/consent/\(place + 1)",
            "rows": [
                row("check-born", PageTime.birth(person.birthDate, request.language)),
                row("person-bsn", person.bsn == nil ? "" : request.word("check-bsn")),
                row("check-address", person.isSecret == true ? request.word("check-secret") : address),
                row("person-phone", person.phone), row("person-safeWay", person.safeWay),
                row("check-consent", [request.word("answer-\(person.answer)"), answer].filter { !$0.isEmpty }.joined(separator: ": ")),
                row("check-adult", person.adult == "yes" ? "" : request.word("check-adult-\(person.adult)")),
            ].compactMap(\.self)
                + draft.mayDecide(for: place).compactMap { decider in
                    person.deciders[decider.ref].flatMap { $0 == "none" ? nil : $0 }.map {
                        ["label": decider.name ?? request.word("decider-elsewhere"), "value": request.word("decider-\($0)")]
                    }
                },
        ]
    }
    let concerns = draft.domains.map { domain -> PageData in
        let concern = namesPeople ? draft.concerns[domain] : nil
        let about = (concern?.about ?? []).filter(draft.persons.indices.contains)
        let names = draft.persons.count > 1 && about.count < draft.persons.count ? about.map { draft.persons[$0].name } : []
        let how = concern.flatMap { $0.obtainedBy.isEmpty ? nil : request.word("how-\($0.obtainedBy)") }
        return [
            "name": request.word("domain-\(domain)"), "observation": concern?.observation ?? "",
            "more": ([how] + [names.isEmpty ? nil : names.joined(separator: ", ")]).compactMap(\.self).joined(separator: " · "),
        ]
    }
    var data: PageData = [
        "persons": persons, "namesPeople": namesPeople, "concerns": concerns, "area": draft.area, "hasArea": !draft.area.isEmpty,
        "freeText": namesPeople ? draft.freeText : "", "hasFreeText": namesPeople && !draft.freeText.isEmpty, "once": draft.once,
        "capacity": request.word("capacity-\(draft.capacity)"),
    ]
    if namesPeople, let work = try await works(request).first(where: { $0.value == draft.under }) {
        data["hasWork"] = true
        data["work"] = work.text
    }
    if let refusal { data.merge(refusal) { _, new in new } }
    return .page(Page("signal-check", title: "check-title", data, status: refusal == nil ? .ok : .unprocessableContent))
}

private func send(_ request: PageRequest) async throws -> PageAnswer {
    let caller = try request.caller()
    return try await withDraft(request) { kept in
        guard request.form["once"] == kept.draft.once, kept.draft.firstToBeAsked == nil else { return .redirect("/signals/check") }
        let to = try await request.desk.showFilingChoices(by: caller).body.text("to")
        let body = kept.draft.filing(to: to, textVersion: DoorstepText.versionRead(isNoFree: request.desk.letsRefuseFreely))
        let answer: DeskAnswer
        do throws(DeskRefusal) {
            answer = try await request.desk.fileSignal(body, by: caller, idempotency: request.idempotency("POST /v1/signals", body))
        } catch {
            switch error {
            case .disclosureRefused, .policyIncomplete, .invalidInput: answer = error.answer
            default: throw error
            }
        }
        guard answer.status == 201 else {
            // What was refused may be changed and sent again, which is another filing.
            kept.draft.once = request.once
            try await kept.keep(request)
            return try await check(kept.draft, request, refusal: refusal(answer, request))
        }
        // The desk has it now. Nothing of it stays here but how it came out.
        kept.draft = SignalDraft(outcome: answer.body.text("outcome"))
        try await kept.keep(request)
        return .redirect("/signals/sent", cookies: [kept.cookie])
    }
}

/// Why it was not taken, and what to do, in the gate's words or ours.
private func refusal(_ answer: DeskAnswer, _ request: PageRequest) -> PageData {
    let code = answer.body.text("code")
    let explained = answer.body["explanation"]?.text(request.language.rawValue) ?? ""
    let pointers = answer.body.list("errors").map { ["pointer": $0.text("pointer"), "detail": $0.text("detail")] }
    return [
        "isRefused": true, "refusedTitle": request.word("refused-\(code)"),
        "refusedText": explained.isEmpty ? request.word("refused-\(code)-do") : explained, "inputFaults": pointers,
        "isTheirs": code == "disclosure-refused",
    ]
}
