import Casework
import Disclosure
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// How a partner is to know these levers. Where there are none, nothing is read.
    func references(to levers: [LeverID], for partner: OrganisationNumber) async throws(DeskRefusal) -> [LeverID: LeverReferenceID] {
        if levers.isEmpty { return [:] }
        let keys = try await read { try $0.casefileKeys(ofLevers: levers) }
        var references: [LeverID: LeverReferenceID] = [:]
        for (lever, key) in keys { references[lever] = try reference(to: lever, for: partner, under: key) }
        return references
    }

    /// By which ids partners know a lever that something told them of, so that the desk finds what one asks after; empty once that is erased.
    func knownAs(_ shown: ShownLever) -> [JSONValue] {
        shown.partners.compactMap { partner in
            guard let reference = try? reference(to: shown.row.lever.id, for: partner.oin, under: shown.casefileKey) else { return nil }
            return [
                "partner": .string(partner.oin.description), "partnerName": .string(partner.name),
                "reference": .string(reference.description),
            ]
        }
    }

    private func reference(to lever: LeverID, for partner: OrganisationNumber, under casefileKey: Int64) throws(DeskRefusal)
        -> LeverReferenceID
    {
        LeverReferenceID(lever, for: partner, under: try key(casefileKey).derive("lever-reference"))
    }
}
