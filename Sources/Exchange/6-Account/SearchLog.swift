import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Entries of the log, newest first, for the privacy officer and the data protection officer. Every look is itself an entry, with the kinds
    /// of filter that were used. A look at what is about one person, or stands under one case, is an entry about that person and case: so what
    /// was refused about somebody can be told, which an access request leaves out.
    ///
    /// Body: `{kinds?, partner?, from?, until?, withoutConsent?, casefileId?, personId?, before?, limit?}`; a person is named with a case that
    /// shows the person. 404 for a person or a case that is not there, or was erased. 200 `{items: [{seq, entry, asked?: {recipient, purpose,
    /// ground, fields}, shared?: [field]}], names: {oin: name}, partners: [{oin, name}], next?}`: `asked` is the question that the entry's
    /// decision answered, or that of the message it tells of; `shared` is what was sealed in that message, which may be less. Both are names
    /// of fields. `next` goes into `before`; a page may be short and still have one.
    public func searchLog(_ body: JSONValue, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demandOfficer(caller)
        let filter = try reading(body) { $0.object(LogFilter.members).flatMap(LogFilter.init) }
        let (subjects, casefile) = try await asked(filter)
        let page = try await logPage(filter)
        let read = entry(
            .logRead, by: caller, about: subjects, in: casefile,
            facts: ["filters": .list(filter.used), "items": .integer(Int64(page.count))])
        try await commit { try $0.append([read]) }
        return DeskAnswer(status: 200, body: page.body)
    }

    /// The same entries to be taken away as a file, which is an entry of its own: how many, in which form.
    ///
    /// Body: that of ``searchLog(_:by:)`` with `format`: `csv` or `json`.
    public func exportLog(_ body: JSONValue, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demandOfficer(caller)
        let (filter, format) = try reading(body) { reader -> (LogFilter, ExportFormat)? in
            guard let object = reader.object(LogFilter.members + ["format"], required: ["format"]),
                let format = object["format"]?.oneOf(ExportFormat.self), let filter = LogFilter(object)
            else { return nil }
            return (filter, format)
        }
        let (subjects, casefile) = try await asked(filter)
        let page = try await logPage(filter)
        let made = entry(
            .exportMade, by: caller, about: subjects, in: casefile,
            facts: [
                "kind": .text("log"), "format": .text(format.rawValue), "filters": .list(filter.used), "items": .integer(Int64(page.count)),
            ])
        try await commit { try $0.append([made]) }
        return DeskAnswer(status: 200, body: page.body)
    }

    /// About whom and under which case a filter asks, with keys for the entry of the look.
    private func asked(_ filter: LogFilter) async throws(DeskRefusal) -> (subjects: [JournalSubject], casefile: JournalCasefile?) {
        guard let casefileID = filter.casefile else { return ([], nil) }
        let casefile = try await livingCasefile(casefileID)
        guard let personID = filter.person else { return ([], try casefile.orRefuse(.notFound)) }
        let person = try await read { transaction -> PersonRow? in
            guard let person = try transaction.person(personID, shownBy: casefileID), person.erasedAt == nil else { return nil }
            return person
        }.orRefuse(.notFound)
        return (try subjectKeys([person]), casefile)
    }

    private func logPage(_ filter: LogFilter) async throws(DeskRefusal) -> (body: JSONValue, count: Int) {
        let span = filter.span(calendar)
        let policy = policyInForce.snapshot
        let own = municipality
        return try await read { transaction in
            let bounds = try transaction.logNumbers(from: span.from, until: span.until)
            let below = min(filter.before ?? .max, bounds.below)
            let rows =
                if let subject = filter.about {
                    try transaction.logEntries(about: subject, above: bounds.above, below: below, limit: filter.batch)
                } else {
                    try transaction.logEntries(terms: filter.terms, above: bounds.above, below: below, limit: filter.batch)
                }
            var (items, names, next): ([JSONValue], [String: String], Int64?) = ([], [:], nil)
            let partners = try transaction.partnerNames().sorted { $0.key < $1.key }
            for covenant in policy.covenants { for party in covenant.parties { names[party.oin.description] = party.name } }
            for (oin, name) in partners { names[oin.description] = name }
            names[own.oin.description] = own.name
            var mentioned: Set<String> = []
            var last: Int64?
            for row in rows {
                guard let entry = try? RecordedEntry(reading: row.entry), let json = try? parseJSON(row.entry) else {
                    throw StoreFault.corrupt("an entry of the log cannot be read")
                }
                let isAdmitted = try filter.admits(entry, in: span) {
                    try transaction.question(behind: entry, try transaction.message(toldOfBy: entry))?.ground.text
                }
                if isAdmitted {
                    if items.count == filter.limit {
                        next = last
                        break
                    }
                    var item: JSONObject = ["seq": .integer(row.seq), "entry": json]
                    mentioned.formUnion(entry.terms)
                    if let own = entry.actor["organisation"] { mentioned.insert(own) }
                    let message = try transaction.message(toldOfBy: entry)
                    if let question = try transaction.question(behind: entry, message) {
                        item["asked"] = question.shown
                        mentioned.insert(question.recipient.description)
                    }
                    if let message {
                        item["shared"] = .array(message.sealedFields.map(JSONValue.string))
                        mentioned.insert(message.partner.description)
                    }
                    items.append(.object(item))
                }
                last = row.seq
            }
            // It was read to the end of the batch, and there may be more.
            if next == nil, rows.count == filter.batch { next = rows.last?.seq }
            var body: JSONObject = [
                "items": .array(items),
                "names": .object(
                    JSONObject(unique: names.filter { mentioned.contains($0.key) }.map { .init(name: $0.key, value: .string($0.value)) })),
                "partners": .array(partners.map { ["oin": .string($0.key.description), "name": .string($0.value)] }),
            ]
            if let next { body["next"] = .integer(next) }
            return (.object(body), items.count)
        }
    }
}

/// As what the entries in view are taken away.
enum ExportFormat: String, CaseIterable { case csv, json }

extension Transaction {
    /// The message of which an entry tells; nil for one that only mentions a message.
    fileprivate func message(toldOfBy entry: RecordedEntry) throws -> MessageRow? {
        guard let event = AuditEvent(rawValue: entry.event), eventsOfMessages.contains(event),
            let id = entry.refs["message"].flatMap({ MessageID($0) })
        else { return nil }
        return try message(id)
    }

    /// The question that was decided for an entry, or for the message that it tells of; nil where there was none.
    fileprivate func question(behind entry: RecordedEntry, _ message: MessageRow?) throws -> DisclosureQuestion? {
        guard let decision = entry.refs["decision"].flatMap({ DecisionID($0) }) ?? message?.decision else { return nil }
        return try question(of: decision)
    }
}

/// What happens to a message.
private let eventsOfMessages: Set<AuditEvent> = [
    .messageSealed, .attemptStarted, .attemptEnded, .receiptTaken, .messageSuperseded, .messageEnded, .messageRequeued, .messageGivenUp,
]

extension MessageRow {
    /// Names of what was sealed in it, about anybody.
    fileprivate var sealedFields: [String] { scopes.reduce(into: FieldNames()) { $0.formUnion($1.fields) }.paths }
}

extension DisclosureQuestion {
    /// `{recipient, purpose, ground, fields}`: codes and names of fields.
    fileprivate var shown: JSONValue {
        [
            "recipient": .string(recipient.description), "purpose": .string(purpose.rawValue), "ground": .string(ground.text),
            "fields": .array(fields.paths.map(JSONValue.string)),
        ]
    }
}
