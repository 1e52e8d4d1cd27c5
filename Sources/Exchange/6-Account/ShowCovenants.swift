import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// What the covenants in force allow at most: who may receive which field for which purpose on which ground. For the privacy officer and the
    /// data protection officer; the look is itself an entry.
    ///
    /// 200 `{revision, covenants: [{id, version, title, template?, validFrom, validUntil?, unsigned: [name], workers: [{partner, name, roles,
    /// acknowledged}]}], columns: [{recipient, name, purpose, covenant,
    /// cells: [{field, grounds}], refuses: [field]}], limitedSince, limited: [{partner, name, decisions, fields}]}`. The BSN stands there only under an
    /// act that prescribes it. `workers` are the roles that a covenant names for a party, and those of them that have acknowledged this version by
    /// a receipt (R29). What is limited is what partners' own limits held back since this year began.
    public func showCovenants(by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demandOfficer(caller)
        let policy = policyInForce.snapshot
        let now = world.calendar()
        let inForce = policy.covenants.filter { $0.isInForce(at: now) }
        let today = calendar.localDate(of: now)
        guard let newYear = CalendarDate(year: today.year, month: 1, day: 1) else { throw .notDurable }
        let limits = try await ownLimits(since: calendar.startOfDay(newYear))
        let acknowledged = Dictionary(grouping: try await read { try $0.acknowledgements() }, by: \.covenant)
        let names = try await read { try $0.partnerNames() }
        try await noteLook("covenants", by: caller)
        return DeskAnswer(
            status: 200,
            body: [
                "revision": .string(policy.revision),
                "covenants": .array(inForce.map { $0.shown(acknowledged["\($0.id)/\($0.version)"] ?? []) }),
                "columns": .array(inForce.flatMap { $0.columns(at: now) }), "limitedSince": .string(newYear.description),
                "limited": .array(
                    limits.sorted { ($1.value.decisions, $0.key) < ($0.value.decisions, $1.key) }.map { partner, limits in
                        [
                            "partner": .string(partner.description), "name": .string(names[partner] ?? partner.description),
                            "decisions": .integer(Int64(limits.decisions)), "fields": .array(limits.fields.sorted().map(JSONValue.string)),
                        ]
                    }),
            ])
    }
}

extension Covenant {
    fileprivate func shown(_ acknowledged: [AcknowledgementRow]) -> JSONValue {
        var json: JSONObject = [
            "id": .string(id), "version": .integer(Int64(version)), "title": title.json,
            "validFrom": .string(validFrom.rfc3339), "unsigned": .array(parties.filter { !$0.hasSigned }.map { .string($0.name) }),
        ]
        if let template { json["template"] = .string("\(template.id)/\(template.version)") }
        json["workers"] = .array(
            parties.filter { !$0.workers.isEmpty }.map { party in
                let known = Set(acknowledged.filter { $0.partner == party.oin }.map(\.role))
                return [
                    "partner": .string(party.oin.description), "name": .string(party.name),
                    "roles": .array(party.workers.map(JSONValue.string)),
                    "acknowledged": .array(party.workers.filter(known.contains).map(JSONValue.string)),
                ]
            })
        if let validUntil { json["validUntil"] = .string(validUntil.rfc3339) }
        return .object(json)
    }

    /// A column for each recipient and purpose.
    fileprivate func columns(at now: Instant) -> [JSONValue] {
        let recipients = parties.filter { party in party.from.map { $0 <= now } ?? true && party.until.map { now < $0 } ?? true }
        return recipients.flatMap { party -> [JSONValue] in
            let articles = articles.filter { $0.to.contains(party.oin) }
            var purposes: [Purpose] = []
            for article in articles where !purposes.contains(article.purpose) { purposes.append(article.purpose) }
            return purposes.map { column(of: party, for: $0, under: articles) }
        }
    }

    private func column(of party: CovenantParty, for purpose: Purpose, under articles: [Article]) -> JSONValue {
        let cells = FieldName.all.compactMap { field -> JSONValue? in
            var grounds: [String] = []
            for article in articles where article.purpose == purpose && article.fields.contains(field) {
                guard field != .bsn || article.bsnUnder != nil else { continue }
                for ground in article.grounds where !grounds.contains(ground.text) { grounds.append(ground.text) }
            }
            return grounds.isEmpty ? nil : ["field": .string(field.path), "grounds": .array(grounds.map(JSONValue.string))]
        }
        return [
            "recipient": .string(party.oin.description), "name": .string(party.name), "purpose": .string(purpose.rawValue),
            "covenant": .string("\(id)/\(version)"), "cells": .array(cells),
            "refuses": .array(party.refuses.paths.map(JSONValue.string)),
        ]
    }
}
