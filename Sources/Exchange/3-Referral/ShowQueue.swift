import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// What waits for each partner. Numbers, codes and instants; nothing about persons.
    ///
    /// 200 `{items: [{partner, name, way, waiting, faults, lane, oldestQueuedAt?, code?, failures?, nextTryAt?}]}`. A partner that was removed
    /// stands there, its lane as `removed`, while something waits for it or was never delivered.
    public func showQueue() async throws(DeskRefusal) -> DeskAnswer {
        let rows = try await read { try $0.queueDepths() }
        return DeskAnswer(status: 200, body: ["items": .array(rows.map(depth))])
    }

    private func depth(_ row: QueueDepthRow) -> JSONValue {
        var json: JSONObject = [
            "partner": .string(row.partner.description), "name": .string(row.name), "way": .string(row.isPushed ? "push" : "pull"),
            "waiting": .integer(Int64(row.waiting)), "faults": .integer(Int64(row.faults)), "lane": .string(lane(row)),
        ]
        if let oldest = row.oldestQueuedAt { json["oldestQueuedAt"] = .string(oldest.rfc3339) }
        if let trouble = row.trouble {
            json["code"] = .string(trouble.code)
            json["failures"] = .integer(Int64(trouble.failures))
        }
        if let due = row.firstDueAt { json["nextTryAt"] = .string(max(due, row.trouble?.pausedUntil ?? due).rfc3339) }
        return .object(json)
    }

    private func lane(_ row: QueueDepthRow) -> String {
        guard !row.isRemoved else { return "removed" }
        guard row.isPushed else { return "fetches" }
        guard let trouble = row.trouble else { return "works" }
        return trouble.downSince == nil ? "rests" : "down"
    }

    /// What waits for one partner, message by message, and what was never delivered; the oldest first, and of each at most 200.
    ///
    /// 200 `{items: [{messageId, kind, state, queuedAt, tries, nextTryAt?, expiresAt?, code?}], more?}`.
    public func showQueue(of partner: OrganisationNumber) async throws(DeskRefusal) -> DeskAnswer {
        let longest = DeskPage.longest
        let found = try await read { transaction in
            guard try transaction.partnerName(partner) != nil else { return nil as ([MessageRow], [(DeliveryFaultRow, MessageRow?)])? }
            return (
                try transaction.inbox(of: partner, after: nil, limit: longest + 1),
                try transaction.openFaults(of: partner, limit: longest + 1).map { ($0, try transaction.message($0.message)) }
            )
        }
        let (waiting, faults) = try found.orRefuse(.notFound)
        var items = waiting.prefix(longest).map { ($0, $0.state.rawValue, String?.none) }
        items += faults.prefix(longest).compactMap { fault, row in row.map { ($0, "dead", fault.code) } }
        var body: JSONObject = ["items": .array(items.sorted { $0.0.id < $1.0.id }.map(waitingJSON))]
        if waiting.count > longest || faults.count > longest { body["more"] = true }
        return DeskAnswer(status: 200, body: .object(body))
    }

    private func waitingJSON(_ row: MessageRow, _ state: String, _ code: String?) -> JSONValue {
        var json: JSONObject = [
            "messageId": .string(row.id.description), "kind": .string(row.kind.rawValue), "state": .string(state),
            "queuedAt": .string(row.queuedAt.rfc3339), "tries": .integer(Int64(row.tries)),
        ]
        if let next = row.nextTryAt { json["nextTryAt"] = .string(next.rfc3339) }
        if row.canLeave { json["expiresAt"] = .string(row.expiresAt.rfc3339) }
        if let code { json["code"] = .string(code) }
        return .object(json)
    }

    /// The life of one message: its times, its attempts, its receipt, and what the desk was told of it.
    ///
    /// 200 `{messageId, partner, kind, state, queuedAt, …, attempts: [{attemptId, startedAt, endedAt?, result?, status?, code?}]}`.
    public func showMessage(_ id: MessageID) async throws(DeskRefusal) -> DeskAnswer {
        let found = try await read { transaction in try transaction.message(id).map { ($0, try transaction.life(of: $0)) } }
        let (row, life) = try found.orRefuse(.notFound)
        var json: JSONObject = [
            "messageId": .string(id.description), "partner": .string(row.partner.description), "kind": .string(row.kind.rawValue),
            "state": .string(row.deadAt == nil ? row.state.rawValue : "dead"), "tries": .integer(Int64(row.tries)),
        ]
        let instants: [(String, Instant?)] = [
            ("queuedAt", row.queuedAt), ("leftAt", life.leftAt), ("nextTryAt", row.nextTryAt),
            ("expiresAt", row.canLeave ? row.expiresAt : nil), ("diedAt", row.deadAt),
            ("opensUntil", row.state.isLive ? row.opensUntil : nil),
            ("endedAt", life.endedAt),
        ]
        for (name, instant) in instants { if let instant { json[name] = .string(instant.rfc3339) } }
        if let task = row.task { json["taskId"] = .string(task.description) }
        if let decision = row.decision { json["decisionId"] = .string(decision.description) }
        if let replacement = life.replacedBy { json["replacedBy"] = .string(replacement.description) }
        if let receipt = life.receipt {
            json["receipt"] = ["result": .string(receipt.opened ? "opened" : "refused"), "takenAt": .string(receipt.takenAt.rfc3339)]
        }
        if let fault = life.fault {
            var told: JSONObject = ["faultId": .string(fault.id.description), "code": .string(fault.code), "at": .string(fault.at.rfc3339)]
            if let settled = fault.settledAs { told["settledAs"] = .string(settled) }
            json["fault"] = .object(told)
        }
        json["attempts"] = .array(life.attempts.map(attemptJSON))
        return DeskAnswer(status: 200, body: .object(json))
    }

    private func attemptJSON(_ attempt: AttemptRow) -> JSONValue {
        var json: JSONObject = ["attemptId": .string(attempt.id.description), "startedAt": .string(attempt.startedAt.rfc3339)]
        if let ended = attempt.endedAt { json["endedAt"] = .string(ended.rfc3339) }
        if let result = attempt.result { json["result"] = .string(result.rawValue) }
        if let status = attempt.status { json["status"] = .integer(Int64(status)) }
        if let code = attempt.code { json["code"] = .string(code) }
        return .object(json)
    }
}
