/// One thing that is wrong in a policy file, and where. It never repeats contact data of a person that it found.
public struct PolicyFault: Error, Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The file, as the folder was named plus the path inside it.
    public let file: String
    /// The line, counted from 1.
    public let line: Int
    /// The column in Unicode scalars, counted from 1.
    public let column: Int
    /// What is wrong: lower case, no full stop, input in backticks.
    public let text: String
    /// What to do about it.
    public let hint: String?

    /// A fault from its parts.
    public init(file: String, line: Int, column: Int, text: String, hint: String? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.text = text
        self.hint = hint
    }

    /// `file:line:column: text (hint: …)`.
    public var description: String { "\(file):\(line):\(column): \(text)" + (hint.map { " (hint: \($0))" } ?? "") }

    /// By file, then place, then text.
    public static func < (a: Self, b: Self) -> Bool {
        if a.file != b.file { return a.file < b.file }
        return (a.line, a.column, a.text) < (b.line, b.column, b.text)
    }

    func inFolder(_ folder: String) -> PolicyFault {
        .init(file: shownPath(folder, file), line: line, column: column, text: text, hint: hint)
    }
}

/// Everything that is wrong in all files, sorted and without repetition; never empty when thrown.
public struct PolicyFaults: Error, Hashable, Sendable, CustomStringConvertible {
    /// The faults, by file, line and column.
    public let faults: [PolicyFault]

    /// Sorts the faults and leaves out repetitions.
    public init(_ faults: some Sequence<PolicyFault>) { self.faults = Set(faults).sorted() }

    /// A line for each fault.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// A path inside the folder as people should see it.
func shownPath(_ folder: String, _ path: String) -> String {
    if path.isEmpty { return folder }
    return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
}
