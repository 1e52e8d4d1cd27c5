import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import JOSE
import Sealing
import StrictJSON
import Testing

/// The city's key for the NL GOV profile, and a partner's in it; making one takes long.
private enum Keys {
    static let city = Result { try SigningKey.generateNLGov() }
}

@Suite("a partner is sealed to in the profile that its covenant names, or not at all")
struct ProfileTests {
    /// A desk whose debt help may be on Digikoppeling, with its partner of that kind.
    private struct Scene {
        let test: TestDesk
        let member: Caller
        let onDigikoppeling: PartnerFixture

        init(cityHasKey: Bool = true) async throws {
            test = try await TestDesk(nlGov: cityHasKey ? Keys.city.get() : nil)
            member = try await test.staff("desk-1", .contactPoint)
            onDigikoppeling = try PartnerFixture(
                test.debt.oin.description, "Testschuldhulp", sealing: .rsa, authority: test.authority,
                at: test.clock.wall.millisecondsSince1970)
        }

        /// Puts a covenant in force that names this profile for debt help.
        func name(_ profile: String?) async throws { try await test.adopt(TestPolicy { $0.debtSealing = profile }) }

        /// What registering this partner's keys came to.
        func register(_ partner: PartnerFixture) async -> String? {
            await refusal { () async throws(DeskRefusal) in
                try await test.desk.addPartner(
                    oin: partner.oin, name: partner.name, certificatePEM: partner.certificate.pem, keys: partner.keys, endpoint: nil)
            }
        }

        /// What a referral came to.
        func referred() async throws -> String? {
            let body = test.referral(try await test.openCase(by: member))
            let answer = await ask { () async throws(DeskRefusal) in
                try await test.desk.dispatchReferral(body, by: member, idempotency: nil)
            }
            return answer.status == 201 ? nil : answer.body["code"]?.stringValue ?? "\(answer.status)"
        }
    }

    @Test("named NL GOV, with RSA keys: RSA-OAEP outside, PS256 inside, and a signature over the payload beside it")
    func nlGov() async throws {
        let scene = try await Scene()
        try await scene.name("nlgov")
        #expect(await scene.register(scene.onDigikoppeling) == nil)
        let queued = try await scene.test.refer(scene.test.referral(try await scene.test.openCase(by: scene.member)), by: scene.member)
        let fetched = try await scene.test.desk.fetchMessageWithFields(queued.message, by: .partner(scene.test.debt.oin))
        #expect(try JWE.recipientKind(of: fetched.bytes) == .rsa)
        let keys = try scene.test.cityKeys()
        #expect(keys.map(\.kind) == [.p256, .rsa])
        let opened = try scene.onDigikoppeling.open(fetched.bytes, from: keys, at: scene.test.clock.wall)
        #expect(opened.signedBy == keys[1].kid)
        #expect(fetched.fields.map(\.name) == ["Digest", "Payload-Signature"])
        let signedAt = try PayloadSignature.verify(
            [fetched.fields[1].value], digests: [fetched.fields[0].value], of: fetched.bytes, keys: keys)
        #expect(signedAt == scene.test.clock.wall.millisecondsSince1970 / 1000 * 1000)
    }

    @Test("the default profile has nothing beside its messages, and our one key is published where we have one")
    func plain() async throws {
        let scene = try await Scene(cityHasKey: false)
        let queued = try await scene.test.refer(scene.test.referral(try await scene.test.openCase(by: scene.member)), by: scene.member)
        #expect(try await scene.test.desk.fetchMessageWithFields(queued.message, by: .partner(scene.test.debt.oin)).fields.isEmpty)
        #expect(try scene.test.cityKeys().map(\.kind) == [.p256])
    }

    @Test("keys of another profile than the covenant names are not registered", arguments: ["jose-p256", "jose-x25519"])
    func registration(profile: String) async throws {
        let scene = try await Scene()
        try await scene.name(profile)
        #expect(await scene.register(scene.onDigikoppeling) == "invalid-input")
        try await scene.name("nlgov")
        #expect(await scene.register(scene.test.debt) == "invalid-input")
        #expect(await scene.register(scene.onDigikoppeling) == nil)
    }

    @Test("a covenant that now names NL GOV, and keys of the default profile: nothing is sealed, queued or told, in either profile")
    func noDowngrade() async throws {
        let scene = try await Scene()
        try await scene.name("nlgov")
        let before = try scene.test.number("SELECT count(*) FROM message")
        #expect(try await scene.referred() == "sealing-refused")
        #expect(try scene.test.number("SELECT count(*) FROM message") == before)
        #expect(try !scene.test.events().contains("message.sealed"))
    }

    @Test("a covenant that names nothing means the default profile, never NL GOV")
    func silent() async throws {
        let scene = try await Scene()
        try await scene.name(nil)
        #expect(await scene.register(scene.onDigikoppeling) == nil)
        #expect(try await scene.referred() == "sealing-refused")
        #expect(await scene.register(scene.test.debt) == nil)
        #expect(try await scene.referred() == nil)
    }

    @Test("without a key of ours for NL GOV nothing is sealed in it")
    func noKey() async throws {
        let scene = try await Scene(cityHasKey: false)
        try await scene.name("nlgov")
        #expect(await scene.register(scene.onDigikoppeling) == nil)
        #expect(try await scene.referred() == "sealing-refused")
    }

    @Test("what was sealed in the old profile does not leave after the covenant has changed it")
    func changedMeanwhile() async throws {
        let scene = try await Scene()
        let queued = try await scene.test.refer(scene.test.referral(try await scene.test.openCase(by: scene.member)), by: scene.member)
        try await scene.name("nlgov")
        let refused = await refusal { () async throws(DeskRefusal) in
            try await scene.test.desk.fetchMessage(queued.message, by: .partner(scene.test.debt.oin))
        }
        #expect(refused == "busy")
        #expect(try scene.test.state(of: queued.message) == "queued")
        try await scene.name("jose-p256")
        _ = try await scene.test.fetch(queued.message, as: scene.test.debt)
    }

    @Test("a no is answered and its recall arrives, also while a covenant names another profile than the keys that the partner has")
    func recall() async throws {
        let scene = try await Scene()
        let test = scene.test
        let filed = try await test.openCase(by: scene.member)
        let left = try await test.refer(test.referral(filed), by: scene.member)
        _ = try await test.fetch(left.message, as: test.debt)
        try await scene.name("nlgov")
        let answer = try await test.withdrawDebtConsent(filed, by: scene.member)
        #expect(answer.status == 200 && answer.body["mayHaveLeft"] == [.string(left.message)])
        let notice = try #require(try await test.inbox(of: test.debt).first { $0.kind == "notice" }).id
        let (bytes, payload) = try await test.fetch(notice, as: test.debt)
        #expect(payload.notice?.code == "recalled" && payload.notice?.about == [left.message] && payload.fields.isEmpty)
        #expect(try JWE.recipientKind(of: bytes) == .p256)
        #expect(try test.logIsIntact())
    }

    @Test("what waits for a partner that changed its profile with its keys is told to the desk at once, and sent again in the new one")
    func changedWithKeys() async throws {
        let scene = try await Scene()
        let test = scene.test
        let waiting = try await test.refer(test.referral(try await test.openCase(by: scene.member)), by: scene.member)
        try await scene.name("nlgov")
        #expect(await scene.register(scene.onDigikoppeling) == nil)
        let refused = await refusal { () async throws(DeskRefusal) in
            try await test.desk.fetchMessage(waiting.message, by: .partner(test.debt.oin))
        }
        #expect(refused == "ended")
        let fault = try #require(try await test.faults(by: scene.member).first)
        #expect(fault.text("code") == "key-replaced")
        #expect(await test.replay(fault.text("faultId"), by: scene.member).body.text("as") == "sealedAnew")
        let fetched = try await test.desk.fetchMessage(waiting.message, by: .partner(test.debt.oin))
        #expect(try JWE.recipientKind(of: fetched) == .rsa)
    }

    @Test("a no is answered and an erasure done also while nothing at all can be sealed for a partner; both notices follow when it can")
    func unsealable() async throws {
        let scene = try await Scene(cityHasKey: false)
        let test = scene.test
        let (first, second) = (try await test.openCase(by: scene.member), try await test.openCase(by: scene.member))
        let left = try await test.refer(test.referral(first), by: scene.member)
        _ = try await test.fetch(left.message, as: test.debt)
        let kept = try await test.refer(test.referral(second), by: scene.member)
        try await test.receive(kept.message, as: test.debt)
        // Keys of a profile for which we have none.
        try await scene.name("nlgov")
        #expect(await scene.register(scene.onDigikoppeling) == nil)
        let answer = try await test.withdrawDebtConsent(first, by: scene.member)
        #expect(answer.status == 200 && answer.body["mayHaveLeft"] == [.string(left.message)])
        #expect(answer.body["notTold"] == [.string(left.message)])
        #expect(try test.state(of: left.message) == "ended")
        let erased = try await test.desk.erasePerson(
            casefile: second.casefile, person: second.persons[0], because: "requested", by: .daemon)
        #expect(erased.status == 200 && erased.body["notTold"] == [.string(kept.message)] && erased.body["told"] == [])
        #expect(try await test.inbox(of: test.debt).isEmpty)
        let unfinished = try await test.desk.figuresNow().first { $0.label == "convenant_recalls_unfinished" }
        #expect(unfinished?.value == 0)
        test.clock.advance(milliseconds: 61_000)
        #expect(try await test.desk.figuresNow().first { $0.label == "convenant_recalls_unfinished" }?.value == 2)
        try await test.desk.tidy()
        #expect(try await test.inbox(of: test.debt).isEmpty)
        // It is sealed again, in the profile that the partner is back to.
        try await scene.name(nil)
        #expect(await scene.register(test.debt) == nil)
        test.clock.advance(milliseconds: 301_000)
        try await test.desk.tidy()
        #expect(try await notices(test) == ["erased \(kept.message)", "recalled \(left.message)"])
        #expect(try await test.desk.figuresNow().first { $0.label == "convenant_recalls_unfinished" }?.value == 0)
        #expect(try test.logIsIntact())
    }

    /// What waits for the partner: each notice's code and the messages that it is about.
    private func notices(_ test: TestDesk) async throws -> [String] {
        var told: [String] = []
        for (id, kind) in try await test.inbox(of: test.debt) where kind == "notice" {
            let notice = try #require(try await test.fetch(id, as: test.debt).payload.notice)
            told.append("\(notice.code) \(notice.about.joined(separator: " "))")
        }
        return told.sorted()
    }

    /// A case whose message left and whose consent was then withdrawn, while nothing at all could be sealed for its recipient.
    private func untold(_ scene: Scene) async throws -> (filed: FiledCase, message: String) {
        let test = scene.test
        let filed = try await test.openCase(by: scene.member)
        let left = try await test.refer(test.referral(filed), by: scene.member)
        _ = try await test.fetch(left.message, as: test.debt)
        try await scene.name("nlgov")
        #expect(await scene.register(scene.onDigikoppeling) == nil)
        let answer = try await test.withdrawDebtConsent(filed, by: scene.member)
        #expect(answer.body["notTold"] == [.string(left.message)])
        #expect(try test.number("SELECT count(*) FROM pending_recall") == 0)
        #expect(try test.number("SELECT count(*) FROM untold_notice") == 1)
        return (filed, left.message)
    }

    @Test("a recall that was promised is sent when it can be, also where the resident has died since; it is sent once")
    func promised() async throws {
        let scene = try await Scene(cityHasKey: false)
        let test = scene.test
        let (_, message) = try await untold(scene)
        try test.sql("UPDATE person SET deceased = 1, disclosure_revision = disclosure_revision + 1")
        try await scene.name(nil)
        #expect(await scene.register(test.debt) == nil)
        for _ in 0..<2 {
            test.clock.advance(milliseconds: 301_000)
            try await test.desk.tidy()
        }
        let inbox = try await test.inbox(of: test.debt)
        #expect(inbox.map(\.kind) == ["notice"])
        #expect(try await test.fetch(try #require(inbox.first).id, as: test.debt).payload.notice?.about == [message])
        #expect(try test.number("SELECT count(*) FROM untold_notice") == 0)
        #expect(try test.logIsIntact())
    }

    @Test("a recall that could not be told is not tried at every look: it rests for five minutes, and is then told if it can be")
    func rests() async throws {
        let scene = try await Scene(cityHasKey: false)
        let test = scene.test
        let (_, message) = try await untold(scene)
        test.clock.advance(milliseconds: 61_000)
        try await test.desk.tidy()
        // From here on it can be sealed again.
        try await scene.name(nil)
        #expect(await scene.register(test.debt) == nil)
        test.clock.advance(milliseconds: 299_999)
        try await test.desk.tidy()
        #expect(try await notices(test).isEmpty)
        test.clock.advance(milliseconds: 1)
        try await test.desk.tidy()
        #expect(try await notices(test) == ["recalled \(message)"])
    }

    @Test("a recall that was promised is sent also once the person is erased, and so is word of the erasure, each once")
    func promisedToErased() async throws {
        let scene = try await Scene(cityHasKey: false)
        let test = scene.test
        let (filed, message) = try await untold(scene)
        let erased = try await test.desk.erasePerson(
            casefile: filed.casefile, person: filed.persons[0], because: "requested", by: .daemon)
        #expect(erased.body["notTold"] == [.string(message)])
        #expect(try test.number("SELECT count(*) FROM untold_notice") == 2)
        try await scene.name(nil)
        #expect(await scene.register(test.debt) == nil)
        for _ in 0..<2 {
            test.clock.advance(milliseconds: 301_000)
            try await test.desk.tidy()
        }
        #expect(try await notices(test) == ["erased \(message)", "recalled \(message)"])
        #expect(try test.number("SELECT count(*) FROM untold_notice") == 0)
        #expect(try test.logIsIntact())
    }

    @Test("a restore says of how many messages the recipients cannot be told now")
    func notToldAfterRestore() async throws {
        let scene = try await Scene(cityHasKey: false)
        _ = try await untold(scene)
        let facts = RestoreFacts(dataAt: scene.test.clock.wall, keysAt: nil, newestCheckpoint: nil, entriesLost: 0)
        #expect(try await scene.test.desk.replayEndings(facts).body["notTold"] == 1)
    }

    @Test("for a partner whose stored keys cannot be read any more nothing is sealed, which is said; a no is answered all the same")
    func unreadable() async throws {
        let scene = try await Scene(cityHasKey: false)
        let test = scene.test
        let filed = try await test.openCase(by: scene.member)
        let left = try await test.refer(test.referral(filed), by: scene.member)
        _ = try await test.fetch(left.message, as: test.debt)
        try test.sql("UPDATE partner SET keys = x'7b7d' WHERE oin = ?", [test.debt.oin.description])
        #expect(try await scene.referred() == "sealing-refused")
        let answer = try await test.withdrawDebtConsent(filed, by: scene.member)
        #expect(answer.status == 200 && answer.body["notTold"] == [.string(left.message)])
    }
}
