import Casework
import Exchange
import StrictJSON

/// Meetings about a household: asked for, dated with an agenda, led, and minuted.
let meetingPages: [PageRoute] =
    [
        .post("/cases/:casefile/meetings") { request in
            let form = request.form
            let body: JSONValue = [
                "casefileId": .string(request["casefile"]), "kind": .string(form["kind"]), "trigger": .string(form["trigger"]),
            ]
            return try await orSay(at: ["trigger": "trigger"], on: { try await casePage(request, $0) }) {
                let answer = try await request.desk.openMeeting(
                    body, by: request.caller(), idempotency: request.idempotency("POST /v1/meetings", body))
                // Where one is being prepared, the answer names it.
                return .redirect("/meetings/\(answer.body.text("meetingId"))")
            }
        },
        .get("/meetings/:meeting") { .page(try await meetingPage($0)) },
        .post("/meetings/:meeting/cancellation") { request in
            try await orSay(on: { try await meetingPage(request, $0) }) {
                try await done("/meetings/\(request["meeting"])?said=cancelled") { () async throws(DeskRefusal) in
                    try await request.desk.cancelMeeting(
                        request["meeting"], [:], by: request.caller(),
                        idempotency: request.idempotency("POST /v1/meetings/{meetingId}/cancellation", [:]))
                }
            }
        },
    ] + meetingDatePages + minutesPages

/// A meeting with the case that it is about: the names of persons and partners stand in the case.
struct MeetingView {
    let json: JSONValue
    let view: CaseView
    private let partners: [String: String]
    private let request: PageRequest

    init(_ request: PageRequest) async throws {
        json = try await request.desk.showMeeting(request["meeting"], by: request.caller()).body
        view = try await CaseView(request, of: json.text("casefileId"))
        let parties = json.list("parties").map { ($0.text("oin"), $0.text("name")) }
        partners = Dictionary(parties, uniquingKeysWith: { first, _ in first })
        self.request = request
    }

    /// The ids of the persons of the case.
    var persons: [String] { view.json.list("persons").map { $0.text("personId") } }
    func partner(_ oin: String) -> String { partners[oin] ?? oin }
    func who(_ subjects: [String]) -> String { subjects.compactMap { view.names[$0] }.joined(separator: ", ") }
    func title(_ item: JSONValue) -> String { request.name("domain", item.text("domain")) }

    /// The chair's sheet: item by item who is at the table, who comes in before it, and who leaves after it.
    var sheet: [PageData] {
        zip(json.list("items"), chairSheet(json.list("items").map { $0.texts("audience") })).enumerated().map { place, row in
            let (item, seats) = row
            return [
                "number": place + 1, "title": title(item), "who": who(item.texts("subjects")), "comes": names(seats.comes),
                "hasComes": !seats.comes.isEmpty, "present": names(seats.present), "hasPresent": !seats.present.isEmpty,
                "leaves": names(seats.leaves), "hasLeaves": !seats.leaves.isEmpty,
            ]
        }
    }

    private func names(_ oins: [String]) -> String { oins.map(partner).joined(separator: ", ") }

    var parties: [PageData] {
        json.list("parties").map { party in
            let answer = party.text("answer")
            return [
                "name": partner(party.text("oin")), "purpose": request.name("purpose", party.text("purpose")),
                "answer": request.word(answer.isEmpty ? "meeting-answer-none" : "meeting-answer-\(answer)"),
                "isInvited": party.flag("invited"),
                "why": party.texts("reasons").map { Words.reason($0, in: request.language) }.joined(separator: " "),
                "hasWhy": !party.texts("reasons").isEmpty,
            ]
        }
    }

    /// Platforms to which the case was passed on from here.
    var transfers: [PageData] {
        json.list("transfers").map { transfer in
            [
                "platform": request.name("platform", transfer.text("platform")), "partner": transfer.text("partnerName"),
                "at": PageTime.moment(transfer.text("at"), request.language),
            ]
        }
    }

    var actions: [PageData] {
        json.list("actions").map { action in
            let task = view.json.list("tasks").first { $0.text("taskId") == action.text("taskId") }
            return [
                "text": request.name("action", action.text("action")), "domain": request.name("domain", action.text("domain")),
                "owner": task?.text("partnerName") ?? action.text("account"), "due": PageTime.day(action.text("dueOn"), request.language),
                "isDone": action["doneAt"] != nil,
            ]
        }
    }
}

/// The meeting: when, with whom, about what, and what is to be done next on it.
func meetingPage(_ request: PageRequest, _ faults: [FormFault] = []) async throws -> Page {
    let meeting = try await MeetingView(request)
    let state = meeting.json.text("state")
    let resident = meeting.json["resident"]
    let data: PageData = [
        "isWide": true, "id": request["meeting"], "path": "/cases/\(meeting.view.id)",
        "kind": request.name("meeting-kind", meeting.json.text("kind")), "trigger": request.name("trigger", meeting.json.text("trigger")),
        "state": request.name("meeting-state", state), "at": PageTime.moment(meeting.json.text("at"), request.language),
        "hasDate": meeting.json["at"] != nil, "minutes": meeting.json.number("minutes"), "chair": meeting.json.text("chair"),
        "hasChair": meeting.json["chair"] != nil, "due": PageTime.weekday(meeting.json.text("dueAt"), request.language),
        "hasDue": meeting.json["dueAt"] != nil && state == "toBePlanned", "hasResident": resident != nil,
        "resident": resident.map { resident in
            resident.flag("comes") ? request.word("resident-comes") : request.name("resident", resident.text("reason"))
        } ?? "",
        "sheet": meeting.sheet, "hasSheet": !meeting.sheet.isEmpty, "parties": meeting.parties,
        "actions": meeting.actions, "isToBePlanned": state == "toBePlanned", "isDated": state == "dated", "isHeld": state == "held",
        "isOpen": state == "toBePlanned" || state == "dated", "once": request.once,
        "mayTell": state != "cancelled", "hasTransfers": !meeting.transfers.isEmpty, "transfers": meeting.transfers,
    ]
    return Page("meeting", title: "meeting-title", data, faults: faults, said: request.said("meeting"))
}

/// Who is at the table for an item, who comes in before it, and who leaves after it.
struct Seats: Hashable {
    let present: [String]
    let comes: [String]
    let leaves: [String]
}

/// The seats item by item, from who may hear each; nobody comes in before the first item, or leaves after the last.
func chairSheet(_ audiences: [[String]]) -> [Seats] {
    audiences.enumerated().map { place, audience in
        let now = Set(audience)
        let before = place == 0 ? now : Set(audiences[place - 1])
        let after = place + 1 < audiences.count ? Set(audiences[place + 1]) : now
        return Seats(present: now.sorted(), comes: now.subtracting(before).sorted(), leaves: now.subtracting(after).sorted())
    }
}
