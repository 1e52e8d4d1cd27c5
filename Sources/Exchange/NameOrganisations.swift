import Casework
import Disclosure
import Storage

extension ReferralDesk {
    /// What people call organisations, by their numbers: as the register of partners has it, also of one that left, or else a covenant. One that
    /// neither knows is not among them.
    public func names(of organisations: Set<String>) async throws(DeskRefusal) -> [String: String] {
        if organisations.isEmpty { return [:] }
        let (policy, own) = (policyInForce.snapshot, municipality)
        return try await read { transaction in
            var names: [String: String] = [:]
            for text in organisations {
                guard let oin = OrganisationNumber(text) else { continue }
                if oin == own.oin {
                    names[text] = own.name
                } else if let name = try transaction.partnerName(oin) ?? policy.name(of: text) {
                    names[text] = name
                }
            }
            return names
        }
    }
}

extension PolicySnapshot {
    /// An organisation's name in a covenant, or nil.
    func name(of organisation: String) -> String? {
        covenants.flatMap(\.parties).first { $0.oin.description == organisation }?.name
    }
}
