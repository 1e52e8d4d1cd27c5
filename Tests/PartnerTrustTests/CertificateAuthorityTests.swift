import COpenSSL
import Testing

@testable import PartnerTrust

/// A fresh RSA public key as SubjectPublicKeyInfo.
func rsaPublicKey(bits: Int) throws -> [UInt8] {
    let context = try #require(EVP_PKEY_CTX_new_from_name(nil, "RSA", nil))
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    try #require(EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)) == 1)
    try #require(EVP_PKEY_keygen(context, &key) == 1)
    return try Key(taking: #require(key)).subjectPublicKeyInfo
}

@Suite("the authority issues what was asked and nothing more")
struct CertificateAuthorityTests {
    @Test("what stands in a certificate can be read back")
    func facts() throws {
        let leaf = try TrustFixture().leaf()
        #expect(subjectOIN(leaf.der) == oin)
        #expect(notAfter(leaf.der) == today + 90 * day)
        #expect(notBefore(leaf.der) == today - 10 * day)
        #expect(certificateSerial(leaf.der) == leaf.serial)
        #expect(leaf.serial.utf8.count == 32)
        #expect(try certificatesDER(pem: leaf.pem + leaf.pem) == [leaf.der, leaf.der])
        #expect(certificateSHA256(leaf.der).count == 32)
    }

    @Test(
        "times up to 9999 and before 1970 come back as they went in",
        arguments: [-600_000_000_000, 0, 2_524_608_000_000, 253_402_300_799_000] as [Int64])
    func times(end: Int64) throws {
        let leaf = try TrustFixture().leaf(from: -631_152_000_000, until: end)
        #expect(notAfter(leaf.der) == end)
        #expect(notBefore(leaf.der) == -631_152_000_000)
    }

    @Test("two certificates never share a serial number")
    func serials() throws {
        let fixture = try TrustFixture()
        let serials = try (0..<20).map { _ in try fixture.leaf(key: .publicKey(Key.generateP256().subjectPublicKeyInfo)).serial }
        #expect(Set(serials).count == 20)
    }

    @Test("an authority survives its files, and refuses a foreign key file")
    func files() throws {
        let (fixture, other) = try (TrustFixture(), TrustFixture())
        let (certificate, key) = try (fixture.authority.certificatePEM, fixture.authority.privateKeyPEM)
        let again = try CertificateAuthority(certificatePEM: certificate, privateKeyPEM: key)
        let leaf = try again.issue(
            fixture.subject(), for: .tls(hosts: [], addresses: []), key: .generated, from: today - day, until: today + day)
        #expect(try fixture.checker().verdict(leaf).isTrusted)
        #expect(throws: TrustError.keyMismatch) {
            try CertificateAuthority(certificatePEM: certificate, privateKeyPEM: other.authority.privateKeyPEM)
        }
    }

    @Test("among several roots an authority finds its own, in whatever place, and a list issued anew has the same name")
    func ownRoot() throws {
        let (fixture, other) = try (TrustFixture(), TrustFixture(name: "Other Root"))
        let roots = try other.authority.certificatePEM + fixture.authority.certificatePEM
        let again = try CertificateAuthority(certificatePEM: roots, privateKeyPEM: fixture.authority.privateKeyPEM)
        #expect(try again.certificateDER == fixture.authority.certificateDER)
        let name = try again.keyName
        #expect(try name == fixture.authority.keyName)
        #expect(try name != other.authority.keyName)
        #expect(name.wholeMatch(of: /[0-9a-f]{32}/) != nil)
    }

    @Test("a chain is completed by its own issuers alone, however many roots there are and whatever they are called")
    func chain() throws {
        let fixture = try TrustFixture()
        // Of the same name, and another key.
        let others = try (0..<9).map { try TrustFixture(name: $0 == 0 ? "Test Root" : "Other \($0)").authority.certificateDER }
        let (leaf, root) = try (fixture.leaf().der, fixture.authority.certificateDER)
        #expect(completeChain([leaf], from: others + [root]) == [leaf, root])
        #expect(completeChain([leaf, root], from: others + [root]) == [leaf, root])
        #expect(completeChain([leaf], from: others) == [leaf])
    }

    @Test("a list is due a day after the last one, and at once when the clock was set back before it")
    func listDue() {
        #expect(!CertificateAuthority.isListDue(since: today, now: today))
        #expect(!CertificateAuthority.isListDue(since: today, now: today + day))
        #expect(CertificateAuthority.isListDue(since: today, now: today + day + 1))
        #expect(CertificateAuthority.isListDue(since: today, now: today - 1))
    }

    @Test("the first end of a list is that of an authority's newest, not of one that another took the place of")
    func listEnd() throws {
        // Of the same name, and another key.
        let (fixture, other) = try (TrustFixture(), TrustFixture())
        let (old, new) = try (fixture.list(from: today - 9 * day, until: today - day), fixture.list(number: 2, until: today + 7 * day))
        #expect(try fixture.anchors(lists: [old, new]).firstListEnd == today + 7 * day)
        #expect(try fixture.anchors(lists: [old, new, other.list(until: today + 3 * day)]).firstListEnd == today + 3 * day)
        #expect(try fixture.anchors(lists: [old, other.list()]).firstListEnd == today - day)
        #expect(try fixture.anchors(lists: []).firstListEnd == nil)
    }

    @Test("an X25519 key can be certified for encryption")
    func x25519() throws {
        let fixture = try TrustFixture()
        let prefix: [UInt8] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00]
        let spki = prefix + [9] + [UInt8](repeating: 0, count: 31)
        let leaf = try fixture.leaf(use: .encryption, key: .publicKey(spki))
        #expect(certificatePublicKey(leaf.der) == spki)
        #expect(try fixture.checker().verdict(leaf, .encryption).isTrusted)
    }

    @Test("a request is taken when its own key signed it, and refused after a changed byte")
    func requests() throws {
        let fixture = try TrustFixture()
        let key = try Key.generateP256()
        let request = try signedRequest(with: key)
        let leaf = try fixture.leaf(key: .request(request))
        #expect(try certificatePublicKey(leaf.der) == key.subjectPublicKeyInfo)
        #expect(leaf.privateKeyPEM == nil)
        var changed = request
        changed[changed.count - 1] ^= 1
        #expect(throws: TrustError.notARequest) { try fixture.leaf(key: .request(changed)) }
    }

    @Test("names that would break out of their place are refused", arguments: ["a,DNS:evil.example", "", "a b", "a\nb", "a;b"])
    func hosts(host: String) throws {
        let fixture = try TrustFixture()
        #expect(throws: TrustError.invalidName) { try fixture.leaf(use: .tls(hosts: [host], addresses: [])) }
        #expect(throws: TrustError.invalidName) { try fixture.leaf(use: .tls(hosts: [], addresses: [host])) }
    }

    @Test("an address that is none is refused")
    func address() throws {
        let fixture = try TrustFixture()
        #expect(throws: TrustError.invalidName) { try fixture.leaf(use: .tls(hosts: [], addresses: ["999.1.1.1"])) }
    }

    @Test("a subject needs an OIN of 20 digits", arguments: ["", "1", "0000009900000000100x"])
    func subjectNeedsOIN(number: String) {
        #expect(throws: TrustError.invalidName) { try CertificateSubject(oin: number, commonName: "a", organisation: "b") }
    }

    @Test("an end before the begin is refused")
    func endBeforeBegin() throws {
        let fixture = try TrustFixture()
        #expect(throws: TrustError.invalidTime) { try fixture.leaf(from: today, until: today) }
        #expect(throws: TrustError.invalidTime) { try fixture.list(from: today, until: today) }
    }

    @Test("roots and lists that are none are refused")
    func anchors() throws {
        let fixture = try TrustFixture()
        let root = try fixture.authority.certificatePEM
        #expect(throws: TrustError.notACertificate) { try TrustAnchors(roots: [], lists: []) }
        #expect(throws: TrustError.notACertificate) { try TrustAnchors(roots: Array("no pem".utf8), lists: []) }
        #expect(throws: TrustError.notAList) { try TrustAnchors(roots: root, lists: [root]) }
        #expect(throws: TrustError.notAList) { try TrustAnchors(roots: root, lists: [[]]) }
        #expect(throws: TrustError.notACertificate) { try TrustAnchors(roots: root + root.dropLast(60), lists: []) }
    }

    @Test("an earlier list does for a new one while it is in force, is of this authority and has everybody who is revoked")
    func earlierList() throws {
        let (fixture, other) = (try TrustFixture(), try TrustFixture())
        let (one, two) = (Revocation(serial: "0a", at: today - day), Revocation(serial: "0B01", at: today - day))
        let list = try fixture.list([one])
        #expect(fixture.authority.isGood(list, for: [one], now: today) && fixture.authority.isGood(list, for: [], now: today))
        #expect(!fixture.authority.isGood(list, for: [one, two], now: today))
        #expect(try fixture.authority.isGood(fixture.list([two, one]), for: [one, two], now: today))
        for now in [today - 2 * day, today + 8 * day] { #expect(!fixture.authority.isGood(list, for: [one], now: now)) }
        #expect(!other.authority.isGood(list, for: [one], now: today))
        #expect(!fixture.authority.isGood(Array("no list".utf8), for: [], now: today))
    }

    @Test("a list is read as DER too")
    func listAsDER() throws {
        let fixture = try TrustFixture()
        let anchors = try fixture.anchors(lists: [fixture.list()])
        let again = try fixture.anchors(lists: [try #require(anchors.lists.first).der])
        #expect(try CertificateChecker(again).verdict(fixture.leaf()).isTrusted)
        #expect(throws: TrustError.notAList) { try fixture.anchors(lists: [try #require(anchors.lists.first).der + [0]]) }
    }

    private func signedRequest(with key: Key) throws -> [UInt8] {
        let request = try #require(X509_REQ_new())
        defer { X509_REQ_free(request) }
        try #require(X509_REQ_set_pubkey(request, key.pointer) == 1 && X509_REQ_sign(request, key.pointer, EVP_sha256()) > 0)
        return try encoded { i2d_X509_REQ(request, $0) }
    }
}
