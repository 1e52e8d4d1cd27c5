import AuditTrail
import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import Storage
import StrictJSON
import Testing

@Suite("The log of a whole story")
struct LogTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    private static let freeText = "komen samen naar het spreekuur"

    /// Filing, triage, referral, refusal, fetch, receipt, task, objection, withdrawal, erasure.
    private func tell() async throws {
        var aunt = Resident.father
        (aunt.ref, aunt.given, aunt.family, aunt.consents) = ("c", "Philippina", "Klapwijkster", [Consents.refused])
        _ = await ask { () async throws(DeskRefusal) in
            try await test.desk.fileSignal(
                signal([.mother, .father, aunt], freeText: "alleen voor wie instemt"), by: .partner(test.debt.oin), idempotency: nil)
        }
        _ = await ask { () async throws(DeskRefusal) in
            try await test.desk.fileSignal(signal([aunt]), by: .partner(test.care.oin), idempotency: nil)
        }
        let key = IdempotencyKey(route: "POST /v1/signals", key: "k", body: signal([.mother]).canonicalBytes())
        _ = await ask { () async throws(DeskRefusal) in
            try await test.desk.fileSignal(signal([.mother]), by: .partner(test.debt.oin), idempotency: key)
        }
        let filed = try await test.openCase([.mother, .father], freeText: Self.freeText, by: member)
        let all = try await test.refer(
            test.referral(filed, fields: ["identification", "identification.bsn", "contact", "domains.debts", "freeText"]), by: member)
        let text = JSONValue.object(try await test.fetch(all.message, as: test.debt).payload.fields).canonicalText
        for value in Self.values.dropLast(3) { try #require(text.contains(value), "the partner must have received it") }
        let second = try await test.refer(test.referral(filed), by: member)
        let bytes = try await test.fetch(second.message, as: test.debt).bytes
        _ = try await test.desk.takeReceipt(
            second.message, test.debt.receipt(for: second.message, bytes, at: test.clock.wall), by: .partner(test.debt.oin))
        _ = try await test.desk.moveTask(second.task, ["to": "accepted"], by: .partner(test.debt.oin), idempotency: nil)
        _ = await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(test.referral(filed).with("purpose", "careSupport"), by: member, idempotency: nil)
        }
        _ = try await test.desk.makeObjection(["personId": .string(filed.persons[1])], by: member, idempotency: nil)
        _ = try await test.refer(test.referral(filed), by: member)
        let consent = try await test.desk.showCasefile(filed.casefile, by: member).body["persons"]?.arrayValue?.first?["consents"]?
            .arrayValue?
            .first { $0.texts("recipients") == ["sector:debt"] }
        _ = try await test.desk.withdrawConsent(try #require(consent).text("consentId"), ["how": "letter"], by: member, idempotency: nil)
        _ = try await test.desk.erasePerson(casefile: filed.casefile, person: filed.persons[0], because: "requested", by: .daemon)
    }

    /// Every value about a person that the story feeds in; the last three never reach a partner.
    private static let values = [
        Resident.mother.given, Resident.mother.family, Resident.father.given, Resident.father.family, "1968-03-07", "1966-11-29",
        "999910012",
        "+31612340001", "+31612340002", "Kwikstaartpad", "2599XZ", "ongeopende brieven op tafel", freeText, "Philippina", "Klapwijkster",
        "slaapt al weken slecht",
    ]

    @Test("no byte of any file of the folder holds a value about a person")
    func noContent() async throws {
        try await tell()
        var searched = 0
        for name in try FileManager.default.subpathsOfDirectory(atPath: test.folder.path) {
            guard let data = FileManager.default.contents(atPath: test.folder.path + "/" + name) else { continue }
            for value in Self.values { #expect(data.range(of: Data(value.utf8)) == nil, "\(name)") }
            if data.range(of: Data("00000099000000002000".utf8)) != nil { searched += 1 }
        }
        // The search finds what is there: an organisation's number stands in the database or its log.
        #expect(searched > 0)
        for entry in try TrailEntries(test).texts { for value in Self.values { #expect(!entry.contains(value)) } }
    }

    @Test("every step and refusal of the story has its entry, and the whole log verifies")
    func complete() async throws {
        try await tell()
        let found = Set(try test.events())
        for event in [
            "daemon.started", "policy.loaded", "covenant.loaded", "partner.added", "staff.added", "decision.permitted", "decision.refused",
            "signal.filed", "consent.recorded", "triage.made", "casefile.read", "message.sealed", "attempt.started", "receipt.taken",
            "task.moved",
            "objection.made", "consent.withdrawn", "decision.changed", "message.ended", "erasure.done",
        ] { #expect(found.contains(event), "\(event)") }
        #expect(try test.logIsIntact())
        await test.desk.close()
        test.crash()
        try await test.open()
        #expect(try test.events().suffix(2) == ["daemon.stopped", "daemon.started"])
        #expect(try test.logIsIntact())
    }

    @Test("one person's handles differ from entry to entry; one member of staff has one handle, and it is not the name")
    func handles() async throws {
        let filed = try await test.openCase(by: member)
        _ = try await test.refer(test.referral(filed), by: member)
        let entries = try test.entries()
        let subjects = entries.flatMap(\.subjects)
        #expect(subjects.count > 3)
        #expect(Set(subjects).count == subjects.count)
        let staff = Set(entries.filter { $0.actor["kind"] == "staff" }.compactMap { $0.actor["handle"] })
        #expect(staff.count == 1)
        #expect(staff.first != "desk-1")
        let text = try TrailEntries(test).texts.joined()
        #expect(!text.contains(filed.persons[0]) && !text.contains(filed.casefile))
    }

    @Test("the log is read by the privacy officers only, and each look is an entry")
    func reading() async throws {
        let officer = try await test.staff("privacy-1", .privacyOfficer)
        let before = try test.entries().count
        let page = try await test.desk.listLogEntries(after: nil, limit: 3, by: officer).body
        #expect(page["items"]?.arrayValue?.count == 3)
        #expect(page.text("next") == "3")
        #expect(try test.events(after: before) == ["log.read"])
        let foreign = try await test.staff("care-privacy", .privacyOfficer, of: test.care.oin)
        for caller in [member, foreign, .partner(test.debt.oin)] {
            #expect(
                await refusal { () async throws(DeskRefusal) in
                    try await test.desk.listLogEntries(after: nil, limit: 3, by: caller)
                } == "role-may-not")
        }
        let checkpoint = try await test.desk.showCheckpoint(by: member).body
        #expect(checkpoint.text("origin") == "convenant/00000099000000001000/2026")
        #expect(checkpoint["size"]?.integerValue == Int64(try test.entries().count))
    }

    @Test("a database that is lost before its first sign of life is missed, as the vault knows of it from its beginning")
    func lostWhenNew() throws {
        let copy = DataFolder(path: test.folder.path + "-copy")
        try FileManager.default.copyItem(atPath: test.folder.path, toPath: copy.path)
        defer { try? FileManager.default.removeItem(atPath: copy.path) }
        try copy.checkDatabase()
        for rest in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy.database + rest) }
        try Data().write(to: URL(fileURLWithPath: copy.database))
        #expect(throws: StoreFault.self) { try copy.checkDatabase() }
    }

    @Test("every message carries the newest checkpoint, and the log proves later that it holds it")
    func checkpoints() async throws {
        let filed = try await test.openCase(by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        let held = try await test.fetch(queued.message, as: test.debt).payload.checkpoint
        for _ in 0..<3 { _ = try await test.refer(test.referral(filed), by: member) }
        func verifies(_ note: String) throws -> Bool { try TrailEntries(test).verifies(holding: note) }
        #expect(try verifies(held))
        #expect(try !verifies(held.replacing("\n", with: "\n1", maxReplacements: 1)))
    }
}

/// The log as a checker reads it.
private struct TrailEntries {
    let test: TestDesk
    init(_ test: TestDesk) { self.test = test }

    var texts: [String] {
        get throws { try test.sql("SELECT CAST(entry AS TEXT) AS text FROM audit_entry").map { $0["text"] } }
    }

    func verifies(holding note: String) throws -> Bool { try test.logIsIntact(comparedWith: [note]) }
}
