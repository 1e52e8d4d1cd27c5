import Casework
import ConvenantTestSupport
import Crypto
import Disclosure
import Foundation
import GRDB
import StrictJSON
import Testing

@testable import Exchange
@testable import Storage

@Suite("Erasing a person")
struct ErasureTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    private func erase(_ filed: FiledCase, _ place: Int, because: String = "requested") async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.erasePerson(casefile: filed.casefile, person: filed.persons[place], because: because, by: .daemon)
        }
    }

    private func data(_ id: String) throws -> Data { Data(try #require(PersonID(id)).bytes) }

    @Test("of a household of whom nobody is left nothing stays planned, and closing its case plans nothing")
    func nobodyLeft() async throws {
        let filed = try await test.openCase([.mother], triage: "multipleUnrelated", visited: false, by: member)
        let planned = "SELECT count(*) FROM deadline WHERE kind IN ('homeVisit', 'aftercare', 'planning', 'action')"
        #expect(try test.number(planned) == 1)
        #expect(await erase(filed, 0).status == 200)
        #expect(try test.number(planned) == 0)
        let closed = await ask { () async throws(DeskRefusal) in
            try await test.desk.closeCase(filed.casefile, ["outcome": "movedAway"], by: member, idempotency: nil)
        }
        #expect(closed.status == 200 && closed.body["aftercareOn"] == nil, "\(closed.body)")
        #expect(try test.number(planned) == 0)
        #expect(try test.logIsIntact())
    }

    @Test("the desk hears of a task that an erasure ended, and has its case as idle, where somebody of the household is left; else neither")
    func heard() async throws {
        let (two, one) = (try await test.openCase([.mother, .father], by: member), try await test.openCase([.father], by: member))
        let first = try await test.refer(test.referral(two), by: member).task
        let second = try await test.refer(test.referral(one), by: member).task
        for filed in [two, one] { #expect(await erase(filed, 0).status == 200) }
        for task in [first, second] { #expect(try test.task(task).state == "cancelled") }
        let page = try await test.page(of: member)
        #expect((page["tasks"]?.arrayValue ?? []).map { "\($0.text("news")) \($0.text("taskId"))" } == ["groundEnded \(first)"])
        #expect((page["idleCases"]?.arrayValue ?? []).map { $0.text("casefileId") } == [two.casefile])
    }

    @Test("a single case of whose household nobody is left stays closed when its partner gives it back")
    func givenBack() async throws {
        let filed = try await test.openCase([.mother], triage: "single", by: member)
        let referral = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        _ = try await test.desk.moveTask(referral.task, ["to": "accepted"], by: .partner(test.debt.oin), idempotency: nil)
        #expect(await erase(filed, 0).status == 200)
        let before = try test.entries().count
        _ = try await test.desk.moveTask(
            referral.task, ["to": "rejected", "reason": "noCapacity"], by: .partner(test.debt.oin), idempotency: nil)
        #expect(try test.events(after: before) == ["task.moved"])
        #expect(try test.number("SELECT count(*) FROM casefile WHERE state = 'open'") == 0)
        #expect(try test.logIsIntact())
    }

    @Test("what is left of the plans of a household that was erased before they ended with it goes when it falls due, and is not told")
    func leftOver() async throws {
        let filed = try await test.openCase([.mother], triage: "multipleUnrelated", visited: false, by: member)
        #expect(await erase(filed, 0).status == 200)
        for kind in ["homeVisit", "aftercare"] {
            try test.sql(
                """
                INSERT INTO deadline (subject_kind, subject, kind, casefile, due_at, act_at) SELECT 'casefile', id, ?, id, 1, 1 FROM casefile
                """, [kind])
        }
        let before = try test.entries().count
        _ = try await test.desk.sweepDeadlines()
        #expect(try test.number("SELECT count(*) FROM deadline") == 0)
        #expect(try test.events(after: before).isEmpty)
        #expect(try await test.desk.showDesk(by: member).body["aftercare"] == [])
    }

    @Test("after it nothing of the person opens and nothing leads to the person; who received is told; the log holds")
    func one() async throws {
        let filed = try await test.openCase([.mother, .father], by: member)
        let mother = try data(filed.persons[0])
        let waiting = try await test.refer(test.referral(filed), by: member)
        let fetched = try await test.refer(test.referral(filed, subjects: [filed.persons[0]]), by: member)
        let others = try await test.refer(test.referral(filed, subjects: [filed.persons[1]]), by: member)
        _ = try await test.fetch(fetched.message, as: test.debt)
        let key = try test.number("SELECT key FROM person WHERE id = ?", [mother])
        let before = try test.entries().count

        let answer = await erase(filed, 0)
        #expect(answer.status == 200)
        #expect(answer.body.text("erased") == filed.persons[0])
        #expect(answer.body.texts("ended") == [waiting.message, fetched.message])
        #expect(answer.body.texts("told") == [fetched.message])
        let events = try test.events(after: before)
        #expect(events.first == "erasure.done")
        #expect(Set(events.dropFirst()) == ["message.ended", "task.moved", "message.sealed"])

        for table in ["consent", "consent_withdrawal", "objection", "content", "message_subject"] {
            #expect(try test.number("SELECT count(*) FROM \(table) WHERE person = ?", [mother]) == 0, "\(table)")
        }
        #expect(try test.number("SELECT count(*) FROM audit_index WHERE kind = 'person' AND subject = ?", [mother]) == 0)
        let row = try #require(try test.sql("SELECT * FROM person WHERE id = ?", [mother]).first)
        for column in ["bsn_mac", "deceased", "secrecy_indicator"] { #expect((row[column] as DatabaseValue?)?.isNull == true, "\(column)") }
        #expect((row["erased_at"] as Int64?) != nil)
        #expect(try test.desk.vault.key(Int64(key)) == nil)
        #expect(try test.number("SELECT count(*) FROM doomed_key") == 0)

        // The other one is still there, with what goes on about him.
        let shown = try await test.desk.showCasefile(filed.casefile, by: member).body
        #expect(shown["persons"]?.arrayValue?.map { $0.text("personId") } == [filed.persons[1]])
        #expect(!shown.canonicalText.contains(Resident.mother.given))
        #expect(try await test.fetch(others.message, as: test.debt).payload.kind == .referral)
        for queued in [waiting, fetched] {
            #expect(try test.task(queued.task) == ("cancelled", nil))
            #expect(
                await refusal { () async throws(DeskRefusal) in
                    try await test.desk.fetchMessage(queued.message, by: .partner(test.debt.oin))
                } == "ended")
        }
        let notice = try #require(try await test.inbox(of: test.debt).first { $0.kind == "notice" })
        let told = try await test.fetch(notice.id, as: test.debt).payload
        #expect(told.notice?.code == "erased")
        #expect(told.notice?.about == [fetched.message])
        #expect(try test.tasksWithoutDeadline() == 0)
        #expect(try test.logIsIntact())

        // It can be asked about, referred or erased no more.
        #expect(await erase(filed, 0).status == 404)
        #expect(
            await ask { () async throws(DeskRefusal) in
                try await test.desk.dispatchReferral(test.referral(filed), by: member, idempotency: nil)
            }.status == 400)
        #expect(
            await ask { () async throws(DeskRefusal) in
                try await test.desk.recordConsent(
                    Consents.debt.with("personId", .string(filed.persons[0])).with("recordedHow", "spoken"), by: member, idempotency: nil)
            }.status == 404)
    }

    @Test("with the last person the household's own key goes, and the log still verifies after a new start")
    func last() async throws {
        let filed = try await test.openCase([.mother, .father], freeText: "samen aan tafel", by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        let key = Int64(try test.number("SELECT key FROM casefile"))
        #expect(await erase(filed, 0).status == 200)
        #expect(try test.desk.vault.key(key) != nil)
        #expect(await erase(filed, 1).status == 200)
        #expect(try test.desk.vault.key(key) == nil)
        #expect(try test.number("SELECT count(*) FROM content") == 0)
        #expect(try test.number("SELECT count(*) FROM audit_index WHERE kind IN ('person', 'casefile')") == 0)
        #expect(try test.logIsIntact())
        // The receipt for what had left is still taken, and the notice still goes.
        let receipt = try test.debt.receipt(for: queued.message, bytes, at: test.clock.wall)
        #expect(try await test.desk.takeReceipt(queued.message, receipt, by: .partner(test.debt.oin)).status == 200)
        let notice = try #require(try await test.inbox(of: test.debt).first)
        #expect(try await test.fetch(notice.id, as: test.debt).payload.notice?.code == "erased")
        #expect(
            await refusal { () async throws(DeskRefusal) in try await test.desk.showCasefile(filed.casefile, by: member) } == "not-found")
        test.crash()
        try await test.open()
        #expect(try test.logIsIntact())
        #expect(try test.desk.vault.key(key) == nil)
        #expect(try test.tasksWithoutDeadline() == 0)
    }

    @Test("one who was erased keeps nobody else's no from being heard: what was about both is ended and recalled for the other")
    func othersNo() async throws {
        let filed = try await test.openCase([.mother, .father], triage: "multipleUnrelated", by: member)
        let left = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        #expect(await erase(filed, 1).status == 200)
        let consent = try await test.debtConsent(of: filed.persons[0], casefile: filed.casefile, by: member)
        let answer = try await test.withdraw(consent, by: member)
        #expect(answer.texts("left") == [left.message])
        var codes: [String] = []
        for (id, _) in try await test.inbox(of: test.debt) {
            codes.append(try #require(try await test.fetch(id, as: test.debt).payload.notice).code)
        }
        #expect(codes == ["erased", "recalled"])
        #expect(try test.number("SELECT count(*) FROM pending_recall") == 0)
        #expect(try test.logIsIntact())
    }

    @Test("what asked about two and tells of one goes on its way when the other is erased, and can be sealed anew")
    func othersMessage() async throws {
        let filed = try await test.openCase([.mother, .father], triage: "multipleUnrelated", by: member)
        _ = try await test.desk.recordConsent(
            ["personId": .string(filed.persons[1]), "answer": "refused", "recordedHow": "spoken"], by: member, idempotency: nil)
        let waiting = try await test.refer(test.referral(filed), by: member)
        let lost = try await test.refer(test.referral(filed), by: member)
        try await test.desk.endExpired()
        #expect(await erase(filed, 1).status == 200)
        #expect(try test.state(of: waiting.message) == "queued")
        try await test.receive(waiting.message, as: test.debt)
        test.clock.advance(days: 15)
        try await test.desk.endExpired()
        let fault = try #require(try await test.faults(by: member).first { $0.text("messageId") == lost.message })
        #expect(await test.replay(fault.text("faultId"), by: member).status == 200)
        try await test.receive(lost.message, as: test.debt)
        #expect(try test.logIsIntact())
    }

    @Test("who was recalled before is told of the erasure as well")
    func recalledBefore() async throws {
        let filed = try await test.openCase(by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        _ = try await test.desk.takeReceipt(
            queued.message, test.debt.receipt(for: queued.message, bytes, at: test.clock.wall), by: .partner(test.debt.oin))
        let id = try #require(
            try test.sql("SELECT id FROM consent WHERE recipients = 'sector:debt'").first.flatMap { $0["id"] as Data? }.flatMap {
                ConsentID(bytes: $0)
            })
        _ = try await test.desk.withdrawConsent(id.description, ["how": "counter"], by: member, idempotency: nil)
        #expect(await erase(filed, 0).body.texts("told") == [queued.message])
        var codes: [String] = []
        for (id, _) in try await test.inbox(of: test.debt) {
            let notice = try #require(try await test.fetch(id, as: test.debt).payload.notice)
            #expect(notice.about == [queued.message])
            codes.append(notice.code)
        }
        #expect(codes == ["recalled", "erased"])
    }

    @Test("a message that leaves while its person is erased is told of, or did not leave")
    func whileFetching() async throws {
        for _ in 0..<20 {
            let filed = try await test.openCase(by: member)
            let queued = try await test.refer(test.referral(filed), by: member)
            async let fetched = refusal { () async throws(DeskRefusal) in
                try await test.desk.fetchMessage(queued.message, by: .partner(test.debt.oin))
            }
            async let erased = erase(filed, 0)
            let (code, answer) = (await fetched, await erased)
            #expect(answer.status == 200)
            #expect((code == nil) == (answer.body.texts("told") == [queued.message]))
        }
        #expect(try test.logIsIntact())
    }

    @Test("a crash between the commit and the destruction of the keys: the next start destroys them", arguments: [1, 2])
    func crashBetween(_ members: Int) async throws {
        let filed = try await test.openCase(Array([Resident.mother, .father].prefix(members)), by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        let keys = try test.sql(
            "SELECT key FROM person WHERE ordinal = 0 UNION SELECT key FROM message"
                + (members == 1 ? " UNION SELECT key FROM casefile" : "")
        )
        .map { $0["key"] as Int64 }
        try test.sql("CREATE TRIGGER stop BEFORE UPDATE ON key BEGIN SELECT RAISE(ABORT, 'stopped'); END", in: test.folder.keys)
        #expect(await erase(filed, 0).status == 503)
        test.crash()
        // The commit stands and the keys still do.
        #expect(try test.events().contains("erasure.done"))
        for key in keys {
            #expect(try test.sql("SELECT 1 FROM key WHERE id = ? AND wrapped <> zeroblob(40)", [key], in: test.folder.keys).count == 1)
        }
        try test.sql("DROP TRIGGER stop", in: test.folder.keys)
        try await test.open()
        for key in keys {
            #expect(try test.sql("SELECT 1 FROM key WHERE id = ? AND wrapped <> zeroblob(40)", [key], in: test.folder.keys).isEmpty)
            #expect(try test.desk.vault.key(key) == nil)
        }
        #expect(try test.number("SELECT count(*) FROM doomed_key") == 0)
        #expect(try test.state(of: queued.message) == "ended")
        #expect(try test.logIsIntact())
    }

    @Test("what is written to the log between the commit and the destruction of the keys leads to nobody", arguments: [false, true])
    func beforeDestruction(_ isUnderWay: Bool) async throws {
        try await test.giveEndpoint(test.debt)
        let filed = try await test.openCase([.mother], by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        let attempt = try await test.begin(queued.message)
        if !isUnderWay {
            let receipt = try test.debt.receipt(for: queued.message, attempt.message.compact, at: test.clock.wall)
            try await test.desk.settlePush(attempt, .answered(status: 200, body: receipt, retryAfter: nil))
        }
        try test.sql("CREATE TRIGGER stop BEFORE UPDATE ON key BEGIN SELECT RAISE(ABORT, 'stopped'); END", in: test.folder.keys)
        #expect(await erase(filed, 0).status == 503)
        // Who received it is told while the keys still stand; a send that was under way hears of its end.
        _ = try await test.begin(try #require(try await test.due(test.debt).first))
        if isUnderWay { try await test.desk.settlePush(attempt, .interrupted) }
        #expect(try test.logIsIntact())
        try test.sql("DROP TRIGGER stop", in: test.folder.keys)
        try await test.desk.destroyDoomedKeys()
        #expect(try test.number("SELECT count(*) FROM audit_index WHERE kind IN ('person', 'casefile')") == 0)
        #expect(try test.logIsIntact())
    }

    @Test("after a rotation, an old copy of both databases and every secret that is left open nothing of the person")
    func oldCopy() async throws {
        let filed = try await test.openCase([.mother, .father], by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        _ = try await test.fetch(queued.message, as: test.debt)
        let copy = OldCopy(test)
        try test.sql("VACUUM INTO ?", [copy.database])
        try test.sql("VACUUM INTO ?", [copy.keys], in: test.folder.keys)
        let (mother, father) = (try data(filed.persons[0]), try data(filed.persons[1]))
        // The search finds both while both live, so finding nothing means something.
        #expect(try copy.opened(about: mother) > 0)
        #expect(try copy.opened(about: father) > 0)
        #expect(try copy.openedMessages() == 1)

        #expect(await erase(filed, 0).status == 200)
        try await test.desk.vault.rotate(at: test.clock.wall)
        // Until the old epoch ends, the old copy still opens: that is what the backup term says.
        #expect(try copy.opened(about: mother) > 0)
        try await test.desk.vault.endEpoch(1, at: test.clock.wall)
        #expect(try copy.opened(about: mother) == 0)
        #expect(try copy.openedMessages() == 0)
        #expect(try copy.opened(about: father) > 0)
        #expect(try test.logIsIntact())
        // The living go on under the new epoch, also after a new start.
        test.crash()
        try await test.open()
        #expect(try await test.desk.showCasefile(filed.casefile, by: member).body.canonicalText.contains(Resident.father.given))
        #expect(try copy.opened(about: mother) == 0)
    }

    @Test("only with a reason of the list, and only who is there")
    func faults() async throws {
        let filed = try await test.openCase(by: member)
        #expect(await erase(filed, 0, because: "mevrouw wilde het").body.text("code") == "invalid-input")
        let other = try await test.openCase([.father], by: member)
        #expect(await erase(FiledCase(signal: "", casefile: filed.casefile, persons: other.persons), 0).status == 404)
        #expect(try test.number("SELECT count(*) FROM person WHERE erased_at IS NOT NULL") == 0)
    }
}

/// Copies of both databases as a thief has them, who holds every secret that is left today.
private struct OldCopy {
    let test: TestDesk
    var database: String { test.folder.path + "/old-convenant.sqlite" }
    var keys: String { test.folder.path + "/old-keys.sqlite" }

    init(_ test: TestDesk) { self.test = test }

    /// Every vault key that can be had: of the old file under any secret, and of the living vault.
    private func everyKey() throws -> [VaultKey] {
        var secrets = [test.secrets.staffHandleKey, SymmetricKey(data: test.secrets.logKey.rawRepresentation)]
        for name in try FileManager.default.contentsOfDirectory(atPath: test.folder.secrets) {
            guard let data = FileManager.default.contents(atPath: test.folder.secrets + "/" + name), data.count == 32 else { continue }
            secrets.append(SymmetricKey(data: data))
        }
        var found: [VaultKey] = []
        for row in try test.sql("SELECT id, wrapped FROM key", in: keys) {
            for secret in secrets {
                if let key = try? VaultKey(id: row["id"], unwrapping: [UInt8](row["wrapped"] as Data), under: secret) { found.append(key) }
            }
        }
        for row in try test.sql("SELECT id FROM key", in: test.folder.keys) {
            if let key = try? test.desk.vault.key(row["id"]) { found.append(key) }
        }
        return found
    }

    func opened(about person: Data) throws -> Int {
        let keys = try everyKey()
        return try test.sql("SELECT id, wrapped_key, sealed FROM content WHERE person = ?", [person], in: database).count { row in
            guard let id = ContentID(bytes: row["id"] as Data) else { return false }
            let sealed = SealedContent(wrappedKey: [UInt8](row["wrapped_key"] as Data), sealed: [UInt8](row["sealed"] as Data))
            return keys.contains { (try? openContent(sealed, id: id, under: $0)) != nil }
        }
    }

    func openedMessages() throws -> Int {
        let keys = try everyKey()
        return try test.sql("SELECT message AS id, sealed FROM message_body", in: database).count { row in
            guard let id = MessageID(bytes: row["id"] as Data) else { return false }
            return keys.contains { (try? openMessage([UInt8](row["sealed"] as Data), id: id, under: $0)) != nil }
        }
    }
}
