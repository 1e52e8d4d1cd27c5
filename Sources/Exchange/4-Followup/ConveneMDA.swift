import AuditTrail
import Casework
import Disclosure
import PartnerTrust
import Storage
import StrictJSON

extension ReferralDesk {
    /// Opens a meeting about a household, for its chair to date. Dutch: MDA-bijeenkomst.
    ///
    /// Who has an open task of the case is involved by that; `parties` names the others, each with what it is involved for. The ladder opens
    /// a meeting by itself, with the former alone. 201 `{meetingId, state, dueAt}`; 409 with `meetingId` when one is being prepared (R74).
    public func openMeeting(_ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal) -> DeskAnswer {
        let request = try reading(body) { MeetingRequest($0) }
        _ = try await member(caller, as: Self.referringRoles, on: request.casefile)
        do {
            return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
                try await prepareOpening(request, by: caller)
            }
        } catch {
            guard case .illegalTransition(_, .meetingOpen?) = error,
                let open = try await read({ try $0.openMeeting(of: request.casefile) })
            else { throw error }
            // Two meetings on one household are merged: what is to be discussed goes on the agenda of the one there is.
            var problem = error.answer.body.objectValue ?? [:]
            problem["meetingId"] = .string(open.id.description)
            return DeskAnswer(status: error.answer.status, body: .object(problem))
        }
    }

    private func prepareOpening(_ request: MeetingRequest, by caller: Caller) async throws(DeskRefusal) -> Prepared {
        let now = world.calendar()
        let (involved, known) = try await read { transaction in
            (
                try transaction.involved(in: request.casefile).map(\.partner),
                try request.parties.map { try transaction.partner($0.partner) != nil }
            )
        }
        let strangers = known.indices.filter { !known[$0] }
        guard strangers.isEmpty else {
            throw .invalidInput(
                strangers.map {
                    InputFault(
                        pointer: "/parties/\($0)/oin", code: "unknown-partner", detail: "this organisation is not registered",
                        hint: "`partner list` shows who is")
                })
        }
        let organisations = Set(involved + request.parties.map(\.partner))
        let meeting: MeetingID = world.newID()
        let change = try await change(
            request.casefile, .meetingAsked(request.kind, request.trigger, parties: organisations.count), at: now,
            ChangeContext(caller: caller, meeting: meeting))
        let planBy = change.actions.compactMap { if case .openMeeting(_, _, _, let planBy) = $0 { planBy } else { nil } }.first
        let rows = request.parties.map { party in
            MeetingPartyRow(
                id: world.newID(), meeting: meeting, partner: party.partner, purpose: party.purpose, ground: party.ground, task: nil,
                uid: newCalendarName())
        }
        var answer: JSONObject = [
            "meetingId": .string(meeting.description), "state": .string(MeetingState.toBePlanned.rawValue),
        ]
        if let planBy { answer["dueAt"] = .string(planBy.rfc3339) }
        return Prepared(basis: Basis()) { [answer] transaction in
            guard try Set(transaction.involved(in: request.casefile).map(\.partner)).isSubset(of: organisations),
                try change.write(transaction)
            else { return nil }
            for row in rows { try transaction.store(row) }
            return DeskAnswer(status: 201, body: .object(answer))
        }
    }

    /// A name for a meeting in one calendar: random, so that two organisations cannot join their records.
    func newCalendarName() -> String { hexadecimal(world.random(16)) }
}

/// A request to open a meeting.
private struct MeetingRequest: Sendable {
    /// An organisation that is to be at the table, and what for.
    struct Party: Sendable {
        let partner: OrganisationNumber
        let purpose: Purpose
        let ground: LawfulGround
    }

    let casefile: CasefileID
    let kind: MeetingKind
    let trigger: MeetingTrigger
    let parties: [Party]

    init?(_ reader: JSONReader) {
        guard
            let body = reader.object(["casefileId", "kind", "trigger", "parties"], required: ["casefileId", "kind", "trigger"])
        else { return nil }
        let parties = (body["parties"]?.array(max: 30) ?? []).compactMap { Party($0) }
        if Set(parties.map(\.partner)).count != parties.count {
            body["parties"]?.fault("duplicate-party", "an organisation is named twice", hint: "name each organisation once")
        }
        let casefile = body["casefileId"]?.identifier(CasefileID.self)
        let kind = body["kind"]?.oneOf(MeetingKind.self)
        let trigger = body["trigger"]?.oneOf(MeetingTrigger.self)
        guard let casefile, let kind, let trigger else { return nil }
        self.casefile = casefile
        self.kind = kind
        self.trigger = trigger
        self.parties = parties
    }
}

extension MeetingRequest.Party {
    fileprivate init?(_ reader: JSONReader) {
        guard let body = reader.object(["oin", "purpose", "ground"], required: ["oin", "purpose"]) else { return nil }
        let partner = body["oin"]?.organisation()
        let purpose = body["purpose"]?.purpose()
        let ground = body["ground"]?.ground()
        guard let partner, let purpose else { return nil }
        self.init(partner: partner, purpose: purpose, ground: ground ?? .consent)
    }
}
