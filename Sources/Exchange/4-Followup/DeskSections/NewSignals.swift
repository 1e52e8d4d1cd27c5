import Storage
import StrictJSON

extension DeskSection {
    /// Signals that wait for the desk: those to be triaged before those that name nobody, oldest first among each.
    static let newSignals = DeskSection(name: "newSignals") { transaction, page in
        page.list(try transaction.waitingSignals(limit: page.limit)) {
            [
                "signalId": .string($0.id.description), "channel": .string($0.channel.rawValue), "filedAt": .string($0.filedAt.rfc3339),
                "outcome": .string($0.outcome.rawValue), "domains": .array($0.domains.map { .string($0.rawValue) }),
            ]
        }
    }
}
