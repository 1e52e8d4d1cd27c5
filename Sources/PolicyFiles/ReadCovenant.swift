import Casework
import Disclosure

/// A covenant with the places that checks across files point at.
struct ReadCovenant: Sendable {
    let file: String
    let covenant: Covenant
    let versionPlace: Place
    let validFromPlace: Place
    /// Where each party's entry begins.
    let partyPlaces: [OrganisationNumber: Place]
}

private let covenantKeys = ["schema", "id", "version", "title", "validFrom", "validUntil", "parties", "articles"]
private let partyKeys = ["oin", "name", "as", "role", "sealing", "sectors", "refuses"]
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
    for node in articleNodes {
        guard let article = readArticle(node, parties: parties, partiesAreComplete: partiesAreComplete, reader: &reader) else { continue }
        if articles.contains(where: { $0.number == article.number }) {
            reader.refuse(node.place, "the covenant has an article `\(article.number)` already", hint: "give each article its own number")
        }
        articles.append(article)
    }
    guard reader.faults.isEmpty, let id, let version, let title, let validFrom else { return nil }
    let covenant = Covenant(
        id: id, version: version, title: title, validFrom: validFrom, validUntil: validUntil, parties: parties, articles: articles)
    return ReadCovenant(
        file: reader.file, covenant: covenant, versionPlace: top.place(of: "version"), validFromPlace: top.place(of: "validFrom"),
        partyPlaces: partyPlaces)
}

private func readParty(_ node: PolicyNode, reader: inout FileReader) -> CovenantParty? {
    guard let party = reader.mapping(node, keys: partyKeys, of: "a party") else { return nil }
    let oin = reader.oin(reader.required(party, "oin"), "oin")
    let name = reader.text(reader.required(party, "name"), "name")
    let direction: CovenantParty.Direction? = reader.choice(reader.required(party, "as"), "as")
    let role: CovenantParty.Role? = reader.choice(reader.required(party, "role"), "role")
    let sealing: SealingProfile? = reader.choice(reader.optional(party, "sealing"), "sealing")
    var sectors: [String] = []
    for item in reader.list(reader.optional(party, "sectors"), "sectors", mayBeEmpty: true) ?? [] {
        if let sector = reader.camelCase(item, "sector") { sectors.append(sector) }
    }
    let refuses = reader.fields(reader.optional(party, "refuses"), "refuses", mayBeEmpty: true) ?? []
    guard let oin, let name, let direction, let role else { return nil }
    return CovenantParty(oin: oin, name: name, direction: direction, role: role, sectors: sectors, sealing: sealing, refuses: refuses)
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

extension FileReader {
    /// Field names and prefixes of the closed list (contract §5).
    mutating func fields(_ node: PolicyNode?, _ what: String, mayBeEmpty: Bool = false) -> FieldNames? {
        guard let items = list(node, what, mayBeEmpty: mayBeEmpty) else { return nil }
        var names = FieldNames()
        for item in items {
            guard let word = text(item, what) else { continue }
            guard let covered = FieldNames(prefix: word) else {
                let meant = FieldName.all.first { isNear($0.path, word) }.map { "did you mean `\($0.path)`?" }
                refuse(item.place, "there is no field `\(word)`", hint: meant ?? "the list of fields stands in policies/README.md")
                continue
            }
            names.formUnion(covered)
        }
        return names
    }

    fileprivate mutating func grounds(_ node: PolicyNode?) -> [LawfulGround]? {
        guard let items = list(node, "grounds") else { return nil }
        var grounds: [LawfulGround] = []
        for item in items {
            guard let word = text(item, "grounds") else { continue }
            guard let ground = LawfulGround(word), ground.article.map(isWellFormed) ?? true else {
                refuse(
                    item.place, "`\(word)` is not a ground",
                    hint: "write `consent`, `vitalInterest`, or `legalObligation`, `publicTask` or `compulsory` with `:<act>.<article>`")
                continue
            }
            if grounds.contains(ground) { refuse(item.place, "`\(word)` stands here already", hint: "keep one") }
            grounds.append(ground)
        }
        return grounds
    }

    fileprivate mutating func legalArticle(_ node: PolicyNode?, _ what: String) -> LegalArticle? {
        guard let node, let word = text(node, what) else { return nil }
        guard let article = LegalArticle(word), isWellFormed(article) else {
            refuse(node.place, "`\(word)` is not an article of an act", hint: "write `<act>.<article>`, such as `debtAssistanceAct.8c`")
            return nil
        }
        return article
    }

    /// The act in camelCase; the article in letters, digits and the marks that acts use.
    func isWellFormed(_ article: LegalArticle) -> Bool {
        isCamelCase(article.act)
            && (article.article.unicodeScalars.first.map { isDigit($0) || isLetter($0) } ?? false)
            && article.article.unicodeScalars.allSatisfy { isDigit($0) || isLetter($0) || ".:()".unicodeScalars.contains($0) }
    }
}
