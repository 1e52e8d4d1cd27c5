import COpenSSL
import Casework
import ConvenantTestSupport
import Exchange
import JOSE
import Sealing
import StrictJSON
import Testing

@testable import PartnerTrust

@Suite("a partner's certificates count only as long as they count: for sealing, sending, receipts and at either end of a connection")
struct PartnerCertificateTests {
    private let test: TestDesk
    private let member: Caller
    private let keys: PartnerKeys
    private let now: Int64
    private let day: Int64 = 86_400_000

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
        keys = try PartnerKeys(jwks: test.debt.keys)
        now = test.clock.wall.millisecondsSince1970
    }

    /// Puts these roots in force, with a list of each authority on which these certificates stand.
    private func trust(
        _ roots: [CertificateAuthority]? = nil, below others: [CertificateAuthority] = [], revoked: [[UInt8]] = [], at desk: TestDesk? = nil
    ) throws {
        let test = desk ?? self.test
        let roots = roots ?? [test.authority]
        let revocations = try revoked.map { Revocation(serial: try #require(certificateSerial($0)), at: now) }
        let lists = try (roots + others).map {
            try $0.revocationList(revocations, number: now + 1, thisUpdate: now - 60_000, nextUpdate: now + 30 * day)
        }
        try test.desk.replaceTrust(TrustAnchors(roots: try roots.flatMap { try $0.certificatePEM }, lists: lists))
    }

    /// An authority below another one, as those that give out certificates of PKIoverheid are.
    private func provider(below root: CertificateAuthority) throws -> CertificateAuthority {
        let key = try Key.generateP256()
        let subject = try CertificateSubject(serialNumber: nil, commonName: "Test provider", organisation: "Elders")
        let draft = try CertificateDraft(subject: subject, key: key, from: now - day, until: now + 1000 * day)
        try draft.setIssuer(nameOf: root.certificate)
        for (kind, text) in [
            (NID_basic_constraints, "critical,CA:TRUE"), (NID_key_usage, "critical,keyCertSign,cRLSign"),
            (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid:always"),
        ] {
            try draft.add(kind, text, issuer: root.certificate)
        }
        try draft.sign(with: root.key)
        return try CertificateAuthority(certificatePEM: certificatePEM(draft.certificate.der), privateKeyPEM: key.privatePEM)
    }

    /// A TLS certificate of debt help.
    private func tls(by authority: CertificateAuthority? = nil, for key: CertificateKey = .generated) throws -> IssuedCertificate {
        try (authority ?? test.authority).issue(
            CertificateSubject(oin: test.debt.oin.description, commonName: test.debt.name, organisation: test.debt.name),
            for: .tls(hosts: [], addresses: []), key: key, from: now - day, until: now + 400 * day)
    }

    private func renewed() throws -> PartnerFixture {
        try PartnerFixture(test.debt.oin.description, test.debt.name, sealing: .p256, authority: test.authority, at: now)
    }

    private func register(_ certificate: [UInt8], _ keys: [UInt8], endpoint: String? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.addPartner(
                oin: test.debt.oin, name: test.debt.name, certificatePEM: certificate, keys: keys, endpoint: endpoint)
        }
    }

    private func rotate(_ certificate: [UInt8]? = nil, keys: [UInt8]? = nil) async throws -> DeskAnswer {
        let tuesday = try #require(CalendarDate("2026-11-24"))
        return await ask { () async throws(DeskRefusal) in
            try await test.desk.rotatePartner(test.debt.oin, certificatePEM: certificate, keys: keys, until: tuesday)
        }
    }

    /// What fetching a message came to; nil when it gave bytes.
    private func fetched(_ message: QueuedReferral) async -> String? {
        await refusal { () async throws(DeskRefusal) in
            try await test.desk.fetchMessage(message.message, by: .partner(test.debt.oin))
        }
    }

    private func receipt(_ queued: QueuedReferral, _ jws: [UInt8]) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.takeReceipt(queued.message, jws, by: .partner(test.debt.oin))
        }
    }

    @Test("nothing is sealed to an `enc` key whose certificate is revoked; what waits for it is held, and goes once it counts again")
    func revokedEncryption() async throws {
        let filed = try await test.openCase(by: member)
        let waiting = try await test.refer(test.referral(filed), by: member)
        let before = try test.number("SELECT count(*) FROM message")
        try trust(revoked: [keys.encryptionChain[0]])
        let refused = await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(test.referral(filed), by: member, idempotency: nil)
        }
        #expect(refused.status == 422 && refused.body.text("code") == "sealing-refused")
        #expect(try test.number("SELECT count(*) FROM message") == before)
        #expect(await fetched(waiting) == "busy")
        #expect(try test.state(of: waiting.message) == "queued")
        // Another partner's key is another's.
        _ = try await test.refer(test.justified(test.protection(filed)), by: member)
        try trust()
        _ = try await test.fetch(waiting.message, as: test.debt)
    }

    @Test("what waits is not pushed to a key that counts no more, and no attempt is made")
    func heldAtPush() async throws {
        try await test.giveEndpoint(test.debt)
        let waiting = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
        try trust(revoked: [keys.encryptionChain[0]])
        #expect(try await test.isStopped(waiting.message))
        #expect(try test.attempts(on: waiting.message).isEmpty && (try test.state(of: waiting.message)) == "queued")
    }

    @Test("what waits for a key that was replaced at once does not go to it; the desk is told, and sends it sealed to the new one")
    func replacedKey() async throws {
        let waiting = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
        let renewed = try renewed()
        #expect(await register(renewed.certificate.pem, renewed.keys).status == 201)
        #expect(await fetched(waiting) == "ended")
        #expect(try test.isDead(waiting.message) && (try test.task(waiting.task)) == ("failed", nil))
        let fault = try #require(try await test.faults(by: member).first)
        #expect(fault.text("code") == "key-replaced")
        #expect(await test.replay(fault.text("faultId"), by: member).body.text("as") == "sealedAnew")
        _ = try await test.fetch(waiting.message, as: renewed)
    }

    @Test("a dead letter is not sent again to a key that counts no more")
    func sentAgain() async throws {
        try await test.giveEndpoint(test.debt)
        let queued = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
        try await test.desk.settlePush(try await test.begin(queued.message), .status(400))
        let fault = try #require(try await test.faults(by: member).first).text("faultId")
        try trust(revoked: [keys.encryptionChain[0]])
        #expect(await test.replay(fault, by: member).body.text("code") == "sealing-refused")
        try trust()
        #expect(await test.replay(fault, by: member).body.text("as") == "sameMessage")
    }

    @Test("a withdrawal goes through, and its recall goes out, whatever became of the partner's certificate")
    func recall() async throws {
        let filed = try await test.openCase(by: member)
        let left = try await test.refer(test.referral(filed), by: member)
        let waiting = try await test.refer(test.referral(filed), by: member)
        _ = try await test.fetch(left.message, as: test.debt)
        try trust(revoked: [keys.encryptionChain[0]])
        let answer = try await test.withdrawDebtConsent(filed, by: member)
        #expect(answer.body.texts("ended") == [waiting.message] && answer.body.texts("mayHaveLeft") == [left.message])
        let notice = try #require(try await test.inbox(of: test.debt).first { $0.kind == "notice" }).id
        #expect(try await test.fetch(notice, as: test.debt).payload.notice?.about == [left.message])
    }

    @Test("where less may go by the policy and nothing can be sealed now, it is held; once it can be, what is left goes")
    func shrunkWhileLate() async throws {
        let waiting = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
        var policy = TestPolicy()
        policy.debtFields = ["identification", "domains.debts"]
        try await test.adopt(policy)
        try trust(revoked: [keys.encryptionChain[0]])
        #expect(await fetched(waiting) == "busy")
        #expect(try test.state(of: waiting.message) == "queued")
        #expect(try test.task(waiting.task) == ("requested", "delivery"))
        try trust()
        #expect(await fetched(waiting) == "ended")
        #expect(try test.state(of: waiting.message) == "superseded")
        let new = try #require(try await test.inbox(of: test.debt).first).id
        let payload = try await test.fetch(new, as: test.debt).payload
        #expect(payload.replaces == waiting.message && payload.fields["contact"] == nil)
    }

    @Test("what may go no longer as it was sealed ends where nothing can be sealed in its place, and the desk is told")
    func nothingInItsPlace() async throws {
        let filed = try await test.openCase(by: member)
        let waiting = try await test.refer(test.referral(filed), by: member)
        try trust(revoked: [keys.encryptionChain[0]])
        let noted = await ask { () async throws(DeskRefusal) in
            try await test.desk.noteRegistration(
                filed.casefile, ["personId": .string(filed.persons[0]), "secrecyIndicator": 7], by: member, idempotency: nil)
        }
        #expect(noted.status == 200)
        #expect(try test.state(of: waiting.message) == "ended")
        #expect(try test.task(waiting.task) == ("failed", nil))
        #expect(try test.tasksWithoutDeadline() == 0)
        let faults = try await test.faults(by: member)
        #expect(faults.map { $0.text("code") } == ["sealing-refused"])
        #expect(try test.entries().last { $0.event == "message.ended" }?.facts["because"] == .text("sealing-refused"))
        try trust()
        let again = await test.replay(try #require(faults.first).text("faultId"), by: member)
        #expect(again.body.text("as") == "newMessage")
        let fields = try await test.fetch(again.body.text("messageId"), as: test.debt).payload.fields
        #expect(fields["contact"]?["address"] == nil && fields["contact"]?["phone"] != nil)
        #expect(try test.task(waiting.task) == ("requested", "delivery"))
    }

    @Test("at a meeting, one whose `enc` certificate is revoked holds up nobody: it is cancelled, dated and held without it")
    func atMeeting() async throws {
        for isCancelled in [true, false] {
            let town = try await MeetingTown([("youthTeam", ["identification", "domains.health"])])
            let (debt, care, youth) = (town.helpers[0], town.helpers[1], town.helpers[2])
            let filed = try await town.file()
            let meeting = try await town.opened(filed)
            let dated = try await town.dated(meeting, filed, ["debts", "health"])
            for helper in town.helpers { try await town.receive(town.invitation(dated, helper), helper.partner) }
            try trust(revoked: [try PartnerKeys(jwks: care.partner.keys).encryptionChain[0]], at: town.test)
            func waits(for helper: MeetingTown.Helper) async throws -> [String] {
                try await town.test.inbox(of: helper.partner).map(\.kind)
            }
            if isCancelled {
                #expect(await town.cancel(meeting).status == 200)
            } else {
                let again = try await town.dated(meeting, filed, ["debts", "health"])
                #expect(town.refusal(again, care) == ["unknown-fact"])
                #expect(town.refusal(again, debt) == nil && town.refusal(again, youth) == nil)
            }
            #expect(try await waits(for: care) == ["notice"])
            #expect(try await waits(for: debt) == ["invitation"])
            #expect(try await waits(for: youth) == ["invitation"])
            guard !isCancelled else { continue }
            town.test.clock.advance(days: 3)
            let held = await town.minutes(
                meeting,
                [
                    "present": [.string(debt.oin)], "told": [], "coordinator": "manager-1",
                    "decisions": [
                        town.decision(debt, filed, fields: ["identification", "domains.debts"], domain: "debts"),
                        town.decision(care, filed, fields: ["identification", "domains.health"], domain: "health"),
                    ],
                ])
            #expect(held.status == 200, "\(held.body.canonicalText)")
            let decided = held.body["decisions"]?.arrayValue ?? []
            #expect(decided.map { $0.text("outcome") } == ["task", "refused"] && decided.last?.texts("reasons") == ["unknown-fact"])
        }
    }

    @Test("a pushed message's receipt by a `sig` key that counts no more is told as such, and eight of them do not rest the lane")
    func refusedAtPush() async throws {
        try await test.giveEndpoint(test.debt)
        let filed = try await test.openVisitedCase(by: member)
        try trust(revoked: [keys.signingChain[0]])
        for _ in 0..<8 {
            let queued = try await test.refer(test.referral(filed), by: member)
            let attempt = try await test.begin(queued.message)
            let receipt = try test.debt.receipt(for: queued.message, attempt.message.compact, at: test.clock.wall)
            #expect(try await test.desk.settlePush(attempt, .answered(status: 200, body: receipt, retryAfter: nil)) == .retry)
            let ended = try test.entries().last { $0.event == "attempt.ended" }
            #expect(ended?.facts["code"] == .text("receipt-refused"))
        }
        #expect(try await test.lane(of: test.debt)?.isTroubled == false)
        let queued = try await test.refer(test.referral(filed), by: member)
        try await test.desk.settlePush(try await test.begin(queued.message), .status(200))
        #expect(try test.entries().last { $0.event == "attempt.ended" }?.facts["code"] == .text("no-receipt"))
    }

    @Test("a receipt by a `sig` key whose certificate is revoked is none, in an overlap either; the other key's is taken")
    func revokedSigning() async throws {
        let queued = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        let old = try test.debt.receipt(for: queued.message, bytes, at: test.clock.wall)
        func refused() async -> Bool {
            let answer = await receipt(queued, old)
            return answer.status == 400 && answer.body["errors"]?.arrayValue?.map { $0.text("code") } == ["receipt-refused"]
        }
        try trust(revoked: [keys.signingChain[0]])
        #expect(await refused())
        let renewed = try renewed()
        #expect(try await rotate(keys: renewed.keys).status == 200)
        #expect(await refused())
        #expect(try test.number("SELECT count(*) FROM receipt") == 0)
        let new = try test.debt.receipt(for: queued.message, bytes, at: test.clock.wall, by: renewed.signing)
        #expect(await receipt(queued, new).status == 200)
    }

    @Test("a TLS certificate below an authority of its own is known by what was registered with it, at either end, and in an overlap too")
    func belowProvider() async throws {
        let root = try CertificateAuthority.makeRoot(
            commonName: "Test root for TLS", organisation: "Elders", from: now - 2 * day, until: now + 3650 * day)
        let provider = try provider(below: root)
        let certificate = try tls(by: provider)
        func reload() throws { try trust([test.authority, root], below: [provider]) }
        func refusedAtEndpoint() async throws -> String? {
            let lane = try #require(try await test.lane(of: test.debt))
            return test.desk.endpointRefusal(leaf: certificate.der, on: lane)
        }
        try reload()
        let chain = try certificate.pem + provider.certificatePEM
        #expect(await register(chain, test.debt.keys, endpoint: "https://partner.example/in").status == 201)
        _ = try await test.refer(test.referral(try await test.openCase(by: member)), by: member)
        #expect(try await refusedAtEndpoint() == nil)
        // Verdicts are made anew, and a resumed session shows the leaf alone.
        try reload()
        #expect(try await test.desk.identifyPartner(certificate.der) == test.debt.oin)
        #expect(try await test.desk.hearPartner(certificate.der) == test.debt.oin)
        #expect(try await rotate(test.debt.certificate.pem).status == 200)
        try reload()
        #expect(try await refusedAtEndpoint() == nil)
        #expect(try await test.desk.identifyPartner(certificate.der) == test.debt.oin)
        #expect(try await test.desk.identifyPartner(test.debt.certificate.der) == test.debt.oin)
    }

    @Test("a certificate that is not registered is told by what is wrong with it")
    func told() async throws {
        func fault(_ certificate: [UInt8]) async -> String? {
            guard let found = await register(certificate, test.debt.keys).body["errors"]?.arrayValue?.first,
                !found.text("hint").isEmpty, found.text("detail").contains("(\(found.text("code"))): ")
            else { return nil }
            return found.text("detail")
        }
        func issue(_ use: CertificateUse, oin: String? = nil, until: Int64? = nil, by authority: CertificateAuthority? = nil) throws
            -> [UInt8]
        {
            let subject = try CertificateSubject(oin: oin ?? test.debt.oin.description, commonName: "Een", organisation: "Een")
            return try (authority ?? test.authority).issue(
                subject, for: use, key: .generated, from: now - 2 * day, until: until ?? now + day
            ).pem
        }
        let tls = CertificateUse.tls(hosts: [], addresses: [])
        let stranger = try CertificateAuthority.makeRoot(
            commonName: "Test stranger", organisation: "Elders", from: now - 2 * day, until: now + 3650 * day)
        let stolen = try self.tls()
        try trust(revoked: [stolen.der])
        let faults = [
            try await fault(issue(.signing)), try await fault(issue(tls, oin: "00000099000000007000")),
            try await fault(issue(tls, until: now - day)), try await fault(issue(tls, by: stranger)), await fault(stolen.pem),
        ]
        for (code, fault) in zip(["wrong-purpose", "wrong-oin", "expired", "unknown-issuer", "revoked"], faults) {
            #expect(fault?.hasPrefix("the TLS certificate is refused (\(code)): ") == true)
        }
        #expect(Set(faults).count == faults.count)
    }

    @Test("one key, one use: a TLS key that is also a `sig` or `enc` key is not registered, nor brought about by a change")
    func oneUse() async throws {
        func code(_ answer: DeskAnswer, at pointer: String) -> String? {
            let fault = answer.body["errors"]?.arrayValue?.first
            return fault?.text("pointer") == pointer ? fault?.text("code") : nil
        }
        for key in [test.debt.signing.publicKey, test.debt.encryption.publicKey] {
            let shared = try tls(for: .publicKey(key.subjectPublicKeyInfo))
            #expect(await code(register(shared.pem, test.debt.keys), at: "/certificate") == "key-in-two-uses")
            #expect(try await code(rotate(shared.pem), at: "/certificate") == "key-in-two-uses")
        }
        let renewed = try renewed()
        let ahead = try tls(for: .publicKey(renewed.signing.publicKey.subjectPublicKeyInfo))
        #expect(await register(ahead.pem, test.debt.keys).status == 201)
        #expect(try await code(rotate(keys: renewed.keys), at: "/keys") == "key-in-two-uses")
        #expect(try await code(rotate(renewed.certificate.pem, keys: renewed.keys), at: "/keys") == "key-in-two-uses")
        #expect(try await rotate(renewed.certificate.pem).status == 200)
    }
}
