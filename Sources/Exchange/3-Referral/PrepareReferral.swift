import AuditTrail
import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

/// A referral that was decided, ready to be written: sent when the gate permitted it, else recorded as refused.
struct PreparedReferral: Sendable {
    let task: TaskID
    /// What it is to the case; nil when it was refused.
    let event: CaseEvent?
    /// Why it was refused; empty when it was not.
    let reasons: [RefusalReason]
    /// 201 or 422, when it stands alone.
    let answer: DeskAnswer
    let basis: Basis
    /// Whether it can still be written as it was prepared; asked before anything of the commit is.
    let holds: @Sendable (Transaction) throws -> Bool
    let write: @Sendable (Transaction) throws -> Void
}

/// What stands around a referral that a meeting decided on.
struct ReferralContext: Sendable {
    var refs: [AuditReference: String] = [:]
    /// The date by which the meeting agreed that it is done.
    var promisedOn: CalendarDate?
    /// What happens to the case before it, in the same commit, and the tasks that this is about.
    var earlier: [CaseEvent] = []
    var tasks: [TaskID] = []
    /// Where the request stands in the body.
    var pointer = ""
    /// Whether it is one of several: where nothing can be sealed for its recipient now, it alone is refused.
    var isOneOfMany = false
    /// The trace of the request; nil for one of the message's own.
    var trace: TraceID?
}

extension ReferralDesk {
    /// Decides a referral, and seals its message when the gate permits it.
    /// - Throws: what the case refuses, before the gate is asked.
    func prepareReferral(
        _ request: ReferralRequest, by member: StaffMember, as caller: Caller, in context: ReferralContext = ReferralContext()
    ) async throws(DeskRefusal) -> PreparedReferral {
        let now = world.calendar()
        let policy = policyInForce
        let question = request.question(from: municipality.oin, role: member.role)
        let held = policy.snapshot.asksForHoldings(question)
        // All of it in one snapshot: what is decided about, and what is sealed, are then the same.
        let found = try await read { transaction -> (case: CaseReading, ground: GroundReading, sealing: SealingReading)? in
            guard let reading = try transaction.reading(of: request.casefile, tasks: context.tasks) else { return nil }
            let ground = try transaction.ground(
                about: request.subjects, in: request.casefile, policy: policy, held: held, levers: question.ground.isCompulsory,
                at: now)
            return (
                reading, ground,
                try transaction.sealing(about: request.subjects, in: reading.row, household: ground.household, to: request.to)
            )
        }.orRefuse(.notFound)
        let row = found.case.row
        let ground = try decidingGround(found.ground, in: row, pointer: context.pointer + "/subjects", at: now)
        let task: TaskID = world.newID()
        let referral: ReferralID = world.newID()
        let event = CaseEvent.referred(
            task: task, referral: referral, partner: request.to, deliverBy: windowEnd(from: now),
            promisedOn: context.promisedOn)
        let change = try await change(
            found.case, event, at: now, ChangeContext(caller: caller, refs: context.refs), after: context.earlier)
        let decided = decide(
            question, on: ground, by: caller, refs: context.refs.merging([.task: task.description]) { $1 })
        let canGo = try context.isOneOfMany ? canSeal(for: found.sealing.partner) : found.sealing.partner != nil
        guard let permission = decided.permission, canGo,
            let queued = try await sealReferral(
                permission, of: found.sealing, decision: decided.id, referral: referral, task: task, replaces: nil, by: caller,
                trace: context.trace)
        else { return refused(decided, task: task, on: ground) }
        let answer = DeskAnswer(
            status: 201,
            body: [
                "referralId": .string(referral.description), "messageId": .string(queued.message.id.description),
                "taskId": .string(task.description), "decision": permission.json(id: decided.id),
            ])
        return PreparedReferral(
            task: task, event: event, reasons: [], answer: answer, basis: ground.basis,
            holds: { try $0.isRegistered(request.to) && change.holds($0) },
            write: { transaction in
                try decided.record(transaction)
                try transaction.insertReferral(
                    referral, casefile: row.id, partner: request.to, purpose: request.purpose, by: member.account, at: now)
                try change.writeHeld(transaction)
                try queued.enqueue(transaction)
                try transaction.append(queued.entries)
            })
    }

    private func refused(_ decided: DecidedQuestion, task: TaskID, on ground: DecidingGround) -> PreparedReferral {
        // Permitted, yet nothing goes: there is no registered partner system or nothing can be sealed for it, or nothing of it is stored.
        let reasons = decided.permission == nil ? decided.reasons : [.unknownFact]
        let explanation = explain(decided.decision, question: decided.question, policy: ground.policy.snapshot, at: ground.now)
        return PreparedReferral(
            task: task, event: nil, reasons: reasons,
            answer: DeskRefusal.disclosureRefused(decision: decided.id.description, reasons: reasons, explanation: explanation).answer,
            basis: ground.basis, holds: { _ in true }, write: decided.record)
    }
}

extension Basis {
    /// What both stood on; of a person who was read twice the earlier reading counts.
    func joined(with other: Basis) -> Basis {
        Basis(policy: policy ?? other.policy, persons: persons.merging(other.persons) { first, _ in first })
    }
}
