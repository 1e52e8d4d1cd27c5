import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// What only the holder of the folder knows, for `doctor`.
    ///
    /// 200 `{store, synchronous, backups: {data?, keys?}, gap?: {from, until}, behindSeconds, certificates, municipality, lists, unreadable?}`,
    /// the certificates and the number of damaged rows as on the desk's page; `lists` is `not-read` where that page cannot be shown.
    public func examine() async throws(DeskRefusal) -> DeskAnswer {
        let found = try await read { transaction in
            (
                backups: try BackupPart.allCases.map { ($0, try transaction.lastBackup(of: $0)) }, gap: try transaction.restoredGap()
            )
        }
        let synchronous: Int64?
        do { synchronous = try store.durability() } catch { throw .notDurable }
        var backups = JSONObject()
        for (part, at) in found.backups { if let at { backups[part.rawValue] = .string(at.rfc3339) } }
        var body: JSONObject = [
            "store": .string(await canStore() ? "ok" : "not-durable"),
            "synchronous": .integer(synchronous ?? 0), "backups": .object(backups),
            "behindSeconds": .integer(try await deadlineLag().lagSeconds), "certificates": try await certificatesSection(),
            "municipality": .string(municipality.oin.description),
        ]
        if let gap = found.gap { body["gap"] = ["from": .string(gap.from.rfc3339), "until": .string(gap.until.rfc3339)] }
        do throws(DeskRefusal) {
            if let unreadable = try await day()["unreadable"] { body["unreadable"] = unreadable }
            body["lists"] = "ok"
        } catch {
            body["lists"] = "not-read"
        }
        return DeskAnswer(status: 200, body: .object(body))
    }
}
