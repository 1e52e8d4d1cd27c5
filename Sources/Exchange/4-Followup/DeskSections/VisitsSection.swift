import Casework
import Storage
import StrictJSON

extension DeskSection {
    /// Home visits that are to be made, and those that could be made as one: a household sees one organisation after the other otherwise.
    ///
    /// `{planned: [{visitId, casefileId, domains, on, by, partner?, taskId?}], offers: [{casefileId, visits: […]}]}`
    static let visits = DeskSection(name: "visits") { transaction, page in
        let planned = try transaction.plannedVisits(from: page.calendar.localDate(of: page.now), limit: page.limit)
        let shown = Array(planned.prefix(DeskPage.longest))
        let listed = try transaction.readable(planned) { visit in
            var json = visitJSON(visit).objectValue ?? [:]
            json["domains"] = try transaction.domainsJSON(of: visit.household)
            return JSONValue.object(json)
        }
        return [
            "planned": page.list(listed) { $0 },
            "offers": .array(
                offers(of: shown, municipality: page.municipality).map { visits in
                    ["casefileId": .string(visits[0].household.description), "visits": .array(visits.map(visitJSON))]
                }),
        ]
    }
}

private func visitJSON(_ visit: HomeVisitRow) -> JSONValue {
    var json: JSONObject = [
        "visitId": .string(visit.id.description), "casefileId": .string(visit.household.description), "on": .string(visit.on.description),
    ]
    switch visit.visitor {
    case .staff: json["by"] = "municipality"
    case .partner(let partner, let task):
        json["by"] = "partner"
        json["partner"] = .string(partner.description)
        json["taskId"] = .string(task.description)
    }
    return .object(json)
}

/// How many days apart two visits may be and still be offered as one: a fortnight is what an agenda can be moved by without making a household
/// wait, and the one who joins them sees the dates.
private let daysApart = 14

/// Visits to one household by different organisations within a fortnight of one another, in the order of their first dates.
private func offers(of planned: [HomeVisitRow], municipality: OrganisationNumber) -> [[HomeVisitRow]] {
    func organisation(_ visit: HomeVisitRow) -> OrganisationNumber {
        if case .partner(let partner, _) = visit.visitor { partner } else { municipality }
    }
    var offers: [[HomeVisitRow]] = []
    for (_, visits) in Dictionary(grouping: planned, by: \.household) {
        let visits = visits.sorted { ($0.on, $0.id) < ($1.on, $1.id) }
        var start = 0
        while start < visits.count {
            let near = visits[start...].prefix { visits[start].on.days(until: $0.on) <= daysApart }
            let isOffer = Set(near.map(organisation)).count > 1
            if isOffer { offers.append(Array(near)) }
            start += isOffer ? near.count : 1
        }
    }
    return offers.sorted { ($0[0].on, $0[0].id) < ($1[0].on, $1[0].id) }
}
