/// Charts as SVG of 360 units wide, so that text stays readable on a telephone. One chart counts one unit: its bars are all of it.
struct Chart<Unit: ReportUnit> {
    /// What the chart shows; also its text alternative's title.
    let title: String
    /// A short name, unique on the page.
    let id: String

    private static var width: Int { 360 }

    /// Horizontal bars, one below the other, each with its number.
    func bars(_ bars: [(label: String, count: Count<Unit>)]) -> String {
        let most = bars.map(\.count).max() ?? Count()
        let (rowHeight, left, room) = (28, 152, 160)
        var body = ""
        for (index, bar) in bars.enumerated() {
            let y = index * rowHeight
            let length = Self.length(bar.count, of: most, on: room)
            body += "<text x=\"\(left - 8)\" y=\"\(y + 18)\" text-anchor=\"end\">\(escaped(bar.label))</text>"
            body += "<rect class=\"bar\" x=\"\(left)\" y=\"\(y + 4)\" width=\"\(length)\" height=\"19\" rx=\"2\"/>"
            body += "<text class=\"value\" x=\"\(left + length + 6)\" y=\"\(y + 18)\">\(dutch(bar.count.value))</text>"
        }
        body += "<line class=\"axis\" x1=\"\(left)\" y1=\"0\" x2=\"\(left)\" y2=\"\(bars.count * rowHeight)\"/>"
        let text = bars.map { "\($0.label) \(dutch($0.count.value))" }.joined(separator: ", ")
        return svg(body, height: bars.count * rowHeight, describedBy: text)
    }

    /// Standing bars of two parts, with the sum above each.
    func columns(_ columns: [(label: String, lower: Count<Unit>, upper: Count<Unit>)], lower: String, upper: String) -> String {
        let most = columns.map { $0.lower + $0.upper }.max() ?? Count()
        let (top, room) = (44, 150)
        let step = columns.isEmpty ? Self.width : Self.width / columns.count
        let thickness = max(1, min(34, step * 3 / 4))
        var body = "<rect class=\"bar\" x=\"0\" y=\"2\" width=\"14\" height=\"14\"/><text x=\"20\" y=\"14\">\(escaped(lower))</text>"
        body += "<rect class=\"bar second\" x=\"120\" y=\"2\" width=\"14\" height=\"14\"/><text x=\"140\" y=\"14\">\(escaped(upper))</text>"
        let base = top + room
        for (index, column) in columns.enumerated() {
            let middle = index * step + step / 2
            let lowerHeight = Self.length(column.lower, of: most, on: room)
            let height = max(lowerHeight, Self.length(column.lower + column.upper, of: most, on: room))
            let x = middle - thickness / 2
            body += "<rect class=\"bar\" x=\"\(x)\" y=\"\(base - lowerHeight)\" width=\"\(thickness)\" height=\"\(lowerHeight)\"/>"
            body +=
                "<rect class=\"bar second\" x=\"\(x)\" y=\"\(base - height)\" width=\"\(thickness)\" height=\"\(height - lowerHeight)\"/>"
            body += "<text text-anchor=\"middle\" x=\"\(middle)\" y=\"\(base + 18)\">\(escaped(column.label))</text>"
            guard step >= 26 else { continue }
            let sum = dutch((column.lower + column.upper).value)
            body += "<text class=\"value\" text-anchor=\"middle\" x=\"\(middle)\" y=\"\(base - height - 6)\">\(sum)</text>"
        }
        body += "<line class=\"axis\" x1=\"0\" y1=\"\(base)\" x2=\"\(Self.width)\" y2=\"\(base)\"/>"
        let text = columns.map { "\($0.label): \(lower) \(dutch($0.lower.value)), \(upper) \(dutch($0.upper.value))" }
        return svg(body, height: base + 26, describedBy: text.joined(separator: "; "))
    }

    private static func length(_ count: Count<Unit>, of most: Count<Unit>, on room: Int) -> Int {
        guard let share = count.share(of: most) else { return 0 }
        // Something is never drawn as nothing.
        return max(count.value > 0 ? 1 : 0, share.permille * room / 1_000)
    }

    private func svg(_ body: String, height: Int, describedBy text: String) -> String {
        """
        <svg viewBox="0 0 \(Self.width) \(max(1, height))" role="img" aria-labelledby="\(id)-title \(id)-text">\
        <title id="\(id)-title">\(escaped(title))</title>\
        <desc id="\(id)-text">\(escaped("\(text) (\(Unit.dutch))"))</desc>\(body)</svg>
        """
    }
}

/// A text for XML and HTML, as content or in a quoted attribute.
func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": out += "&amp;"
        case "<": out += "&lt;"
        case ">": out += "&gt;"
        case "\"": out += "&quot;"
        case "'": out += "&#39;"
        default: out.unicodeScalars.append(scalar)
        }
    }
    return out
}

/// A number as Dutch writes it, with a point at the thousands: `1.234`.
func dutch(_ number: Int) -> String {
    var out = ""
    let digits = Array(String(number))
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { out.append(".") }
        out.append(digit)
    }
    return out
}
