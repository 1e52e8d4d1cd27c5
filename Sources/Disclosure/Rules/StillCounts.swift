import Casework

extension PolicySnapshot {
    /// Whether a yes still counts: it was not withdrawn, its time has not ended, and to somebody whom it names, for something, about some field no
    /// later no of the same speaker beats it. A yes whose time has not come may count yet.
    ///
    /// It tells a reader of a case which yes is over, and reads yes and no as ``consentRule(_:_:)`` does. The gate does not ask it: it looks at
    /// each question itself, and a yes that counts here may be no permission for another reason.
    /// - Parameter records: all records about the person.
    public func stillCounts(_ yes: ConsentRecord, among records: [ConsentRecord], at now: Instant) -> Bool {
        guard yes.answer == .given, yes.withdrawnAt == nil, yes.until.map({ now < $0 }) ?? true else { return false }
        let noes = records.filter { record in
            record.speaker == yes.speaker && record.saidNoAt.map { $0 >= yes.recordedAt } ?? false
        }
        if noes.isEmpty { return true }
        return yes.recipients.flatMap { reached(by: $0, at: now) }.contains { recipient in
            (yes.purposes ?? []).contains { purpose in
                var left = yes.fields
                for no in noes where no.isNo(to: recipient, for: purpose) { left = left.subtracting(no.fields) }
                return !left.isEmpty
            }
        }
    }

    /// Whom a yes reaches: of a sector every party that is in it now, or the sector as such where nobody is.
    private func reached(by recipient: ConsentRecipient, at now: Instant) -> [Reached] {
        func place(of oin: OrganisationNumber) -> Reached {
            Reached(oin: oin, sectors: Set(standings(of: oin).filter { $0.term.contains(now) }.flatMap(\.sectors)))
        }
        switch recipient {
        case .organisation(let oin): return [place(of: oin)]
        case .sector(let sector):
            let parties = Set(covenants.flatMap(\.parties).map(\.oin)).map { place(of: $0) }.filter { $0.sectors.contains(sector) }
            return parties.isEmpty ? [Reached(oin: nil, sectors: [sector])] : parties
        case .anyone: return []
        }
    }
}

/// Somebody whom a yes reaches, with the sectors in which covenants in force have it.
private struct Reached {
    let oin: OrganisationNumber?
    let sectors: Set<String>
}

extension ConsentRecord {
    /// When it became a no: recorded as one, or withdrawn; nil for what is none.
    fileprivate var saidNoAt: Instant? {
        switch answer {
        case .given: withdrawnAt
        case .refused: recordedAt
        case .notAsked: nil
        }
    }

    /// Whether it is about this recipient and purpose, read broadly, as a no is.
    fileprivate func isNo(to recipient: Reached, for purpose: Purpose) -> Bool {
        if let purposes, !purposes.contains(purpose) { return false }
        return recipients.contains {
            switch $0 {
            case .organisation(let oin): oin == recipient.oin
            case .sector(let sector): recipient.sectors.contains(sector)
            case .anyone: true
            }
        }
    }
}
