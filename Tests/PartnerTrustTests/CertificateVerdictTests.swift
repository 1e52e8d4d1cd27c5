import COpenSSL
import Testing

@testable import PartnerTrust

@Suite("a certificate counts only while everything on which it rests does")
struct CertificateVerdictTests {
    @Test("a leaf of a trusted root is trusted, with its OIN, until the list ends", arguments: [CertificatePurpose.tlsClient, .tlsServer])
    func trusted(purpose: CertificatePurpose) throws {
        let fixture = try TrustFixture()
        let verdict = try fixture.checker().verdict(fixture.leaf(), purpose)
        #expect(verdict == .trusted(oin: oin, validUntil: today + 7 * day))
    }

    @Test("a verdict ends with the certificate when that ends before the list")
    func endsWithCertificate() throws {
        let fixture = try TrustFixture()
        let verdict = try fixture.checker().verdict(fixture.leaf(until: today + 2 * day))
        #expect(verdict == .trusted(oin: oin, validUntil: today + 2 * day))
    }

    @Test("a verdict ends with the root when that ends first")
    func endsWithRoot() throws {
        let fixture = try TrustFixture(until: today + day)
        #expect(try fixture.checker().verdict(fixture.leaf()) == .trusted(oin: oin, validUntil: today + day))
    }

    @Test("an expired certificate is refused, from its very end on")
    func expired() throws {
        let fixture = try TrustFixture()
        let checker = try fixture.checker()
        let leaf = try fixture.leaf(until: today)
        #expect(checker.verdict(leaf, at: today - 1000).isTrusted)
        #expect(checker.verdict(leaf, at: today) == .refused(.expired))
        #expect(try fixture.checker().verdict(leaf, at: today + day) == .refused(.expired))
    }

    @Test("a certificate that does not count yet is refused")
    func notYetValid() throws {
        let fixture = try TrustFixture()
        #expect(try fixture.checker().verdict(fixture.leaf(from: today + day)) == .refused(.notYetValid))
    }

    @Test("a revoked certificate is refused, its neighbour is not")
    func revoked() throws {
        let fixture = try TrustFixture()
        let (bad, good) = try (fixture.leaf(), fixture.leaf())
        let checker = try fixture.checker(revoked: [Revocation(serial: bad.serial, at: today - day)])
        #expect(checker.verdict(bad) == .refused(.revoked))
        #expect(checker.verdict(good).isTrusted)
    }

    @Test("a revocation list past its nextUpdate refuses everybody")
    func listExpired() throws {
        let fixture = try TrustFixture()
        let checker = try CertificateChecker(fixture.anchors(lists: [fixture.list(from: today - 10 * day, until: today)]))
        #expect(try checker.verdict(fixture.leaf()) == .refused(.listExpired))
    }

    @Test("a list that has not begun is no list")
    func listNotBegun() throws {
        let fixture = try TrustFixture()
        let checker = try CertificateChecker(fixture.anchors(lists: [fixture.list(from: today + day)]))
        #expect(try checker.verdict(fixture.leaf()) == .refused(.listMissing))
    }

    @Test("without a revocation list nobody is trusted")
    func listMissing() throws {
        let fixture = try TrustFixture()
        #expect(try CertificateChecker(fixture.anchors(lists: [])).verdict(fixture.leaf()) == .refused(.listMissing))
    }

    @Test("the list of another authority with the same name does not help")
    func foreignList() throws {
        let (fixture, other) = try (TrustFixture(), TrustFixture())
        let checker = try CertificateChecker(fixture.anchors(lists: [other.list()]))
        #expect(try checker.verdict(fixture.leaf()) == .refused(.listMissing))
    }

    @Test("a foreign root is refused, also when the chain brings it along")
    func foreignRoot() throws {
        let (fixture, other) = try (TrustFixture(), TrustFixture(name: "Other Root"))
        let leaf = try other.leaf()
        #expect(try fixture.checker().verdict(leaf) == .refused(.unknownIssuer))
        let verdict = try fixture.checker().verdict(chainDER: [leaf.der, other.authority.certificateDER], purpose: .tlsClient, now: today)
        #expect(verdict == .refused(.unknownIssuer))
    }

    @Test("a root of the same name with another key is foreign")
    func sameNameOtherKey() throws {
        let (fixture, other) = try (TrustFixture(), TrustFixture())
        #expect(try fixture.checker().verdict(other.leaf()) == .refused(.unknownIssuer))
    }

    @Test("no certificate serves two uses")
    func wrongPurpose() throws {
        let fixture = try TrustFixture()
        let checker = try fixture.checker()
        let (tls, signing, encryption) = try (fixture.leaf(), fixture.leaf(use: .signing), fixture.leaf(use: .encryption))
        for (leaf, served) in [(tls, [CertificatePurpose.tlsClient, .tlsServer]), (signing, [.signing]), (encryption, [.encryption])] {
            for purpose in CertificatePurpose.allCases {
                let verdict = checker.verdict(leaf, purpose)
                if served.contains(purpose) { #expect(verdict.isTrusted) } else { #expect(verdict == .refused(.wrongPurpose)) }
            }
        }
    }

    @Test(
        "a certificate for a TLS server neither signs nor is sealed to, whatever else it is for",
        arguments: [
            ("clientAuth,serverAuth,emailProtection", false), ("serverAuth,emailProtection", false), ("clientAuth", false),
            ("clientAuth,emailProtection", true), ("emailProtection", true),
            // Document signing (RFC 9336, and Microsoft's), for which OpenSSL has no flag.
            ("1.3.6.1.5.5.7.3.36", true), ("clientAuth,1.3.6.1.4.1.311.10.3.12", true),
            ("clientAuth,serverAuth,1.3.6.1.4.1.311.10.3.12", false),
        ])
    func mixedUsage(extended: String, mayServe: Bool) throws {
        let fixture = try TrustFixture()
        for (usage, purpose) in [("digitalSignature", CertificatePurpose.signing), ("keyAgreement", .encryption)] {
            let draft = try CertificateDraft(subject: fixture.subject(), key: .generateP256(), from: today - day, until: today + day)
            try draft.setIssuer(nameOf: fixture.authority.certificate)
            for (kind, text) in [
                (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical," + usage), (NID_ext_key_usage, extended),
                (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid:always"),
            ] {
                try draft.add(kind, text, issuer: fixture.authority.certificate)
            }
            try draft.sign(with: fixture.authority.key)
            let verdict = try fixture.checker().verdict(chainDER: [draft.certificate.der], purpose: purpose, now: today)
            if mayServe { #expect(verdict.isTrusted) } else { #expect(verdict == .refused(.wrongPurpose)) }
        }
    }

    @Test("the authority's own certificate is for nothing else")
    func authorityAsLeaf() throws {
        let fixture = try TrustFixture()
        for purpose in CertificatePurpose.allCases {
            let verdict = try fixture.checker().verdict(chainDER: [fixture.authority.certificateDER], purpose: purpose, now: today)
            #expect(verdict == .refused(.wrongPurpose))
        }
    }

    @Test("a leaf cannot issue")
    func leafAsIssuer() throws {
        let fixture = try TrustFixture()
        let leaf = try fixture.leaf()
        let impostor = try CertificateAuthority(certificatePEM: leaf.pem, privateKeyPEM: #require(leaf.privateKeyPEM))
        let below = try impostor.issue(
            fixture.subject(), for: .tls(hosts: [], addresses: []), key: .generated, from: today - day, until: today + day)
        let verdict = try fixture.checker().verdict(chainDER: [below.der, leaf.der], purpose: .tlsClient, now: today)
        #expect(!verdict.isTrusted)
    }

    @Test(
        "a subject without an OIN, or with another number, is refused",
        arguments: [nil, "123", "0000009900000000100x", "000000990000000010000"])
    func noOIN(number: String?) throws {
        let fixture = try TrustFixture()
        #expect(try fixture.checker().verdict(fixture.leaf(number: number)) == .refused(.noOIN))
    }

    @Test("an RSA key of 2048 bits is too weak")
    func weakKey() throws {
        let fixture = try TrustFixture()
        let leaf = try fixture.leaf(key: .publicKey(rsaPublicKey(bits: 2048)))
        #expect(try fixture.checker().verdict(leaf) == .refused(.weakKey))
        let strong = try fixture.leaf(key: .publicKey(rsaPublicKey(bits: 3072)))
        #expect(try fixture.checker().verdict(strong).isTrusted)
    }

    @Test("what is no certificate is refused", arguments: [[], [[]], [[0x30, 0x03, 0x02, 0x01, 0x01]]] as [[[UInt8]]])
    func malformed(chain: [[UInt8]]) throws {
        #expect(try TrustFixture().checker().verdict(chainDER: chain, purpose: .tlsClient, now: today) == .refused(.malformed))
    }

    @Test("bytes after the certificate are refused")
    func trailingBytes() throws {
        let fixture = try TrustFixture()
        let chain = try [fixture.leaf().der + [0]]
        #expect(try fixture.checker().verdict(chainDER: chain, purpose: .tlsClient, now: today) == .refused(.malformed))
    }

    @Test("every changed byte of a certificate is noticed")
    func changedBytes() throws {
        let fixture = try TrustFixture()
        let (checker, leaf) = try (fixture.checker(), fixture.leaf().der)
        for index in stride(from: 0, to: leaf.count, by: 7) {
            var changed = leaf
            changed[index] ^= 1
            #expect(!checker.verdict(chainDER: [changed], purpose: .tlsClient, now: today).isTrusted, "byte \(index)")
        }
    }
}
