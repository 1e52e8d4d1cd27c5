import Casework
import Disclosure

/// A text that several covenants share: articles between places, which each covenant fills with parties of its own (R30).
struct ReadTemplate: Sendable {
    /// Where a party stands in the text, and what the text says of whoever stands there.
    struct PartyPlace: Sendable {
        let name: String
        let part: PartyPart
    }
    let file: String
    let template: CovenantTemplate
    let versionPlace: Place
    let places: [PartyPlace]
    let articles: [ReadArticle]
}

/// The templates of a folder.
struct ReadTemplates: Sendable {
    var all: [ReadTemplate] = []
    /// How many files are templates; one with a fault is not among ``all``, and is told of there.
    var files = 0
    var areComplete: Bool { all.count == files }
}

/// A covenant's word on its template. Since it stands in the covenant's file, who signed that file signed these bytes of the template too.
struct NamedTemplate: Sendable {
    /// The template's file.
    let file: String
    /// SHA-256 of the bytes that are meant, in lower-case hexadecimal.
    let sha256: String
    /// Where the covenant says so.
    let place: Place
}

private let templateKeys = ["schema", "id", "version", "title", "places", "articles"]

/// The template of a file; nil when anything in it is wrong.
func readTemplate(_ root: PolicyNode, reader: inout FileReader) -> ReadTemplate? {
    reader.schema(root, kind: "template")
    guard let top = reader.mapping(root, keys: templateKeys, of: "a template") else { return nil }
    let id = reader.name(reader.required(top, "id"), "id")
    let version = reader.count(reader.required(top, "version"), "version")
    _ = reader.plainText(reader.required(top, "title"), "title")
    var places: [ReadTemplate.PartyPlace] = []
    let nodes = reader.list(reader.required(top, "places"), "places") ?? []
    var ends = ArticleEnds(kind: .places, areComplete: !nodes.isEmpty)
    for node in nodes {
        guard let mapping = reader.mapping(node, keys: ["place"] + PartyPart.keys, of: "a place") else {
            ends.areComplete = false
            continue
        }
        let name = reader.camelCase(reader.required(mapping, "place"), "place")
        let part = reader.partyPart(mapping)
        guard let name, let part else {
            ends.areComplete = false
            continue
        }
        if ends.directions[name] != nil {
            reader.refuse(node.place, "the template has a place `\(name)` already", hint: "give each place its own name")
        } else {
            places.append(.init(name: name, part: part))
            ends.directions[name] = part.direction
        }
    }
    let articles = readArticles(reader.required(top, "articles"), between: ends, reader: &reader)
    guard reader.faults.isEmpty, let id, let version else { return nil }
    return ReadTemplate(
        file: reader.file, template: CovenantTemplate(id: id, version: version), versionPlace: top.place(of: "version"), places: places,
        articles: articles)
}

private let namedKeys = ["id", "version", "sha256"]

/// `template: {id: evictions, version: 1, sha256: "…"}` of a covenant; nil with the reason among the faults, here or at the template.
func readNamedTemplate(_ covenant: PolicyMapping, among templates: ReadTemplates, reader: inout FileReader) -> (
    named: NamedTemplate, read: ReadTemplate
)? {
    if let articles = covenant.entries["articles"] {
        reader.refuse(
            articles.place, "`articles` stands beside `template`",
            hint: "the articles are those of the template; take these out, or write a covenant without `template`")
    }
    guard let node = reader.required(covenant, "template"), let top = reader.mapping(node, keys: namedKeys, of: "`template`") else {
        return nil
    }
    let id = reader.name(reader.required(top, "id"), "id")
    let version = reader.count(reader.required(top, "version"), "version")
    let sha256 = reader.sha256(reader.required(top, "sha256"))
    guard let id, let version, let sha256 else { return nil }
    let alike = templates.all.filter { $0.template.id == id }
    guard let found = alike.first(where: { $0.template.version == version }) else {
        guard templates.areComplete else { return nil }
        let ids = Set(templates.all.map(\.template.id)).sorted()
        if alike.isEmpty {
            let meant = ids.first { isNear($0, id) }.map { "did you mean `\($0)`?" }
            let known = ids.isEmpty ? "write it in `templates/\(id).yaml`" : "the templates are \(quoted(ids))"
            reader.refuse(top.place(of: "id"), "there is no template `\(id)`", hint: meant ?? known)
        } else {
            reader.refuse(
                top.place(of: "version"), "there is no version \(version) of template `\(id)`",
                hint: "its versions are \(quoted(alike.map { String($0.template.version) }))")
        }
        return nil
    }
    return (NamedTemplate(file: found.file, sha256: sha256, place: top.place(of: "sha256")), found)
}

extension FileReader {
    /// SHA-256 of a file in lower-case hexadecimal.
    fileprivate mutating func sha256(_ node: PolicyNode?) -> String? {
        guard let node, let word = text(node, "sha256") else { return nil }
        let digits = "0123456789abcdef".unicodeScalars
        guard word.unicodeScalars.count == 64, word.unicodeScalars.allSatisfy(digits.contains) else {
            refuse(
                node.place, "`sha256` is not the SHA-256 of a file",
                hint: "64 digits and letters a to f, in quotes: `sha256sum templates/<name>.yaml`")
            return nil
        }
        return word
    }

    /// The place of the template in which a party stands. What the template says of it, the covenant does not say again.
    mutating func place(_ party: PolicyMapping, of template: ReadTemplate) -> ReadTemplate.PartyPlace? {
        for key in PartyPart.keys {
            guard let entry = party.entries[key] else { continue }
            refuse(
                entry.place, "the template says `\(key)`, and this party does too",
                hint: "take it out; the place stands in `\(template.file)`")
        }
        guard let node = required(party, "place"), let name = camelCase(node, "place") else { return nil }
        if let place = template.places.first(where: { $0.name == name }) { return place }
        let names = template.places.map(\.name)
        let meant = names.first { isNear($0, name) }.map { "did you mean `\($0)`?" }
        refuse(node.place, "the template has no place `\(name)`", hint: meant ?? "its places are \(quoted(names))")
        return nil
    }
}

extension PolicyFile {
    var isTemplate: Bool { if case .template? = PolicyPlace(path: path) { true } else { false } }
}

extension PolicyCollection {
    /// Each version of a template once; and a covenant on a template with other bytes than it names carries nothing.
    mutating func checkTemplates() {
        for (index, second) in templates.all.enumerated() {
            for first in templates.all[..<index] where first.template == second.template {
                refuse(
                    second.versionPlace, in: second.file,
                    "version \(second.template.version) of template `\(second.template.id)` stands in `\(first.file)` too",
                    hint: "give it the next number")
            }
        }
        warnings += covenants.compactMap(templateFault(of:))
    }

    /// That a covenant's template has other bytes than the covenant names; nil where it has those, or the covenant has none.
    func templateFault(of read: ReadCovenant) -> PolicyFault? {
        guard let named = read.template, let found = digests[named.file], found != named.sha256 else { return nil }
        return .init(
            file: read.file, line: named.place.line, column: named.place.column,
            text: "`\(named.file)` has another SHA-256 than stands here: nothing goes under this covenant",
            hint: "put the template back as it was; or, in a text that nobody has signed yet, write \"\(found)\"")
    }
}
