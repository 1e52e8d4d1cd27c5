import Casework

/// On the ground of consent, only fields to which the last word of everybody who must consent is a yes that holds now (GDPR 4(11), 6(1)(a),
/// 7(3); ``Voices`` says who that is).
///
/// A yes counts when it covers recipient, purpose and field, its time has begun and not ended, it was not withdrawn, and it was
/// recorded later than every no of the same speaker; at the same instant the no wins. A no is a refusal, at the instant it was recorded, or a
/// withdrawal, at the instant it was made. "Not asked" is neither. A yes recorded after `now` does not exist yet; a no does, since a clock that
/// stepped back may not silence somebody. What the person refused does not go, also where somebody else decides; nor what somebody refused
/// who decides for the same resident in another row, as nobody knows whether that is one of those who decide here.
func consentRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    guard circumstances.question.ground == .consent, !verdict.allowed.isEmpty else { return }
    guard let known = circumstances.known, let consents = known.consents else { return verdict.bar(.everything, .unknownFact) }
    let own = LastWord(of: .person, in: consents, about: verdict.allowed, circumstances)
    if !circumstances.asksWhoConsents { return verdict.demand(own, to: .everything, otherwise: .consentMissing) }
    guard let representation = known.representation else { return verdict.bar(.everything, .unknownFact) }
    if representation.isOwn { return verdict.demand(own, to: .everything, otherwise: .consentMissing) }

    let acts = circumstances.statutes.consentAges(at: circumstances.now)
    let voices = Voices(representation, held: circumstances.held, acts: acts, purpose: circumstances.question.purpose)
    verdict.demand(own, to: voices.own, otherwise: .consentMissing)
    verdict.demand(own, to: own.refused, otherwise: .consentMissing)
    let missing: RefusalReason = voices.isForAgeAlone ? .ageUnknown : .representativeMissing
    verdict.bar(voices.unheard, missing)
    let words = voices.representatives.map {
        LastWord(of: .representative($0.id), in: consents, about: verdict.allowed, circumstances)
    }
    let (yes, no) = words.reduce((FieldNames(), FieldNames())) { ($0.0.union($1.holding), $0.1.union($1.refused)) }
    verdict.bar(voices.represented.intersection(yes).intersection(no), .representativesDiffer)
    for word in words { verdict.demand(word, to: voices.represented, otherwise: missing) }
    for representative in voices.elsewhere {
        let word = LastWord(of: .representative(representative.id), in: consents, about: verdict.allowed, circumstances)
        verdict.demand(word, to: word.refused, otherwise: missing)
    }
}

/// What one speaker's records say about some fields.
private struct LastWord {
    /// The fields to which it is a yes that holds now.
    private(set) var holding = FieldNames()
    /// Those to which it is a yes that has ended.
    private(set) var expired = FieldNames()
    /// Those to which it is a yes whose time has not come.
    private(set) var future = FieldNames()
    /// Every no, the last one first; at the same instant the withdrawal, as the one that changed something.
    private(set) var noes: [No] = []

    init(of speaker: Speaker, in consents: [ConsentRecord], about fields: FieldNames, _ circumstances: Circumstances) {
        let now = circumstances.now
        // By place: a record that is taken out of its list is counted as in use, with all it holds, and there may be many.
        for place in consents.indices
        where !consents[place].fields.isDisjoint(with: fields) && consents[place].answer != .notAsked && consents[place].speaker == speaker
        {
            let (withdrawnAt, isGiven) = (consents[place].withdrawnAt, consents[place].answer == .given)
            if isGiven && withdrawnAt == nil || !consents[place].isNo(in: circumstances) { continue }
            noes.append(
                No(
                    fields: consents[place].fields, at: isGiven ? withdrawnAt ?? now : consents[place].recordedAt,
                    reason: isGiven ? .consentWithdrawn : .consentRefused))
        }
        for place in consents.indices
        where consents[place].answer == .given && consents[place].withdrawnAt == nil && consents[place].recordedAt <= now {
            // What it says yes to beyond the yeses before it; comparing names is dear, so a record that adds nothing is not matched.
            var added = consents[place].fields.intersection(fields).subtracting(holding)
            for no in noes where no.at >= consents[place].recordedAt { added = added.subtracting(no.fields) }
            if added.isEmpty || consents[place].speaker != speaker || !consents[place].isYes(in: circumstances) { continue }
            if let until = consents[place].until, until <= now {
                expired.formUnion(added)
            } else if consents[place].from <= now {
                holding.formUnion(added)
            } else {
                future.formUnion(added)
            }
        }
        noes.sort { ($0.at, $0.reason == .consentWithdrawn ? 1 : 0) > ($1.at, $1.reason == .consentWithdrawn ? 1 : 0) }
    }

    /// The fields to which it is a no.
    var refused: FieldNames {
        noes.reduce(FieldNames()) { $0.union($1.fields) }.subtracting(holding).subtracting(expired).subtracting(future)
    }
}

private struct No {
    let fields: FieldNames
    let at: Instant
    let reason: RefusalReason
}

extension Verdict {
    /// Takes away those of these fields to which the word is no yes that holds.
    /// - Parameter reason: why, where nothing was answered.
    fileprivate mutating func demand(_ word: LastWord, to fields: FieldNames, otherwise reason: RefusalReason) {
        let missing = allowed.intersection(fields).subtracting(word.holding)
        if missing.isEmpty { return }
        // A yes that outlived every no but not its own term: expired. One whose time has not come is no consent yet.
        bar(missing.intersection(word.expired), .consentExpired)
        bar(missing.intersection(word.future), reason)
        for no in word.noes { bar(missing.intersection(no.fields), no.reason) }
        bar(missing, reason)
    }
}

extension ConsentRecord {
    /// Whether it is about this recipient and purpose, read narrowly: a yes holds for what it names and nothing else.
    fileprivate func isYes(in circumstances: Circumstances) -> Bool {
        guard let purposes, purposes.contains(circumstances.question.purpose) else { return false }
        return recipients.contains {
            switch $0 {
            case .organisation(let oin): oin == circumstances.question.recipient
            case .sector(let sector): circumstances.cover.coversSector(sector)
            case .anyone: false
            }
        }
    }
    /// Whether it is about this recipient and purpose, read broadly: a no may say "anyone" and "for whatever".
    fileprivate func isNo(in circumstances: Circumstances) -> Bool {
        if let purposes, !purposes.contains(circumstances.question.purpose) { return false }
        return recipients.contains {
            switch $0 {
            case .organisation(let oin): oin == circumstances.question.recipient
            case .sector(let sector): circumstances.cover.isInSector(sector)
            case .anyone: true
            }
        }
    }
}
