import Casework
import Exchange
import StrictJSON

/// One justification as those see it who may agree to it.
struct JustificationCard {
    private let json: JSONValue
    /// The persons' names by id; empty for who does not see the case.
    private let names: [String: String]
    private let request: PageRequest

    init(_ json: JSONValue, names: [String: String], _ request: PageRequest) {
        self.json = json
        self.names = names
        self.request = request
    }

    /// For the partial `justification-card`.
    /// - Parameter path: beneath which its forms are sent.
    func shown(at path: String) -> PageData {
        let (state, language) = (json.text("state"), request.language)
        let isMine = json.text("decider") == request.member?.name
        let mayDecide = request.member.map { $0.role != .dataProtectionOfficer } ?? false
        return [
            "partner": json["partnerName"]?.stringValue ?? json.text("to"), "purpose": request.name("purpose", json.text("purpose")),
            "ground": request.ground(json.text("ground")), "state": request.name("justification-state", state),
            "isWaiting": state == "waiting", "who": json.texts("subjects").compactMap { names[$0] }.joined(separator: ", "),
            "hasNames": !names.isEmpty, "casefile": json.text("casefileId"),
            "decider": json.text("decider"), "madeAt": PageTime.moment(json.text("madeAt"), language), "second": json.text("second"),
            "hasSecond": json["second"] != nil, "until": PageTime.lastDay(before: json.text("until"), language),
            "tellBy": PageTime.lastDay(before: json.text("tellBy"), language),
            "postponed": request.name("justify-tell", json.text("postponed")), "isPostponed": json["postponed"] != nil,
            "consent": request.name("justify-consent", json.text("consent")),
            "exception": request.name("justify-exception", json.text("exception")), "hasException": json["exception"] != nil,
            "offencesUnder": request.article(json.text("offencesUnder")), "hasOffences": json["offencesUnder"] != nil,
            "fields": fields, "sentences": sentences, "isErased": json["sentences"] == nil,
            "refusals": json.list("refusals").map { refusal in
                [
                    "who": names[refusal.text("personId")] ?? request.word("case-person"),
                    "what": request.word("consent-\(refusal.text("answer") == "withdrawn" ? "withdrawn" : "refused")"),
                    "at": PageTime.day(refusal.text("at"), language),
                ] as PageData
            }, "action": "\(path)/\(json.text("justificationId"))/answer", "once": request.once,
            "mayAnswer": mayDecide && !isMine && state == "waiting", "isOwnWaiting": isMine && state == "waiting",
            "mayEnd": mayDecide && ["waiting", "agreed"].contains(state) && (isMine || state == "agreed"),
        ]
    }

    /// Each field with why it is necessary, where somebody wrote that.
    private var fields: [PageData] {
        json.texts("fields").map { field in
            let why = json["sentences"]?["necessity"]?[field]?.stringValue
            return [
                "field": Words.field(field, in: request.language), "why": why ?? request.word("justification-unsaid"), "isSaid": why != nil,
            ]
        }
    }

    /// The other sentences that were written.
    private var sentences: [PageData] {
        ["proportionality", "subsidiarity", "notAskedBecause", "conflictOfDuties"].compactMap { name in
            json["sentences"]?[name]?.stringValue.map { ["label": request.word("justification-\(name)"), "text": $0] }
        }
    }
}
