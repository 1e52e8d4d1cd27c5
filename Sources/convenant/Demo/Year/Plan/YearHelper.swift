import Casework

/// Who helps: partners that take referrals, and platforms that take over cases. All of them are fictitious.
enum YearHelper: String, CaseIterable, Hashable, Sendable {
    case debtHelp, care, housing
    case cjg, ccp, signallingMeeting, topTeam, otherPlatform

    /// The partners of ordinary referrals.
    static let partners: [YearHelper] = [.debtHelp, .care, .housing]

    init(_ platform: Platform) {
        switch platform {
        case .cjg: self = .cjg
        case .ccp: self = .ccp
        case .signallingMeeting: self = .signallingMeeting
        case .topTeam: self = .topTeam
        case .other: self = .otherPlatform
        }
    }

    /// What the table says of it.
    var offer: YearOffer { YearOffer.table[self] ?? YearOffer(oin: "", purpose: "", domains: [], fields: [], action: .other) }
}

/// What a helper is asked for.
struct YearOffer: Sendable {
    let oin: String
    /// The purpose of the covenant's article.
    let purpose: String
    /// The life domains that lead to it; the first is the one that a meeting gives it.
    let domains: [LifeDomain]
    /// What is asked for it, and consented to.
    let fields: [String]
    /// What a meeting asks of it.
    let action: PlanActionKind

    static let table: [YearHelper: YearOffer] = [
        .debtHelp: YearOffer(
            oin: "00000099000000002000", purpose: "debtAssistance", domains: [.debts, .income],
            fields: ["identification", "identification.bsn", "contact", "domains.debts", "domains.income"], action: .arrangeFinances),
        .care: YearOffer(
            oin: "00000099000000003000", purpose: "careAllocation", domains: [.wellbeing, .socialParticipation],
            fields: ["identification", "contact", "domains.wellbeing", "domains.socialParticipation"], action: .arrangeCare),
        .housing: YearOffer(
            oin: "00000099000000004000", purpose: "evictionPrevention", domains: [.housing],
            fields: ["identification.name", "contact.address", "domains.housing"], action: .arrangeHousing),
        .cjg: YearOffer(
            oin: "00000099000000006000", purpose: "youthAndFamily", domains: [.upbringing],
            fields: ["identification", "contact", "domains.upbringing"], action: .takeOn),
        .ccp: YearOffer(
            oin: "00000099000000007000", purpose: "shelter", domains: [.housing],
            fields: ["identification", "contact.phone", "contact.safeWay", "domains.housing"], action: .takeOn),
        .signallingMeeting: YearOffer(
            oin: "00000099000000008000", purpose: "signalling", domains: [.safety],
            fields: ["identification.name", "identification.birthDate", "contact.address", "contact.safeWay", "domains.safety.concern"],
            action: .takeOn),
        .topTeam: YearOffer(
            oin: "00000099000000009000", purpose: "topTeam", domains: [.administration],
            fields: ["identification", "contact", "domains.administration", "domains.debts", "domains.housing"], action: .takeOn),
        .otherPlatform: YearOffer(
            oin: "00000099000000010000", purpose: "otherPlatform", domains: [.wellbeing],
            fields: ["identification.name", "contact.phone", "contact.safeWay", "domains.wellbeing.concern"], action: .takeOn),
    ]
}
