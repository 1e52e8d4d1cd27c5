import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// Takes a partner out of the register, as when its covenant has ended: its certificate identifies nobody any more, nothing is sealed for it, and
    /// its lane, its figures and the warnings about its certificates go. What it was sent and did stays readable under its name; its open tasks
    /// stay with the desk, and so does what it would have to be told: a notice for it stays queued, arrives nowhere, and becomes a delivery fault. ``addPartner(oin:name:certificatePEM:keys:endpoint:events:telephone:mandatedRole:)`` puts it back.
    /// - Parameter endingMessages: whether what is under way to it is ended, as `partnerGone`; notices are not.
    /// - Returns: 200 `{oin, name, ended, openTasks}`: which messages were ended, and how many of its tasks are open; 404 when there is no such
    ///   partner, 400 while messages other than notices are under way that are not to be ended.
    public func removePartner(_ oin: OrganisationNumber, endingMessages: Bool) async throws(DeskRefusal) -> DeskAnswer {
        let row = try await read { try $0.partner(oin) }.orRefuse(.notFound)
        let removed = entry(.partnerRemoved, by: .daemon, facts: ["partner": .text(oin.description)])
        let now = world.wall()
        var ended: [JSONValue] = []
        // Again for what was queued meanwhile.
        for _ in 0..<3 {
            while true {
                let waiting = try await read { try $0.disclosuresUnderWay(to: oin, limit: 100) }
                if waiting.isEmpty { break }
                guard endingMessages else { throw underWay(waiting.map(\.id)) }
                for message in waiting {
                    do throws(DeskRefusal) {
                        _ = try await giveUp(message.id, because: .partnerGone, by: .daemon)
                        ended.append(.string(message.id.description))
                    } catch {
                        // It was received, or ended, meanwhile.
                        guard case .alreadyDecided = error else { throw error }
                    }
                }
            }
            let left = try await commit { transaction -> Int64? in
                guard try transaction.disclosuresUnderWay(to: oin, limit: 1).isEmpty else { return nil }
                try transaction.removePartner(oin, at: now)
                try transaction.append([removed])
                return try transaction.openTaskCount(of: oin)
            }
            guard let openTasks = left else { continue }
            return DeskAnswer(
                status: 200,
                body: [
                    "oin": .string(oin.description), "name": .string(row.name), "ended": .array(ended), "openTasks": .integer(openTasks),
                ])
        }
        throw .busy
    }

    private func underWay(_ messages: [MessageID]) -> DeskRefusal {
        let named = messages.prefix(10).map(\.description).joined(separator: ", ")
        return .registrationRefused(
            "/oin", "messages-under-way",
            "messages are under way to this partner: \(named)\(messages.count > 10 ? " and others" : "")",
            "wait for its receipts, `convenant queue end` each of them, or end all of them with --end-messages")
    }
}
