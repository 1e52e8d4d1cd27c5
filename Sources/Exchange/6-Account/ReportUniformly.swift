import AuditTrail
import Casework
import Disclosure
import PolicyFiles
import Reporting
import Storage
import StrictJSON

extension ReferralDesk {
    /// The uniform report of a period, both days included (R89): counts only, folded from the log. Making one is itself an entry.
    ///
    /// 200 with the object that `convenant report --format json` prints; a manager gets it without small counts, see ``GuardedReport``.
    /// Without them it is of one quarter of a calendar year that has ended, and of no other period (400): periods that overlap could be subtracted
    /// from each other, and so could two reports of a quarter that goes on.
    /// - Parameter guarded: whether small counts are withheld from anybody.
    public func reportUniformly(from: String?, to: String?, guarded: Bool = false, by caller: Caller) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let role = try demand([.manager, .privacyOfficer, .dataProtectionOfficer, .contactPoint], of: caller)
        let guarded = guarded || role == .manager
        let period = try reportPeriod(from: from, to: to)
        if guarded { try demandEndedQuarter(period) }
        var fold = ReportFold(period, partners: policyInForce.loaded.partnerNames)
        let last = try await read { try $0.lastLogEntry() }
        var after: Int64 = 0
        while after < last {
            let rows = try await read { [after] in try $0.logEntries(after: after, limit: 1_000) }
            guard let final = rows.last else { break }
            for row in rows where row.seq <= last {
                guard let entry = try? RecordedEntry(reading: row.entry) else { throw .notDurable }
                fold.add(entry)
            }
            after = final.seq
        }
        let policy = policyInForce
        let origin = try await read { try $0.newestCheckpoint() }.flatMap { Checkpoint.claimedOrigin($0) }
        let head = ReportHead(
            municipality: municipality.name, pack: policy.snapshot.pack.id, isSimulated: origin?.hasSuffix("/simulated") ?? false,
            isFictitious: policy.loaded.fictitious, workers: policy.loaded.workerRoles(in: period))
        try await record(period, by: caller)
        let report = fold.finish()
        return DeskAnswer(status: 200, body: guarded ? GuardedReport(report).json(head) : report.json(head))
    }

    /// Records that whoever holds the data folder makes the uniform report of a period, as `convenant report` does: it counts the log itself, since it
    /// checks the log on the way.
    ///
    /// 200 `{from, to}`; without small counts the period is as in ``reportUniformly(from:to:guarded:by:)``.
    public func noteReport(from: String, to: String, guarded: Bool) async throws(DeskRefusal) -> DeskAnswer {
        let period = try reportPeriod(from: from, to: to)
        if guarded { try demandEndedQuarter(period) }
        try await record(period, by: .daemon)
        return DeskAnswer(status: 200, body: ["from": .string(period.from.description), "to": .string(period.to.description)])
    }

    private func record(_ period: ReportPeriod, by caller: Caller) async throws(DeskRefusal) {
        let made = entry(
            .exportMade, by: caller,
            facts: ["kind": .text("uniformReport"), "from": .text(period.from.description), "to": .text(period.to.description)])
        try await commit { try $0.append([made]) }
    }

    private func demandEndedQuarter(_ period: ReportPeriod) throws(DeskRefusal) {
        let quarter = period.quarter
        let now = world.calendar()
        let ended = quarter.flatMap { $0.end > now ? ReportPeriod.lastQuarter(before: calendar.localDate(of: now)) : $0 }
        // Both on the wire and on the command line.
        let hint = ended.map { "take \($0.from) to \($0.to)" }
        guard period != quarter else {
            guard period.end > now else { return }
            throw .invalidInput([
                InputFault(
                    pointer: "/query/to", code: "quarter-not-over",
                    detail: "without small counts a report is of a quarter that has ended", hint: hint)
            ])
        }
        throw .invalidInput([
            InputFault(
                pointer: "/query/\(period.from == quarter?.from ? "to" : "from")", code: "not-a-quarter",
                detail: "without small counts a report is of one quarter of a year", hint: hint)
        ])
    }

    /// The days from which and to which a report goes.
    func reportPeriod(from: String?, to: String?) throws(DeskRefusal) -> ReportPeriod {
        var faults: [InputFault] = []
        func date(_ text: String?, _ name: String) -> CalendarDate? {
            if let date = text.flatMap({ CalendarDate($0) }) { return date }
            faults.append(
                InputFault(
                    pointer: "/query/\(name)", code: text == nil ? "missing-member" : "invalid-date",
                    detail: text == nil ? "the period is missing" : "this is not a date", hint: "write \(name)=2009-01-01"))
            return nil
        }
        let (first, last) = (date(from, "from"), date(to, "to"))
        guard let first, let last else { throw .invalidInput(faults) }
        return try ReportPeriod(from: first, to: last).orRefuse(
            .invalidInput([
                InputFault(
                    pointer: "/query/to", code: "out-of-range", detail: "the period ends before it begins, or lasts over a hundred years",
                    hint: "`to` is the last day of the period")
            ]))
    }
}

extension LoadedPolicies {
    /// The names that covenants give their parties, by organisation number.
    public var partnerNames: [String: String] {
        Dictionary(snapshot.covenants.flatMap(\.parties).map { ($0.oin.description, $0.name) }, uniquingKeysWith: { $1 })
    }

    /// The worker roles that covenants of a period name, by covenant, version and in the order of its parties: what a report counts acknowledgements
    /// of (R29).
    public func workerRoles(in period: ReportPeriod) -> [WorkerRoles] {
        snapshot.covenants.filter { covenant in
            covenant.validFrom < period.end && covenant.validUntil.map { period.start < $0 } ?? true
        }.flatMap { covenant in
            covenant.parties.filter { !$0.workers.isEmpty }.map { party in
                WorkerRoles(
                    partner: party.oin.description, name: party.name, covenant: covenant.id, version: covenant.version,
                    roles: party.workers)
            }
        }
    }
}
