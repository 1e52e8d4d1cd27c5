import Casework

/// On the ground of consent, only fields to which the person's last word is a yes that holds now (GDPR 4(11), 6(1)(a), 7(3)).
///
/// A yes counts when it covers recipient, purpose and field, its time has begun and not ended, it was not withdrawn, and it was
/// recorded later than every no; at the same instant the no wins. A no is a refusal, at the instant it was recorded, or a withdrawal,
/// at the instant it was made. "Not asked" is neither. A yes recorded after `now` does not exist yet; a no does, since a clock that
/// stepped back may not silence somebody.
func consentRule(_ verdict: inout Verdict, _ circumstances: Circumstances) {
    guard circumstances.question.ground == .consent, !verdict.allowed.isEmpty else { return }
    guard let consents = circumstances.known?.consents else { return verdict.bar(.everything, .unknownFact) }
    let now = circumstances.now
    var noes: [No] = []
    for record in consents where !record.fields.isDisjoint(with: verdict.allowed) {
        switch (record.answer, record.withdrawnAt) {
        case (.given, let withdrawnAt?) where record.isNo(in: circumstances):
            noes.append(No(fields: record.fields, at: withdrawnAt, reason: .consentWithdrawn))
        case (.refused, _) where record.isNo(in: circumstances):
            noes.append(No(fields: record.fields, at: record.recordedAt, reason: .consentRefused))
        default: break
        }
    }
    var (holding, expired, future) = (FieldNames(), FieldNames(), FieldNames())
    for record in consents where record.answer == .given && record.withdrawnAt == nil && record.recordedAt <= now {
        // What it says yes to beyond the yeses before it; comparing names is dear, so a record that adds nothing is not matched.
        var added = record.fields.intersection(verdict.allowed).subtracting(holding)
        for no in noes where no.at >= record.recordedAt { added = added.subtracting(no.fields) }
        if added.isEmpty || !record.isYes(in: circumstances) { continue }
        if let until = record.until, until <= now {
            expired.formUnion(added)
        } else if record.from <= now {
            holding.formUnion(added)
        } else {
            future.formUnion(added)
        }
    }
    let missing = verdict.allowed.subtracting(holding)
    if missing.isEmpty { return }
    // A yes that outlived every no but not its own term: expired. One whose time has not come is no consent yet.
    verdict.bar(missing.intersection(expired), .consentExpired)
    verdict.bar(missing.intersection(future), .consentMissing)
    // Of the noes the last one speaks; at the same instant the withdrawal, as the one that changed something.
    noes.sort { ($0.at, $0.reason == .consentWithdrawn ? 1 : 0) > ($1.at, $1.reason == .consentWithdrawn ? 1 : 0) }
    for no in noes { verdict.bar(missing.intersection(no.fields), no.reason) }
    verdict.bar(missing, .consentMissing)
}

private struct No {
    let fields: FieldNames
    let at: Instant
    let reason: RefusalReason
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
