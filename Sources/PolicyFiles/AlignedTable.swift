/// Rows of words as lines whose columns align; the last column is not filled up.
func alignedLines(_ rows: [[String]], indent: String = "") -> [String] {
    let width = rows.map(\.count).max() ?? 0
    let widths = (0..<width).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
        let cells = row.enumerated().map { column, cell in
            column == row.count - 1 ? cell : cell + String(repeating: " ", count: max(0, widths[column] - cell.count))
        }
        return indent + cells.joined(separator: "  ")
    }
}
