/// What a controller can decide: the keys of a decisions file. The list grows by appending.
enum DecisionKey: String, CaseIterable, Sendable {
    case pickUp = "terms.pickUp"
    case afterContact = "terms.afterContact"
    case progress = "terms.progress"
    case aftercare = "terms.aftercare"
    case homeVisit = "terms.homeVisit"
    case meeting = "terms.meeting"
    case ladderNext = "ladder.next"
    case onRefusal
    case mayFile
    case consentMode
    case retentionCase = "retention.caseAfterClosing"
    case retentionLog = "retention.log"
    case retentionBackup = "retention.backup"
    case recall = "terms.recall"

    /// What does not work while it is undecided.
    var blocks: String {
        switch self {
        case .pickUp, .progress: "POST /v1/referrals answers policy-incomplete"
        case .afterContact: "after a contact by the desk the ladder does not climb"
        case .aftercare: "POST /v1/casefiles/{id}/closure answers policy-incomplete"
        case .homeVisit: "POST /v1/signals/{id}/triage as multiple answers policy-incomplete"
        case .meeting: "no meeting can be opened"
        case .recall: "nothing; a recall is due to be answered at once"
        case .ladderNext: "a task that stays open after the desk's contact stays with the desk"
        case .onRefusal: "POST /v1/signals answers policy-incomplete for people who did not agree"
        case .mayFile: "nothing; every role with an account for filing may file"
        case .consentMode: "nothing; covenant and consent stay the rule"
        case .retentionCase: "closed casefiles are not erased by themselves"
        case .retentionLog: "no year of the log is ever destroyed"
        case .retentionBackup: "old wrapping keys are kept, so what is erased stays readable in old backups"
        }
    }

    var stopsWork: Bool {
        switch self {
        case .pickUp, .progress, .afterContact, .aftercare, .homeVisit, .meeting, .ladderNext, .onRefusal: true
        case .mayFile, .consentMode, .retentionCase, .retentionLog, .retentionBackup, .recall: false
        }
    }
}
