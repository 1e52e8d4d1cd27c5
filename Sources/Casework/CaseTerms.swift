/// How long something may take: calendar time or working days; the two never convert.
public enum Term: Hashable, Sendable {
    /// ISO 8601 calendar period: months first (clamped to the month's end), then days. `P6M` is months 6, `P5D` days 5.
    case calendar(months: Int, days: Int)
    /// Dutch working days.
    case workingDays(Int)

    /// `P1M5D` or `workingDays:5`: the term as rows and messages write it.
    public var text: String {
        switch self {
        case .workingDays(let days): "workingDays:\(days)"
        case .calendar(let months, let days):
            "P" + (months == 0 ? "" : "\(months)M") + (days == 0 && months != 0 ? "" : "\(days)D")
        }
    }

    /// The term written as ``text`` writes it, or nil.
    public init?(_ text: String) {
        if text.hasPrefix("workingDays:") {
            guard let days = Int(text.dropFirst(12)), days > 0 else { return nil }
            self = .workingDays(days)
            return
        }
        // By hand, as every request on a case reads its terms: a regular expression took more than the rest of reading the row.
        guard text.utf8.first == UInt8(ascii: "P") else { return nil }
        var rest = text.utf8.dropFirst()
        func number(_ longest: Int, before unit: UInt8) -> Int? {
            let digits = rest.prefix { 0x30...0x39 ~= $0 }
            guard 1...longest ~= digits.count, rest.dropFirst(digits.count).first == unit else { return nil }
            rest = rest.dropFirst(digits.count + 1)
            return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        let months = number(4, before: UInt8(ascii: "M"))
        let days = number(5, before: UInt8(ascii: "D"))
        guard rest.isEmpty, months != nil || days != nil else { return nil }
        self = .calendar(months: months ?? 0, days: days ?? 0)
    }
}

/// The terms of one case, frozen into it when it starts; nil means that the pack leaves it undecided.
public struct CaseTerms: Hashable, Sendable {
    /// From our taking of the receipt until the partner picks the task up.
    public let pickUp: Term?
    /// From a contact by the desk until the next rung.
    public let afterContact: Term?
    /// From the last sign of progress until the next one is due.
    public let progress: Term?
    /// From closing until somebody looks again.
    public let aftercare: Term?
    /// From triage as multiple until somebody was at the door.
    public let homeVisit: Term?
    /// From the opening of a meeting until its chair has dated it.
    public let meeting: Term?
    /// From a recall until its recipient has said what became of what it had.
    public let recall: Term?

    public init(
        pickUp: Term?, afterContact: Term?, progress: Term?, aftercare: Term?, homeVisit: Term? = nil, meeting: Term? = nil,
        recall: Term? = nil
    ) {
        self.pickUp = pickUp
        self.afterContact = afterContact
        self.progress = progress
        self.aftercare = aftercare
        self.homeVisit = homeVisit
        self.meeting = meeting
        self.recall = recall
    }
}
