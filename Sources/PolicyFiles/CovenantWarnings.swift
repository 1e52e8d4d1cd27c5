import Casework
import Disclosure

/// What loads in a covenant and cannot be meant: an article that never applies, two that contradict each other, a party in none.
func warningsAbout(_ read: ReadCovenant) -> [PolicyFault] {
    let covenant = read.covenant
    var warnings: [PolicyFault] = []
    func warn(_ place: Place?, in file: String? = nil, _ text: String, hint: String) {
        let place = place ?? .start
        warnings.append(.init(file: file ?? read.file, line: place.line, column: place.column, text: text, hint: hint))
    }
    for party in covenant.parties {
        let place = read.partyPlaces[party.oin]
        if covenant.term(of: [party.oin]).isEmpty {
            warn(
                place, "`\(party.oin)` is never a party while the covenant holds",
                hint: "compare `from` and `until` with the covenant's dates")
        }
        if !covenant.articles.contains(where: { $0.from.contains(party.oin) || $0.to.contains(party.oin) }) {
            warn(place, "`\(party.oin)` stands in no article", hint: "name it under `from` or `to`, or take it out")
        }
    }
    for (index, article) in covenant.articles.enumerated() {
        let place = read.articlePlaces[index]
        let pairs = article.from.flatMap { from in article.to.map { [from, $0] } }
        if pairs.allSatisfy({ covenant.term(of: $0).isEmpty }) {
            // Of a template that is said where its places are filled.
            warn(
                read.template?.place ?? place, "article `\(article.number)` never applies: its parties are none at the same time",
                hint: "compare their `from` and `until`")
        }
        for earlier in covenant.articles[..<index] where earlier.differsOnlyInGrounds(from: article) {
            warn(
                place, in: read.articleFile, "articles `\(earlier.number)` and `\(article.number)` are alike but for their grounds",
                hint: "grounds add up: write one article that names all of them, or let the two differ in what they are for")
        }
    }
    return warnings
}

extension PolicyCollection {
    /// A limit that names a sector in which nobody is limits nothing.
    mutating func warnOfEmptySectors() {
        let sectors = Set(covenants.flatMap { $0.covenant.parties.flatMap(\.sectors) })
        for read in covenants {
            for party in read.covenant.parties {
                for sector in party.limits.flatMap(\.sectors) where !sectors.contains(sector) {
                    let place = read.partyPlaces[party.oin] ?? .start
                    let meant = sectors.sorted().first { isNear($0, sector) }.map { "did you mean `\($0)`?" }
                    warnings.append(
                        .init(
                            file: read.file, line: place.line, column: place.column,
                            text: "a limit of `\(party.oin)` names the sector `\(sector)`, in which no party is",
                            hint: meant ?? "the sectors are \(quoted(sectors.sorted()))"))
                }
            }
        }
    }
}

extension Article {
    fileprivate func differsOnlyInGrounds(from other: Article) -> Bool {
        purpose == other.purpose && Set(from) == Set(other.from) && Set(to) == Set(other.to) && fields == other.fields
            && bsnUnder == other.bsnUnder && Set(grounds) != Set(other.grounds)
    }
}

extension Covenant {
    /// The time in which the covenant holds and all of these are parties.
    fileprivate func term(of oins: [OrganisationNumber]) -> Term {
        let members = parties.filter { oins.contains($0.oin) }
        return Term(
            from: members.compactMap(\.from).reduce(validFrom, max), until: ([validUntil] + members.map(\.until)).compactMap(\.self).min())
    }

    fileprivate struct Term {
        let from: Instant
        let until: Instant?
        var isEmpty: Bool { until.map { $0 <= from } ?? false }
    }
}
