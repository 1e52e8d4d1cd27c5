import Foundation
import JOSE
import PartnerTrust
import StrictJSON

/// A kept message as the page shows it: opened in memory for this one answer.
struct ReceivedReferral {
    /// What the exchange said of it afterwards.
    struct Recall {
        /// The id of the notice.
        let notice: String
        let isWaiting: Bool
        let at: Int64
        /// What was answered to it; nil while nobody has.
        var given: Recalls.Given?
    }

    /// A notice about it that is no recall.
    struct Told: Hashable {
        let code: String
        let at: Int64
    }

    let id: String
    let payload: MessagePayload?
    let recall: Recall?
    let state: String?
    /// What the exchange said of it afterwards, oldest first.
    let told: [Told]
    /// The message that took its place.
    private(set) var replacedBy: String?
    private var isReplacementHere = false
    /// The covenant that the role which reads here has not acknowledged; nothing of the message is shown then.
    let missing: MessagePayload.Covenant?
    private let role: String
    private let sender: String
    private let isReachable: Bool
    private let standing: ExchangeClient.TaskStanding?

    /// - Parameters:
    ///   - sealed: the message as it came, or as the text that was in it.
    ///   - states: where each task stands; nil when the exchange does not answer.
    init(
        id: String, sealed: [UInt8], identity: PartnerIdentity, states: [String: ExchangeClient.TaskStanding]?, recall: Recall?,
        told: [Told] = [], unacknowledged: UnacknowledgedMessages? = nil
    ) {
        self.id = id
        self.recall = recall
        // What a run without the page took stands there as text.
        payload = identity.payload(ofKept: sealed)
        // What still lies there has no receipt: acknowledging it once more does no harm, and receives it.
        missing = payload.flatMap { payload in
            unacknowledged.flatMap { $0.missing(for: payload) ?? ($0.kept.holds([id]) ? payload.covenant : nil) }
        }
        role = unacknowledged?.role ?? ""
        sender = payload == nil ? "" : identity.exchangeName
        isReachable = states != nil
        standing = payload?.task.flatMap { states?[$0.taskId] }
        state = standing?.state
        // A calendar is told in an invitation of its own kind, everybody else in a notice.
        let cancelled = payload.flatMap { payload in
            payload.meeting?.isCancelled == true ? Told(code: PageWords.meetingCancelled, at: payload.sentAt) : nil
        }
        self.told = (told + [cancelled].compactMap(\.self)).sorted { $0.at < $1.at }
    }

    /// The same messages, each with the one that took its place: of several after each other the first that is here.
    /// - Parameter replaced: the newer by the older, also where it is no longer here.
    static func linked(_ referrals: [ReceivedReferral], replaced: [String: String] = [:]) -> [ReceivedReferral] {
        let here = Set(referrals.map(\.id))
        var newer = replaced
        for referral in referrals {
            guard let old = referral.payload?.replaces else { continue }
            newer[old] = max(newer[old] ?? "", referral.id)
        }
        return referrals.map { referral in
            var referral = referral
            var by = newer[referral.id]
            while let gone = by, !here.contains(gone), let next = newer[gone], next > gone { by = next }
            referral.replacedBy = by
            referral.isReplacementHere = by.map { here.contains($0) } ?? false
            return referral
        }
    }

    /// Whether people may read it, and answer.
    var isOpen: Bool { payload != nil && recall == nil && missing == nil && replacedBy == nil && !isErased }
    /// Whether somebody whom it tells of was erased, and it could not be removed yet.
    private var isErased: Bool { told.contains { $0.code == "erased" } }
    private var isCancelled: Bool { told.contains { $0.code == PageWords.meetingCancelled } }

    /// The id of the meeting that it invites to, while that can be answered.
    var answerableMeeting: String? {
        guard isOpen, !isCancelled, let meeting = payload?.meeting, meeting.at != nil else { return nil }
        return meeting.meetingId
    }

    var taskId: String? { payload?.task?.taskId }
    var title: String { payload?.kind == .invitation ? "Uitnodiging" : PageWords.purpose(payload?.purpose) }

    /// A line of the list: no person in it.
    var shown: [String: Any] {
        [
            "id": id, "title": title, "from": sender, "hasSender": !sender.isEmpty, "on": payload.map { PageWords.moment($0.sentAt) } ?? "",
            "state": stateText, "hasState": !stateText.isEmpty, "isRecalled": recall != nil, "recallWaits": recall?.isWaiting == true,
            "isNew": state == "received", "more": more,
        ]
    }

    /// What the list says beside that: the day of a meeting, what is asked, and what the exchange said last.
    private var more: [String] {
        guard isOpen else { return [] }
        let isTaskOpen = PageWords.legalMoves[state ?? ""] != nil
        let last = told.last { isTaskOpen || !$0.code.hasPrefix("taskStaysOpen") }
        return [payload?.meeting?.at.map { "bijeenkomst op \(PageWords.moment($0))" }, due, last.map { PageWords.told($0.code).inList }]
            .compactMap(\.self)
    }

    /// By when something is asked; nil where nothing is.
    private var due: String? {
        guard let standing, let at = standing.dueAt, let words = PageWords.dues[standing.dueKind ?? ""] else { return nil }
        return "\(words) \(PageWords.moment(at))"
    }

    /// The whole message. After a recall, or when another took its place, nothing of its content.
    /// - Parameter wrong: an answer that was not taken, to be shown as it was filled in.
    func shownWhole(_ wrong: PageWords.WrongMove? = nil) -> [String: Any] {
        var one = shown
        one["isUnreadable"] = payload == nil && recall == nil
        if let recall {
            one["recall"] =
                [
                    "notice": recall.notice, "isWaiting": recall.isWaiting, "on": PageWords.moment(recall.at), "id": id,
                    "given": PageWords.given(recall.given),
                ] as [String: Any]
            return one
        }
        guard let payload else { return one }
        if let missing {
            one["missing"] = ["covenant": missing.id, "covenantVersion": String(missing.version), "role": role, "id": id] as [String: Any]
            return one
        }
        if let replacedBy {
            one[isReplacementHere ? "replacedBy" : "replacedByGone"] = replacedBy
            return one
        }
        one["told"] = told.map { ["text": PageWords.told($0.code).whole, "on": PageWords.moment($0.at)] }
        guard !isErased else { return one }
        if let due { one["due"] = due }
        if let visit = standing?.visitOn { one["visit"] = PageWords.date(visit) }
        one["isAnswerable"] = answerableMeeting != nil
        one["ground"] = PageWords.ground(payload.ground)
        one["covenant"] = payload.covenant.map { "\($0.id), artikel \($0.article) (versie \($0.version))" } ?? ""
        one["parts"] = parts(of: payload)
        let legal = payload.task == nil ? [] : PageWords.legalMoves[state ?? ""] ?? []
        one["moves"] = legal.compactMap { to in PageWords.moves[to].map { $0.shown(to, typed: wrong?.to == to ? wrong?.typed : nil) } }
        one["hasMoves"] = !legal.isEmpty
        one["disagreements"] = PageWords.ordered(PageWords.disagreements)
        return one
    }

    private var stateText: String {
        if recall != nil { return "ingetrokken" }
        if payload == nil { return "niet te openen" }
        if missing != nil { return "lees eerst het convenant" }
        if replacedBy != nil { return "vervangen" }
        if isCancelled { return "afgezegd" }
        guard payload?.task != nil else { return "" }
        return isReachable ? PageWords.states[state ?? ""] ?? "onbekend" : "onbekend: de gemeente is niet bereikbaar"
    }

    private func parts(of payload: MessagePayload) -> [[String: Any]] {
        var parts: [[String: Any]] = []
        func add(_ title: String, _ rows: [(String, String)]) {
            guard !rows.isEmpty else { return }
            parts.append(["title": title, "rows": rows.map { ["label": $0.0, "value": $0.1] }])
        }
        let fields = payload.fields
        let others = (fields["others"]?.arrayValue ?? []).compactMap(\.objectValue)
        for (letter, person) in [("a", fields)] + others.map({ ($0["ref"]?.stringValue ?? "", $0) }) {
            add(others.isEmpty ? "Wie" : "Wie: persoon \(letter)", PageWords.person(person))
        }
        func row(_ statement: JSONValue) -> (String, String) {
            (PageWords.about(statement, others: !others.isEmpty, what: "opgemerkt"), statement["value"]?.stringValue ?? "")
        }
        for domain in fields["domains"]?.objectValue?.members ?? [] {
            var rows: [(String, String)] = []
            let seen = domain.value["observation"]?.arrayValue ?? []
            for statement in seen { rows.append(row(statement)) }
            // Who was seen, of them it is clear that there are concerns.
            let covered = Set(seen.flatMap(PageWords.persons))
            for statement in domain.value["concern"]?.arrayValue ?? []
            where seen.isEmpty || !covered.isSuperset(of: PageWords.persons(statement)) {
                rows.append((PageWords.about(statement, others: !others.isEmpty, what: "zorg"), "er zijn zorgen"))
            }
            add(PageWords.domains[domain.name] ?? domain.name, rows)
        }
        for (name, title) in [("health", "Gezondheid"), ("offences", "Strafbare feiten")] {
            add(title, (fields[name]?.arrayValue ?? []).map(row))
        }
        if let text = fields["freeText"]?.stringValue { add("Toelichting", [("toelichting", text)]) }
        if let meeting = payload.meeting {
            let rows = meeting.items.enumerated().map { ("punt \($0.offset + 1)", $0.element.title) }
            add("Bijeenkomst", (meeting.at.map { [("wanneer", PageWords.moment($0))] } ?? [("wanneer", "nog geen datum")]) + rows)
        }
        return parts
    }
}

extension MessagePayload.Meeting {
    /// Whether it takes itself out of a calendar (RFC 5546 §3.2.5): the meeting does not take place.
    fileprivate var isCancelled: Bool { ics?.split(whereSeparator: \.isNewline).contains { $0.uppercased() == "METHOD:CANCEL" } == true }
}

extension PartnerIdentity {
    /// What the exchange is called, by the certificate of a key that verifies its messages; its number where none of them has one.
    var exchangeName: String {
        for key in exchangeKeys {
            guard let leaf = key.certificateChain.first, subjectOIN(leaf) == exchangeOIN else { continue }
            if let name = subjectCommonName(leaf), !name.isEmpty { return name }
        }
        return exchangeOIN
    }
}

/// The notices that came, as the page shows them beside what they are about.
struct RecallNotices {
    let notices: Notices
    let recalls: Recalls

    /// The recall of a message; of several one that waits for an answer, else the last.
    func recall(of message: String) -> ReceivedReferral.Recall? {
        let found = notices.said(of: message).filter { $0.code == "recalled" }.map { said in
            ReceivedReferral.Recall(
                notice: said.notice, isWaiting: recalls.isWaiting(said.notice), at: said.at, given: recalls.given(said.notice))
        }
        return found.first { $0.isWaiting } ?? found.max { $0.at < $1.at }
    }

    /// What the recalls are about that wait for a person's answer.
    var waiting: [String] { recalls.waiting().flatMap { notices.said(by: $0)?.about ?? [] } }

    /// What else was said of a message.
    func told(of message: String) -> [ReceivedReferral.Told] {
        notices.said(of: message).filter { $0.code != "recalled" }.map { ReceivedReferral.Told(code: $0.code, at: $0.at) }
    }
}
