import AuditTrail
import Casework
import PartnerTrust
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// Registers a new TLS certificate, or new keys, of a partner beside those of before, which count until the end of a day.
    ///
    /// New messages are sealed to the new `enc` key at once; what was sealed to the old one is delivered as it is. Until that day has passed
    /// receipts by either `sig` key are taken, and either certificate identifies the partner, here and at its endpoint. A key that others may
    /// know is replaced without an overlap, by ``addPartner(oin:name:certificatePEM:keys:endpoint:events:telephone:mandatedRole:)``.
    /// - Parameter until: the last day on which what it had before counts, in the Netherlands.
    /// - Returns: 200 `{oin, until}`; 404 when there is no such partner, 400 while an earlier overlap of the same part lasts.
    public func rotatePartner(_ oin: OrganisationNumber, certificatePEM: [UInt8]?, keys jwks: [UInt8]?, until day: CalendarDate)
        async throws(DeskRefusal) -> DeskAnswer
    {
        guard certificatePEM != nil || jwks != nil else {
            throw .registrationRefused("", "nothing-new", "there is nothing new", "give a certificate, keys or both")
        }
        let now = world.wall()
        let until = calendar.startOfDay(day.adding(days: 1))
        guard until > now, until < now.advanced(byMilliseconds: 366 * 86_400_000) else {
            throw .registrationRefused("/until", "invalid-date", "this is no day within a year from now", "write it as 2026-12-31")
        }
        let row = try await read { try $0.partner(oin) }.orRefuse(.notFound)
        var facts: [String: AuditFact] = ["partner": .text(oin.description), "until": .text(until.rfc3339)]
        let certificate = try certificatePEM.map { pem throws(DeskRefusal) in try demandCertificate(pem, of: oin) }
        if let certificate {
            try demandChange(row.formerCertificate, certificate != row.certificateSHA256, "/certificate", at: now)
            facts["certificate"] = .text(base64URL(certificate))
            facts["formerCertificate"] = .text(base64URL(row.certificateSHA256))
        }
        let old = try partnerKeys(of: row)
        var sets = [old]
        if let jwks {
            try demandChange(row.formerKeys, jwks != row.keys, "/keys", at: now)
            let new = try demandKeys(jwks, of: oin)
            facts["keys"] = .list([new.signingKeyID, new.encryptionKeyID])
            facts["formerKeys"] = .list([old.signingKeyID, old.encryptionKeyID])
            if let registered = row.tlsChain { try demandOneUse(of: registered, beside: [new], "/keys") }
            sets.append(new)
        }
        if let certificatePEM { try demandOneUse(of: certificatePEM, beside: sets, "/certificate") }
        let tlsChain = certificatePEM.map { chain($0, keepingIssuersOf: row.tlsChain) }
        let changed = entry(.partnerChanged, by: .daemon, facts: facts)
        let isDone = try await commit { transaction in
            guard let current = try transaction.partner(oin), current.keys == row.keys, current.certificateSHA256 == row.certificateSHA256
            else { return false }
            try transaction.store(
                PartnerRow(
                    oin: oin, name: current.name, certificateSHA256: certificate ?? current.certificateSHA256, keys: jwks ?? current.keys,
                    endpoint: current.endpoint, events: current.events, tlsChain: tlsChain ?? current.tlsChain,
                    addedAt: current.addedAt,
                    formerCertificate: certificate == nil
                        ? current.formerCertificate : FormerPart(bytes: current.certificateSHA256, until: until),
                    formerKeys: jwks == nil ? current.formerKeys : FormerPart(bytes: current.keys, until: until)))
            try transaction.append([changed])
            return true
        }
        guard isDone else { throw .busy }
        return DeskAnswer(status: 200, body: ["oin": .string(oin.description), "until": .string(until.rfc3339)])
    }

    /// A new chain, PEM, and behind it what stood between the former certificate and a root: that one counts too while the overlap lasts.
    private func chain(_ pem: [UInt8], keepingIssuersOf former: [UInt8]?) -> [UInt8] {
        guard let former, let new = try? certificatesDER(pem: pem), let old = try? certificatesDER(pem: former) else { return pem }
        let all = new + old.dropFirst().filter { !new.contains($0) }
        return (try? all.prefix(CertificateChecker.longestChain).flatMap(certificatePEM)) ?? pem
    }

    /// Of each part there are two at most, and a change changes something.
    private func demandChange(_ former: FormerPart?, _ isNew: Bool, _ pointer: String, at now: Instant) throws(DeskRefusal) {
        guard isNew else {
            throw .registrationRefused(pointer, "nothing-new", "this is registered already", "`convenant partner list` shows what is")
        }
        if let former, former.bytes(at: now) != nil {
            throw .registrationRefused(
                pointer, "overlap-lasts", "what it had before counts until \(former.until.rfc3339)",
                "wait until then, or replace everything at once by `convenant partner add`")
        }
    }
}
