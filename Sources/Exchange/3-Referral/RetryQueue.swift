import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// Tries one message now: one that waits, or a dead letter, which is decided again.
    ///
    /// 200 `{messageId, as, taskId?}`; `as` is `waiting` for one that waited.
    public func retryMessage(_ id: MessageID, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        guard let row = try await read({ try $0.message(id) }) else { throw .notFound }
        guard row.canLeave else { return try await sendAgain(id, by: caller) }
        _ = try await hurry(row.partner, only: id)
        return DeskAnswer(status: 200, body: ["messageId": .string(id.description), "as": "waiting"])
    }

    /// Tries everything now that waits for a partner, and every dead letter to it, each decided again.
    ///
    /// 200 `{partner, waiting, sentAgain, refused}`: how many.
    public func retryQueue(of partner: OrganisationNumber, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try await demandRegistered(partner)
        let waiting = try await hurry(partner)
        let dead = try await read { try $0.openFaults(of: partner, limit: .max) }.filter { !StatedReader.codes.contains($0.code) }
        return try await sendAgain(dead.reversed().map(\.message), areLost: false, to: partner, waiting: waiting, by: caller)
    }

    /// Sends again what a partner was sent from one instant until before another: it has lost its data. Each message is decided again and goes
    /// under the id it had, so that a partner which lost less takes nothing twice; referrals of which the task is closed stay.
    ///
    /// 200 `{partner, waiting, sentAgain, refused}`: how many.
    public func retryQueue(of partner: OrganisationNumber, from: Instant, until: Instant, by caller: Caller) async throws(DeskRefusal)
        -> DeskAnswer
    {
        try await demandRegistered(partner)
        let left = try await read { transaction in
            try transaction.referralsLeft(to: partner, from: from, until: until).compactMap { try transaction.message($0) }
        }
        let waiting = left.filter(\.canLeave)
        for row in waiting { _ = try await hurry(partner, only: row.id) }
        return try await sendAgain(
            left.filter { $0.state == .receipted }.map(\.id), areLost: true, to: partner, waiting: waiting.count, by: caller)
    }

    /// - Throws: 404 for one that never was a partner, 400 for one that was removed: to that one nothing goes.
    private func demandRegistered(_ partner: OrganisationNumber) async throws(DeskRefusal) {
        let found = try await read { (name: try $0.partnerName(partner), isRegistered: try $0.isRegistered(partner)) }
        guard found.name != nil else { throw .notFound }
        guard found.isRegistered else {
            throw .registrationRefused(
                "/oin", "partner-removed", "this partner was removed, and nothing goes to it",
                "`convenant partner add` puts it back; else `convenant queue end` each message once it was told otherwise")
        }
    }

    private func sendAgain(_ messages: [MessageID], areLost: Bool, to partner: OrganisationNumber, waiting: Int, by caller: Caller)
        async throws(DeskRefusal) -> DeskAnswer
    {
        var (sent, refused): (Int64, Int64) = (0, 0)
        for id in messages {
            do throws(DeskRefusal) {
                _ = try await sendAgain(id, isLost: areLost, by: caller)
                sent += 1
            } catch {
                if case .notDurable = error { throw error }
                refused += 1
            }
        }
        return DeskAnswer(
            status: 200,
            body: [
                "partner": .string(partner.description), "waiting": .integer(Int64(waiting)), "sentAgain": .integer(sent),
                "refused": .integer(refused),
            ])
    }

    private func hurry(_ partner: OrganisationNumber, only message: MessageID? = nil) async throws(DeskRefusal) -> Int {
        let now = world.wall()
        return try await commit { try $0.hurry(partner, only: message, at: now) }
    }
}
