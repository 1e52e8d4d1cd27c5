import Casework
import Disclosure

extension LoadedPolicies {
    /// What `policy explain` tells: who may give whom what, article by article, and what the pack decides; a fact on each line.
    public var explanation: String {
        var lines = ["policies \(snapshot.revision)" + (fictitious ? ", with FICTITIOUS decisions" : "")]
        for covenant in snapshot.covenants { lines += [""] + explain(covenant) }
        for statute in snapshot.statutes { lines += [""] + explain(statute) }
        let rungs = pack.ladder.map(\.rawValue).joined(separator: ", then ")
        lines += [
            "", "pack `\(pack.id)` (\(pack.standing.rawValue)), from: \(pack.source)",
            "  ladder for a task that stays open: \(rungs.isEmpty ? "none" : rungs)",
        ]
        lines += openQuestions.map { "  `\($0.key)` is undecided: \($0.blocks)" }
        return lines.joined(separator: "\n") + "\n"
    }
}

private func explain(_ statute: Statute) -> [String] {
    ["act `\(statute.id)`, as of \(statute.asOf): \(statute.title.en)"]
        + statute.consentAges.map {
            "  article \($0.article.article), who consents (others under \($0.representativeUnder), the person from \($0.personFrom)): \($0.text.en)"
        }
        + statute.rules.map { "  article \($0.article.article)\($0.bill ? " (a bill: it always refuses)" : ""): \($0.text.en)" }
}

private func explain(_ covenant: Covenant) -> [String] {
    let names = Dictionary(covenant.parties.map { ($0.oin, $0.name) }) { first, _ in first }
    func named(_ oins: [OrganisationNumber]) -> String { oins.map { names[$0] ?? $0.description }.joined(separator: ", ") }
    let clock = WorkingCalendar()
    let end = covenant.validUntil.map { "until \(clock.rfc3339(of: $0))" } ?? "without an end"
    var lines = [
        "covenant `\(covenant.id)` version \(covenant.version): \(covenant.title.en)",
        "  from \(clock.rfc3339(of: covenant.validFrom)) \(end)",
    ]
    if let template = covenant.template {
        lines.append("  its articles are those of template `\(template.id)` version \(template.version)")
    }
    for party in covenant.parties where !party.refuses.isEmpty {
        lines.append("  \(party.name) does not take: \(party.refuses.paths.joined(separator: ", "))")
    }
    for party in covenant.parties {
        for limit in party.limits { lines.append("  \(party.name) \(explain(limit))") }
        if party.from != nil || party.until != nil {
            let times = [party.from.map { "from \(clock.rfc3339(of: $0))" }, party.until.map { "until \(clock.rfc3339(of: $0))" }]
                .compactMap(\.self)
            lines.append("  \(party.name) is a party \(times.joined(separator: " "))")
        }
        if !party.workers.isEmpty { lines.append("  at \(party.name) only these may read: \(party.workers.joined(separator: ", "))") }
        if !party.hasSigned { lines.append("  \(party.name) HAS NOT SIGNED this text: nothing flows to or from it") }
    }
    for article in covenant.articles {
        let bsn = article.bsnUnder.map { "; the BSN under \($0.text)" } ?? ""
        lines += [
            "  article \(article.number), for `\(article.purpose.rawValue)`: \(article.text.en)",
            "    from: \(named(article.from))",
            "    to: \(named(article.to))",
            "    fields: \(article.fields.paths.joined(separator: ", "))",
            "    ground: \(article.grounds.map(\.text).joined(separator: " or "))\(bsn)",
        ]
    }
    return lines
}

private func explain(_ limit: PartyLimit) -> String {
    let side = limit.side == .giving ? "does not give" : "does not take"
    let purposes = limit.purposes.isEmpty ? "" : " for \(limit.purposes.map(\.rawValue).joined(separator: ", "))"
    let sectors = limit.sectors.isEmpty ? "" : " \(limit.side == .giving ? "to" : "from") \(limit.sectors.joined(separator: ", "))"
    return "\(side)\(sectors)\(purposes): \(limit.fields.paths.joined(separator: ", "))"
}
