import NIOSSL
import PartnerTrust

/// A caller that is not the exchange. A partner takes nothing from it, whatever it brings.
struct Stranger: Sendable {
    /// A stable name.
    let name: String
    let dutch: String
    let english: String
    /// nil for one without a certificate.
    let identity: TLSConfiguration?
}

extension TestSender {
    /// Every kind of stranger, in the order of the report.
    ///
    /// - Parameter now: ms since 1970.
    /// - Throws: `unusable` when no certificate can be made.
    func strangers(at now: Int64) throws(PartnerFault) -> [Stranger] {
        [
            Stranger(
                name: "no-certificate", dutch: "de goede verwijzing, van iemand zonder certificaat",
                english: "the good referral, from somebody without a certificate", identity: nil),
            Stranger(
                name: "other-root", dutch: "de goede verwijzing, van iemand met ons nummer in een certificaat van een andere uitgever",
                english: "the good referral, from somebody with our number in another authority's certificate",
                identity: try ofAnotherRoot(at: now)),
            Stranger(
                name: "other-number", dutch: "de goede verwijzing, van iemand met een ander nummer in een certificaat van onze uitgever",
                english: "the good referral, from somebody with another number in our authority's certificate", identity: otherNumberTLS),
        ]
    }

    /// A certificate of an authority made on the spot. All that anybody can copy is as it must be: the names, ours and the authority's, and the
    /// number; and the root that nobody trusts is sent along.
    private func ofAnotherRoot(at now: Int64) throws(PartnerFault) -> TLSConfiguration {
        let (from, until) = (now - 3_600_000, now + 3_600_000)
        do {
            let authority = try CertificateAuthority.makeRoot(
                commonName: Self.authorityName, organisation: "Test", from: from, until: until)
            let issued = try authority.issue(
                Self.subject(oin), for: .tls(hosts: [], addresses: []), key: .generated, from: from, until: until)
            var tls = TLSConfiguration.makeClientConfiguration()
            let chain = issued.pem + (try authority.certificatePEM)
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(chain).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: issued.privateKeyPEM ?? [], format: .pem))
            return tls
        } catch {
            throw .unusable(file: folder.path, code: "\(error)")
        }
    }
}
