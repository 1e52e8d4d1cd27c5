import Testing

@testable import PartnerTrust

@Suite("a kept verdict is forgotten when something on which it rests can have changed")
struct VerdictKeepingTests {
    @Test("a verdict is kept once, and the same afterwards")
    func kept() throws {
        let fixture = try TrustFixture()
        let (checker, leaf) = try (fixture.checker(), fixture.leaf())
        let first = checker.verdict(leaf)
        #expect(checker.keptCount == 1)
        #expect(checker.verdict(leaf, at: today + day) == first)
        #expect(checker.keptCount == 1)
    }

    @Test("a kept verdict ends when the certificate does")
    func certificateEnds() throws {
        let fixture = try TrustFixture()
        let (checker, leaf) = try (fixture.checker(), fixture.leaf(until: today + 2 * day))
        #expect(checker.verdict(leaf).isTrusted)
        #expect(checker.verdict(leaf, at: today + 2 * day - 1).isTrusted)
        #expect(checker.verdict(leaf, at: today + 2 * day) == .refused(.expired))
    }

    @Test("a kept verdict ends when the list does")
    func listEnds() throws {
        let fixture = try TrustFixture()
        let (checker, leaf) = try (fixture.checker(), fixture.leaf())
        #expect(checker.verdict(leaf).isTrusted)
        #expect(checker.verdict(leaf, at: today + 7 * day) == .refused(.listExpired))
    }

    @Test("a clock that steps back before the certificate began asks anew")
    func clockStepsBack() throws {
        let fixture = try TrustFixture()
        let (checker, leaf) = try (fixture.checker(), fixture.leaf(from: today - 1000))
        #expect(checker.verdict(leaf).isTrusted)
        #expect(checker.verdict(leaf, at: today - 2000) == .refused(.notYetValid))
    }

    @Test("a new list revokes at once what was kept as trusted")
    func trustChanges() throws {
        let fixture = try TrustFixture()
        let (checker, leaf) = try (fixture.checker(), fixture.leaf())
        #expect(checker.revision == 1)
        #expect(checker.verdict(leaf).isTrusted)
        try checker.replaceTrust(fixture.anchors(lists: [fixture.list([Revocation(serial: leaf.serial, at: today)], number: 2)]))
        #expect(checker.revision == 2)
        #expect(checker.verdict(leaf) == .refused(.revoked))
    }

    @Test("a newer list beside the old one revokes too")
    func newerListBesideOld() throws {
        let fixture = try TrustFixture()
        let leaf = try fixture.leaf()
        let newer = try fixture.list([Revocation(serial: leaf.serial, at: today - 500)], number: 2, from: today - 1000)
        let checker = try CertificateChecker(fixture.anchors(lists: [fixture.list(), newer]))
        #expect(checker.verdict(leaf) == .refused(.revoked))
    }

    @Test("where a list is missing among the new ones, the one in use goes on counting when that is asked for; a newer one takes its place")
    func keptLists() throws {
        let (fixture, other) = try (TrustFixture(), TrustFixture(name: "Other Root"))
        let (leaf, foreign, revoked) = try (fixture.leaf(), other.leaf(), other.leaf())
        let roots = try fixture.authority.certificatePEM + other.authority.certificatePEM
        func anchors(_ lists: [UInt8]...) throws -> TrustAnchors { try TrustAnchors(roots: roots, lists: lists) }
        let theirs = try other.list([Revocation(serial: revoked.serial, at: today - day)])
        let checker = try CertificateChecker(anchors(fixture.list(), theirs))
        let newer = try fixture.list([Revocation(serial: leaf.serial, at: today - 500)], number: 2, from: today - 1000)
        try checker.replaceTrust(anchors(newer), keepingLists: true)
        #expect(checker.verdict(leaf) == .refused(.revoked))
        #expect(checker.verdict(foreign).isTrusted)
        #expect(checker.verdict(revoked) == .refused(.revoked))
        try checker.replaceTrust(anchors(newer))
        #expect(checker.verdict(foreign) == .refused(.listMissing))
    }

    @Test("a root that is taken away takes its certificates along")
    func rootGoes() throws {
        let (fixture, other) = try (TrustFixture(), TrustFixture(name: "Other Root"))
        let (checker, leaf) = try (fixture.checker(), fixture.leaf())
        #expect(checker.verdict(leaf).isTrusted)
        try checker.replaceTrust(other.anchors(lists: [other.list()]))
        #expect(checker.verdict(leaf) == .refused(.unknownIssuer))
    }

    @Test("a refusal is not kept: the right chain is trusted after a wrong one")
    func refusalNotKept() throws {
        let fixture = try TrustFixture()
        let (checker, leaf) = try (fixture.checker(), fixture.leaf(from: today))
        #expect(checker.verdict(leaf, at: today - day) == .refused(.notYetValid))
        #expect(checker.keptCount == 0)
        #expect(checker.verdict(leaf).isTrusted)
    }

    @Test("a verdict for one purpose says nothing about another")
    func purposeIsPartOfTheQuestion() throws {
        let fixture = try TrustFixture()
        let (checker, leaf) = try (fixture.checker(), fixture.leaf(use: .signing))
        #expect(checker.verdict(leaf, .signing).isTrusted)
        #expect(checker.verdict(leaf, .tlsClient) == .refused(.wrongPurpose))
    }
}
