import Foundation

/// Finds an e-mail address or a telephone number anywhere in a policy file, comments included.
///
/// Policies are published and kept for ever; a person's contact details belong in neither. The fault does not repeat what it found.
func findContactData(_ text: String, file: String, faults: inout [PolicyFault]) {
    for (index, bytes) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
    where mayHoldContactData(bytes) {
        let line = String(Substring(bytes))
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

/// Whether a line holds the sign of an e-mail address, or how a telephone number begins: asking the patterns costs more than all the rest of
/// reading a policy, and hardly a line needs them.
private func mayHoldContactData(_ line: Substring.UTF8View) -> Bool {
    let line = Array(line)
    func byte(_ place: Int) -> UInt8 { line.indices.contains(place) ? line[place] : 0 }
    let (first, last) = (UInt8(ascii: "1"), UInt8(ascii: "9"))
    return line.indices.contains { place in
        switch byte(place) {
        case UInt8(ascii: "@"): return true
        case UInt8(ascii: "+"), UInt8(ascii: "0"):
            switch byte(place - 1) {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "-"): return false
            default: break
            }
            let next = byte(place) == UInt8(ascii: "0") && byte(place + 1) == UInt8(ascii: "0") ? 2 : 1
            return (first...last).contains(byte(place + next))
        default: return false
        }
    }
}

/// What must not stand before and behind it keeps OINs, dates and hashes from looking like a telephone number; one SHA-256 in two thousand
/// begins like one.
private let contactPatterns = [
    ("an e-mail address", #"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"#),
    (
        "a telephone number",
        #"(?<![0-9A-Za-z:.-])(\+[1-9][0-9]{0,2}|00[1-9][0-9]{0,2}|0(?=[1-9]))[ -]?(\(0\))?([ -]?[0-9]){8,9}(?![0-9]|[0-9a-f]{40})"#
    ),
]
