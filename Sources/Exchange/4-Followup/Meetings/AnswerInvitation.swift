import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// An invited partner says whether it comes; it knows the meeting by an id of its own. The last answer counts.
    ///
    /// 200 `{meetingId, answer}`; 404 for a meeting of others, 410 when it is over, was cancelled, or the partner may no longer come.
    public func answerInvitation(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?)
        async throws(DeskRefusal) -> DeskAnswer
    {
        guard case .partner(let partner) = caller else { throw .roleMayNot }
        let answer = try reading(body) { $0.object(["answer"], required: ["answer"])?["answer"]?.oneOf(MeetingAnswer.self) }
        let partyID = try MeetingPartyID(id).orRefuse(.notFound)
        guard let party = try await read({ try $0.meetingParty(partyID) }), party.partner == partner else { throw .notFound }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let given = DeskAnswer(status: 200, body: ["meetingId": .string(id), "answer": .string(answer.rawValue)])
            return Prepared(basis: Basis()) { transaction in
                guard let party = try transaction.meetingParty(partyID), party.message != nil,
                    try transaction.meeting(party.meeting)?.state == .dated
                else { return DeskRefusal.ended.answer }
                try transaction.setAnswer(answer, of: partyID)
                return given
            }
        }
    }
}
