import AuditTrail
import Casework
import Disclosure
import Reporting
import Storage
import StrictJSON

extension ReferralDesk {
    /// What was shared without consent, and every use of the override mandate, month by month and newest first: for the privacy officer and the
    /// data protection officer. Folded from the log; a message counts once, at its first attempt. Names of fields and organisations, and ids; nothing
    /// about anybody. Making it is itself an entry. Without a period: this calendar year so far, and the last.
    ///
    /// 200 `{from, to, months: [{month, messages, spoken, overrides, items: [{at, kind, to?, purpose?, ground?, fields?, decisionId?, taskId?, reason?}]}]}`.
    public func listWithoutConsent(from: String?, to: String?, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demandOfficer(caller)
        let period = if from == nil, to == nil { thisYearAndLast } else { try reportPeriod(from: from, to: to) }
        let span = period.start..<period.end
        var told: Set<DecisionID> = []
        var months: [(name: String, list: MonthWithoutConsent)] = []
        var below = Int64.max
        while true {
            let (page, last) = try await read { [below] in try $0.withoutConsent(in: span, below: below) }
            // What was told has an entry for each person, and is one share.
            for item in page where item.kind != .spoken || item.decision.map({ told.insert($0).inserted }) ?? true {
                let name = String(calendar.localDate(of: item.at).description.prefix(7))
                if months.last?.name != name { months.append((name, MonthWithoutConsent())) }
                months[months.count - 1].list.add(item)
            }
            guard let last else { break }
            below = last
        }
        let made = entry(
            .exportMade, by: caller,
            facts: ["kind": .text("withoutConsent"), "from": .text(period.from.description), "to": .text(period.to.description)])
        try await commit { try $0.append([made]) }
        return DeskAnswer(
            status: 200,
            body: [
                "from": .string(period.from.description), "to": .string(period.to.description),
                "months": .array(months.map { .object($0.list.json(named: $0.name)) }),
            ])
    }
}

extension ReferralDesk {
    private var thisYearAndLast: ReportPeriod {
        let today = calendar.localDate(of: world.calendar())
        guard let from = CalendarDate(year: today.year - 1, month: 1, day: 1), let period = ReportPeriod(from: from, to: today) else {
            preconditionFailure("a year begins on 1 January")
        }
        return period
    }
}

/// One line of the list.
private struct ItemWithoutConsent: Sendable {
    enum Kind: String, Sendable { case message, spoken, override }
    let at: Instant
    let kind: Kind
    /// What was asked of the gate; nil for a use of the mandate.
    let question: DisclosureQuestion?
    let decision: DecisionID?
    /// Of a use of the mandate: the task and the reason.
    var overridden: (task: String, reason: String)?

    var json: JSONValue {
        var json: JSONObject = ["at": .string(at.rfc3339), "kind": .string(kind.rawValue)]
        if let overridden {
            json["taskId"] = .string(overridden.task)
            json["reason"] = .string(overridden.reason)
        }
        if let decision { json["decisionId"] = .string(decision.description) }
        if let question {
            json["to"] = .string(question.recipient.description)
            json["purpose"] = .string(question.purpose.rawValue)
            json["ground"] = .string(question.ground.text)
            json["fields"] = .array(question.fields.paths.map(JSONValue.string))
        }
        return .object(json)
    }
}

private struct MonthWithoutConsent {
    private var items: [ItemWithoutConsent] = []
    mutating func add(_ item: ItemWithoutConsent) { items.append(item) }

    func json(named name: String) -> JSONObject {
        func count(_ kind: ItemWithoutConsent.Kind) -> JSONValue { .integer(Int64(items.count { $0.kind == kind })) }
        return [
            "month": .string(name), "messages": count(.message), "spoken": count(.spoken), "overrides": count(.override),
            "items": .array(items.map(\.json)),
        ]
    }
}

extension Transaction {
    /// A page of the list, newest first, and from where it goes on; nil at its end.
    fileprivate func withoutConsent(in span: Range<Instant>, below: Int64) throws -> (page: [ItemWithoutConsent], next: Int64?) {
        let bounds = try logNumbers(from: span.lowerBound, until: span.upperBound)
        let limit = 500
        let rows = try logEntries(
            terms: [AuditEvent.attemptStarted, .spokenDisclosure, .overrideUsed].map(\.rawValue), above: bounds.above,
            below: min(below, bounds.below), limit: limit)
        var items: [ItemWithoutConsent] = []
        for row in rows {
            guard let entry = try? RecordedEntry(reading: row.entry) else { throw StoreFault.corrupt("an entry of the log cannot be read") }
            let at = Instant(millisecondsSince1970: entry.at)
            guard span.contains(at) else { continue }
            if entry.event == AuditEvent.overrideUsed.rawValue {
                let reason = if case .text(let reason) = entry.facts["reason"] { reason } else { "" }
                items.append(
                    ItemWithoutConsent(
                        at: at, kind: .override, question: nil, decision: nil, overridden: (entry.refs["task"] ?? "", reason)))
                continue
            }
            let decision = entry.refs["decision"].flatMap { DecisionID($0) }
            guard let question = try decision.flatMap({ try question(of: $0) }), question.ground != .consent else { continue }
            if entry.event == AuditEvent.spokenDisclosure.rawValue {
                items.append(ItemWithoutConsent(at: at, kind: .spoken, question: question, decision: decision))
            } else if let message = entry.refs["message"].flatMap({ MessageID($0) }),
                try firstAttempt(of: message)?.description == entry.refs["attempt"]
            {
                items.append(ItemWithoutConsent(at: at, kind: .message, question: question, decision: decision))
            }
        }
        return (items, rows.count == limit ? rows.last?.seq : nil)
    }
}
