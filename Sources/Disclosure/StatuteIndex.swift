import Casework

/// The rules of all acts, arranged so that a question looks only at those that could bear on it. It says nothing that the acts do not say.
final class StatuteIndex: Sendable {
    /// The rules that carry each ground, bills too.
    let permits: [LawfulGround: [StatuteRule]]
    /// Everything else, by the order of the effects, so that a field's reason does not depend on the order of the files.
    let prohibitions: [StatuteRule]
    /// The acts of the policy, by id.
    private let acts: Set<String>
    /// From which age somebody consents, as each act has it.
    private let consentAges: [ConsentAge]
    /// Those that hold on consent too.
    let prohibitionsOnConsent: [StatuteRule]
    /// The fields that they are about, whatever the purpose, and for one purpose: a question on consent seldom asks for more than this.
    private let barredOnConsent: FieldNames
    private let barredOnConsentFor: [Purpose: FieldNames]

    init(_ statutes: [Statute]) {
        let rules = statutes.flatMap(\.rules)
        var permits: [LawfulGround: [StatuteRule]] = [:]
        for rule in rules { if case .permits(let ground, _) = rule.effect { permits[ground, default: []].append(rule) } }
        self.permits = permits
        acts = Set(statutes.map(\.id))
        consentAges = statutes.flatMap(\.consentAges)
        prohibitions = rules.filter { $0.reason != nil && !$0.bill }.sorted { ($0.rank, $0.article) < ($1.rank, $1.article) }
        prohibitionsOnConsent = prohibitions.filter { $0.effect == .forbids || $0.effect == .forbidsOnward }
        barredOnConsent = prohibitionsOnConsent.reduce([]) { $1.purposes == nil ? $0.union($1.fields) : $0 }
        var byPurpose: [Purpose: FieldNames] = [:]
        for rule in prohibitionsOnConsent {
            for purpose in rule.purposes ?? [] { byPurpose[purpose, default: []].formUnion(rule.fields) }
        }
        barredOnConsentFor = byPurpose
    }

    /// What acts in force say about the age from which somebody consents.
    func consentAges(at now: Instant) -> [ConsentAge] { consentAges.filter { $0.isInForce(at: now) } }

    /// Whether the policy has this act. One that it has not may be a misspelt one, or one that was taken out of it.
    func knows(_ act: String) -> Bool { acts.contains(act) }

    /// The same holdings, where an act that the policy does not know counts as one that nobody said.
    func recognising(_ held: [Holding]?) -> [Holding]? {
        held?.map { holding in
            guard let act = holding.act, !knows(act) else { return holding }
            return Holding(fields: holding.fields, act: nil, organisation: holding.organisation)
        }
    }

    /// Whether any rule could bar a field of this question on consent.
    func mayBar(_ question: DisclosureQuestion) -> Bool {
        !barredOnConsent.isDisjoint(with: question.fields)
            || !(barredOnConsentFor[question.purpose]?.isDisjoint(with: question.fields) ?? true)
    }
}

extension StatuteRule {
    /// Why a field that the rule bars is left out; nil for a rule that permits.
    var reason: RefusalReason? {
        switch effect {
        case .permits: nil
        case .forbids, .onlyToThese: .statuteForbids
        case .forbidsOnward: .policeCondition
        case .forbidsUnlessReleased: .professionalSecrecy
        case .requiresConsent: .groundNotAllowed
        }
    }
    /// The first that bars a field names the reason.
    fileprivate var rank: Int {
        switch effect {
        case .permits: 0
        case .forbids: 1
        case .forbidsOnward: 2
        case .forbidsUnlessReleased: 3
        case .onlyToThese: 4
        case .requiresConsent: 5
        }
    }
    /// Whether it lifts professional secrecy for what it carries.
    var goesAcrossSecrecy: Bool { if case .permits(_, acrossSecrecy: true) = effect { true } else { false } }
    /// Whether whoever shares on it need not state why.
    var goesWithoutNecessity: Bool { !necessity }
    func isInForce(at now: Instant) -> Bool { Validity(from: validFrom, until: validUntil).contains(now) }
}

extension PolicySnapshot {
    /// Whether a decision asks under which act and by whom what is stored was obtained. Without, nobody needs to read it.
    public func asksForHoldings(_ question: DisclosureQuestion) -> Bool {
        question.ground != .consent || index.statutes.mayBar(question)
    }
}
