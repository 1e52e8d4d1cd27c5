import Casework

extension FileReader {
    /// A term: an ISO 8601 period, or `{workingDays: 5}`.
    mutating func term(_ node: PolicyNode?, _ what: String) -> Term? {
        guard let node else { return nil }
        if case .mapping = node.content {
            guard let mapping = mapping(node, keys: ["workingDays"], of: "`\(what)`"),
                let days = count(required(mapping, "workingDays"), "workingDays")
            else { return nil }
            return .workingDays(days)
        }
        return period(node, what)
    }

    /// An ISO 8601 period of years, months, weeks and days, such as `P6M` or `P1Y2M3D`.
    mutating func period(_ node: PolicyNode?, _ what: String) -> Term? {
        guard let node, let word = text(node, what) else { return nil }
        guard let term = parsePeriod(word) else {
            refuse(
                node.place, "`\(word)` is not a term", hint: "write `P6M`, `P4W`, `P5D`, or `{workingDays: 5}`; hours have no place here")
            return nil
        }
        return term
    }

    /// An instant with its offset from UTC (RFC 3339).
    mutating func instant(_ node: PolicyNode?, _ what: String) -> Instant? {
        guard let node, let word = text(node, what) else { return nil }
        guard let instant = Instant(rfc3339: word) else {
            refuse(node.place, "`\(word)` is not an instant", hint: "write date, time and offset, such as `2009-01-05T00:00:00+01:00`")
            return nil
        }
        return instant
    }

    /// A calendar date, `YYYY-MM-DD`.
    mutating func date(_ node: PolicyNode?, _ what: String) -> String? {
        guard let node, let word = text(node, what) else { return nil }
        guard word.utf8.count == 10, Instant(rfc3339: word + "T00:00:00Z") != nil else {
            refuse(node.place, "`\(word)` is not a date", hint: "write `2026-11-21`")
            return nil
        }
        return word
    }
}

/// The period, or nil for any other text. The parts stand in their order, one is not zero, and together they are at most a century.
func parsePeriod(_ text: String) -> Term? {
    var rest = text.unicodeScalars[...]
    guard rest.popFirst() == "P", !rest.isEmpty else { return nil }
    var months = 0
    var days = 0
    var units: [Unicode.Scalar] = ["Y", "M", "W", "D"]
    while !rest.isEmpty {
        let digits = rest.prefix(while: isDigit)
        guard (1...5).contains(digits.count), let number = Int(String(digits)) else { return nil }
        rest = rest.dropFirst(digits.count)
        guard let unit = rest.popFirst(), let place = units.firstIndex(of: unit) else { return nil }
        units.removeSubrange(...place)
        switch unit {
        case "Y": months += 12 * number
        case "M": months += number
        case "W": days += 7 * number
        default: days += number
        }
    }
    guard months + days > 0, months <= 1200, days <= 36_525 else { return nil }
    return .calendar(months: months, days: days)
}
