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
    /// The file in which its articles stand: its own, or that of its template.
    let articleFile: String
    /// Where each article begins there, in the covenant's order.
    let articlePlaces: [Place]
    /// The template that it names; nil where it states its articles itself.
    let template: NamedTemplate?
}

private let covenantKeys = ["schema", "id", "version", "title", "template", "validFrom", "validUntil", "parties", "articles"]

/// The covenant of a file; nil when anything in it is wrong.
/// - Parameter templates: those of the folder, of which it may name one instead of stating articles.
func readCovenant(_ root: PolicyNode, among templates: ReadTemplates, reader: inout FileReader) -> ReadCovenant? {
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
    let named = top.entries["template"].flatMap { _ in readNamedTemplate(top, among: templates, reader: &reader) }
    let partyNodes = reader.list(reader.required(top, "parties"), "parties") ?? []
    var parties: [CovenantParty] = []
    var partyPlaces: [OrganisationNumber: Place] = [:]
    var ends = ArticleEnds(kind: .parties, areComplete: !partyNodes.isEmpty)
    // Which organisation an article means: by its number, or by the place that it fills.
    var organisations: [String: OrganisationNumber] = [:]
    // Parties on a template that is not known are not looked at: what they may say hangs on it.
    for node in top.entries["template"] == nil || named != nil ? partyNodes : [] {
        guard let (party, place) = readParty(node, of: named?.read, reader: &reader) else {
            ends.areComplete = false
            continue
        }
        if parties.contains(where: { $0.oin == party.oin }) {
            reader.refuse(node.place, "`\(party.oin)` is a party already", hint: "a party that sends and receives stands once, `as: both`")
        } else if let place, organisations[place] != nil {
            reader.refuse(node.place, "the place `\(place)` is filled already", hint: "one party in each place of the template")
        } else {
            parties.append(party)
            partyPlaces[party.oin] = node.place
            ends.directions[party.oin.description] = party.direction
            organisations[place ?? party.oin.description] = party.oin
        }
    }
    let articles: [ReadArticle]
    if let named {
        for place in named.read.places where ends.areComplete && organisations[place.name] == nil {
            reader.refuse(
                top.place(of: "parties"), "nobody fills the place `\(place.name)` of the template",
                hint: "add a party with `place: \(place.name)`")
        }
        articles = named.read.articles
    } else if top.entries["template"] == nil {
        articles = readArticles(reader.required(top, "articles"), between: ends, reader: &reader)
    } else {
        articles = []
    }
    // A template with a fault is told of where it stands.
    guard reader.faults.isEmpty, let id, let version, let title, let validFrom, !articles.isEmpty else { return nil }
    let covenant = Covenant(
        id: id, version: version, title: title, template: named?.read.template, validFrom: validFrom, validUntil: validUntil,
        parties: parties, articles: articles.compactMap { $0.filled(by: organisations) })
    return ReadCovenant(
        file: reader.file, covenant: covenant, versionPlace: top.place(of: "version"), validFromPlace: top.place(of: "validFrom"),
        partyPlaces: partyPlaces, articleFile: named?.read.file ?? reader.file, articlePlaces: articles.map(\.place),
        template: named?.named)
}
