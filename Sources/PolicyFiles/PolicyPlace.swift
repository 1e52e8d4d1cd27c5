/// The kinds of files, by where they stand.
enum PolicyPlace {
    case covenant
    /// A text that covenants share.
    case template
    /// The signatures beside `covenants/<name>.yaml`.
    case signatures(String)
    /// The test table beside `covenants/<name>.yaml`.
    case tests(String)
    /// The public keys by which an organisation signs covenants; its number is the file's name.
    case keys(String)
    case statute(String)
    case pack(String)
    case decisions(String)
    case demoDecisions(String)

    init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = parts.last else { return nil }
        func name(before ending: String) -> String? { last.hasSuffix(ending) ? String(last.dropLast(ending.utf8.count)) : nil }
        switch (parts.count, parts[0]) {
        case (2, "covenants"):
            if let name = name(before: ".signatures.json") {
                self = .signatures(name)
            } else if let name = name(before: ".tests.yaml") {
                self = .tests(name)
            } else if name(before: ".yaml") != nil {
                self = .covenant
            } else {
                return nil
            }
        case (2, "templates"):
            guard name(before: ".yaml") != nil else { return nil }
            self = .template
        case (2, "keys"):
            guard let name = name(before: ".json") else { return nil }
            self = .keys(name)
        case (2, "statutes"):
            guard let name = name(before: ".yaml") else { return nil }
            self = .statute(name)
        case (3, "packs") where last == "pack.yaml": self = .pack(String(parts[1]))
        case (2, "decisions"):
            guard let name = name(before: ".yaml") else { return nil }
            self = .decisions(name)
        case (2, "decisions-demo"):
            guard let name = name(before: ".yaml") else { return nil }
            self = .demoDecisions(name)
        default: return nil
        }
    }
}
