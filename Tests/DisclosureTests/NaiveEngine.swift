import Casework
import Disclosure

/// One field about one person, or (nil) about the household.
struct Slot: Hashable {
    let subject: PersonID?
    let field: FieldName
}

/// A decision in its most comparable form.
enum Answer: Equatable {
    case refused([RefusalReason])
    case permitted(
        granted: Set<Slot>, leftOut: [Slot: RefusalReason], articles: [CovenantReference], statutes: [LegalArticle],
        levers: [LeverID])
}

/// The rules again, field by field, in the most obvious way; it shares nothing with the gate but the types of question and answer.
struct NaiveEngine {
    let question: DisclosureQuestion
    let facts: DisclosureFacts
    let policy: PolicySnapshot
    let now: Instant

    func decide() -> Answer {
        if question.subjects.count == 0 { return .refused([.unknownFact]) }
        if question.fields.count == 0 { return .refused([.fieldNotCovered]) }
        if question.purpose == .intake, let roles = policy.pack.mayFile, let role = question.senderRole, role != .contactPoint {
            if !roles.contains(role) { return .refused([.filerNotAllowed]) }
        }
        if let reason = reasonAgainstTheWhole() { return .refused([reason]) }

        var granted: Set<Slot> = []
        var leftOut: [Slot: RefusalReason] = [:]
        for field in FieldName.all where question.fields.contains(field) {
            if field == .householdMembers || field == .freeText {
                let reasons = question.subjects.compactMap { reason(against: field, about: $0) }
                if reasons.isEmpty {
                    granted.insert(Slot(subject: nil, field: field))
                } else {
                    leftOut[Slot(subject: nil, field: field)] = RefusalReason.allCases.first { reasons.contains($0) }
                }
                continue
            }
            for subject in question.subjects {
                if let reason = reason(against: field, about: subject) {
                    leftOut[Slot(subject: subject, field: field)] = reason
                } else {
                    granted.insert(Slot(subject: subject, field: field))
                }
            }
        }
        if granted.isEmpty { return .refused(RefusalReason.allCases.filter { leftOut.values.contains($0) }) }
        var articles: [CovenantReference] = []
        for (covenant, article) in applicableArticles() where article.grounds.contains(question.ground) {
            let contributes = granted.contains { lists(article, $0.field) }
            let reference = CovenantReference(id: covenant.id, version: covenant.version, article: article.number)
            if contributes && !articles.contains(reference) { articles.append(reference) }
        }
        articles.sort { ($0.id, $0.version, $0.article) < ($1.id, $1.version, $1.article) }
        return .permitted(
            granted: granted, leftOut: leftOut, articles: articles,
            statutes: question.ground == .consent ? articlesOnAge(granted) : actsArticles(granted), levers: leversUsed(for: granted))
    }

    // MARK: Covenants

    private func names(_ covenant: Covenant, _ oin: OrganisationNumber) -> Bool { covenant.parties.contains { $0.oin == oin } }
    private func holds(_ covenant: Covenant) -> Bool {
        if now < covenant.validFrom { return false }
        if let until = covenant.validUntil, now >= until { return false }
        return true
    }
    /// Whether the organisation is a party to the covenant, and the covenant holds, at this instant.
    private func isPartyNow(_ party: CovenantParty, _ covenant: Covenant) -> Bool {
        if !holds(covenant) { return false }
        if let from = party.from, now < from { return false }
        if let until = party.until, now >= until { return false }
        return true
    }
    private func arePartiesNow(_ covenant: Covenant) -> Bool {
        let sends = covenant.parties.contains { $0.oin == question.sender && $0.direction != .receiver && isPartyNow($0, covenant) }
        let receives = covenant.parties.contains { $0.oin == question.recipient && $0.direction != .sender && isPartyNow($0, covenant) }
        return sends && receives
    }
    private func haveSigned(_ covenant: Covenant) -> Bool {
        for party in covenant.parties where party.oin == question.sender || party.oin == question.recipient {
            if !party.hasSigned { return false }
        }
        return true
    }
    private func leads(_ covenant: Covenant, _ article: Article) -> Bool {
        let maySend = covenant.parties.contains { $0.oin == question.sender && $0.direction != .receiver }
        let mayReceive = covenant.parties.contains { $0.oin == question.recipient && $0.direction != .sender }
        return maySend && mayReceive && article.from.contains(question.sender) && article.to.contains(question.recipient)
    }
    private func lists(_ article: Article, _ field: FieldName) -> Bool {
        article.fields.contains(field) && (field != .bsn || article.bsnUnder != nil)
    }
    /// The articles of the route and the purpose, on whatever ground, in covenants that both have signed.
    private func applicableArticles() -> [(Covenant, Article)] { routeArticles().filter { haveSigned($0.0) } }
    /// The same, signed or not.
    private func routeArticles() -> [(Covenant, Article)] {
        policy.covenants.filter { arePartiesNow($0) }.flatMap { covenant in
            covenant.articles.filter { leads(covenant, $0) && $0.purpose == question.purpose }.map { (covenant, $0) }
        }
    }
    private func reasonAgainstTheWhole() -> RefusalReason? {
        if !policy.covenants.contains(where: { names($0, question.recipient) }) { return .noCovenant }
        let both = policy.covenants.filter { names($0, question.recipient) && names($0, question.sender) }
        if both.isEmpty { return .partyNotInCovenant }
        var anyRoad = false
        var roadToday = false
        for covenant in both {
            for article in covenant.articles where leads(covenant, article) {
                anyRoad = true
                if arePartiesNow(covenant) { roadToday = true }
            }
        }
        if !anyRoad { return .partyNotInCovenant }
        if !roadToday { return .covenantExpired }
        if routeArticles().isEmpty {
            let isNamed = both.contains { covenant in
                covenant.articles.contains { leads(covenant, $0) && $0.purpose == question.purpose }
            }
            return isNamed ? .covenantExpired : .purposeNotCovered
        }
        return applicableArticles().isEmpty ? .covenantUnsigned : nil
    }

    // MARK: One field about one person

    private func reason(against field: FieldName, about subject: PersonID) -> RefusalReason? {
        guard let known = facts.subjects[subject], let deceased = known.deceased else { return .unknownFact }
        if deceased { return .deceased }
        if field == .address {
            guard let indicator = known.secrecyIndicator, indicator >= 0, indicator <= 7 else { return .unknownFact }
            if indicator != 0 { return .secrecyIndicator }
        }
        for covenant in policy.covenants {
            for party in covenant.parties where isPartyNow(party, covenant) {
                if party.oin == question.recipient {
                    if party.refuses.contains(field) { return .partnerProtocol }
                    if party.limits.contains(where: { limits($0, .taking, field, with: question.sender) }) { return .partnerProtocol }
                }
                if party.oin == question.sender {
                    if party.limits.contains(where: { limits($0, .giving, field, with: question.recipient) }) { return .partnerProtocol }
                }
            }
        }
        if question.ground.kind == "publicTask" || question.ground.kind == "compulsory" {
            guard let objections = known.objections else { return .unknownFact }
            for objection in objections.sorted(by: { $0.isUpheld && !$1.isUpheld }) {
                let recipientFits = objection.recipients == [] || objection.recipients.contains(question.recipient)
                let purposeFits = objection.purposes == [] || objection.purposes.contains(question.purpose)
                if recipientFits && purposeFits { return objection.isUpheld ? .objectionUpheld : .objectionPending }
            }
        }
        if let reason = reasonOfActs(against: field, known) { return reason }
        if !question.isAboutEverybody && (field == .householdMembers || field == .freeText) { return .unknownFact }
        let listing = applicableArticles().map(\.1).filter { lists($0, field) }
        if listing.isEmpty { return .fieldNotCovered }
        if let ours = policy.pack.lifeDomains, !ours.contains(where: { field == .concern($0) || field == .observation($0) }) {
            if field.path.hasPrefix("domains.") { return .fieldNotInPack }
        }
        if listing.allSatisfy({ $0.grounds.isEmpty }) { return .noGround }
        if !listing.contains(where: { $0.grounds.contains(question.ground) }) { return .groundNotAllowed }
        if question.ground == .consent { return reasonAgainstConsent(to: field, known) }
        return reasonWithoutAct(for: field, known) ?? reasonNotCompelled(known) ?? reasonUnjustified(field, known)
    }

    private func limits(_ limit: PartyLimit, _ side: PartyLimit.Side, _ field: FieldName, with other: OrganisationNumber) -> Bool {
        if limit.side != side || !limit.fields.contains(field) { return false }
        if limit.purposes != [] && !limit.purposes.contains(question.purpose) { return false }
        if limit.sectors == [] { return true }
        for covenant in policy.covenants {
            for party in covenant.parties where party.oin == other && isPartyNow(party, covenant) {
                for sector in party.sectors where limit.sectors.contains(sector) { return true }
            }
        }
        return false
    }

    /// What one speaker said last about a field, and why it is no yes that holds.
    func word(of speaker: Speaker, on field: FieldName, in consents: [ConsentRecord]) -> NaiveWord {
        let about = consents.filter { $0.fields.contains(field) && $0.speaker == speaker }
        let refusals = about.filter { $0.answer == .refused && matches($0, no: true) }.map(\.recordedAt)
        let withdrawals = about.filter { $0.answer == .given && matches($0, no: true) }.compactMap(\.withdrawnAt)
        let lastNo = (refusals + withdrawals).max()
        let standing = about.filter { record in
            record.answer == .given && record.withdrawnAt == nil && record.recordedAt <= now && matches(record, no: false)
                && (lastNo == nil || record.recordedAt > lastNo!)
        }
        if standing.contains(where: { $0.from <= now && ($0.until == nil || now < $0.until!) }) { return .yes }
        if standing.contains(where: { $0.until != nil && $0.until! <= now }) { return .ended }
        guard standing.isEmpty, let lastNo else { return .nothing }
        return .no(withdrawals.contains(lastNo) ? .consentWithdrawn : .consentRefused)
    }

    private func matches(_ record: ConsentRecord, no: Bool) -> Bool {
        let purposeFits = record.purposes?.contains(question.purpose) ?? no
        let recipientFits = record.recipients.contains { named in
            switch named {
            case .anyone: return no
            case .organisation(let oin): return oin == question.recipient
            case .sector(let sector):
                let covenants = no ? policy.covenants : applicableOnGround()
                return covenants.contains { covenant in
                    covenant.parties.contains {
                        $0.oin == question.recipient && $0.sectors.contains(sector) && isPartyNow($0, covenant)
                    }
                }
            }
        }
        return purposeFits && recipientFits
    }
    func applicableOnGround() -> [Covenant] {
        applicableArticles().filter { $0.1.grounds.contains(question.ground) }.map(\.0)
    }
}
