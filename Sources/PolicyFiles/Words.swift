func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
func isLowerCase(_ scalar: Unicode.Scalar) -> Bool { ("a"..."z").contains(scalar) }
func isLetter(_ scalar: Unicode.Scalar) -> Bool { isLowerCase(scalar) || ("A"..."Z").contains(scalar) }

/// One ASCII word that begins with a small letter.
func isCamelCase(_ word: some StringProtocol) -> Bool {
    guard let first = word.unicodeScalars.first, isLowerCase(first) else { return false }
    return word.unicodeScalars.allSatisfy { isLetter($0) || isDigit($0) }
}

/// Whether one word is likely a slip for the other: two edits at most (Levenshtein), and not more than a third of the word.
func isNear(_ a: String, _ b: String) -> Bool {
    editDistance(a, b) <= min(2, max(a.unicodeScalars.count, b.unicodeScalars.count) / 3)
}

/// How many characters must be put in, left out or exchanged to make one word of the other (Levenshtein); of each the first 64 count.
public func editDistance(_ a: String, _ b: String) -> Int {
    let left = Array(a.unicodeScalars.prefix(64))
    let right = Array(b.unicodeScalars.prefix(64))
    var row = Array(0...right.count)
    for (i, scalar) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in right.enumerated() {
            let above = row[j + 1]
            row[j + 1] = min(diagonal + (scalar == other ? 0 : 1), above + 1, row[j] + 1)
            diagonal = above
        }
    }
    return row[right.count]
}
