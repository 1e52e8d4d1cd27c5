import AuditTrail
import Casework
import Disclosure
import Storage

/// What the gate says about one organisation at the table.
struct SeatDecision: Sendable {
    let party: MeetingPartyRow
    /// The places in the agenda of the items that it may hear of.
    let items: [Int]
    /// The decision on which its invitation rests; nil when it may hear of nothing.
    let invitation: DecidedQuestion?
    /// Why it may not hear of the other items.
    let reasons: [RefusalReason]
    /// Everything that was decided about it, to be recorded.
    let decided: [DecidedQuestion]
}

extension ReferralDesk {
    /// Decides each item for one organisation, on the purpose and the ground for which it is involved: being at a table widens nothing (R69).
    ///
    /// An item is permitted when it may be told about each person it is about, since whoever sits there hears of all of them. One decision
    /// then covers what the invitation tells as a whole, so that it can be decided again when the message is delivered. To whom has a task
    /// about the household, the task says which household it is; for whom has none the gate is asked for the name, too.
    func decideAgenda(
        _ items: [MeetingDate.Item], for party: MeetingPartyRow, on ground: DecidingGround, member: StaffMember,
        refs: [AuditReference: String]
    ) -> SeatDecision {
        let caller = Caller.staff(member)
        func decided(_ items: [MeetingDate.Item], naming: FieldNames = []) -> DecidedQuestion {
            let subjects = items.flatMap(\.subjects).reduce(into: [PersonID]()) { if !$0.contains($1) { $0.append($1) } }
            let question = DisclosureQuestion(
                sender: municipality.oin, senderRole: member.role, recipient: party.partner, purpose: party.purpose,
                fields: FieldNames(items.map(\.field)).union(naming), subjects: subjects, ground: party.ground)
            return decide(question, on: ground, by: caller, refs: refs)
        }
        let answers = items.map { decided([$0]) }
        let permitted = items.indices.filter { answers[$0].permission?.permits(items[$0]) == true }
        let reasons = Set(items.indices.filter { !permitted.contains($0) }.flatMap { answers[$0].reasons }).sorted()
        guard let first = permitted.first else {
            return SeatDecision(party: party, items: [], invitation: nil, reasons: reasons, decided: answers)
        }
        guard permitted.count > 1 || party.task == nil else {
            return SeatDecision(party: party, items: permitted, invitation: answers[first], reasons: reasons, decided: answers)
        }
        let whole = decided(permitted.map { items[$0] }, naming: party.task == nil ? [.name] : [])
        return SeatDecision(party: party, items: permitted, invitation: whole, reasons: reasons, decided: answers + [whole])
    }
}

extension Permission {
    /// Whether this item may be spoken of: its field goes about each of its persons.
    func permits(_ item: MeetingDate.Item) -> Bool { item.subjects.allSatisfy { grantedFields(to: $0).contains(item.field) } }
}

extension [MeetingDate.Item] {
    /// What inviting somebody to these items tells, by person: names of fields only. The person's own name is among them where it was permitted.
    func scopes(under permission: Permission) -> [SealedScope] {
        var fields: [PersonID: FieldNames] = [:]
        for item in self { for subject in item.subjects { fields[subject, default: []].formUnion([item.field]) } }
        for subject in fields.keys where permission.grantedFields(to: subject).contains(.name) { fields[subject]?.formUnion([.name]) }
        return fields.map { SealedScope(subject: $0.key, fields: $0.value) }
            .sorted { ($0.subject?.description ?? "") < ($1.subject?.description ?? "") }
    }
}
