import Casework
import Exchange
import StrictJSON

/// A way in which something of a case comes to a partner. Each asks with whom, about whom, what, and on which ground; the gate decides.
enum ShareDoor: Sendable {
    /// A referral.
    case share
    /// Passing the case on to another platform, from a meeting.
    case transfer
    /// What was told by word of mouth: nothing is sent.
    case spoken
    /// Asking that something may be shared without consent: a second person decides, and nothing is sent yet.
    case withoutConsent

    /// Where its first page stands, and where its form is sent in the end.
    func path(_ request: PageRequest) -> String {
        switch self {
        case .share: "/cases/\(request["casefile"])/share"
        case .transfer: "/cases/\(request["casefile"])/transfers/\(request["meeting"])"
        case .spoken: "/cases/\(request["casefile"])/spoken"
        case .withoutConsent: "/cases/\(request["casefile"])/justifications"
        }
    }

    /// Where its first page is sent.
    func firstStep(_ request: PageRequest) -> String {
        switch self {
        case .share, .transfer: path(request) + "/check"
        case .spoken: path(request)
        case .withoutConsent: path(request) + "/ask"
        }
    }

    /// For what its choices are asked.
    var act: SharingAct {
        switch self {
        case .share: .refer
        case .transfer, .spoken: .lead
        case .withoutConsent: .justify
        }
    }

    /// The keys of its title, and of its first page's button.
    var words: (title: String, button: String) {
        switch self {
        case .share: ("share-title", "share-check")
        case .transfer: ("transfer-title", "share-check")
        case .spoken: ("spoken-title", "spoken-save")
        case .withoutConsent: ("justify-title", "justify-next")
        }
    }
}

/// What was asked to be shared.
struct AskedShare: Sendable {
    /// Purpose, fields, subjects and ground, as every door takes them.
    private let question: JSONObject
    /// The recipient's number and name.
    let oin: String
    let partner: String
    let purpose: String
    let subjects: Set<String>
    /// What goes into the form of the second step, so that it asks the same.
    let form: [(name: String, value: String)]

    /// Reads the form of the first step.
    /// - Throws: `WrongForm` with what is missing in it.
    init(_ request: PageRequest, through door: ShareDoor) async throws {
        let form = request.form
        let choices = try await sharingChoices(request, for: door.act)
        let choice = choices.first { $0.text("choice") == form["article"] }
        var faults: [FormFault] = []
        if door == .transfer, form["platform"].isEmpty { faults.append(FormFault("platform", "transfer-platform-missing")) }
        if choice == nil { faults.append(FormFault("article", form["article"].isEmpty ? "share-article-missing" : "choice-gone")) }
        if form.all("subject").isEmpty { faults.append(FormFault("subject", "share-subject-missing")) }
        if form.all("field").isEmpty { faults.append(FormFault("field", "share-field-missing")) }
        guard faults.isEmpty, let choice else { throw WrongForm(faults: faults) }
        var question: JSONObject = [
            "purpose": .string(choice.text("purpose")), "fields": .array(form.all("field").map(JSONValue.string)),
            "subjects": .array(form.all("subject").map(JSONValue.string)),
        ]
        let ground = form["ground"].split(separator: ":", maxSplits: 1).map(String.init)
        if let kind = ground.first, kind != "consent" {
            question["ground"] = ground.count == 2 ? ["kind": .string(kind), "article": .string(ground[1])] : ["kind": .string(kind)]
        }
        self.question = question
        (oin, partner, purpose) = (choice.text("oin"), choice.text("name"), choice.text("purpose"))
        subjects = Set(form.all("subject"))
        let sent = ["platform", "article", "ground", "meeting"].map { ($0, form[$0]) }.filter { !$0.1.isEmpty }
        self.form = sent + form.all("field").map { ("field", $0) } + form.all("subject").map { ("subject", $0) }
    }

    /// The body of the question "may I?" and of a referral.
    func body(of casefile: String) -> JSONValue { with(["casefileId": .string(casefile), "to": .string(oin)]) }

    /// What is asked, to be justified, with what is written about it.
    func justified(by written: JSONObject) -> JSONValue {
        with(Dictionary(uniqueKeysWithValues: written.members.map { ($0.name, $0.value) }).merging(["to": .string(oin)]) { $1 })
    }

    /// The fields and the ground's kind that were asked.
    var fields: [String] { form.filter { $0.name == "field" }.map(\.value) }
    var ground: String { form.first { $0.name == "ground" }?.value ?? "consent" }

    /// The body of passing a case on.
    func transfer(to platform: String) -> JSONValue { with(["platform": .string(platform), "to": .string(oin)]) }

    /// The body of what was told.
    func spoken(at meeting: String) -> JSONValue {
        with(meeting.isEmpty ? ["to": .array([.string(oin)])] : ["to": .array([.string(oin)]), "meetingId": .string(meeting)])
    }

    private func with(_ members: [String: JSONValue]) -> JSONValue {
        var body = question
        for (name, value) in members { body[name] = value }
        return .object(body)
    }
}

/// With whom something of the case in the path can be shared, as its forms offer it.
func sharingChoices(_ request: PageRequest, of casefile: String? = nil, for act: SharingAct = .refer) async throws -> [JSONValue] {
    try await request.desk.showSharingChoices(of: casefile ?? request["casefile"], for: act, by: request.caller()).body.list("items")
}

/// A form in which something is missing.
struct WrongForm: Error { let faults: [FormFault] }
