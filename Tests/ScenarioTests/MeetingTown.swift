import Casework
import ConvenantTestSupport
import Disclosure
import Exchange
import Foundation
import StrictJSON

/// A town whose desk convenes: a case manager, a chair, and organisations beside debt help and care.
struct MeetingTown: Sendable {
    /// An organisation with a covenant of its own.
    struct Helper: Sendable {
        let partner: PartnerFixture
        let purpose: String
        var oin: String { partner.oin.description }
        /// How it is named in the body that opens a meeting.
        var party: JSONValue { ["oin": .string(oin), "purpose": .string(purpose)] }
    }

    let test: TestDesk
    let desk: Caller
    let manager: Caller
    let chair: Caller
    /// Debt help and care first, then the others.
    let helpers: [Helper]

    /// `others` by purpose, with the fields that their covenants list.
    init(_ others: [(purpose: String, fields: [String])] = []) async throws {
        var policy = TestPolicy()
        let numbered = others.enumerated().map { (oin: "000000990000000\($0 + 14)000", purpose: $1.purpose, fields: $1.fields) }
        for other in numbered {
            policy.add("test-\(other.purpose.lowercased())", oin: other.oin, purpose: other.purpose, fields: other.fields)
        }
        test = try await TestDesk(policy)
        desk = try await test.staff("desk-1", .contactPoint)
        manager = try await test.staff("manager-1", .socialCaseManager)
        chair = try await test.staff("chair-1", .meetingChair)
        var helpers = [
            Helper(partner: test.debt, purpose: "debtAssistance"), Helper(partner: test.care, purpose: "careSupport"),
        ]
        for other in numbered {
            let partner = try PartnerFixture(
                other.oin, "Testpartij", sealing: .p256, authority: test.authority, at: test.clock.wall.millisecondsSince1970)
            _ = try await test.desk.addPartner(
                oin: partner.oin, name: partner.name, certificatePEM: partner.certificate.pem, keys: partner.keys, endpoint: nil)
            helpers.append(Helper(partner: partner, purpose: other.purpose))
        }
        self.helpers = helpers
    }

    /// A person who agrees to the help of these.
    func resident(_ person: Resident, agreesTo agreed: [Helper]? = nil) -> Resident {
        var person = person
        person.consents =
            [Consents.intake]
            + (agreed ?? helpers).map { Consents.given(to: [$0.oin], for: [$0.purpose], fields: Consents.allFields) }
        return person
    }

    /// A filed and triaged case about these domains, visited unless said otherwise; a multiple one is in the hands of the case manager.
    func file(
        _ domains: [String] = ["debts", "health"], _ members: [Resident]? = nil, triage outcome: String = "multipleInterrelated",
        visited: Bool = true
    ) async throws -> FiledCase {
        let concerns = domains.map {
            JSONValue.object(["domain": .string($0), "observation": "gezien", "under": "socialSupportAct.2.3.2"])
        }
        let body = signal(members ?? [resident(.mother)]).with("concerns", .array(concerns))
        let filed = await ask { () async throws(DeskRefusal) in
            try await test.desk.fileSignal(body, by: .partner(test.debt.oin), idempotency: nil)
        }
        guard filed.status == 201 else { throw StoryFault(description: "filing was answered \(filed.status)") }
        let id = filed.body.text("signalId")
        var triage: JSONObject = ["outcome": .string(outcome)]
        if outcome != "single" { triage["caseManager"] = "manager-1" }
        let triaged = try await test.desk.triageSignal(id, .object(triage), by: desk, idempotency: nil)
        let casefile = triaged.body.text("casefileId")
        if visited { try test.sql("UPDATE casefile SET visited_at = 1 WHERE id = ?", [blob(casefile)]) }
        let shown = try await test.desk.showCasefile(casefile, by: desk)
        return FiledCase(signal: id, casefile: casefile, persons: (shown.body["persons"]?.arrayValue ?? []).map { $0.text("personId") })
    }

    func blob(_ id: String) -> Data { Data(CasefileID(id)?.bytes ?? []) }

    func open(
        _ filed: FiledCase, kind: String = "mda", trigger: String = "interrelated", _ parties: [Helper]? = nil, by caller: Caller? = nil
    ) async -> DeskAnswer {
        let body: JSONValue = [
            "casefileId": .string(filed.casefile), "kind": .string(kind), "trigger": .string(trigger),
            "parties": .array((parties ?? helpers).map(\.party)),
        ]
        return await ask { () async throws(DeskRefusal) in
            try await test.desk.openMeeting(body, by: caller ?? manager, idempotency: nil)
        }
    }

    /// Opens a meeting; a test whose story needs it fails here when it is refused.
    func opened(_ filed: FiledCase, kind: String = "mda", _ parties: [Helper]? = nil) async throws -> String {
        let answer = await open(filed, kind: kind, parties)
        guard answer.status == 201 else { throw StoryFault(description: "opening was answered \(answer.body.canonicalText)") }
        return answer.body.text("meetingId")
    }

    /// A date three days ahead, with these items; all persons of the case unless said otherwise.
    func dateBody(_ filed: FiledCase, _ items: [(domain: String, subjects: [String]?)], days: Int64 = 3) -> JSONValue {
        [
            "at": .string(test.clock.calendar.advanced(byMilliseconds: days * 86_400_000).rfc3339), "minutes": 60, "chair": "chair-1",
            "items": .array(
                items.map {
                    ["domain": .string($0.domain), "subjects": .array(($0.subjects ?? filed.persons).map(JSONValue.string))]
                }), "resident": ["comes": true],
        ]
    }

    func date(_ meeting: String, _ body: JSONValue, by caller: Caller? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.dateMeeting(meeting, body, by: caller ?? desk, idempotency: nil)
        }
    }

    /// Dates a meeting on these domains; fails when it is refused.
    func dated(_ meeting: String, _ filed: FiledCase, _ domains: [String]) async throws -> DeskAnswer {
        let answer = await date(meeting, dateBody(filed, domains.map { ($0, nil) }))
        guard answer.status == 200 else { throw StoryFault(description: "dating was answered \(answer.body.canonicalText)") }
        return answer
    }

    func minutes(_ meeting: String, _ body: JSONValue, by caller: Caller? = nil) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await test.desk.keepMinutes(meeting, body, by: caller ?? chair, idempotency: nil)
        }
    }

    func cancel(_ meeting: String) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in try await test.desk.cancelMeeting(meeting, [:], by: desk, idempotency: nil) }
    }

    /// A decision of the minutes whose owner is an organisation.
    func decision(_ helper: Helper, _ filed: FiledCase, fields: [String], domain: String) -> JSONValue {
        [
            "owner": [
                "oin": .string(helper.oin), "purpose": .string(helper.purpose), "fields": .array(fields.map(JSONValue.string)),
            ], "action": "takeOn", "domain": .string(domain), "subjects": .array(filed.persons.map(JSONValue.string)),
            "dueOn": "2026-12-18",
        ]
    }

    /// Fetches a message, opens it and sends the receipt.
    func receive(_ message: String, _ partner: PartnerFixture) async throws {
        let bytes = try await test.desk.fetchMessage(message, by: .partner(partner.oin))
        _ = try await test.desk.takeReceipt(
            message, partner.receipt(for: message, bytes, at: test.clock.wall), by: .partner(partner.oin))
    }

    /// The message with which this organisation was invited; empty when it was not.
    func invitation(_ dated: DeskAnswer, _ helper: Helper) -> String {
        (dated.body["invited"]?.arrayValue ?? []).first { $0.text("oin") == helper.oin }?.text("messageId") ?? ""
    }

    /// Why this organisation was not invited; nil when it was.
    func refusal(_ dated: DeskAnswer, _ helper: Helper) -> [String]? {
        (dated.body["notInvited"]?.arrayValue ?? []).first { $0.text("oin") == helper.oin }?.texts("reasons")
    }
}
