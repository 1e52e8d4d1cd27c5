/// The same in both languages of the report.
public struct Wording: Hashable, Sendable {
    /// In English.
    public let english: String
    /// In Dutch.
    public let dutch: String

    init(_ english: String, _ dutch: String) {
        self.english = english
        self.dutch = dutch
    }
}

/// The value of a figure, as it is printed.
public enum ReportValue: Hashable, Sendable {
    /// A number.
    case count(Int)
    /// There was nothing to measure.
    case unmeasured
    /// There is one, which is not shown; see ``GuardedReport``.
    case withheld

    var english: String {
        switch self {
        case .count(let count): String(count)
        case .unmeasured: "none"
        case .withheld: "withheld"
        }
    }

    var dutch: String {
        switch self {
        case .count(let count): Reporting.dutch(count)
        case .unmeasured: "geen"
        case .withheld: "niet getoond"
        }
    }
}

/// A figure as every format prints it: the unit has become a word, so nothing can be calculated with it any more.
public struct ReportLine: Hashable, Sendable {
    /// Its name in CSV and JSON; see ``UniformReport/sections``.
    public let name: String
    /// In English.
    public let english: String
    /// In Dutch.
    public let dutch: String
    /// The number, or why there is none.
    public internal(set) var value: ReportValue
    /// The unit.
    public let unit: Wording
    /// 0 for a line of its own, 1 for a part of the line above it.
    public let depth: Int
    /// What is to be known beside it.
    public internal(set) var remark: Wording?
    /// Whether the figure stands in an earlier section, too, and here only above its parts.
    public let isRepeated: Bool
    /// The name of the line that counts what this one measures; nil for one that counts itself.
    let measures: String?

    /// Whether what it measures is the one at the end, such as the longest, and so that of one household.
    let isOfOne: Bool

    /// The number; nil when there is none to print.
    public var count: Int? { if case .count(let count) = value { count } else { nil } }

    /// Whether it is one of a list that is as long as the log makes it, such as the reasons of refusals.
    var isOfList: Bool { name.contains("-") }

    /// - Parameter count: nil when there was nothing to measure.
    init<Unit: ReportUnit>(
        _ name: String, _ english: String, _ dutch: String, _ count: Count<Unit>?, depth: Int = 0,
        remark: Wording? = nil, isRepeated: Bool = false, measures: String? = nil, isOfOne: Bool = false
    ) {
        self.name = name
        self.english = english
        self.dutch = dutch
        value = count.map { ReportValue.count($0.value) } ?? .unmeasured
        unit = Wording(Unit.english, Unit.dutch)
        self.depth = depth
        self.remark = remark
        self.isRepeated = isRepeated
        self.measures = measures
        self.isOfOne = isOfOne
    }
}

/// Lines that belong together.
public struct ReportSection: Hashable, Sendable {
    /// In English.
    public let english: String
    /// In Dutch.
    public let dutch: String
    /// The lines, a part below its line.
    public let lines: [ReportLine]

    init(_ english: String, _ dutch: String, _ lines: [ReportLine]) {
        self.english = english
        self.dutch = dutch
        self.lines = lines
    }
}

extension UniformReport.Month {
    /// As they are printed; without small counts where they are guarded.
    func values(_ guarded: GuardedReport?) -> (meldcode: ReportValue, otherChannels: ReportValue, all: ReportValue) {
        let all = ReportValue.count((meldcode + otherChannels).value)
        guard let guarded else { return (.count(meldcode.value), .count(otherChannels.value), all) }
        let shown = (guarded.signals("meldcode", in: self), guarded.signals("otherChannels", in: self))
        return (shown.0, shown.1, shown.0 == .withheld || shown.1 == .withheld ? .withheld : all)
    }
}

extension UniformReport.DefinitionBreak {
    /// What the line asks for: the revision is that of all files of the policy, so that any edit changes it.
    static let meaning = Wording(
        "look what was decided otherwise before you compare figures of before and after this day",
        "kijk wat er anders is besloten voordat u cijfers van voor en na deze dag vergelijkt")
}

extension GuardedReport {
    /// What stands above it.
    static let note = Wording(
        "Numbers from 1 to 4 are withheld, and those from which one of them could be calculated.",
        "Aantallen van 1 tot en met 4 staan er niet in, en ook niet waaruit zo'n aantal te berekenen is.")
}
