import Casework
import Disclosure
import StrictJSON

extension ReferralDesk {
    /// What somebody who is about to file can choose from, as the covenants in force and the pack have it: the domains that may be told, and who
    /// is there to be called instead, for what. A help to find the way: whether something may be filed is decided by asking, and again by filing.
    ///
    /// 200 `{to, municipality, organisation?, domains, takesBSN?, suggestions: [{purpose, covenant, text, partners, domains}],
    /// works: [{under, text}]}`; a work is one in which data are obtained under an act, for `under` of a filing. `takesBSN` where an act lets the
    /// filer's organisation name citizen service numbers to the municipality.
    public func showFilingChoices(by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        guard caller.mayFile, let sender = caller.organisation else { throw .roleMayNot }
        let now = world.calendar()
        let listed = policyInForce.snapshot.pack.lifeDomains
        let covenants = policyInForce.snapshot.covenants.filter { $0.isInForce(at: now) }
        var domains: Set<LifeDomain> = []
        var suggestions: [JSONValue] = []
        var name: String?
        var takesBSN = false
        for covenant in covenants {
            name = name ?? covenant.parties.first { $0.oin == sender }?.name
            for article in covenant.articles {
                let told = LifeDomain.allCases.filter { article.fields.contains(.concern($0)) && listed?.contains($0) != false }
                if article.purpose == .intake {
                    if article.to.contains(municipality.oin), article.from.contains(sender) {
                        domains.formUnion(told)
                        if article.bsnUnder != nil { takesBSN = true }
                    }
                    continue
                }
                let partners = covenant.parties.filter {
                    article.to.contains($0.oin) && $0.oin != municipality.oin && $0.oin != sender
                }
                guard !partners.isEmpty else { continue }
                suggestions.append([
                    "purpose": .string(article.purpose.rawValue), "covenant": covenant.title.json, "text": article.text.json,
                    "partners": .array(partners.map { .string($0.name) }), "domains": .array(told.map { .string($0.rawValue) }),
                ])
            }
        }
        var body: JSONObject = [
            "to": .string(municipality.oin.description), "municipality": .string(municipality.name),
            "domains": .array(LifeDomain.allCases.filter(domains.contains).map { .string($0.rawValue) }),
            "suggestions": .array(suggestions),
            "works": .array(
                policyInForce.snapshot.statutes.compactMap(\.work).map { ["under": .string($0.article.text), "text": $0.text.json] }),
        ]
        if takesBSN { body["takesBSN"] = true }
        if let name { body["organisation"] = .string(name) }
        return DeskAnswer(status: 200, body: .object(body))
    }
}

extension Caller {
    /// Whether this is a role that files signals (contract §3).
    var mayFile: Bool { role?.canFile ?? false }
}
