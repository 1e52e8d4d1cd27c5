import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// Records that a copy of the data or of the keys was made, for the log and for whoever looks whether there is one.
    public func noteBackup(part: String, at: String, bytes: Int64) async throws(DeskRefusal) -> DeskAnswer {
        let part = try BackupPart(rawValue: part).orRefuse(.notFound)
        let made = try Instant(rfc3339: at).orRefuse(.notFound)
        let entry = entry(.backupMade, by: .daemon, facts: ["part": .text(part.rawValue), "bytes": .integer(bytes)])
        try await commit { transaction in
            try transaction.setLastBackup(of: part, at: made)
            try transaction.append([entry])
        }
        return DeskAnswer(status: 200, body: ["part": .string(part.rawValue), "at": .string(made.rfc3339)])
    }
}
