import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import JOSE
import StrictJSON
import Synchronization
import Testing

@Suite("Withdrawing")
struct WithdrawTests {
    private let test: TestDesk
    private let member: Caller

    init() async throws {
        test = try await TestDesk()
        member = try await test.staff("desk-1", .contactPoint)
    }

    private func consent(of person: String, casefile: String) async throws -> String {
        try await test.debtConsent(of: person, casefile: casefile, by: member)
    }

    private func withdraw(_ id: String, key: String? = nil) async throws -> JSONValue {
        try await test.withdraw(id, key: key, by: member)
    }

    private func notices(_ partner: PartnerFixture) async throws -> [MessagePayload.Notice] {
        var found: [MessagePayload.Notice] = []
        for (id, kind) in try await test.inbox(of: partner) where kind == "notice" {
            found.append(try #require(try await test.fetch(id, as: partner).payload.notice))
        }
        return found
    }

    @Test("a withdrawal counts also when the log's year has ended before it: over New Year, and after a clock that once ran ahead")
    func closedYear() async throws {
        let filed = try await test.openCase(by: member)
        let waiting = try await test.refer(test.referral(filed), by: member)
        let consent = try await consent(of: filed.persons[0], casefile: filed.casefile)
        test.clock.advance(days: 60)
        _ = try await test.staff("desk-2", .contactPoint)
        test.clock.advance(days: -60)
        let answer = try await withdraw(consent)
        #expect(answer.texts("ended") == [waiting.message] && answer.texts("staysOnOtherGround") == [])
        #expect(try test.state(of: waiting.message) == "ended")
        #expect(try test.number("SELECT count(*) FROM consent_withdrawal") == 1)
        #expect(try test.entries().last { $0.event == "consent.withdrawn" } != nil)
        #expect(try test.logIsIntact())
    }

    @Test("a withdrawal ends and recalls also what is about the resident's other row, where a joined signal filed the resident again")
    func otherRow() async throws {
        let first = try await test.openCase(by: member)
        let again = try await test.desk.fileSignal(signal([.mother]), by: .partner(test.debt.oin), idempotency: nil).body.text("signalId")
        _ = try await test.desk.joinSignal(again, ["casefileId": .string(first.casefile)], by: member)
        let persons = try await test.desk.showCasefile(first.casefile, by: member).body["persons"]?.arrayValue ?? []
        let second = FiledCase(signal: again, casefile: first.casefile, persons: persons.dropFirst().map { $0.text("personId") })
        let waiting = try await test.refer(test.referral(second), by: member)
        let fetched = try await test.refer(test.referral(second), by: member)
        _ = try await test.fetch(fetched.message, as: test.debt)
        let answer = try await withdraw(try await consent(of: first.persons[0], casefile: first.casefile))
        #expect(answer.texts("ended") == [waiting.message] && answer.texts("mayHaveLeft") == [fetched.message])
        #expect(try await notices(test.debt).map(\.about) == [[fetched.message]])
        #expect(try test.logIsIntact())
    }

    @Test("what waits is ended, what left or may have left is listed and recalled, what stands on another ground stays")
    func fourKinds() async throws {
        let filed = try await test.openCase(by: member)
        let waiting = try await test.refer(test.referral(filed), by: member)
        let fetched = try await test.refer(test.referral(filed), by: member)
        let received = try await test.refer(test.referral(filed), by: member)
        let publicTask = try await test.refer(test.justified(test.protection(filed)), by: member)
        let bytes = try await test.fetch(fetched.message, as: test.debt).bytes
        let opened = try await test.fetch(received.message, as: test.debt).bytes
        _ = try await test.desk.takeReceipt(
            received.message, test.debt.receipt(for: received.message, opened, at: test.clock.wall), by: .partner(test.debt.oin))

        let before = try test.entries().count
        let answer = try await withdraw(consent(of: filed.persons[0], casefile: filed.casefile))
        #expect(answer.texts("ended") == [waiting.message])
        #expect(answer.texts("mayHaveLeft") == [fetched.message])
        #expect(answer.texts("left") == [received.message])
        #expect(answer.texts("staysOnOtherGround") == [publicTask.message])

        #expect(try test.state(of: waiting.message) == "ended")
        #expect(try test.state(of: fetched.message) == "ended")
        #expect(try test.state(of: received.message) == "receipted")
        #expect(try test.state(of: publicTask.message) == "queued")
        for queued in [waiting, fetched] { #expect(try test.task(queued.task) == ("cancelled", nil)) }
        #expect(try test.task(publicTask.task).state == "requested")
        let events = try test.events(after: before)
        #expect(events.filter { $0 == "consent.withdrawn" }.count == 1)
        #expect(events.filter { $0 == "message.ended" }.count == 2)
        #expect(events.filter { $0 == "message.sealed" }.count == 2)

        // The notice names the message and nothing else.
        let recalls = try await notices(test.debt)
        #expect(recalls.map(\.code) == ["recalled", "recalled"])
        #expect(Set(recalls.flatMap(\.about)) == [fetched.message, received.message])
        #expect(try await notices(test.care).isEmpty)

        // A receipt for a message that has ended is still taken, and changes no task.
        let late = try test.debt.receipt(for: fetched.message, bytes, at: test.clock.wall)
        #expect(try await test.desk.takeReceipt(fetched.message, late, by: .partner(test.debt.oin)).status == 200)
        #expect(try test.task(fetched.task) == ("cancelled", nil))
        // What stays on its own ground still arrives.
        #expect(try await test.fetch(publicTask.message, as: test.care).payload.ground?.kind == "publicTask")
        #expect(try test.tasksWithoutDeadline() == 0)
        #expect(try test.logIsIntact())
    }

    @Test("a no that is recorded ends, lists and recalls what a withdrawal does, and the same key gives the same lists")
    func recordedNo() async throws {
        let filed = try await test.openCase(by: member)
        let waiting = try await test.refer(test.referral(filed), by: member)
        let fetched = try await test.refer(test.referral(filed), by: member)
        let received = try await test.referAndReceive(test.referral(filed), to: test.debt, by: member)
        let publicTask = try await test.refer(test.justified(test.protection(filed)), by: member)
        _ = try await test.fetch(fetched.message, as: test.debt)
        test.clock.advance(milliseconds: 1000)

        let no: JSONValue = [
            "personId": .string(filed.persons[0]), "answer": "refused", "recordedHow": "spoken", "recipients": ["sector:debt"],
        ]
        let key = IdempotencyKey(route: "POST /v1/consents", key: "no-1", body: no.canonicalBytes())
        let answer = try await test.desk.recordConsent(no, by: member, idempotency: key)
        #expect(answer.status == 201 && !answer.body.text("consentId").isEmpty)
        #expect(answer.body.texts("ended") == [waiting.message] && answer.body.texts("mayHaveLeft") == [fetched.message])
        #expect(answer.body.texts("left") == [received.message] && answer.body.texts("staysOnOtherGround") == [publicTask.message])
        for queued in [waiting, fetched] { #expect(try test.state(of: queued.message) == "ended") }
        #expect(Set(try await notices(test.debt).flatMap(\.about)) == [fetched.message, received.message])
        #expect(try await notices(test.care).isEmpty)
        let before = try test.entries().count
        #expect(try await test.desk.recordConsent(no, by: member, idempotency: key) == answer)
        #expect(try test.entries().count == before)
        #expect(try test.tasksWithoutDeadline() == 0)
        #expect(try test.logIsIntact())
    }

    @Test("a yes, and that somebody was not asked, list nothing")
    func noLists() async throws {
        let filed = try await test.openCase(by: member)
        for answer in [Consents.care, ["answer": "notAsked", "reason": "unsafe"]] as [JSONValue] {
            let body = answer.with("personId", .string(filed.persons[0])).with("recordedHow", "spoken")
            #expect(try await test.desk.recordConsent(body, by: member, idempotency: nil).body.objectValue?.names == ["consentId"])
        }
    }

    @Test("who was recalled is not recalled again, and the recipient's answer is taken")
    func once() async throws {
        let filed = try await test.openCase([.mother, .father], by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        let bytes = try await test.fetch(queued.message, as: test.debt).bytes
        _ = try await test.desk.takeReceipt(
            queued.message, test.debt.receipt(for: queued.message, bytes, at: test.clock.wall), by: .partner(test.debt.oin))
        for person in filed.persons { _ = try await withdraw(consent(of: person, casefile: filed.casefile)) }
        let waiting = try await test.inbox(of: test.debt)
        #expect(waiting.map(\.kind) == ["notice"])
        let notice = try #require(waiting.first?.id)
        let sealed = try await test.fetch(notice, as: test.debt).bytes
        let before = try test.entries().count
        let receipt = try test.debt.receipt(for: notice, sealed, answer: .stopped, at: test.clock.wall)
        #expect(try await test.desk.takeReceipt(notice, receipt, by: .partner(test.debt.oin)).status == 200)
        #expect(try test.entries()[before].facts["answer"] == .text("stopped"))
        #expect(try await test.inbox(of: test.debt).isEmpty)
    }

    @Test("when one of two withdraws, what is still permitted about the other is sealed anew, and listed")
    func oneOfTwo() async throws {
        let filed = try await test.openCase([.mother, .father], by: member)
        let queued = try await test.refer(test.referral(filed), by: member)
        let answer = try await withdraw(consent(of: filed.persons[0], casefile: filed.casefile))
        #expect(answer.texts("ended") == [queued.message])
        let waiting = try await test.inbox(of: test.debt).map(\.id)
        #expect(waiting.count == 1)
        // Nothing arrives that the answer did not list.
        #expect(answer.texts("staysOnOtherGround") == waiting)
        let opened = try await test.fetch(waiting[0], as: test.debt).payload
        #expect(opened.replaces == queued.message)
        let text = JSONValue.object(opened.fields).canonicalText
        #expect(text.contains(Resident.father.given))
        #expect(!text.contains(Resident.mother.given) && !text.contains(Resident.mother.phone ?? "-"))
        #expect(try test.task(queued.task) == ("requested", "delivery"))
        #expect(try await notices(test.debt).isEmpty)
    }

    @Test("the desk hears of a task that ended by a no, whoever recorded it")
    func heard() async throws {
        let manager = try await test.staff("manager-1", .socialCaseManager)
        func news() async throws -> [String] {
            (try await test.page(of: member)["tasks"]?.arrayValue ?? []).map { "\($0.text("news")) \($0.text("taskId"))" }
        }
        let (own, other) = (try await test.openCase(by: member), try await test.openCase([.father], by: member))
        _ = try await test.desk.assignCase(other.casefile, ["account": "manager-1"], by: member, idempotency: nil)
        let first = try await test.refer(test.referral(own), by: member).task
        let second = try await test.refer(test.referral(other), by: member).task
        _ = try await withdraw(consent(of: own.persons[0], casefile: own.casefile))
        #expect(try test.task(first).state == "cancelled")
        #expect(try await news() == ["groundEnded \(first)"])
        _ = try await test.withdraw(consent(of: other.persons[0], casefile: other.casefile), by: manager)
        #expect(try test.task(second).state == "cancelled")
        #expect(Set(try await news()) == ["groundEnded \(first)", "groundEnded \(second)"])
    }

    @Test("the same key gives the same lists")
    func idempotency() async throws {
        let filed = try await test.openCase(by: member)
        _ = try await test.refer(test.referral(filed), by: member)
        let id = try await consent(of: filed.persons[0], casefile: filed.casefile)
        let first = try await withdraw(id, key: "w-1")
        #expect(first.texts("ended").count == 1)
        #expect(try await withdraw(id, key: "w-1") == first)
        test.clock.advance(milliseconds: 1)
        #expect(try await withdraw(id).texts("ended").isEmpty)
    }

    @Test("whatever is fetched while a consent is withdrawn was listed, or was fetched before; 300 races")
    func races() async throws {
        var surprises: [String] = []
        var (fetchedFirst, withdrawnFirst) = (0, 0)
        for round in 0..<30 {
            let filed = try await test.openCase(by: member)
            let id = try await consent(of: filed.persons[0], casefile: filed.casefile)
            var messages: [String] = []
            for _ in 0..<10 { messages.append(try await test.refer(test.referral(filed), by: member).message) }
            let arrived = Arrivals()
            let answer = try await withThrowingTaskGroup(of: JSONValue?.self) { group in
                for (place, message) in messages.enumerated() {
                    group.addTask {
                        // Some come before the withdrawal, some within it, some after it.
                        try? await Task.sleep(for: .milliseconds(place * round))
                        if (try? await test.desk.fetchMessage(message, by: .partner(test.debt.oin))) != nil { arrived.add(message) }
                        return nil
                    }
                }
                group.addTask { try await withdraw(id) }
                return try await group.reduce(nil) { $0 ?? $1 }
            }
            let body = try #require(answer)
            let listed = Set(body.texts("left") + body.texts("mayHaveLeft"))
            let came = arrived.ids
            surprises += came.subtracting(listed)
            fetchedFirst += came.count
            withdrawnFirst += body.texts("ended").count
            // After the answer nothing arrives any more.
            for message in messages where !came.contains(message) {
                #expect(
                    await refusal { () async throws(DeskRefusal) in
                        try await test.desk.fetchMessage(message, by: .partner(test.debt.oin))
                    } == "ended")
            }
        }
        #expect(surprises.isEmpty)
        // Both orders occurred, or this proves nothing.
        #expect(fetchedFirst > 0 && withdrawnFirst > 0)
        #expect(try test.tasksWithoutDeadline() == 0)
        #expect(try test.logIsIntact())
    }

    @Test("what waits in restored data may have left since the copy: a no of before resuming recalls it, and its late receipt is taken")
    func restored() async throws {
        let withdrawn = try await test.openCase(by: member)
        let erased = try await test.openCase(by: member)
        let messages = [
            try await test.refer(test.referral(withdrawn), by: member).message,
            try await test.refer(test.referral(erased), by: member).message,
        ]
        let copied = test.clock.wall
        test.clock.advance(milliseconds: 60_000)
        let bytes = try await test.fetch(messages[0], as: test.debt).bytes
        // As they stand in the copy.
        try test.sql("DELETE FROM attempt")
        try test.sql("UPDATE message SET state = 'queued', left_at = NULL")
        _ = try await test.desk.replayEndings(RestoreFacts(dataAt: copied, keysAt: nil, newestCheckpoint: nil, entriesLost: 0))

        let answer = try await withdraw(try await consent(of: withdrawn.persons[0], casefile: withdrawn.casefile))
        #expect(answer.texts("mayHaveLeft") == [messages[0]] && answer.texts("ended") == [])
        let told = try await test.desk.erasePerson(
            casefile: erased.casefile, person: erased.persons[0], because: "requested", by: .daemon)
        #expect(told.body.texts("told") == [messages[1]])
        #expect(try await test.inbox(of: test.debt).map(\.kind) == ["notice", "notice"])
        let receipt = try test.debt.receipt(for: messages[0], bytes, at: test.clock.wall)
        #expect(try await test.desk.takeReceipt(messages[0], receipt, by: .partner(test.debt.oin)).status == 200)
        #expect(try test.logIsIntact())
    }

    @Test("a no that was recorded since the copy is known beside the keys: restored data learn of it and recall what went before it, once")
    func refusedSinceCopy() async throws {
        let filed = try await test.openCase(by: member)
        let copied = test.clock.wall
        test.clock.advance(milliseconds: 60_000)
        let no = Consents.refused.with("personId", .string(filed.persons[0])).with("recordedHow", "spoken")
        let narrow = no.with("recipients", [.string(test.debt.oin.description)]).with("purposes", ["debtAssistance"])
        let said = try await test.desk.recordConsent(narrow, by: member, idempotency: nil)
        #expect(said.status == 201)
        let columns = "hex(id), recipients, purposes, fields, from_at, until_at, recorded_at, recorded_how, speaker"
        func refusals() throws -> [String] { try test.sql("SELECT \(columns) FROM consent WHERE answer = 'refused'").map { "\($0)" } }
        let recorded = try refusals()
        #expect(recorded.count == 1)
        // As it stands in the copy.
        try test.sql("DELETE FROM consent WHERE answer = 'refused'")
        let queued = try await test.refer(test.referral(filed), by: member)
        let facts = RestoreFacts(dataAt: copied, keysAt: nil, newestCheckpoint: nil, entriesLost: 0)
        #expect(try await test.desk.replayEndings(facts).body["refused"] == 1)
        #expect(try refusals() == recorded)
        #expect(try test.state(of: queued.message) == "ended")
        #expect(try await test.inbox(of: test.debt).map(\.kind) == ["notice"])
        // It is here now.
        #expect(try await test.desk.replayEndings(facts).body["refused"] == 0)
        #expect(try test.logIsIntact())
    }

    @Test("a no by somebody who decides for the person and was recorded since the copy is counted, and not recorded again")
    func refusedByUnknown() async throws {
        let filed = try await test.openCase(by: member)
        let curator = try await test.desk.recordRepresentative(
            filed.casefile, ["personId": .string(filed.persons[0]), "office": "curator"], by: member, idempotency: nil)
        let by = curator.body.text("representativeId")
        let no = Consents.refused.with("personId", .string(filed.persons[0])).with("recordedHow", "spoken").with("by", .string(by))
        #expect(try await test.desk.recordConsent(no, by: member, idempotency: nil).status == 201)
        // As it stands in the copy.
        try test.sql("DELETE FROM consent WHERE answer = 'refused'")
        try test.sql("DELETE FROM representative")
        let facts = RestoreFacts(dataAt: test.clock.wall, keysAt: nil, newestCheckpoint: nil, entriesLost: 0)
        let replayed = try await test.desk.replayEndings(facts).body
        #expect(replayed["refused"] == 0 && replayed["notRefused"] == 1)
    }

    @Test("a no that is remembered beside the keys and was never recorded comes out of no restore of a younger copy")
    func rememberedOnly() async throws {
        let filed = try await test.openCase(by: member)
        let no = Consents.refused.with("personId", .string(filed.persons[0])).with("recordedHow", "spoken")
        #expect(try await test.desk.recordConsent(no, by: member, idempotency: nil).status == 201)
        // As after a commit that failed.
        try test.sql("DELETE FROM consent WHERE answer = 'refused'")
        test.clock.advance(milliseconds: 120_000)
        let facts = RestoreFacts(dataAt: test.clock.wall, keysAt: nil, newestCheckpoint: nil, entriesLost: 0)
        #expect(try await test.desk.replayEndings(facts).body["refused"] == 0)
        #expect(try test.number("SELECT count(*) FROM consent WHERE answer = 'refused'") == 0)
    }

    @Test("a fetch and a withdrawal that both shrink a message put one message in its place, not two")
    func shrunkOnce() async throws {
        for _ in 0..<25 {
            let filed = try await test.openCase([.mother, .father], by: member)
            let queued = try await test.refer(test.referral(filed), by: member)
            let id = try await consent(of: filed.persons[0], casefile: filed.casefile)
            async let withdrawal = withdraw(id)
            async let fetches = withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { _ = try? await test.desk.fetchMessage(queued.message, by: .partner(test.debt.oin)) }
                }
            }
            let answer = try await withdrawal
            await fetches
            let live = try test.sql("SELECT id FROM message WHERE state IN ('queued', 'left') AND kind = 'referral'")
            let waiting = try await test.inbox(of: test.debt).filter { $0.kind == "referral" }.map(\.id)
            #expect(live.count == waiting.count)
            if answer.texts("mayHaveLeft") == [queued.message] {
                // A fetch was first: it is recalled, and nothing takes its place.
                #expect(waiting.isEmpty)
            } else {
                #expect(answer.texts("ended") == [queued.message])
                #expect(waiting.count == 1)
                #expect(answer.texts("staysOnOtherGround") == waiting)
            }
            test.clock.advance(milliseconds: 1)
            try test.sql("UPDATE message SET state = 'ended', sealed = NULL, key = NULL WHERE state IN ('queued', 'left')")
        }
    }
}

/// What partners were given, from many tasks at once.
private final class Arrivals: Sendable {
    private let found = Mutex<Set<String>>([])
    func add(_ id: String) { found.withLock { _ = $0.insert(id) } }
    var ids: Set<String> { found.withLock { $0 } }
}
