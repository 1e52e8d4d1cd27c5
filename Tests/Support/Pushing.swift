import Casework
import Exchange
import Foundation
import StrictJSON

extension TestDesk {
    /// A desk with somebody at it that pushes to debt help.
    public static func pushing() async throws -> (TestDesk, Caller) {
        let test = try await TestDesk()
        let member = try await test.staff("desk-1", .contactPoint)
        try await test.giveEndpoint(test.debt)
        return (test, member)
    }

    /// A case in which referrals may be made: multiple, and the household was visited.
    public func openVisitedCase(by desk: Caller) async throws -> FiledCase {
        let filed = try await openCase(triage: "multipleUnrelated", by: desk)
        guard let id = CasefileID(filed.casefile) else { throw StoryFault(description: "there is no such case") }
        try sql("UPDATE casefile SET visited_at = opened_at WHERE id = ?", [Data(id.bytes)])
        return filed
    }

    /// Registers a partner again, with an endpoint or without one.
    public func giveEndpoint(_ partner: PartnerFixture, _ endpoint: String? = "https://partner.example/in") async throws {
        _ = try await desk.addPartner(
            oin: partner.oin, name: partner.name, certificatePEM: partner.certificate.pem, keys: partner.keys, endpoint: endpoint)
    }

    /// The lane of a partner, with at most ten due messages.
    public func lane(of partner: PartnerFixture) async throws -> PushLane? {
        try await desk.pushLanes(limit: 10).first { $0.partner == partner.oin }
    }

    /// The ids of the messages that may be pushed to a partner now.
    public func due(_ partner: PartnerFixture) async throws -> [String] { try await lane(of: partner)?.due.map(\.description) ?? [] }

    /// Begins to push a message; nil when it does not go.
    public func push(_ message: String) async throws -> PushAttempt? {
        guard let id = MessageID(message) else { throw StoryFault(description: "this is no message") }
        return try await desk.beginPush(id)
    }

    /// Whether a message does not go when it is to be pushed.
    public func isStopped(_ message: String) async throws -> Bool { try await push(message) == nil }

    /// Begins to push a message that must go.
    public func begin(_ message: String) async throws -> PushAttempt {
        guard let attempt = try await push(message) else { throw StoryFault(description: "the message does not go") }
        return attempt
    }

    /// What became of the attempts on a message, in order; `open` for one that has not ended.
    public func attempts(on message: String) throws -> [String] {
        guard let id = MessageID(message) else { return [] }
        return try sql("SELECT coalesce(result, 'open') AS result FROM attempt WHERE message = ? ORDER BY id", [Data(id.bytes)]).map {
            $0["result"]
        }
    }

    /// Whether a message waits for the desk, out of its partner's reach, with its bytes.
    public func isDead(_ message: String) throws -> Bool {
        guard let id = MessageID(message) else { return false }
        return try number("SELECT count(*) FROM message WHERE id = ? AND dead_at IS NOT NULL AND sealed IS NOT NULL", [Data(id.bytes)]) == 1
    }

    /// The desk sends a message again that it was told of.
    public func replay(_ fault: String, by member: Caller) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in try await desk.replayFault(fault, [:], by: member, idempotency: nil) }
    }

    /// The desk ends a message that it was told of.
    public func end(_ fault: String, because reason: String, by member: Caller) async -> DeskAnswer {
        await ask { () async throws(DeskRefusal) in
            try await desk.endFault(fault, ["reason": .string(reason)], by: member, idempotency: nil)
        }
    }

    /// Withdraws the consent on which debt help is told.
    public func withdrawDebtConsent(_ filed: FiledCase, by member: Caller) async throws -> DeskAnswer {
        let shown = try await desk.showCasefile(filed.casefile, by: member).body
        let consents = shown["persons"]?.arrayValue?.first?["consents"]?.arrayValue ?? []
        guard let consent = consents.first(where: { $0.texts("recipients") == ["sector:debt"] }) else {
            throw StoryFault(description: "nobody agreed to debt help")
        }
        return try await desk.withdrawConsent(consent.text("consentId"), ["how": "telephone"], by: member, idempotency: nil)
    }

    /// What the desk is told of messages that never arrived.
    public func faults(by member: Caller) async throws -> [JSONValue] {
        try await desk.showDesk(by: member).body["deliveryFaults"]?.arrayValue ?? []
    }
}

extension PushAnswer {
    /// An answer with a status and nothing else.
    public static func status(_ status: Int, retryAfter: String? = nil) -> PushAnswer {
        .answered(status: status, body: [], retryAfter: retryAfter)
    }
}
