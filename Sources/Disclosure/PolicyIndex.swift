import Casework

/// When a covenant holds, or a party's place in it.
struct Validity: Hashable, Sendable {
    let from: Instant
    let until: Instant?
    func contains(_ now: Instant) -> Bool { from <= now && until.map { now < $0 } ?? true }

    /// The part of this time in which the party is one: it may join later than the covenant begins, and leave before it ends.
    func narrowed(to party: CovenantParty) -> Validity {
        Validity(from: max(from, party.from ?? from), until: [until, party.until].compactMap(\.self).min())
    }
}

/// Who may send under an article to one of its recipients.
struct RouteSender: Sendable {
    let oin: OrganisationNumber
    /// When the covenant holds and both are parties to it.
    let term: Validity
    /// Whether both have signed it as it is.
    let isSigned: Bool
}

/// One article as seen from one of its recipients.
struct RouteArticle: Sendable {
    let reference: CovenantReference
    /// Who the article names in `from` and may send as a party.
    let senders: [RouteSender]
    let fields: FieldNames
    let grounds: [LawfulGround]
    /// The recipient's sectors in this covenant.
    let sectors: [String]

    /// Whether it leads from this sender at this instant, signed or not.
    func leads(from sender: OrganisationNumber, at now: Instant) -> Bool { senders.contains { $0.oin == sender && $0.term.contains(now) } }
    /// Whether it leads from this sender at this instant, with the signatures of both.
    func isOpen(to sender: OrganisationNumber, at now: Instant) -> Bool {
        senders.contains { $0.oin == sender && $0.isSigned && $0.term.contains(now) }
    }
}

/// An organisation's place in one covenant.
struct Standing: Sendable {
    let term: Validity
    let sectors: [String]
    let refuses: FieldNames
    let limits: [PartyLimit]
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
    /// Only the standings with a limit on giving, which are few: a municipality has a place in every covenant.
    private(set) var givers: [OrganisationNumber: [Standing]] = [:]

    init(_ covenants: [Covenant], _ statutes: [Statute]) {
        self.statutes = StatuteIndex(statutes)
        for covenant in covenants {
            let term = Validity(from: covenant.validFrom, until: covenant.validUntil)
            for party in covenant.parties {
                let standing = Standing(
                    term: term.narrowed(to: party), sectors: party.sectors, refuses: party.refuses, limits: party.limits)
                standings[party.oin, default: []].append(standing)
                if party.limits.contains(where: { $0.side == .giving }) { givers[party.oin, default: []].append(standing) }
            }
            for article in covenant.articles { add(article, of: covenant, term) }
        }
    }

    private mutating func add(_ article: Article, of covenant: Covenant, _ term: Validity) {
        for to in Set(article.to) {
            guard let recipient = covenant.party(to, .receiver) else { continue }
            let senders = article.from.compactMap { covenant.party($0, .sender) }.map {
                RouteSender(
                    oin: $0.oin, term: term.narrowed(to: recipient).narrowed(to: $0), isSigned: $0.hasSigned && recipient.hasSigned)
            }
            articles[Route(recipient: to, purpose: article.purpose), default: []].append(
                RouteArticle(
                    reference: CovenantReference(id: covenant.id, version: covenant.version, article: article.number), senders: senders,
                    fields: citizenServiceNumberRule(article), grounds: article.grounds, sectors: recipient.sectors))
        }
    }
}

extension Covenant {
    /// This organisation as a party that may send, or may receive; nil when it is none.
    func party(_ oin: OrganisationNumber, _ direction: CovenantParty.Direction) -> CovenantParty? {
        parties.first { $0.oin == oin && $0.may(direction) }
    }
    /// Whether this organisation is a party that may send, or may receive.
    func allows(_ oin: OrganisationNumber, to direction: CovenantParty.Direction) -> Bool { party(oin, direction) != nil }
    /// When the covenant holds between a sender and a recipient; nil when one of them is none.
    func term(from sender: OrganisationNumber, to recipient: OrganisationNumber) -> Validity? {
        guard let sender = party(sender, .sender), let recipient = party(recipient, .receiver) else { return nil }
        return Validity(from: validFrom, until: validUntil).narrowed(to: sender).narrowed(to: recipient)
    }
}

extension PolicySnapshot {
    /// The articles for this purpose under which this recipient may receive; also those not in force.
    func articles(to recipient: OrganisationNumber, for purpose: Purpose) -> [RouteArticle] {
        index.articles[.init(recipient: recipient, purpose: purpose), default: []]
    }
    /// The organisation's places in all covenants; also those not in force.
    func standings(of oin: OrganisationNumber) -> [Standing] { index.standings[oin, default: []] }
    /// Those of the organisation's places in which it limits what it gives; also those not in force.
    func givingLimits(of oin: OrganisationNumber) -> [Standing] { index.givers[oin, default: []] }
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
