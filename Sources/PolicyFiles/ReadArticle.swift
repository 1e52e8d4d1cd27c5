import Casework
import Disclosure

/// An article as it was read: who sends and who receives by the numbers of parties, or by the places of a template.
struct ReadArticle: Sendable {
    let number: String
    let purpose: Purpose
    let from: [String]
    let to: [String]
    let fields: FieldNames
    let grounds: [LawfulGround]
    let bsnUnder: LegalArticle?
    let text: PlainText
    /// Where it begins.
    let place: Place

    /// The article with organisations at its ends; nil when one of them has none.
    func filled(by organisations: [String: OrganisationNumber]) -> Article? {
        let (from, to) = (from.compactMap { organisations[$0] }, to.compactMap { organisations[$0] })
        guard from.count == self.from.count, to.count == self.to.count else { return nil }
        return Article(
            number: number, purpose: purpose, from: from, to: to, fields: fields, grounds: grounds, bsnUnder: bsnUnder, text: text)
    }
}

/// Who may stand under `from` and `to` of an article.
struct ArticleEnds {
    enum Kind {
        /// Organisations, by number.
        case parties
        /// Places of a template, by name.
        case places
    }
    let kind: Kind
    var directions: [String: CovenantParty.Direction] = [:]
    /// Whether all were read: one that could not be is told of once, not again in every article that names it.
    var areComplete: Bool

    fileprivate func name(_ node: PolicyNode, _ key: String, reader: inout FileReader) -> String? {
        switch kind {
        case .parties: reader.oin(node, key)?.description
        case .places: reader.camelCase(node, "place")
        }
    }
    /// What they are, for a message.
    fileprivate var noun: String { kind == .parties ? "party" : "place" }
    fileprivate var whole: String { kind == .parties ? "covenant" : "template" }
}

private let articleKeys = ["number", "purpose", "from", "to", "fields", "grounds", "bsnUnder", "text"]

/// The articles of a covenant or a template, without those in which anything is wrong.
func readArticles(_ node: PolicyNode?, between ends: ArticleEnds, reader: inout FileReader) -> [ReadArticle] {
    var articles: [ReadArticle] = []
    for node in reader.list(node, "articles") ?? [] {
        guard let article = readArticle(node, between: ends, reader: &reader) else { continue }
        if articles.contains(where: { $0.number == article.number }) {
            reader.refuse(
                node.place, "the \(ends.whole) has an article `\(article.number)` already", hint: "give each article its own number")
        }
        articles.append(article)
    }
    return articles
}

private func readArticle(_ node: PolicyNode, between ends: ArticleEnds, reader: inout FileReader) -> ReadArticle? {
    guard let article = reader.mapping(node, keys: articleKeys, of: "an article") else { return nil }
    let number = reader.text(reader.required(article, "number"), "number")
    let purpose = reader.camelCase(reader.required(article, "purpose"), "purpose")
    let from = readEnd("from", of: article, not: .receiver, but: "sends", between: ends, reader: &reader)
    let to = readEnd("to", of: article, not: .sender, but: "receives", between: ends, reader: &reader)
    let fields = reader.fields(reader.required(article, "fields"), "fields")
    let grounds = article.entries["grounds"] == nil ? [LawfulGround.consent] : reader.grounds(reader.required(article, "grounds"))
    let bsnUnder = reader.legalArticle(reader.optional(article, "bsnUnder"), "bsnUnder")
    if let fields, article.entries["bsnUnder"].map({ $0.value.isNull }) ?? true, fields.contains(.bsn) {
        reader.refuse(
            article.place(of: "fields"), "the article names `identification.bsn` without `bsnUnder`",
            hint: "name the act that prescribes the BSN (UAVG 46), such as `debtAssistanceAct.8c`, or leave the BSN out")
    }
    if let fields, let bsnUnder, !fields.contains(.bsn) {
        reader.refuse(
            article.place(of: "bsnUnder"), "`\(bsnUnder.text)` prescribes the BSN, which the article does not name",
            hint: "add `identification.bsn` to `fields`, or remove `bsnUnder`")
    }
    let text = reader.plainText(reader.required(article, "text"), "text")
    guard let number, let purpose, let fields, let grounds, let text else { return nil }
    return ReadArticle(
        number: number, purpose: Purpose(rawValue: purpose), from: from, to: to, fields: fields, grounds: grounds, bsnUnder: bsnUnder,
        text: text, place: node.place)
}

/// The names under `from` or `to`: each once, each known, none of them one that goes only the other way.
private func readEnd(
    _ key: String, of article: PolicyMapping, not direction: CovenantParty.Direction, but verb: String, between ends: ArticleEnds,
    reader: inout FileReader
) -> [String] {
    var named: [String] = []
    for item in reader.list(reader.required(article, key), key) ?? [] {
        guard let name = ends.name(item, key, reader: &reader) else { continue }
        if named.contains(name) { reader.refuse(item.place, "`\(name)` stands here already", hint: "keep one") }
        named.append(name)
        if let found = ends.directions[name] {
            if found == direction {
                reader.refuse(
                    item.place, "`\(name)` is a \(ends.noun) as `\(found.rawValue)`, but \(verb) here",
                    hint: "write `as: both` at the \(ends.noun), or leave it out here")
            }
        } else if ends.areComplete {
            switch ends.kind {
            case .parties: reader.refuse(item.place, "`\(name)` is not a party to this covenant", hint: "add it under `parties`")
            case .places:
                let meant = ends.directions.keys.sorted().first { isNear($0, name) }.map { "did you mean `\($0)`?" }
                reader.refuse(item.place, "`\(name)` is not a place of this template", hint: meant ?? "add it under `places`")
            }
        }
    }
    return named
}
