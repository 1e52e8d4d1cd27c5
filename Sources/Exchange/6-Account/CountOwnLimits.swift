import AuditTrail
import Casework
import Disclosure
import Storage
import StrictJSON

/// How often a partner's own limits held something back (R32).
struct OwnLimits: Sendable {
    /// The decisions in which they did.
    var decisions = 0
    /// What they held back, each field once; of a question that was refused as a whole the log does not tell.
    var fields: Set<String> = []
}

extension ReferralDesk {
    /// What partners' own limits held back since an instant, by partner: folded from the log, page by page.
    func ownLimits(since from: Instant) async throws(DeskRefusal) -> [OrganisationNumber: OwnLimits] {
        let municipality = municipality.oin
        var counts: [OrganisationNumber: OwnLimits] = [:]
        var below: Int64? = .max
        while let before = below {
            let (page, next) = try await read { try $0.limited(since: from, below: before, municipality: municipality) }
            for (partner, fields) in page {
                counts[partner, default: OwnLimits()].decisions += 1
                counts[partner]?.fields.formUnion(fields)
            }
            below = next
        }
        return counts
    }
}

extension Transaction {
    /// The decisions of a page of the log in which a partner's own limit held something back, each with the partner and the fields; and from where
    /// it goes on, nil at the end.
    fileprivate func limited(since from: Instant, below: Int64, municipality: OrganisationNumber) throws
        -> (page: [(OrganisationNumber, [String])], next: Int64?)
    {
        let limit = 500
        let rows = try logEntries(
            terms: [AuditEvent.decisionRefused, .decisionPermitted].map(\.rawValue),
            above: try logNumbers(from: from, until: nil).above, below: below, limit: limit)
        var found: [(OrganisationNumber, [String])] = []
        for row in rows {
            guard let entry = try? RecordedEntry(reading: row.entry) else { throw StoreFault.corrupt("an entry of the log cannot be read") }
            guard Instant(millisecondsSince1970: entry.at) >= from, let fields = entry.limitedFields else { continue }
            let parties = [entry.facts["recipient"], entry.facts["sender"]].compactMap { fact in
                if case .text(let oin)? = fact { OrganisationNumber(oin) } else { nil }
            }
            // What is filed with the municipality is held back by who files.
            if let partner = parties.first(where: { $0 != municipality }) { found.append((partner, fields)) }
        }
        return (found, rows.count == limit ? rows.last?.seq : nil)
    }
}

extension RecordedEntry {
    /// What of a decision a partner's own limit held back; empty where it refused the question as a whole, nil where it held nothing back.
    fileprivate var limitedFields: [String]? {
        let reason = RefusalReason.partnerProtocol.rawValue
        if case .list(let reasons)? = facts["reasons"] { return reasons.contains(reason) ? [] : nil }
        guard case .list(let leftOut)? = facts["leftOut"] else { return nil }
        // `<place>.<field>:<reason>`
        let fields = leftOut.filter { $0.hasSuffix(":\(reason)") }.map { left in
            left.dropLast(reason.count + 1).drop { $0 != "." }.dropFirst().description
        }
        return fields.isEmpty ? nil : fields
    }
}
