import Casework
import Disclosure

/// A covenant with the places that checks across files point at.
struct ReadCovenant: Sendable {
    let file: String
    /// As it was read it is signed by nobody; ``PolicyCollection`` puts the signatures in that stand beside it.
    var covenant: Covenant
    let versionPlace: Place
    let validFromPlace: Place
    /// Where each party's entry begins.
    let partyPlaces: [OrganisationNumber: Place]
    /// Where each article begins, in the covenant's order.
    let articlePlaces: [Place]
}

private let covenantKeys = ["schema", "id", "version", "title", "validFrom", "validUntil", "parties", "articles"]
private let articleKeys = ["number", "purpose", "from", "to", "fields", "grounds", "bsnUnder", "text"]

/// The covenant of a file; nil when anything in it is wrong.
func readCovenant(_ root: PolicyNode, reader: inout FileReader) -> ReadCovenant? {
    reader.schema(root, kind: "covenant")
    guard let top = reader.mapping(root, keys: covenantKeys, of: "a covenant") else { return nil }
    let id = reader.name(reader.required(top, "id"), "id")
    let version = reader.count(reader.required(top, "version"), "version")
    let title = reader.plainText(reader.required(top, "title"), "title")
    let validFrom = reader.instant(reader.required(top, "validFrom"), "validFrom")
    let validUntil = reader.instant(reader.optional(top, "validUntil"), "validUntil")
    if let validFrom, let validUntil, validUntil <= validFrom {
        reader.refuse(
            top.place(of: "validUntil"), "`validUntil` is not later than `validFrom`",
            hint: "a covenant without an end has `validUntil: null`")
    }
    let partyNodes = reader.list(reader.required(top, "parties"), "parties") ?? []
    var parties: [CovenantParty] = []
    var partyPlaces: [OrganisationNumber: Place] = [:]
    // A party that could not be read is told of once, not again in every article that names it.
    var partiesAreComplete = !partyNodes.isEmpty
    for node in partyNodes {
        guard let party = readParty(node, reader: &reader) else {
            partiesAreComplete = false
            continue
        }
        if parties.contains(where: { $0.oin == party.oin }) {
            reader.refuse(node.place, "`\(party.oin)` is a party already", hint: "a party that sends and receives stands once, `as: both`")
        } else {
            parties.append(party)
            partyPlaces[party.oin] = node.place
        }
    }
    let articleNodes = reader.list(reader.required(top, "articles"), "articles") ?? []
    var articles: [Article] = []
    var articlePlaces: [Place] = []
    for node in articleNodes {
        guard let article = readArticle(node, parties: parties, partiesAreComplete: partiesAreComplete, reader: &reader) else { continue }
        if articles.contains(where: { $0.number == article.number }) {
            reader.refuse(node.place, "the covenant has an article `\(article.number)` already", hint: "give each article its own number")
        }
        articles.append(article)
        articlePlaces.append(node.place)
    }
    guard reader.faults.isEmpty, let id, let version, let title, let validFrom else { return nil }
    let covenant = Covenant(
        id: id, version: version, title: title, validFrom: validFrom, validUntil: validUntil, parties: parties, articles: articles)
    return ReadCovenant(
        file: reader.file, covenant: covenant, versionPlace: top.place(of: "version"), validFromPlace: top.place(of: "validFrom"),
        partyPlaces: partyPlaces, articlePlaces: articlePlaces)
}

private func readArticle(_ node: PolicyNode, parties: [CovenantParty], partiesAreComplete: Bool, reader: inout FileReader) -> Article? {
    guard let article = reader.mapping(node, keys: articleKeys, of: "an article") else { return nil }
    let number = reader.text(reader.required(article, "number"), "number")
    let purpose = reader.camelCase(reader.required(article, "purpose"), "purpose")
    var ends: [String: [OrganisationNumber]] = [:]
    for (key, direction, verb) in [("from", CovenantParty.Direction.receiver, "sends"), ("to", .sender, "receives")] {
        var named: [OrganisationNumber] = []
        for item in reader.list(reader.required(article, key), key) ?? [] {
            guard let oin = reader.oin(item, key) else { continue }
            if named.contains(oin) { reader.refuse(item.place, "`\(oin)` stands here already", hint: "keep one") }
            named.append(oin)
            if let party = parties.first(where: { $0.oin == oin }) {
                if party.direction == direction {
                    reader.refuse(
                        item.place, "`\(oin)` is a party as `\(party.direction.rawValue)`, but \(verb) here",
                        hint: "write `as: both` at the party, or leave it out here")
                }
            } else if partiesAreComplete {
                reader.refuse(item.place, "`\(oin)` is not a party to this covenant", hint: "add it under `parties`")
            }
        }
        ends[key] = named
    }
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
    guard let number, let purpose, let fields, let grounds, let text, let from = ends["from"], let to = ends["to"] else { return nil }
    return Article(
        number: number, purpose: Purpose(rawValue: purpose), from: from, to: to, fields: fields, grounds: grounds, bsnUnder: bsnUnder,
        text: text)
}
