import Yams

/// How deep values may stand inside one another; the deepest that a policy file needs is 5.
private let depthLimit = 16
/// How many repeated keys are told of in one file; each takes another reading of it.
private let repeatedKeyLimit = 16

/// The one document of a file, or nil with the reason among the faults.
///
/// Yams throws at the first mapping with a repeated key and tells where the first of the two stands. To tell of all of them, at the
/// second, each throw marks that first key with a private-use character (which no policy file may hold) and the text is read again.
func composePolicy(_ text: String, file: String, faults: inout [PolicyFault]) -> PolicyNode? {
    var composer = Composer(file: file)
    var scalars = Array(text.unicodeScalars)
    if let place = firstTooDeep(scalars) {
        faults.append(tooDeep(place, file: file))
        return nil
    }
    for round in 0...repeatedKeyLimit {
        do {
            let parser = try Parser(yaml: String(String.UnicodeScalarView(scalars)))
            let root = try parser.singleRoot()
            // Yams keeps anchors weakly: they live as long as the parser.
            let node = withExtendedLifetime(parser) { root.map { composer.convert($0, depth: 0) } }
            faults += composer.faults
            guard let node else {
                faults.append(
                    .init(file: file, line: 1, column: 1, text: "the file is empty", hint: "begin with `schema: convenant/<kind>/1`"))
                return nil
            }
            return node
        } catch YamlError.duplicatedKeysInMapping(let names, let context) {
            let place = Place(line: context.mark.line, column: context.mark.column)
            func refuse(_ text: String, hint: String) {
                faults.append(.init(file: file, line: place.line, column: place.column, text: text, hint: hint))
            }
            guard round < repeatedKeyLimit else {
                refuse("keys stand here again in more than \(repeatedKeyLimit) places", hint: "keep one of each")
                return nil
            }
            guard let marker = Unicode.Scalar(0xE000 + UInt32(round)), let original = mark(&scalars, keyAt: place, with: marker) else {
                refuse("the key `\(names.min() ?? "")` stands here twice", hint: "keep one")
                return nil
            }
            composer.marked[marker] = original
        } catch {
            faults.append(syntaxFault(error, file: file))
            return nil
        }
    }
    return nil
}

/// Puts the marker in the place of the key's first character and returns what stood there; nil when that is not safe.
private func mark(_ scalars: inout [Unicode.Scalar], keyAt place: Place, with marker: Unicode.Scalar) -> Unicode.Scalar? {
    var line = 1
    var index = 0
    while index < scalars.count, line < place.line {
        if scalars[index] == "\n" || (scalars[index] == "\r" && !(index + 1 < scalars.count && scalars[index + 1] == "\n")) { line += 1 }
        index += 1
    }
    index += place.column - 1
    if index < scalars.count, scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
    guard index < scalars.count,
        scalars[index].properties.isAlphabetic || ("0"..."9").contains(scalars[index]) || scalars[index].value >= 0xE000
    else { return nil }
    defer { scalars[index] = marker }
    return scalars[index]
}

private func tooDeep(_ place: Place, file: String) -> PolicyFault {
    .init(
        file: file, line: place.line, column: place.column, text: "values stand too deep inside one another here",
        hint: "see the example in README.md")
}

/// Where more brackets are open, or more values begin at the head of one line, than values may stand inside one another. Looked at before Yams
/// reads: it compares a key by all that stands in it, at each depth anew. Brackets in texts and comments count as well.
private func firstTooDeep(_ scalars: [Unicode.Scalar]) -> Place? {
    var open = 0
    for (number, line) in scalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        var (begun, isHead) = (0, true)
        for index in line.indices {
            switch line[index] {
            case "{", "[": open += 1
            case "}", "]": open = max(0, open - 1)
            case "?", "-": begun += isHead ? 1 : 0
            default: break
            }
            if max(open, begun) > depthLimit { return Place(line: number + 1, column: index - line.startIndex + 1) }
            // What begins a value has a space behind it; a line of dashes is a text.
            isHead = isHead && (line[index] == " " || (["?", "-"].contains(line[index]) && line[index...].dropFirst().first == " "))
        }
    }
    return nil
}

private func syntaxFault(_ error: any Error, file: String) -> PolicyFault {
    switch error {
    case YamlError.composer(_, let problem, let mark, _) where problem.contains("another document"):
        .init(file: file, line: mark.line, column: mark.column, text: "a second document begins here", hint: "make a file for each")
    case YamlError.composer(_, let problem, let mark, _) where problem.contains("alias"):
        .init(file: file, line: mark.line, column: mark.column, text: "anchors and aliases are not read", hint: "write the value out")
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
        YamlError.composer(_, let problem, let mark, _):
        .init(
            file: file, line: mark.line, column: mark.column, text: "this is not YAML: \(problem)",
            hint: "check indentation, quotes and colons")
    default:
        .init(file: file, line: 1, column: 1, text: "this is not YAML", hint: "check indentation, quotes and colons")
    }
}

private struct Composer {
    let file: String
    var faults: [PolicyFault] = []
    /// The characters that stood where a marker stands now.
    var marked: [Unicode.Scalar: Unicode.Scalar] = [:]

    init(file: String) { self.file = file }

    private mutating func refuse(_ place: Place, _ text: String, hint: String) -> PolicyNode {
        faults.append(.init(file: file, line: place.line, column: place.column, text: text, hint: hint))
        return PolicyNode(place: place, content: .refused)
    }

    mutating func convert(_ node: Node, depth: Int) -> PolicyNode {
        let place = Place(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        guard depth <= depthLimit else {
            faults.append(tooDeep(place, file: file))
            return PolicyNode(place: place, content: .refused)
        }
        // Looked at before what is below: an alias repeats its anchor's value, and aliases of aliases would grow without end.
        if node.anchor != nil { return refuse(place, "anchors and aliases are not read", hint: "write the value out") }
        switch node {
        case .scalar(let scalar):
            // Yams gives a plain word the empty tag and a quoted one `str`; anything else was written by hand.
            let tag = scalar.tag.description
            if scalar.style == .plain || scalar.style == .any {
                guard tag.isEmpty || tag == "!" else {
                    return refuse(place, "YAML tags are not read", hint: "remove `!…`, and put text in quotes")
                }
                return PolicyNode(place: place, content: .scalar(scalar.string, ScalarKind(plain: scalar.string)))
            }
            return PolicyNode(place: place, content: .scalar(scalar.string, .text))
        case .sequence(let sequence):
            return PolicyNode(place: place, content: .list(sequence.map { convert($0, depth: depth + 1) }))
        case .mapping(let mapping):
            return PolicyNode(place: place, content: .mapping(entries(mapping, depth: depth)))
        case .alias:
            return refuse(place, "anchors and aliases are not read", hint: "write the value out")
        }
    }

    private mutating func entries(_ mapping: Node.Mapping, depth: Int) -> [PolicyEntry] {
        var first: [String: Place] = [:]
        var entries: [PolicyEntry] = []
        for (keyNode, valueNode) in mapping {
            let place = Place(line: keyNode.mark?.line ?? 1, column: keyNode.mark?.column ?? 1)
            guard case .scalar(let scalar) = keyNode, scalar.anchor == nil else {
                _ = refuse(place, "a key must be one word", hint: "write `key: value`")
                continue
            }
            let key = restored(scalar.string)
            let value = convert(valueNode, depth: depth + 1)
            if let earlier = first[key] {
                _ = refuse(place, "the key `\(key)` stands here again; it stood on line \(earlier.line) before", hint: "keep one")
                continue
            }
            first[key] = place
            entries.append(.init(key: key, place: place, value: value))
        }
        return entries
    }

    /// The key as it was written. A key that was marked twice needs two steps.
    private func restored(_ key: String) -> String {
        var scalars = Array(key.unicodeScalars)
        while let head = scalars.first, let original = marked[head] { scalars[0] = original }
        return String(String.UnicodeScalarView(scalars))
    }
}
