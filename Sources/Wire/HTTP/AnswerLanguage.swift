import HTTPTypes
import StrictJSON

/// The languages in which a decision is explained.
enum AnswerLanguage: String, CaseIterable, Hashable, Sendable {
    case nl, en

    /// The one that `Accept-Language` (RFC 9110, section 12.5.4) likes best; nil when it names neither, or is absent: then both are sent.
    init?(_ headers: HTTPFields) {
        guard let value = headers[.acceptLanguage] else { return nil }
        var best: (language: AnswerLanguage, weight: Double)?
        for range in value.split(separator: ",") {
            let parts = range.split(separator: ";").map { String($0.filter { $0 != " " && $0 != "\t" }).lowercased() }
            // `nl-BE` is served with `nl` (lookup, RFC 4647 section 3.4).
            guard let tag = parts.first?.split(separator: "-").first, let language = AnswerLanguage(rawValue: String(tag)) else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > 0, weight > best?.weight ?? 0 { best = (language, weight) }
        }
        guard let best else { return nil }
        self = best.language
    }

    /// A body whose `explanation` holds this language alone; the `detail` of a problem that is explained is in it too. Nil for a body
    /// that explains nothing.
    func chosen(in body: JSONValue) -> JSONValue? {
        guard var members = body.objectValue, let text = members["explanation"]?[rawValue] else { return nil }
        members["explanation"] = .object([rawValue: text])
        if members["detail"] != nil { members["detail"] = text }
        return .object(members)
    }
}
