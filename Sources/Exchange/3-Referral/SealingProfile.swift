import Casework
import Disclosure
import Sealing
import Storage

/// What a message's key is to its partner.
enum KeyStanding {
    /// It is the partner's, now or in an overlap, and its certificate counts.
    case trusted
    /// It is the partner's, and its certificate does not count now: that may pass.
    case untrusted
    /// It is nobody's any more.
    case replaced
}

extension DeskRefusal {
    /// Whether nothing can be sealed for the recipient as it is registered now.
    var isOfSealing: Bool {
        switch self {
        case .sealingRefused, .recipientUntrusted, .recipientUnreadable: true
        default: false
        }
    }
}

extension ReferralDesk {
    /// The keys to which content for this partner is sealed: of the profile that its covenants name, with an `enc` certificate that counts now.
    ///
    /// There is no second choice: keys of another profile, or covenants that name two, refuse. A covenant that names none means the default
    /// profile on the partner's own curve, never another.
    func sealingKeys(of partner: PartnerRow) throws(DeskRefusal) -> PartnerKeys {
        let keys = try signableKeys(of: partner)
        guard isNamed(keys.profile, for: partner.oin) else { throw .sealingRefused(profile: keys.profile.rawValue) }
        guard isTrusted(keys.encryptionChain, .enc, of: partner.oin, at: world.wall()) else { throw .recipientUntrusted }
        return keys
    }

    /// Whether content can be sealed for this partner now. Where several are told at once, one for whom nothing can be holds up no other.
    func canSeal(for partner: PartnerRow?) throws(DeskRefusal) -> Bool {
        guard let partner else { return false }
        do throws(DeskRefusal) {
            _ = try sealingKeys(of: partner)
            return true
        } catch {
            guard error.isOfSealing else { throw error }
            return false
        }
    }

    /// The keys to which a notice for this partner is sealed: those it registered, in their own profile, whether or not their certificates count
    /// still, and whichever profile its covenants name by now: it holds no content, and nothing may hold up a recall. Also of one that was removed:
    /// that it cannot be told any more, the desk learns as of every other message that does not arrive.
    func noticeKeys(of partner: OrganisationNumber) async throws(DeskRefusal) -> PartnerKeys {
        try signableKeys(of: try await read { try $0.partner(partner, orRemoved: true) }.orRefuse(.notFound))
    }

    /// The key to which a message is sealed, as its partner has it now.
    func standingOfKey(of message: SealedMessage, at partner: PartnerRow) throws(DeskRefusal) -> KeyStanding {
        let kid = try? message.recipientKeyID
        let now = world.wall()
        let sets = try keySets(of: partner).filter { $0.encryptionKeyID == kid }
        guard !sets.isEmpty else { return .replaced }
        return sets.contains { isTrusted($0.encryptionChain, .enc, of: partner.oin, at: now) } ? .trusted : .untrusted
    }

    /// The partner's keys, where they can be read and we have one to sign with in their profile.
    private func signableKeys(of partner: PartnerRow) throws(DeskRefusal) -> PartnerKeys {
        let keys: PartnerKeys
        do { keys = try partnerKeys(of: partner) } catch { throw .recipientUnreadable }
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
