import Casework

/// When a covenant holds.
struct Validity: Hashable, Sendable {
    let from: Instant
    let until: Instant?
    func contains(_ now: Instant) -> Bool { from <= now && until.map { now < $0 } ?? true }
}

/// One article as seen from one of its recipients.
struct RouteArticle: Sendable {
    let reference: CovenantReference
    let term: Validity
    /// Who the article names in `from` and may send as a party.
    let senders: [OrganisationNumber]
    let fields: FieldNames
    let grounds: [LawfulGround]
    /// The recipient's sectors in this covenant.
    let sectors: [String]
}

/// An organisation's place in one covenant.
struct Standing: Sendable {
    let term: Validity
    let sectors: [String]
    let refuses: FieldNames
}

/// The covenants and the acts' rules, arranged so that a decision does not walk over all partners. It says nothing that the covenants do not say.
struct PolicyIndex: Sendable {
    struct Route: Hashable, Sendable {
        let recipient: OrganisationNumber
        let purpose: Purpose
    }
    private(set) var articles: [Route: [RouteArticle]] = [:]
    private(set) var standings: [OrganisationNumber: [Standing]] = [:]
    let statutes: StatuteIndex

    init(_ covenants: [Covenant], _ statutes: [Statute]) {
        self.statutes = StatuteIndex(statutes)
        for covenant in covenants {
            let term = Validity(from: covenant.validFrom, until: covenant.validUntil)
            for party in covenant.parties {
                standings[party.oin, default: []].append(Standing(term: term, sectors: party.sectors, refuses: party.refuses))
            }
            for article in covenant.articles { add(article, of: covenant, term) }
        }
    }

    private mutating func add(_ article: Article, of covenant: Covenant, _ term: Validity) {
        let senders = article.from.filter { covenant.allows($0, to: .sender) }
        for recipient in Set(article.to) where covenant.allows(recipient, to: .receiver) {
            articles[Route(recipient: recipient, purpose: article.purpose), default: []].append(
                RouteArticle(
                    reference: CovenantReference(id: covenant.id, version: covenant.version, article: article.number), term: term,
                    senders: senders, fields: citizenServiceNumberRule(article), grounds: article.grounds,
                    sectors: covenant.parties.filter { $0.oin == recipient }.flatMap(\.sectors)))
        }
    }
}

extension Covenant {
    /// Whether this organisation is a party that may send, or may receive.
    func allows(_ oin: OrganisationNumber, to direction: CovenantParty.Direction) -> Bool {
        parties.contains { $0.oin == oin && ($0.direction == .both || $0.direction == direction) }
    }
}

extension PolicySnapshot {
    /// The articles for this purpose under which this recipient may receive; also those not in force.
    func articles(to recipient: OrganisationNumber, for purpose: Purpose) -> [RouteArticle] {
        index.articles[.init(recipient: recipient, purpose: purpose), default: []]
    }
    /// The organisation's places in all covenants; also those not in force.
    func standings(of oin: OrganisationNumber) -> [Standing] { index.standings[oin, default: []] }
    /// The covenants to which the organisation is a party; also those not in force.
    public func covenants(with oin: OrganisationNumber) -> [Covenant] { byRecipient[oin, default: []] }
    /// The organisation as a party to this covenant, or nil.
    public func party(_ oin: OrganisationNumber, in covenant: Covenant) -> CovenantParty? { covenant.parties.first { $0.oin == oin } }
    /// The profiles that covenants name for this organisation: those in force, or, where none is (a notice after the end), all it had.
    public func sealing(of oin: OrganisationNumber, at now: Instant) -> Set<SealingProfile> {
        let all = covenants(with: oin)
        let inForce = all.filter { $0.isInForce(at: now) }
        return Set((inForce.isEmpty ? all : inForce).compactMap { party(oin, in: $0)?.sealing })
    }
}
