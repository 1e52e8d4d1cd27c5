/// The canonical life domains (contract §5). Dutch: leefgebieden.
public enum LifeDomain: String, CaseIterable, Hashable, Sendable, Comparable {
    case work, income, debts, learning, upbringing, health, psychological, addiction, wellbeing, housing, safety
    case crimeNuisance, socialParticipation, languageIntegration, leisure, administration, domesticViolence, dayActivity, prevention

    /// Domains that no prefix covers: each must be named (GDPR 9 and 10; contract §5).
    public var mustBeNamed: Bool {
        switch self {
        case .health, .psychological, .addiction, .crimeNuisance, .domesticViolence: true
        default: false
        }
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What someone at the desk, in the case or over it may be (contract §11).
public enum StaffRole: String, CaseIterable, Hashable, Sendable {
    case intermediary, contactPoint, socialCaseManager, planCoordinator, meetingChair, processManager
    case privacyOfficer, dataProtectionOfficer, manager, controller, administrator

    /// Whether an account of this role files signals; of these the policy in force decides whether it may.
    public var canFile: Bool { self == .intermediary || self == .contactPoint }
}

/// How a signal came in; every signal has exactly one. Dutch: meldcode, overleg, e-mail, telefoon.
public enum IntakeChannel: String, CaseIterable, Hashable, Sendable {
    case meldcode, consultation, email, phone
}
