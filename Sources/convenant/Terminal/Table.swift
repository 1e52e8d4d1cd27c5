import StrictJSON

/// Prints objects as a table whose columns align.
func printTable(_ columns: [String], _ rows: [JSONValue]) {
    let cells = rows.map { row in columns.map { column in cell(row[column]) } }
    let widths = columns.indices.map { index in ([columns[index]] + cells.map { $0[index] }).map(\.count).max() ?? 0 }
    for line in [columns] + cells {
        print(zip(line, widths).map { $0.padding(to: $1) }.joined(separator: "  ").trimmingTrailingSpaces)
    }
}

private func cell(_ value: JSONValue?) -> String {
    switch value {
    case .string(let text)?: text
    case .integer(let number)?: String(number)
    case nil: "-"
    case let value?: value.canonicalText
    }
}

extension String {
    /// The text with spaces behind it, to this many characters.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
    fileprivate var trimmingTrailingSpaces: String { String(reversed().drop { $0 == " " }.reversed()) }
}
