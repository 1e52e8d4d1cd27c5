import Casework
import Disclosure
import Sealing
import Storage

extension ReferralDesk {
    /// The keys to which a message for this partner is sealed, which are those of the profile that its covenants name.
    ///
    /// There is no second choice: keys of another profile, or covenants that name two, refuse. A covenant that names none means the default
    /// profile on the partner's own curve, never another.
    func sealingKeys(of partner: OrganisationNumber) async throws(DeskRefusal) -> PartnerKeys {
        try sealingKeys(of: try await read { try $0.partner(partner) }.orRefuse(.notFound))
    }

    /// The same for a partner that was read before.
    func sealingKeys(of partner: PartnerRow) throws(DeskRefusal) -> PartnerKeys {
        let keys = try partnerKeys(of: partner)
        guard isNamed(keys.profile, for: partner.oin) else { throw .sealingRefused(profile: keys.profile.rawValue) }
        if keys.profile == .nlGov, signingKeys[.nlGov, .current] == nil { throw .sealingRefused(profile: keys.profile.rawValue) }
        return keys
    }

    /// Whether a message in this profile is what the partner's covenants ask for now.
    func isNamed(_ profile: SealingProfile, for partner: OrganisationNumber) -> Bool {
        let named = policyInForce.snapshot.sealing(of: partner, at: world.calendar())
        return named.isEmpty ? profile != .nlGov : named == [profile]
    }

    /// Why keys of this profile cannot be registered for this organisation; nil when no covenant in force names another.
    func profileFault(_ profile: SealingProfile, for partner: OrganisationNumber) -> String? {
        let named = policyInForce.snapshot.sealing(of: partner, at: world.calendar())
        guard !named.isEmpty, named != [profile] else { return nil }
        return
            "the `enc` key is one for `\(profile.rawValue)`, the covenant names `\(named.map(\.rawValue).sorted().joined(separator: "`, `"))`"
    }

    /// What must stand in the header of the HTTP message that carries this one.
    func headerFields(for message: SealedMessage) throws(DeskRefusal) -> [HeaderField] {
        do {
            return try message.payloadFields(with: sealing, certificate: signingKeys[.nlGov, .current]?.chain.first, at: world.wall())
        } catch {
            if case .noKey(let profile) = error { throw .sealingRefused(profile: profile.rawValue) }
            throw .notDurable
        }
    }
}
