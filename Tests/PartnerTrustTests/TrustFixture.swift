@testable import PartnerTrust

/// 2026-11-21T00:00:00Z: tests bring their own time.
let today: Int64 = 1_795_219_200_000
let day: Int64 = 86_400_000
let oin = "00000099000000001000"

/// One authority and what it issues; every list covers `today` unless told otherwise.
struct TrustFixture {
    let authority: CertificateAuthority

    init(name: String = "Test Root", from: Int64 = today - 100 * day, until: Int64 = today + 1000 * day) throws {
        authority = try CertificateAuthority.makeRoot(commonName: name, organisation: "Convenant tests", from: from, until: until)
    }

    func subject(_ number: String? = oin) throws -> CertificateSubject {
        try CertificateSubject(serialNumber: number, commonName: "partner.example", organisation: "Partner")
    }

    func leaf(
        number: String? = oin, use: CertificateUse = .tls(hosts: ["partner.example"], addresses: ["127.0.0.1"]),
        key: CertificateKey = .generated,
        from: Int64 = today - 10 * day, until: Int64 = today + 90 * day
    ) throws -> IssuedCertificate {
        try authority.issue(subject(number), for: use, key: key, from: from, until: until)
    }

    func list(_ revoked: [Revocation] = [], number: Int64 = 1, from: Int64 = today - day, until: Int64 = today + 7 * day) throws -> [UInt8]
    {
        try authority.revocationList(revoked, number: number, thisUpdate: from, nextUpdate: until)
    }

    func anchors(lists: [[UInt8]]) throws -> TrustAnchors {
        try TrustAnchors(roots: authority.certificatePEM, lists: lists)
    }

    /// A checker with one list that covers `today`.
    func checker(revoked: [Revocation] = []) throws -> CertificateChecker {
        try CertificateChecker(anchors(lists: [list(revoked)]))
    }
}

extension CertificateChecker {
    func verdict(_ leaf: IssuedCertificate, _ purpose: CertificatePurpose = .tlsClient, at now: Int64 = today) -> CertificateVerdict {
        verdict(chainDER: [leaf.der], purpose: purpose, now: now)
    }
}

extension CertificateVerdict {
    var isTrusted: Bool { if case .trusted = self { true } else { false } }
}
