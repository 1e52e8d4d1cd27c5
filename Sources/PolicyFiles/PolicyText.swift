import Foundation

/// A place in a file: line and column from 1, columns in Unicode scalars, as libyaml counts them.
struct Place: Hashable, Sendable, Comparable {
    let line: Int
    let column: Int
    static let start = Place(line: 1, column: 1)
    static func < (a: Self, b: Self) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// The text of a file, or nil with the reason among the faults. What comes out is safe to hand to the YAML parser.
func policyText(_ file: PolicyFile, faults: inout [PolicyFault]) -> String? {
    func refuse(_ place: Place, _ text: String, hint: String) {
        faults.append(.init(file: file.path, line: place.line, column: place.column, text: text, hint: hint))
    }
    guard file.bytes.count <= policyFileLimit else {
        refuse(.start, "the file is larger than 256 KiB", hint: "divide it; a file holds one covenant or one pack")
        return nil
    }
    guard let text = String(validating: file.bytes, as: UTF8.self) else {
        refuse(placeOfInvalidUTF8(file.bytes), "the file is not UTF-8 here", hint: "save it as UTF-8")
        return nil
    }
    var place = Place.start
    var isSound = true
    for scalar in text.unicodeScalars {
        if let fault = forbiddenCharacter(scalar) {
            refuse(place, fault, hint: "remove the character")
            isSound = false
        }
        place = scalar == "\n" ? Place(line: place.line + 1, column: 1) : Place(line: place.line, column: place.column + 1)
    }
    return isSound ? text : nil
}

/// Characters that people cannot see, or that make a line read otherwise than it looks.
///
/// Private-use characters are refused as well: ``composePolicy(_:file:faults:)`` marks repeated keys with one.
private func forbiddenCharacter(_ scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0: "a NUL character stands here"
    case 0x0A, 0x0D, 0x09: nil
    case 0x01...0x1F, 0x7F...0x9F, 0x2028, 0x2029, 0xFFFE, 0xFFFF: "a control character stands here"
    case 0xFEFF: "a byte order mark stands here"
    case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069: "an invisible character stands here"
    case 0xE000...0xF8FF, 0xF0000...: "a private-use character stands here"
    default: nil
    }
}

private func placeOfInvalidUTF8(_ bytes: [UInt8]) -> Place {
    var decoder = UTF8()
    var rest = bytes.makeIterator()
    var place = Place.start
    while case .scalarValue(let scalar) = decoder.decode(&rest) {
        place = scalar == "\n" ? Place(line: place.line + 1, column: 1) : Place(line: place.line, column: place.column + 1)
    }
    return place
}
