import Casework
import Disclosure
import Exchange
import JOSE
import Foundation
import StrictJSON

/// A case that has been filed and triaged.
public struct FiledCase: Sendable {
    public let signal: String
    public let casefile: String
    /// In the order of the household as filed.
    public let persons: [String]

    /// A case from its ids.
    public init(signal: String, casefile: String, persons: [String]) {
        self.signal = signal
        self.casefile = casefile
        self.persons = persons
    }
}

/// A referral that stands in the queue.
public struct QueuedReferral: Sendable {
    /// What the desk answered.
    public let answer: DeskAnswer
    /// The message's id.
    public var message: String { answer.body.text("messageId") }
    /// The task's id.
    public var task: String { answer.body.text("taskId") }
}

/// A fault of a story itself, before what the test is about.
public struct StoryFault: Error, CustomStringConvertible {
    public let description: String
    /// A fault that says what went otherwise than the story needs.
    public init(description: String) { self.description = description }
}

/// Asks, and turns a refusal into the answer that it is on the wire.
public func ask(_ body: () async throws(DeskRefusal) -> DeskAnswer) async -> DeskAnswer {
    do { return try await body() } catch { return error.answer }
}

/// The code of the refusal that a fetch ended in; nil when it gave bytes.
public func refusal<T>(_ body: () async throws(DeskRefusal) -> T) async -> String? {
    do {
        _ = try await body()
        return nil
    } catch { return error.code }
}

extension TestDesk {
    /// Debt help files, the desk triages, visits a household with several problems, and reads the case.
    public func openCase(
        _ members: [Resident] = [.mother], triage: String = "multipleUnrelated", freeText: String? = nil, visited: Bool = true,
        by desk: Caller
    )
        async throws -> FiledCase
    {
        let filed = await ask { () async throws(DeskRefusal) in
            try await self.desk.fileSignal(signal(members, freeText: freeText), by: .partner(debt.oin), idempotency: nil)
        }
        guard filed.status == 201 else { throw StoryFault(description: "filing was answered \(filed.status)") }
        let id = filed.body.text("signalId")
        let triaged = try await self.desk.triageSignal(id, ["outcome": .string(triage)], by: desk, idempotency: nil)
        let casefile = triaged.body.text("casefileId")
        if visited, triage != "single" {
            _ = try await self.desk.recordHomeVisit(casefile, ["outcome": "spoke"], by: desk, idempotency: nil)
        }
        let shown = try await self.desk.showCasefile(casefile, by: desk)
        return FiledCase(signal: id, casefile: casefile, persons: (shown.body["persons"]?.arrayValue ?? []).map { $0.text("personId") })
    }

    /// A referral's body.
    public func referral(
        _ filed: FiledCase, to: PartnerFixture? = nil, purpose: String = "debtAssistance",
        fields: [String] = ["identification", "identification.bsn", "contact", "domains.debts"], subjects: [String]? = nil,
        ground: JSONValue? = nil
    ) -> JSONValue {
        var body: JSONObject = [
            "casefileId": .string(filed.casefile), "to": .string((to ?? debt).oin.description), "purpose": .string(purpose),
            "fields": .array(fields.map(JSONValue.string)), "subjects": .array((subjects ?? filed.persons).map(JSONValue.string)),
        ]
        if let ground { body["ground"] = ground }
        return .object(body)
    }

    /// Sends a referral; a test whose story needs it fails here when it is refused.
    public func refer(_ body: JSONValue, by caller: Caller, trace: TraceID? = nil) async throws -> QueuedReferral {
        let answer = await ask { () async throws(DeskRefusal) in
            try await desk.dispatchReferral(body, by: caller, idempotency: nil, trace: trace)
        }
        guard answer.status == 201 else {
            throw StoryFault(description: "the referral was answered \(answer.status) \(answer.body.text("code"))")
        }
        return QueuedReferral(answer: answer)
    }

    /// The body of a referral to care on its public task.
    public func protection(_ filed: FiledCase) -> JSONValue {
        referral(
            filed, to: care, purpose: "protection", fields: ["identification.name", "domains.health"],
            ground: ["kind": "publicTask", "article": "socialSupportAct.5.2.6"])
    }

    /// Fetches and opens a message as its partner.
    public func fetch(_ message: String, as partner: PartnerFixture) async throws -> (bytes: [UInt8], payload: MessagePayload) {
        let bytes = try await desk.fetchMessage(message, by: .partner(partner.oin))
        return (bytes, try partner.open(bytes, from: cityKeys(), at: clock.wall).payload)
    }

    /// Refers, and has the partner fetch the message and sign a receipt: its task is received.
    public func referAndReceive(_ body: JSONValue, to partner: PartnerFixture, by caller: Caller) async throws -> QueuedReferral {
        let queued = try await refer(body, by: caller)
        try await receive(queued.message, as: partner)
        return queued
    }

    /// A partner fetches a message and signs its receipt.
    public func receive(_ message: String, as partner: PartnerFixture) async throws {
        let bytes = try await fetch(message, as: partner).bytes
        let receipt = try partner.receipt(for: message, bytes, at: clock.wall)
        let answer = await ask { () async throws(DeskRefusal) in
            try await desk.takeReceipt(message, receipt, by: .partner(partner.oin))
        }
        guard answer.status == 200 else { throw StoryFault(description: "the receipt was answered \(answer.status)") }
    }

    /// The desk's page.
    public func page(of caller: Caller) async throws -> JSONValue { try await desk.showDesk(by: caller).body }

    /// The ids that wait for a partner.
    public func inbox(of partner: PartnerFixture) async throws -> [(id: String, kind: String)] {
        let answer = try await desk.listInbox(after: nil, limit: 200, by: .partner(partner.oin))
        return (answer.body["items"]?.arrayValue ?? []).map { ($0.text("messageId"), $0.text("kind")) }
    }

    /// A task's state and the kind of its deadline.
    public func task(_ id: String) throws -> (state: String, due: String?) {
        guard let task = TaskID(id),
            let row = try sql(
                "SELECT task.state, due_kind FROM task LEFT JOIN open_task ON open_task.task = task.id WHERE task.id = ?",
                [Data(task.bytes)]
            ).first
        else { throw StoryFault(description: "there is no such task") }
        return (row["state"], row["due_kind"])
    }

    /// The state of a message's row.
    public func state(of message: String) throws -> String {
        guard let id = MessageID(message), let row = try sql("SELECT state FROM message WHERE id = ?", [Data(id.bytes)]).first else {
            throw StoryFault(description: "there is no such message")
        }
        return row["state"]
    }
}
