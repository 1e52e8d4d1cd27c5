import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// A partner tells when it visits the household of its task, so that visits can be offered as one. The referral's question is decided
    /// again: a visit is known to the desk within covenant, as what led to it was.
    ///
    /// 201 `{visitId, on}`; 422 when the disclosure no longer stands, without a reason: the partner learns nothing about the person.
    public func planPartnerVisit(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?)
        async throws(DeskRefusal) -> DeskAnswer
    {
        guard case .partner(let partner) = caller else { throw .roleMayNot }
        let date = try reading(body) { $0.object(["on"], required: ["on"])?["on"]?.date() }
        let taskID = try TaskID(id).orRefuse(.notFound)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let today = calendar.localDate(of: now)
            let found = try await read { transaction in
                (
                    task: try transaction.task(taskID), message: try transaction.receivedMessage(of: taskID),
                    visit: try transaction.nextVisit(for: taskID, from: today)
                )
            }
            guard let task = found.task, task.partner == partner else { throw .notFound }
            try demandNotPast(date, at: now)
            // Before its receipt a partner has nothing to visit for; after its end neither.
            guard task.state.isOpen, let message = found.message else { throw .illegalTransition(legal: []) }
            // Its own date it may move; of a visit that became one with others the municipality keeps it.
            guard found.visit?.isJoined != true else { throw .alreadyDecided }
            let policy = policyInForce
            let review = try await review(message, policy: policy)
            guard case .permitted = review.decision else {
                return try await refusedVisit(review, message, by: caller)
            }
            let visit: HomeVisitID = world.newID()
            let signal = try await read { try $0.firstSignal(of: task.casefile) }
            var refs: [AuditReference: String] = [.task: taskID.description]
            if let signal { refs[.signal] = signal.description }
            if let decision = message.decision { refs[.decision] = decision.description }
            let planned = entry(
                .visitPlanned, by: caller, in: try await livingCasefile(task.casefile), refs: refs,
                facts: ["by": .text("partner"), "policy": .text(policy.snapshot.revision)])
            let answer = DeskAnswer(
                status: 201, body: ["visitId": .string(visit.description), "on": .string(date.description)])
            return Prepared(basis: review.basis) { transaction in
                guard try transaction.task(taskID)?.state.isOpen == true,
                    try transaction.nextVisit(for: taskID, from: today) == found.visit
                else { return nil }
                if let visit = found.visit { try transaction.cancelVisit(visit.own) }
                try transaction.planVisit(visit, casefile: task.casefile, on: date, by: .partner(partner, task: taskID), at: now)
                try transaction.append([planned])
                return answer
            }
        }
    }

    private func refusedVisit(_ review: MessageReview, _ message: MessageRow, by caller: Caller) async throws(DeskRefusal) -> Prepared {
        let decision: DecisionID = world.newID()
        var refs: [AuditReference: String] = [.message: message.id.description]
        if let task = message.task { refs[.task] = task.description }
        let changed = decisionEntry(
            review.decision, id: decision, of: review.question, policy: review.policy, on: review.kept, at: review.at, by: caller,
            about: try await livingSubjects(review.question.subjects), in: try await livingCasefile(message.casefile), changed: true,
            refs: refs)
        let answer = DeskRefusal.disclosureRefused(
            decision: nil, reasons: [],
            explanation: PlainText(
                nl: "De verwijzing waar dit bezoek bij hoort, staat niet meer.", en: "The referral that this visit is for no longer stands."
            )
        ).answer
        return Prepared(basis: review.basis) { transaction in
            try transaction.insertDecision(
                decision, casefile: message.casefile, question: review.question, permitted: false,
                policyRevision: review.policy.revision, facts: review.kept, at: review.at)
            try transaction.append([changed])
            return answer
        }
    }
}
