import Casework
import Disclosure
import PartnerTrust
import Sealing
import Storage

/// A certificate that somebody must renew in time: ours, or a partner's.
public struct CertificateTerm: Hashable, Sendable {
    /// What a certificate is for. No key serves two uses.
    public enum Use: String, CaseIterable, Hashable, Sendable {
        /// Showing who one is on a connection.
        case tls
        /// Signing: ours messages, a partner's receipts.
        case sig
        /// Being sealed to.
        case enc
    }
    /// Whose it is; our own number for ours.
    public let holder: OrganisationNumber
    public let use: Use
    /// From then on it counts no more.
    public let endsAt: Instant
    /// Whether a partner's certificate counts now: chain, revocation lists, term, number. Nil for ours, which others judge.
    public var isTrusted: Bool? { isJudged ? refusal == nil : nil }
    /// Why a partner's certificate does not count now, as a stable code.
    public let refusal: String?
    private let isJudged: Bool

    init(holder: OrganisationNumber, use: Use, endsAt: Instant, refusal: String?, isJudged: Bool) {
        self.holder = holder
        self.use = use
        self.endsAt = endsAt
        self.refusal = refusal
        self.isJudged = isJudged
    }

    /// Whole days until it ends: 0 on its last day, negative when it has ended.
    public func daysLeft(at now: Instant) -> Int {
        let left = endsAt.millisecondsSince1970 - now.millisecondsSince1970
        return Int(left >= 0 ? left / 86_400_000 : -((-left + 86_399_999) / 86_400_000))
    }
}

extension ReferralDesk {
    /// When every certificate on which the exchange rests ends: our own, and those of each partner.
    ///
    /// A certificate that cannot be read, or was never kept, is left out.
    public func certificateTerms() async throws(DeskRefusal) -> [CertificateTerm] {
        let now = world.wall()
        // Of our signing keys, one a profile, the one that ends first is told.
        let signing = HeldSigningKey.Profile.allCases.compactMap { profile in
            term(of: municipality.oin, .sig, signingKeys[profile, .current]?.chain ?? [], at: now)
        }
        let ours = [term(of: municipality.oin, .tls, tlsChain, at: now), signing.min { $0.endsAt < $1.endsAt }]
        var terms = ours.compactMap(\.self)
        for row in try await read({ try $0.partners() }) {
            let keys = try? await partnerKeys(of: row.oin)
            let tls = row.tlsChain.flatMap { try? certificatesDER(pem: $0) } ?? []
            for (use, chain) in [(CertificateTerm.Use.tls, tls), (.sig, keys?.signingChain ?? []), (.enc, keys?.encryptionChain ?? [])] {
                if let term = term(of: row.oin, use, chain, at: now) { terms.append(term) }
            }
        }
        return terms
    }

    private func term(of holder: OrganisationNumber, _ use: CertificateTerm.Use, _ chain: [[UInt8]], at now: Instant) -> CertificateTerm? {
        guard let leaf = chain.first, let end = notAfter(leaf) else { return nil }
        return CertificateTerm(
            holder: holder, use: use, endsAt: Instant(millisecondsSince1970: end),
            refusal: holder == municipality.oin ? nil : refusal(chain, use, of: holder, at: now), isJudged: holder != municipality.oin)
    }

    /// Whether a chain counts now for this use, by this holder: issuers, revocation lists, term, number. A yes is kept, so asking costs little.
    func isTrusted(_ chain: [[UInt8]], _ use: CertificateTerm.Use, of holder: OrganisationNumber, at now: Instant) -> Bool {
        refusal(chain, use, of: holder, at: now) == nil
    }

    /// Why it does not, as a stable code.
    private func refusal(_ chain: [[UInt8]], _ use: CertificateTerm.Use, of holder: OrganisationNumber, at now: Instant) -> String? {
        let purpose: CertificatePurpose =
            switch use {
            case .tls: .tlsClient
            case .sig: .signing
            case .enc: .encryption
            }
        switch trust.verdict(chainDER: chain, purpose: purpose, now: now.millisecondsSince1970) {
        case .trusted(let oin, _): return oin == holder.description ? nil : "wrong-oin"
        case .refused(let refusal): return refusal.code
        }
    }
}
