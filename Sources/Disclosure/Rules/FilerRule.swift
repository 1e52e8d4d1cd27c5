import Casework

/// Filing is a disclosure to the municipality: only the roles that the pack names may file; the contact point always may.
///
/// A pack that does not name the roles, or a question that no person asks, leaves this rule without effect.
func filerRule(_ question: DisclosureQuestion, _ pack: PackRules) -> RefusalReason? {
    guard question.purpose == .intake, let mayFile = pack.mayFile, let role = question.senderRole else { return nil }
    return role == .contactPoint || mayFile.contains(role) ? nil : .filerNotAllowed
}
