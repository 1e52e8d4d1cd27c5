import Foundation

/// Finds an e-mail address or a telephone number anywhere in a policy file, comments included.
///
/// Policies are published and kept for ever; a person's contact details belong in neither. The fault does not repeat what it found.
func findContactData(_ text: String, file: String, faults: inout [PolicyFault]) {
    for (index, line) in text.components(separatedBy: "\n").enumerated() {
        for (name, pattern) in contactPatterns {
            // `range` is searched from where the last one ended, so that a line with two is told of both.
            var rest = line.startIndex..<line.endIndex
            while let found = line.range(of: pattern, options: .regularExpression, range: rest) {
                let column = line.unicodeScalars.distance(from: line.startIndex, to: found.lowerBound) + 1
                faults.append(
                    .init(
                        file: file, line: index + 1, column: column, text: "\(name) stands here",
                        hint: "policy files hold no contact data; name the function, and register the partner's address with `partner add`")
                )
                rest = found.upperBound..<line.endIndex
            }
        }
    }
}

/// The look-behinds keep OINs, dates and hashes from looking like a telephone number.
private let contactPatterns = [
    ("an e-mail address", #"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"#),
    ("a telephone number", #"(?<![0-9A-Za-z:.-])(\+[1-9][0-9]{0,2}|00[1-9][0-9]{0,2}|0(?=[1-9]))[ -]?(\(0\))?([ -]?[0-9]){8,9}(?![0-9])"#),
]
