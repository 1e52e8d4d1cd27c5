import Casework
import Exchange

/// What the replay needs of the desk beside its API: the time of the case, and whether anything is still to happen at it.
struct YearWorld: Sendable {
    let calendar: SimulatedCalendar
    /// Does what is due by now; tells how many deadlines were handled.
    let handleDue: @Sendable () async throws -> Int
    /// What is still to happen by itself.
    let pending: @Sendable () async throws -> Pending

    /// Lets time go on to `instant`, one deadline after the other, as it would have been without a replay.
    ///
    /// Time goes on only when nothing is due and no message waits: `deliver` lets these partners fetch theirs.
    func advance(to instant: Instant, deliver: @Sendable ([OrganisationNumber]) async throws -> Void) async throws {
        while let due = try await settle(deliver), due <= instant { try calendar.advance(to: due) }
        try calendar.advance(to: instant)
        try await settle(deliver)
    }

    /// Handles what is due and delivers what waits, until both are empty; tells when something is due next.
    @discardableResult
    func settle(_ deliver: @Sendable ([OrganisationNumber]) async throws -> Void) async throws -> Instant? {
        for _ in 0..<100 {
            let handled = try await handleDue()
            let pending = try await pending()
            guard pending.partners.isEmpty else {
                try await deliver(pending.partners)
                continue
            }
            guard handled == 0 else { continue }
            guard let due = pending.nextDue, due <= calendar.now else { return pending.nextDue }
            break
        }
        throw YearTrouble("\(calendar.now.rfc3339.prefix(10)) does not come to rest: messages or deadlines stay open")
    }
}

/// Why the replay cannot go on.
struct YearTrouble: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
