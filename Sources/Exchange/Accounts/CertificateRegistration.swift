import Casework
import PartnerTrust

extension ReferralDesk {
    /// A certificate that a partner registers counts now, for this use, and is the partner's.
    ///
    /// Whoever registers it holds the data folder, so it is told what is wrong; a stranger at the door is told less.
    func demandTrust(_ chain: [[UInt8]], purpose: CertificatePurpose, oin: OrganisationNumber, pointer: String) throws(DeskRefusal) {
        switch trust.verdict(chainDER: chain, purpose: purpose, now: world.wall().millisecondsSince1970) {
        case .trusted(let found, _):
            guard found != oin.description else { return }
            throw .registrationRefused(
                pointer, "wrong-oin", "\(purpose.certificate) is refused (wrong-oin): it is of another organisation",
                "its subject has `\(oin)` as serialNumber")
        case .refused(let refusal):
            throw .registrationRefused(
                pointer, refusal.code, "\(purpose.certificate) is refused (\(refusal.code)): \(refusal.sentence)",
                refusal.remedy(for: purpose))
        }
    }
}

extension CertificatePurpose {
    fileprivate var certificate: String {
        switch self {
        case .tlsClient, .tlsServer: "the TLS certificate"
        case .signing: "the certificate of the `sig` key"
        case .encryption: "the certificate of the `enc` key"
        }
    }

    fileprivate var usages: String {
        switch self {
        case .tlsClient: "the extended usage clientAuth"
        case .tlsServer: "the extended usage serverAuth"
        case .signing: "the usage digitalSignature, and not for TLS alone or a TLS server"
        case .encryption: "the usage keyAgreement or keyEncipherment, and not for TLS alone or a TLS server"
        }
    }
}

extension CertificateRefusal {
    fileprivate var sentence: String {
        switch self {
        case .unknownIssuer: "no chain of signatures leads from it to a root in trust/roots.pem"
        case .expired: "it, or an authority above it, is past its end"
        case .notYetValid: "it, or an authority above it, has not begun"
        case .revoked: "it, or an authority above it, is revoked"
        case .listMissing: "an authority above it has no revocation list here"
        case .listExpired: "the revocation list of an authority above it is past its end"
        case .wrongPurpose: "its usages are those of another use"
        case .noOIN: "its subject has no organisation number"
        case .weakKey: "a key or signature in its chain is too weak"
        case .malformed: "it is none that RFC 5280 allows"
        }
    }

    fileprivate func remedy(for purpose: CertificatePurpose) -> String {
        switch self {
        case .unknownIssuer:
            "add the authority's root there and its list to trust/lists; what stands between goes behind the certificate, in its file or x5c"
        case .expired: "the partner asks its authority for a new one"
        case .notYetValid: "wait until it begins; look at the clock of this machine, too"
        case .revoked: "the partner makes a new key, and asks for a certificate for it"
        case .listMissing: "put that list into trust/lists and reload"
        case .listExpired: "put a newer one into trust/lists and reload"
        case .wrongPurpose: "give one with \(purpose.usages); certs/README.md has the profiles"
        case .noOIN: "its 20 digits stand there once, as serialNumber"
        case .weakKey: "P-256, or RSA from 3072 bits on, signed with SHA-256 or stronger"
        case .malformed: "give it as its authority issued it"
        }
    }
}
