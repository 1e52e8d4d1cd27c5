import AuditTrail
import Casework
import Reporting
import Storage
import StrictJSON

extension ReferralDesk {
    /// How long open work has been open, in counts only, small ones withheld (``SmallCounts``): tasks that a partner received and nobody has
    /// picked up, tasks on a waiting list, and open cases. Looking is itself an entry.
    ///
    /// 200 `{today, work: [{kind: waitingTasks|heldTasks|openCases, total?, spans: [{from, until?, count?}]}]}`; `from` and `until` are days, a
    /// count that is not there is withheld.
    public func showOpenWork(by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demand([.manager, .privacyOfficer, .dataProtectionOfficer], of: caller)
        let now = world.calendar()
        let bounds = [0, 7, 28, 91]
        let counted = try await read { transaction in
            try OpenWork.allCases.map { kind in
                try bounds.indices.map { index in
                    let begin = index + 1 < bounds.count ? now.before(days: bounds[index + 1]) : Instant(millisecondsSince1970: 0)
                    // What began at this very instant, or after it by another clock, is new.
                    let end = index == 0 ? Instant(millisecondsSince1970: .max) : now.before(days: bounds[index])
                    return try transaction.openWork(kind, since: begin..<max(begin, end))
                }
            }
        }
        let made = entry(.exportMade, by: caller, facts: ["kind": .text("openWork")])
        try await commit { try $0.append([made]) }
        let work = zip(OpenWork.allCases, counted).map { kind, counts -> JSONValue in
            let shown = SmallCounts(
                [counts.reduce(0, +)] + counts, sums: [CountSum(0, of: Array(1...counts.count))]
            ).shown
            var json: JSONObject = ["kind": .string(kind.rawValue)]
            if let total = shown[0] { json["total"] = .integer(Int64(total)) }
            json["spans"] = .array(
                bounds.indices.map { index in
                    var span: JSONObject = ["from": .integer(Int64(bounds[index]))]
                    if index + 1 < bounds.count { span["until"] = .integer(Int64(bounds[index + 1])) }
                    if let count = shown[index + 1] { span["count"] = .integer(Int64(count)) }
                    return .object(span)
                })
            return .object(json)
        }
        return DeskAnswer(status: 200, body: ["today": .string(calendar.localDate(of: now).description), "work": .array(work)])
    }
}

extension Instant {
    fileprivate func before(days: Int) -> Instant { advanced(byMilliseconds: -Int64(days) * 86_400_000) }
}
