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
    }

    let id: String
    let payload: MessagePayload?
    let recall: Recall?
    let state: String?
    /// The covenant that the role which reads here has not acknowledged; nothing of the message is shown then.
    let missing: MessagePayload.Covenant?
    private let role: String
    private let sender: String
    private let isReachable: Bool

    init(
        id: String, sealed: [UInt8], identity: PartnerIdentity, states: [String: String]?, recall: Recall?,
        unacknowledged: UnacknowledgedMessages? = nil
    ) {
        self.id = id
        self.recall = recall
        payload = try? identity.openKept(sealed).payload
        // What still lies there has no receipt: acknowledging it once more does no harm, and receives it.
        missing = payload.flatMap { payload in
            unacknowledged.flatMap { $0.missing(for: payload) ?? ($0.isHeld(id) ? payload.covenant : nil) }
        }
        role = unacknowledged?.role ?? ""
        sender = payload == nil ? "" : identity.exchangeName
        isReachable = states != nil
        state = payload?.task.flatMap { states?[$0.taskId] }
    }

    var taskId: String? { payload?.task?.taskId }
    var title: String { payload?.kind == .invitation ? "Uitnodiging" : PageWords.purpose(payload?.purpose) }

    /// A line of the list: no person in it.
    var shown: [String: Any] {
        [
            "id": id, "title": title, "from": sender, "on": payload.map { PageWords.moment($0.sentAt) } ?? "",
            "state": stateText, "hasState": !stateText.isEmpty, "isRecalled": recall != nil, "recallWaits": recall?.isWaiting == true,
            "isNew": state == "received",
        ]
    }

    /// The whole message. After a recall nothing of its content.
    /// - Parameter wrong: an answer that was not taken, to be shown as it was filled in.
    func shownWhole(_ wrong: PageWords.WrongMove? = nil) -> [String: Any] {
        var one = shown
        one["isUnreadable"] = payload == nil
        if let recall {
            one["recall"] =
                ["notice": recall.notice, "isWaiting": recall.isWaiting, "on": PageWords.moment(recall.at), "id": id] as [String: Any]
            return one
        }
        guard let payload else { return one }
        if let missing {
            one["missing"] = ["covenant": missing.id, "covenantVersion": String(missing.version), "role": role, "id": id] as [String: Any]
            return one
        }
        one["ground"] = PageWords.ground(payload.ground)
        one["covenant"] = payload.covenant.map { "\($0.id), artikel \($0.article) (versie \($0.version))" } ?? ""
        one["parts"] = parts(of: payload)
        let legal = payload.task == nil ? [] : PageWords.legalMoves[state ?? ""] ?? []
        one["moves"] = legal.compactMap { to in PageWords.moves[to].map { $0.shown(to, typed: wrong?.to == to ? wrong?.typed : nil) } }
        one["hasMoves"] = !legal.isEmpty
        return one
    }

    private var stateText: String {
        if recall != nil { return "ingetrokken" }
        if payload == nil { return "niet te openen" }
        if missing != nil { return "lees eerst het convenant" }
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
        for domain in fields["domains"]?.objectValue?.members ?? [] {
            var rows: [(String, String)] = []
            let (seen, concern) = (domain.value["observation"]?.arrayValue ?? [], domain.value["concern"]?.arrayValue ?? [])
            for statement in seen {
                rows.append((PageWords.about(statement, others: !others.isEmpty), statement["value"]?.stringValue ?? ""))
            }
            if seen.isEmpty {
                for statement in concern { rows.append((PageWords.about(statement, others: !others.isEmpty), "er zijn zorgen")) }
            }
            add(PageWords.domains[domain.name] ?? domain.name, rows)
        }
        for (name, title) in [("health", "Gezondheid"), ("offences", "Strafbare feiten")] {
            add(
                title,
                (fields[name]?.arrayValue ?? []).map { (PageWords.about($0, others: !others.isEmpty), $0["value"]?.stringValue ?? "") })
        }
        if let text = fields["freeText"]?.stringValue { add("Toelichting", [("", text)]) }
        if let meeting = payload.meeting {
            let rows = meeting.items.map { ("punt \($0.id)", $0.title) }
            add("Bijeenkomst", (meeting.at.map { [("wanneer", PageWords.moment($0))] } ?? [("wanneer", "nog geen datum")]) + rows)
        }
        return parts
    }
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

/// The recalls that came, by what they are about.
struct RecallNotices {
    private var found: [String: ReceivedReferral.Recall] = [:]

    init(folder: PartnerFolder, recalls: Recalls) {
        let path = folder.path + "/notices"
        for id in namesOfFiles(in: path, suffix: ".json") {
            guard let bytes = contents(of: "\(path)/\(id).json"), let text = try? parseJSON(bytes), text["notice"]?["code"] == "recalled"
            else { continue }
            let at = text["sentAt"]?.stringValue.flatMap(WireInstant.parse) ?? 0
            for about in text["notice"]?["about"]?.arrayValue ?? [] {
                guard let about = about.stringValue else { continue }
                found[about] = ReceivedReferral.Recall(notice: id, isWaiting: recalls.isWaiting(id), at: at)
            }
        }
    }

    func recall(of message: String) -> ReceivedReferral.Recall? { found[message] }
}
