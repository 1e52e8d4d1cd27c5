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

/// A figure as every format prints it: the unit has become a word, so nothing can be calculated with it any more.
public struct ReportLine: Hashable, Sendable {
    /// Its name in CSV and JSON; see ``UniformReport/sections``.
    public let name: String
    /// In English.
    public let english: String
    /// In Dutch.
    public let dutch: String
    /// The number.
    public let count: Int
    /// The unit.
    public let unit: Wording
    /// 0 for a line of its own, 1 for a part of the line above it.
    public let depth: Int
    /// What is to be known beside it.
    public let remark: Wording?
    /// Whether the figure stands in an earlier section, too, and here only above its parts.
    public let isRepeated: Bool

    init<Unit: ReportUnit>(
        _ name: String, _ english: String, _ dutch: String, _ count: Count<Unit>, depth: Int = 0,
        remark: Wording? = nil, isRepeated: Bool = false
    ) {
        self.name = name
        self.english = english
        self.dutch = dutch
        self.count = count.value
        unit = Wording(Unit.english, Unit.dutch)
        self.depth = depth
        self.remark = remark
        self.isRepeated = isRepeated
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
