import Foundation

/// What a form sends: `application/x-www-form-urlencoded`, each name with its values in order.
struct FormFields: Sendable, Equatable {
    private(set) var pairs: [(name: String, value: String)] = []

    static let none = FormFields()
    static func == (a: Self, b: Self) -> Bool { a.pairs.elementsEqual(b.pairs) { $0.name == $1.name && $0.value == $1.value } }

    private init() {}

    init(pairs: [(name: String, value: String)]) { self.pairs = pairs }

    /// Reads what a browser sends; nil for what none would: broken escapes, texts that are no UTF-8, over a thousand fields.
    init?(encoded: String) {
        for pair in encoded.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pairs.count < 1_000, let name = Self.decoded(parts[0]), let value = parts.count == 2 ? Self.decoded(parts[1]) : ""
            else { return nil }
            // A browser ends lines as the mail does; kept is what was typed.
            pairs.append((name, value.replacing("\r\n", with: "\n")))
        }
    }

    /// The first value under a name, without blanks around it; empty when there is none.
    subscript(_ name: String) -> String {
        pairs.first { $0.name == name }?.value.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }

    /// The first value under a name as it was typed.
    func exactly(_ name: String) -> String { pairs.first { $0.name == name }?.value ?? "" }

    /// Every value under a name.
    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    /// Without what the house itself puts into every form.
    var ofTheVisitor: FormFields { FormFields(pairs: pairs.filter { $0.name != FormKey.field && $0.name != FormKey.account }) }

    private static func decoded(_ text: Substring) -> String? { text.replacing("+", with: " ").removingPercentEncoding }
}

extension String {
    /// Nil for an empty text.
    var nonEmpty: String? { isEmpty ? nil : self }
}
