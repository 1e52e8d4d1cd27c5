/// A double as ECMAScript's `Number::toString` writes it, which RFC 8785, section 3.2.2.3, demands.
///
/// Swift's own description finds the same digits (the shortest that read back as this double, and of those the nearest); only their
/// layout differs, so this takes the digits and lays them out anew.
/// - Precondition: the number is finite.
func ecmaScriptNumber(_ value: Double) -> String {
    precondition(value.isFinite, "JSON has no form for a number that is not finite")
    if value == 0 { return "0" }
    var digits: [UInt8] = []
    var exponent = 0
    var beforePoint = 0
    var isAfterPoint = false
    var text = value.magnitude.description.utf8[...]
    if let mark = text.firstIndex(of: 0x65) {
        exponent = Int(String(decoding: text[text.index(after: mark)...], as: UTF8.self)) ?? 0
        text = text[..<mark]
    }
    for byte in text {
        if byte == 0x2E {
            isAfterPoint = true
        } else {
            digits.append(byte)
            if !isAfterPoint { beforePoint += 1 }
        }
    }
    // value = 0.digits × 10^point
    var point = beforePoint + exponent
    let leadingZeros = digits.prefix { $0 == 0x30 }.count
    digits.removeFirst(leadingZeros)
    point -= leadingZeros
    while digits.last == 0x30 { digits.removeLast() }
    return (value < 0 ? "-" : "") + layOut(digits, point)
}

/// The five cases of ECMA-262, section 6.1.6.1.20, with k = number of digits and n = `point`.
private func layOut(_ digits: [UInt8], _ point: Int) -> String {
    func text(_ part: some Sequence<UInt8>) -> String { String(decoding: Array(part), as: UTF8.self) }
    let zeros = { (count: Int) in String(repeating: "0", count: count) }
    switch point {
    case digits.count...21 where digits.count <= 21: return text(digits) + zeros(point - digits.count)
    case 1...21: return text(digits.prefix(point)) + "." + text(digits.dropFirst(point))
    case -5...0: return "0." + zeros(-point) + text(digits)
    default:
        let fraction = digits.count > 1 ? "." + text(digits.dropFirst()) : ""
        return text(digits.prefix(1)) + fraction + (point > 0 ? "e+" : "e-") + String((point - 1).magnitude)
    }
}
