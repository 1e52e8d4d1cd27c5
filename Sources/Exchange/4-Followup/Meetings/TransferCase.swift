import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

extension ReferralDesk {
    /// Passes a case on to a platform outside the chain, from a meeting: itself a referral, and behind the gate like any other (R66).
    ///
    /// 201 `{taskId, messageId, platform}`; 422 when the gate refuses, as for a platform without a covenant. Dutch: doorzetten.
    public func transferCase(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let led = try await ledMeeting(id, by: caller)
        let (platform, request) = try reading(body) { reader -> (Platform, ReferralRequest)? in
            let required = ["platform", "to", "purpose", "fields", "subjects"]
            guard let object = reader.object(required + ["ground"], required: required) else { return nil }
            let platform = object["platform"]?.oneOf(Platform.self)
            let to = object["to"]?.organisation()
            let purpose = object["purpose"]?.purpose()
            let fields = object["fields"]?.someFieldNames()
            let subjects = object["subjects"]?.subjects()
            let ground = object["ground"]?.ground()
            guard let platform, let to, let purpose, let fields, let subjects else { return nil }
            let request = ReferralRequest(
                casefile: led.casefile.id, to: to, purpose: purpose, fields: fields, subjects: subjects, ground: ground ?? .consent)
            return (platform, request)
        }
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            try await prepareTransfer(request, to: platform, from: led)
        }
    }

    private func prepareTransfer(_ request: ReferralRequest, to platform: Platform, from led: LedMeeting) async throws(DeskRefusal)
        -> Prepared
    {
        let now = world.calendar()
        let (casefile, meeting, caller) = (led.casefile.id, led.meeting.id, Caller.staff(led.member))
        guard led.meeting.state != .cancelled else { throw .illegalTransition(legal: [], because: .meetingCancelled) }
        var refs: [AuditReference: String] = [.meeting: meeting.description]
        if let signal = try await read({ try $0.firstSignal(of: casefile) }) { refs[.signal] = signal.description }
        let referral = try await prepareReferral(request, by: led.member, as: caller, in: ReferralContext(refs: refs))
        let passedOn = entry(
            .caseTransferred, by: caller, in: try casefileKey(led.casefile),
            refs: refs.merging([.task: referral.task.description]) { $1 },
            facts: ["platform": .text(platform.rawValue), "partner": .text(request.to.description)])
        let answer = DeskAnswer(
            status: 201,
            body: [
                "taskId": .string(referral.task.description), "messageId": .string(referral.answer.body["messageId"]?.stringValue ?? ""),
                "platform": .string(platform.rawValue),
            ])
        return Prepared(basis: referral.basis) { transaction in
            guard try transaction.meeting(meeting)?.state != .cancelled, try referral.holds(transaction) else { return nil }
            try referral.write(transaction)
            guard referral.event != nil else { return referral.answer }
            try transaction.insertTransfer(referral.task, casefile: casefile, meeting: meeting, to: platform, at: now)
            try transaction.append([passedOn])
            return answer
        }
    }
}
