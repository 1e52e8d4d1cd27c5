import HTTPTypes

/// What stands in a body that we send or take.
enum MediaType: String, Hashable, Sendable {
    case json = "application/json"
    /// A sealed message or a receipt (RFC 7515, section 9.2.1).
    case jose = "application/jose"
}

/// Whether a body with these headers is of that media type, in UTF-8 and without content coding.
func isOf(_ type: MediaType, _ headers: HTTPFields) -> Bool {
    guard (headers[.contentEncoding] ?? "identity").lowercased() == "identity" else { return false }
    guard headers[values: .contentType].count == 1, let value = headers[.contentType] else { return false }
    let parts = value.split(separator: ";", omittingEmptySubsequences: false).map { trimmed($0).lowercased() }
    guard parts.first == type.rawValue else { return false }
    return parts.dropFirst().allSatisfy { !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=\"utf-8\"" }
}

/// Whether `Accept` (RFC 9110, section 12.5.1) lets us send that media type: the most specific range that names it counts, unless its
/// weight is 0. A header that is absent lets us send anything.
func accepts(_ type: MediaType, _ headers: HTTPFields) -> Bool {
    guard let value = headers[.accept] else { return true }
    let group = type.rawValue.prefix { $0 != "/" }
    var best: (rank: Int, weight: Double)?
    for range in value.split(separator: ",") {
        let parts = range.split(separator: ";").map { trimmed($0).lowercased() }
        let rank: Int
        switch parts.first {
        case type.rawValue: rank = 3
        case "\(group)/*": rank = 2
        case "*/*": rank = 1
        default: continue
        }
        let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
        if let known = best, known.rank > rank || (known.rank == rank && known.weight >= weight) { continue }
        best = (rank, weight)
    }
    return (best?.weight ?? 0) > 0
}

private func trimmed(_ text: Substring) -> Substring {
    let isSpace = { (character: Character) in character == " " || character == "\t" }
    var text = text.drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text
}
