import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// Records the contact some time after closing. Dutch: nazorg.
    ///
    /// A new question opens a case that is linked to the first, with the policy of now, and a signal of the municipality without content: what
    /// the resident asked goes into it as its own referrals need it, and the household shows through the link. The resident asked it in
    /// person, so there is nobody to be told of this signal.
    ///
    /// 200 `{casefileId, opened?: {casefileId, signalId}}`.
    public func contactForAftercare(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?)
        async throws(DeskRefusal) -> DeskAnswer
    {
        guard case .staff(let member) = caller, Self.referringRoles.contains(member.role) else { throw .roleMayNot }
        let (outcome, channel) = try reading(body) { AftercareRequest($0) }.parts
        let casefile = try CasefileID(id).orRefuse(.notFound)
        try await demandAccess(to: casefile, by: caller)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let change = try await change(casefile, .aftercareHeld(outcome), at: now, ChangeContext(caller: caller))
            let found = try await read { (row: try $0.casefile(casefile), signal: try $0.firstSignal(of: casefile)) }
            guard let row = found.row else { throw .notFound }
            let refs: [AuditReference: String] = found.signal.map { [.signal: $0.description] } ?? [:]
            let held = entry(
                .aftercareHeld, by: caller, in: try casefileKey(row), refs: refs, facts: ["outcome": .text(outcome.rawValue)])
            let contact: ContactID = world.newID()
            var answer: JSONObject = ["casefileId": .string(id)]
            var linked: LinkedCase?
            if let channel {
                let opened = try await linkedCase(after: row, signal: found.signal, channel: channel, by: member, at: now)
                answer["opened"] = ["casefileId": .string(opened.id.description), "signalId": .string(opened.signal.description)]
                linked = opened
            }
            return Prepared(basis: linked?.basis ?? Basis()) { [answer, linked] transaction in
                guard try change.write(transaction) else { return nil }
                try transaction.insertContact(
                    contact, casefile: casefile, task: nil, kind: .aftercare, outcome: outcome.rawValue, by: member.account, at: now)
                try transaction.append([held])
                try linked?.write(transaction)
                return DeskAnswer(status: 200, body: .object(answer))
            }
        }
    }

    /// The case that a new question opens: its own key, and the terms and the ladder that the policy has now.
    private func linkedCase(
        after row: CasefileRow, signal first: SignalID?, channel: IntakeChannel, by member: StaffMember, at now: Instant
    )
        async throws(DeskRefusal) -> LinkedCase
    {
        let policy = policyInForce
        let pack = policy.snapshot.pack
        let key = try await newKey()
        let casefile: CasefileID = world.newID()
        let area = try await read { transaction in try first.flatMap { try transaction.signal($0) }?.area }
        let signal = SignalRow(
            id: world.newID(), casefile: casefile, filerOrganisation: member.organisation, filerAccount: member.account, channel: channel,
            knowsWhomToCall: false, outcome: .accepted, status: .received, area: area, domains: [], decision: nil, filedAt: now)
        let filed = entry(
            .signalFiled, by: .staff(member), in: JournalCasefile(id: casefile, key: key), refs: [.signal: signal.id.description],
            facts: ["channel": .text(channel.rawValue), "outcome": .text(FilingOutcome.accepted.rawValue)])
        return LinkedCase(id: casefile, signal: signal.id, basis: Basis(policy: policy.number)) { transaction in
            try transaction.insertCasefile(casefile, terms: pack.terms, ladder: pack.ladder, key: key.id, at: now, follows: row.id)
            try transaction.insertSignal(signal)
            try transaction.append([filed])
        }
    }
}

/// A case that is ready to be opened as following another.
private struct LinkedCase: Sendable {
    let id: CasefileID
    let signal: SignalID
    let basis: Basis
    let write: @Sendable (Transaction) throws -> Void
}

/// `{outcome, channel?}`; by which channel the new question came, exactly when there is one.
private struct AftercareRequest {
    let parts: (AftercareOutcome, IntakeChannel?)

    init?(_ reader: JSONReader) {
        guard let body = reader.object(["outcome", "channel"], required: ["outcome"]) else { return nil }
        let channel = body["channel"]?.oneOf(IntakeChannel.self)
        guard let outcome = body["outcome"]?.oneOf(AftercareOutcome.self) else { return nil }
        if outcome == .newQuestion, body["channel"] == nil {
            body.fault(
                "missing-member", "say in `channel` how the new question came in",
                hint: IntakeChannel.allCases.map(\.rawValue).joined(separator: ", "), at: "channel")
        } else if outcome != .newQuestion {
            body["channel"]?.fault("unknown-member", "`channel` goes with a new question", hint: "leave it out")
        }
        parts = (outcome, channel)
    }
}
