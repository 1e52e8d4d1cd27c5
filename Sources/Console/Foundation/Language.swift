import HTTPTypes

/// The languages of the pages, the default first.
enum Language: String, CaseIterable, Hashable, Sendable {
    case nl, en

    /// The one chosen by cookie, else the one that `Accept-Language` (RFC 9110, section 12.5.4) likes best, else Dutch.
    init(cookie: String?, headers: HTTPFields) {
        if let chosen = cookie.flatMap(Language.init(rawValue:)) {
            self = chosen
            return
        }
        var best: (language: Language, weight: Double) = (.nl, 0)
        for range in (headers[.acceptLanguage] ?? "").split(separator: ",") {
            let parts = range.split(separator: ";").map { String($0.filter { $0 != " " && $0 != "\t" }).lowercased() }
            guard let tag = parts.first?.split(separator: "-").first, let language = Language(rawValue: String(tag)) else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > best.weight { best = (language, weight) }
        }
        self = best.language
    }
}
