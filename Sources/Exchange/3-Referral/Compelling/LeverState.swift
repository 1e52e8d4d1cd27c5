import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

/// Where a lever stands; the raw value is the name on the wire.
enum LeverState: String, CaseIterable, Sendable {
    /// It is still to begin.
    case upcoming
    case holding
    /// Its day of review passed without one; a late review makes it hold again.
    case unreviewed
    case expired, ended
}

extension Lever {
    func state(at now: Instant) -> LeverState {
        if let endedAt, endedAt <= now { return .ended }
        if now >= until { return .expired }
        return now >= reviewBy ? .unreviewed : now < from ? .upcoming : .holding
    }
}

extension LeverRow {
    /// What the log tells of it: codes, ids and days.
    var logged: [String: AuditFact] {
        var facts: [String: AuditFact] = [
            "lever": .text(lever.id.description), "kind": .text(lever.kind.rawValue), "article": .text(lever.article.text),
            "signers": .list(lever.signers.map(\.description)), "from": .text(lever.from.rfc3339), "until": .text(lever.until.rfc3339),
            "reviewBy": .text(lever.reviewBy.rfc3339), "voluntaryOn": .text(voluntaryOn.description),
        ]
        if let ultimatum {
            facts["ultimatumOn"] = .text(ultimatum.on.description)
            facts["ultimatumUntil"] = .text(ultimatum.until.description)
        }
        return facts
    }
}

extension ReferralDesk {
    /// A lever as those see it who may work on its case; `because` is absent once erased, `references` as long as no partner knows of it.
    func leverJSON(_ shown: ShownLever) -> JSONValue {
        let (row, lever) = (shown.row, shown.row.lever)
        var json: JSONObject = [
            "leverId": .string(lever.id.description), "personId": .string(row.person.description), "kind": .string(lever.kind.rawValue),
            "article": .string(lever.article.text), "signers": .array(lever.signers.map { .string($0.description) }),
            "state": .string(lever.state(at: world.calendar()).rawValue), "from": .string(lever.from.rfc3339),
            "until": .string(lever.until.rfc3339), "reviewBy": .string(lever.reviewBy.rfc3339),
            "voluntaryOn": .string(row.voluntaryOn.description), "recordedAt": .string(row.recordedAt.rfc3339),
        ]
        if let ultimatum = row.ultimatum {
            json["ultimatumOn"] = .string(ultimatum.on.description)
            json["ultimatumUntil"] = .string(ultimatum.until.description)
        }
        if let endedAt = lever.endedAt { json["endedAt"] = .string(endedAt.rfc3339) }
        let references = knownAs(shown)
        if !references.isEmpty { json["references"] = .array(references) }
        json["words"] = .array(
            shown.words.map { word in
                var one: JSONObject = ["act": .string(word.act.rawValue), "at": .string(word.at.rfc3339), "by": .string(word.by)]
                if let because = opened(word.sealed, id: lever.id.bytes, use: leverUse, under: shown.casefileKey) {
                    one["because"] = .string(String(decoding: because, as: UTF8.self))
                }
                return .object(one)
            })
        return .object(json)
    }

    /// Why something was done to a lever: sealed under the case's key, and the salted hash of it for the log.
    func sealed(_ because: String, on lever: LeverID, under casefileKey: Int64) throws(DeskRefusal) -> (bytes: [UInt8], hash: String) {
        try sealed(because, id: lever.bytes, use: leverUse, under: casefileKey)
    }
}

/// The sub-key under which it is sealed why a lever was recorded, reviewed or ended.
private let leverUse = "lever"
