import Casework
import ConvenantTestSupport
import Exchange
import JOSE
import PartnerTrust
import Sealing
import StrictJSON
import Testing

@Suite("our signing key changes in three steps, and no message is opened in vain")
struct SigningKeyChangeTests {
    private let test: TestDesk
    private let member: Caller
    private let old: SigningKey
    private let new: SigningKey

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        old = try #require(test.secrets.signingKeys.all.first).key
        new = try .generate()
    }

    private func refer() async throws -> String {
        try await test.refer(test.referral(try await test.openCase(by: member)), by: member).message
    }

    private func kids() throws -> [String] { try test.cityKeys().map(\.kid) }

    /// Which of the published keys signed a message.
    private func signer(of message: String) async throws -> String {
        let sealed = try await test.desk.fetchMessage(message, by: .partner(test.debt.oin))
        return try test.debt.open(sealed, from: test.cityKeys(), at: test.clock.wall).signedBy
    }

    private func mayRetire() async -> Bool {
        let code = await refusal { () async throws(DeskRefusal) in try await test.desk.demandNothingWaits(forFormerKeyOf: .jose) }
        return code == nil
    }

    private func make() async throws {
        let keys = SigningKeys(HeldSigningKey(old), beside: [HeldSigningKey(new, state: .next)])
        _ = try await test.desk.adopt(keys, after: .made, kid: new.kid, .jose)
    }

    private func change() async throws {
        try await make()
        let keys = SigningKeys(HeldSigningKey(new), beside: [HeldSigningKey(old, state: .former)])
        _ = try await test.desk.adopt(keys, after: .switched, kid: new.kid, .jose)
        test.clock.advance(milliseconds: 1)
    }

    @Test("the next key is published at once, and the one of before goes on signing")
    func next() async throws {
        try await make()
        #expect(try kids() == [old.kid, new.kid])
        #expect(try await signer(of: try await refer()) == old.kid)
    }

    @Test("after the switch the new key signs, and what the old one signed is opened by the set that still holds both")
    func switched() async throws {
        let before = try await refer()
        try await change()
        #expect(try kids() == [new.kid, old.kid])
        #expect(try await signer(of: before) == old.kid)
        #expect(try await signer(of: try await refer()) == new.kid)
    }

    @Test("the former key stays while something that it signed has no receipt; then it goes, and what it signed is opened no more")
    func retired() async throws {
        let before = try await refer()
        let sealed = try await test.desk.fetchMessage(before, by: .partner(test.debt.oin))
        try await change()
        let after = try await refer()
        #expect(await !mayRetire())
        try await test.receive(before, as: test.debt)
        // What the new key signed may wait.
        #expect(await mayRetire())
        _ = try await test.desk.adopt(SigningKeys(HeldSigningKey(new)), after: .retired, kid: old.kid, .jose)
        #expect(try kids() == [new.kid])
        #expect(throws: JOSEError.unknownKey) { try test.debt.open(sealed, from: test.cityKeys(), at: test.clock.wall) }
        #expect(try await signer(of: after) == new.kid)
    }

    @Test("a next key may sign with a certificate of ours for signing that counts now, and with no other")
    func certified() async throws {
        let now = test.clock.wall.millisecondsSince1970
        func refused(_ use: CertificateUse?, oin: String? = nil, days: Int64 = 1) async throws -> Bool {
            var chain: [[UInt8]] = []
            if let use {
                let subject = try CertificateSubject(
                    oin: oin ?? test.municipality.oin.description, commonName: "Teststad", organisation: "Teststad")
                chain = [
                    try test.authority.issue(
                        subject, for: use, key: .publicKey(new.subjectPublicKeyInfo), from: now - 2 * 86_400_000,
                        until: now + days * 86_400_000
                    ).der
                ]
            }
            let key = HeldSigningKey(new, chain: chain, state: .next)
            return await refusal { () async throws(DeskRefusal) in try test.desk.demandCertificate(of: key) } != nil
        }
        #expect(try await !refused(.signing))
        #expect(try await refused(nil))
        #expect(try await refused(.encryption))
        #expect(try await refused(.signing, oin: test.debt.oin.description))
        #expect(try await refused(.signing, days: -1))
    }

    @Test("each step stands in the log with the key that it is about")
    func logged() async throws {
        try await change()
        _ = try await test.desk.adopt(SigningKeys(HeldSigningKey(new)), after: .retired, kid: old.kid, .jose)
        let steps = try test.entries().filter { $0.event.hasPrefix("key.") && $0.facts["kid"] != nil }
        #expect(steps.map(\.event) == ["key.made", "key.switched", "key.retired"])
        #expect(steps.map { $0.facts["kid"] } == [.text(new.kid), .text(new.kid), .text(old.kid)])
        #expect(try test.logIsIntact())
    }
}

@Suite("a partner changes its certificate and keys with an overlap")
struct PartnerKeyChangeTests {
    private let test: TestDesk
    private let member: Caller
    /// Debt help with everything new; the desk's clock stands at Monday 23 November 2026.
    private let renewed: PartnerFixture
    private let tuesday = "2026-11-24"

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        renewed = try PartnerFixture(
            test.debt.oin.description, "Testschuldhulp", sealing: .p256, authority: test.authority,
            at: test.clock.wall.millisecondsSince1970)
    }

    /// A message for debt help with the bytes that it fetched.
    private func message() async throws -> (id: String, sealed: [UInt8]) {
        let id = try await test.refer(test.referral(try await test.openCase(by: member)), by: member).message
        return (id, try await test.desk.fetchMessage(id, by: .partner(test.debt.oin)))
    }

    private func rotate(certificate: Bool = false, keys: Bool = false, until: String? = nil) async throws -> DeskAnswer {
        let day = try #require(CalendarDate(until ?? tuesday))
        return await ask { () async throws(DeskRefusal) in
            try await test.desk.rotatePartner(
                test.debt.oin, certificatePEM: certificate ? renewed.certificate.pem : nil, keys: keys ? renewed.keys : nil, until: day)
        }
    }

    private func receipt(_ message: (id: String, sealed: [UInt8]), by key: PartnerFixture) async throws -> Int {
        let jws = try test.debt.receipt(for: message.id, message.sealed, at: test.clock.wall, by: key.signing)
        return await ask { () async throws(DeskRefusal) in
            try await test.desk.takeReceipt(message.id, jws, by: .partner(test.debt.oin))
        }.status
    }

    private func opens(_ sealed: [UInt8], _ partner: PartnerFixture) -> Bool {
        (try? partner.open(sealed, from: test.cityKeys(), at: test.clock.wall)) != nil
    }

    private func comesIn(_ partner: PartnerFixture) async -> Bool {
        let code = await refusal { () async throws(DeskRefusal) in
            try await test.desk.identifyPartner(partner.certificate.der)
        }
        return code == nil
    }

    @Test("what waits sealed to the old key is delivered as it is, and what comes is sealed to the new one")
    func sealing() async throws {
        let waiting = try await test.refer(test.referral(try await test.openCase(by: member)), by: member).message
        #expect(try await rotate(keys: true).status == 200)
        let old = try await test.desk.fetchMessage(waiting, by: .partner(test.debt.oin))
        #expect(opens(old, test.debt) && !opens(old, renewed))
        let new = try await message().sealed
        #expect(opens(new, renewed) && !opens(new, test.debt))
    }

    @Test("receipts by the old and the new key are taken for messages of before and after; from the end on only the new key counts")
    func receipts() async throws {
        let before = [try await message(), try await message(), try await message()]
        #expect(try await rotate(keys: true).status == 200)
        let after = [try await message(), try await message(), try await message()]
        for messages in [before, after] {
            #expect(try await receipt(messages[0], by: test.debt) == 200)
            #expect(try await receipt(messages[1], by: renewed) == 200)
        }
        test.clock.advance(days: 2)
        for messages in [before, after] {
            #expect(try await receipt(messages[2], by: test.debt) == 400)
            #expect(try await receipt(messages[2], by: renewed) == 200)
        }
    }

    @Test("the old and the new certificate identify the partner until the day is over; then the new one alone")
    func identity() async throws {
        #expect(await comesIn(test.debt))
        #expect(await !comesIn(renewed))
        #expect(try await rotate(certificate: true).status == 200)
        #expect(await comesIn(test.debt))
        #expect(await comesIn(renewed))
        // Tuesday is the last day, and lasts until midnight in the Netherlands.
        test.clock.advance(milliseconds: 38 * 3_600_000 - 1)
        #expect(await comesIn(test.debt))
        test.clock.advance(milliseconds: 1)
        #expect(await !comesIn(test.debt))
        #expect(await comesIn(renewed))
    }

    @Test("at the partner's endpoint either certificate is accepted in the overlap; a door of after it knows one")
    func endpoint() async throws {
        try await test.giveEndpoint(test.debt)
        #expect(try await rotate(certificate: true).status == 200)
        _ = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
        func refused(_ partner: PartnerFixture) async throws -> String? {
            let lane = try #require(try await test.lane(of: test.debt))
            return test.desk.endpointRefusal(leaf: partner.certificate.der, on: lane)
        }
        #expect(try await refused(test.debt) == nil)
        #expect(try await refused(renewed) == nil)
        let door = try #require(try await test.lane(of: test.debt)).certificates
        test.clock.advance(days: 2)
        #expect(try await refused(test.debt) == "not-the-registered-one")
        #expect(try await refused(renewed) == nil)
        #expect(try #require(try await test.lane(of: test.debt)).certificates != door)
    }

    @Test("registering anew ends an overlap at once, for a key that others may know")
    func replaced() async throws {
        #expect(try await rotate(certificate: true, keys: true).status == 200)
        _ = try await test.desk.addPartner(
            oin: renewed.oin, name: renewed.name, certificatePEM: renewed.certificate.pem, keys: renewed.keys, endpoint: nil)
        #expect(await !comesIn(test.debt))
        #expect(try await receipt(try await message(), by: test.debt) == 400)
    }

    @Test("refused: nothing new, a day that has passed or is far away, a second change while the first one lasts")
    func refused() async throws {
        #expect(try await rotate().status == 400)
        #expect(try await rotate(keys: true, until: "2026-11-22").status == 400)
        #expect(try await rotate(keys: true, until: "2027-12-01").status == 400)
        #expect(try await rotate(keys: true).status == 200)
        #expect(try await rotate(keys: true).status == 400)
        // The certificate has its own time.
        #expect(try await rotate(certificate: true, until: "2026-11-25").status == 200)
        let nobody = try #require(OrganisationNumber("00000099000000009999"))
        let day = try #require(CalendarDate(tuesday))
        let unknown = await refusal { () async throws(DeskRefusal) in
            try await test.desk.rotatePartner(nobody, certificatePEM: nil, keys: renewed.keys, until: day)
        }
        #expect(unknown == "not-found")
    }

    @Test("the list says until when what was before counts, and the log which keys and certificates they are")
    func told() async throws {
        #expect(try await rotate(certificate: true, keys: true).status == 200)
        let listed = try await test.desk.listPartners().body["items"]?.arrayValue?.first { $0.text("oin") == test.debt.oin.description }
        let midnight = "2026-11-24T23:00:00.000Z"
        #expect(listed?.text("formerCertificateUntil") == midnight && listed?.text("formerKeysUntil") == midnight)
        let changed = try #require(try test.entries().last { $0.event == "partner.changed" })
        #expect(changed.facts["until"] == .text(midnight))
        #expect(changed.facts["certificate"] != nil && changed.facts["certificate"] != changed.facts["formerCertificate"])
        #expect(changed.facts["formerKeys"] == .list([test.debt.signing.kid, test.debt.encryption.publicKey.kid]))
        #expect(changed.facts["keys"] == .list([renewed.signing.kid, renewed.encryption.publicKey.kid]))
        test.clock.advance(days: 2)
        let later = try await test.desk.listPartners().body["items"]?.arrayValue?.first { $0.text("oin") == test.debt.oin.description }
        #expect(later?["formerCertificateUntil"] == nil && later?["formerKeysUntil"] == nil)
    }

    @Test("a certificate stands on the desk's page from sixty days before its end on, whose it is and for what")
    func nearExpiry() async throws {
        func listed() async throws -> [JSONValue] { try await test.page(of: member)["certificates"]?.arrayValue ?? [] }
        test.clock.advance(days: 339)
        // Without a list in force none counts, however long it has to go.
        let uncounted = try await listed()
        #expect(uncounted.count == 6 && uncounted.allSatisfy { $0["daysLeft"] == 61 && $0.text("refused") == "list-expired" })
        let now = test.clock.wall.millisecondsSince1970
        let list = try test.authority.revocationList([], number: now, thisUpdate: now - 60_000, nextUpdate: now + 30 * 86_400_000)
        try test.desk.replaceTrust(TrustAnchors(roots: test.authority.certificatePEM, lists: [list]))
        #expect(try await listed().isEmpty)
        test.clock.advance(days: 1)
        let found = try await listed()
        #expect(found.count == 6)
        #expect(Set(found.map { $0.text("use") }) == ["tls", "sig", "enc"])
        #expect(Set(found.map { $0.text("holder") }) == [test.debt.oin.description, test.care.oin.description])
        #expect(found.allSatisfy { $0["daysLeft"] == 60 && $0.text("endsOn") == "2027-12-28" && $0["refused"] == nil })
    }
}
