import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

/// One time that something about one person was shared: a message that left, or what was told in words.
struct SharedItem: Sendable {
    let at: Instant
    let recipient: String
    let purpose: String
    let ground: String
    let articles: [CovenantReference]
    /// Names of fields about this person, or about the household as a whole.
    let fields: [String]
    let how: String
    let state: String

    /// A message that left, or may have: `isCertain` when the log knows an attempt on it.
    init(
        _ message: MessageRow, at: Instant, isCertain: Bool, wasOpened: Bool?, about person: PersonID, decided: RecordedEntry?,
        question: DisclosureQuestion?
    ) {
        self.at = at
        recipient = message.partner.description
        purpose = question?.purpose.rawValue ?? ""
        ground = question?.ground.text ?? ""
        articles = decided?.articles ?? []
        fields =
            message.scopes.filter { $0.subject == person || $0.subject == nil }
            .reduce(into: FieldNames()) { $0.formUnion($1.fields) }.paths
        how = "message"
        state =
            switch (wasOpened, message.state) {
            case (true?, _): "received"
            case (false?, _): "refused"
            case (nil, .receipted): "received"
            case (nil, _) where !isCertain: "mayHaveLeft"
            case (nil, .left), (nil, .queued): "left"
            // It was taken back after it had left, or may have.
            case (nil, .ended), (nil, .superseded): "ended"
            }
    }

    /// What an entry says that was told in words; nil when none of it was about this person.
    init?(spoken entry: RecordedEntry, of subject: JournalSubject) {
        guard let place = entry.subjects.firstIndex(of: personHandle(key: subject.key.log, entryID: entry.id)) else { return nil }
        let told = (entry.list("fields") ?? []).compactMap { field -> FieldName? in
            // An entry about one person may leave the place out; no field's own path begins with a place.
            if entry.subjects.count == 1, let name = FieldName(path: field) { return name }
            for prefix in ["\(place).", "household."] where field.hasPrefix(prefix) {
                if let name = FieldName(path: String(field.dropFirst(prefix.count))) { return name }
            }
            return nil
        }
        guard !told.isEmpty else { return nil }
        at = Instant(millisecondsSince1970: entry.at)
        recipient = entry.text("recipient") ?? ""
        purpose = entry.text("purpose") ?? ""
        ground = entry.text("ground") ?? ""
        articles = entry.articles
        fields = FieldNames(told).paths
        how = "spoken"
        // It was said; that the gate would have refused is recorded and cannot take it back.
        state = entry.text("outcome") == "refused" ? "toldUnpermitted" : "told"
    }

    /// The consents on which it rested when it was shared: a yes to this recipient for this purpose that held then.
    func consents(among records: [ConsentRecord], sectors: Set<String>) -> [ConsentID] {
        guard ground == LawfulGround.consent.text else { return [] }
        let names = FieldNames(fields.compactMap { FieldName(path: $0) })
        return records.filter { record in
            record.answer == .given && record.recordedAt <= at && record.from <= at && record.until.map { at < $0 } ?? true
                && record.withdrawnAt.map { at < $0 } ?? true && record.purposes?.contains(Purpose(rawValue: purpose)) == true
                && !record.fields.isDisjoint(with: names)
                && record.recipients.contains {
                    switch $0 {
                    case .organisation(let oin): oin.description == recipient
                    case .sector(let sector): sectors.contains(sector)
                    case .anyone: false
                    }
                }
        }.map(\.id)
    }

    /// `{at, recipient, name?, purpose, ground: {kind, article?}, covenant: [{id, version, article}], consents, fields, how, state}`.
    func json(name: String?, consents: [ConsentID]) -> JSONValue {
        let parts = ground.split(separator: ":", maxSplits: 1).map(String.init)
        var groundJSON: JSONObject = ["kind": .string(parts.first ?? "")]
        if parts.count == 2 { groundJSON["article"] = .string(parts[1]) }
        var json: JSONObject = [
            "at": .string(at.rfc3339), "recipient": .string(recipient), "purpose": .string(purpose), "ground": .object(groundJSON),
            "covenant": .array(articles.map(\.json)), "consents": .array(consents.map { .string($0.description) }),
            "fields": .array(fields.map(JSONValue.string)), "how": .string(how), "state": .string(state),
        ]
        if let name { json["name"] = .string(name) }
        return .object(json)
    }
}

/// What the log says about one person's disclosures.
struct PersonTrace: Sendable {
    /// When each message first left, by its id.
    var firstLeft: [String: Instant] = [:]
    /// The entry of each permitted decision, by its id.
    var decisions: [String: RecordedEntry] = [:]
    var spoken: [SharedItem] = []

    /// Takes what is of use from an entry about the person; entries come in order.
    mutating func take(_ entry: RecordedEntry, of subject: JournalSubject) {
        switch AuditEvent(rawValue: entry.event) {
        case .decisionPermitted?, .decisionChanged?: if let id = entry.refs["decision"] { decisions[id] = entry }
        case .attemptStarted?:
            guard let message = entry.refs["message"], firstLeft[message] == nil else { return }
            firstLeft[message] = Instant(millisecondsSince1970: entry.at)
        case .spokenDisclosure?: if let item = SharedItem(spoken: entry, of: subject) { spoken.append(item) }
        default: return
        }
    }
}

extension RecordedEntry {
    fileprivate func text(_ name: String) -> String? { if case .text(let text)? = facts[name] { text } else { nil } }
    fileprivate func list(_ name: String) -> [String]? { if case .list(let items)? = facts[name] { items } else { nil } }

    /// The covenants' articles of a decision, written `<id>/<version>/<article>`.
    fileprivate var articles: [CovenantReference] {
        (list("articles") ?? []).compactMap { text in
            let parts = text.split(separator: "/", maxSplits: 2).map(String.init)
            guard parts.count == 3, let version = Int(parts[1]) else { return nil }
            return CovenantReference(id: parts[0], version: version, article: parts[2])
        }
    }
}
