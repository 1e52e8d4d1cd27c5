import Casework
import Storage

/// One number at this moment, for `/metrics`.
public struct DeskFigure: Sendable {
    public let label: String
    public let dimensions: [(String, String)]
    public let value: Double

    /// A number from its parts.
    public init(label: String, dimensions: [(String, String)], value: Double) {
        self.label = label
        self.dimensions = dimensions
        self.value = value
    }
}

extension ReferralDesk {
    /// What stands now: queues, lanes, certificates, deadlines, backups. Numbers of organisations and counts; nothing about a person.
    public func figuresNow() async throws(DeskRefusal) -> [DeskFigure] {
        let watch = try await deadlineLag()
        let now = world.wall()
        let late = now.advanced(byMilliseconds: -Self.recallPatience)
        let (partners, faults, copies, unfinished) = try await read { transaction in
            (
                try transaction.partnerFigures(), try transaction.openFaultCount(),
                try BackupPart.allCases.map { ($0, try transaction.lastBackup(of: $0)) },
                try transaction.unfinishedRecalls().count { $0.since <= late }
            )
        }
        var found: [DeskFigure] = []
        func add(_ label: String, _ value: Int64, _ dimensions: [(String, String)] = []) {
            found.append(DeskFigure(label: label, dimensions: dimensions, value: Double(value)))
        }
        add("convenant_deadlines_lag_seconds", watch.lagSeconds)
        add(
            "convenant_deadlines_oldest_due_timestamp_seconds",
            watch.oldestDueNotHandled.map { $0.millisecondsSince1970 / 1000 } ?? 0)
        add("convenant_delivery_faults", Int64(faults))
        add("convenant_recalls_unfinished", Int64(unfinished))
        for (part, at) in copies {
            add("convenant_backup_timestamp_seconds", at.map { $0.millisecondsSince1970 / 1000 } ?? 0, [("part", part.rawValue)])
        }
        let waiting = inboxBell.waiting
        for row in partners {
            let partner = [("partner", row.partner.description)]
            let age = row.oldestQueuedAt.map { max(0, now.millisecondsSince1970 - $0.millisecondsSince1970) / 1000 } ?? 0
            add("convenant_partner_queue_depth", Int64(row.depth), partner)
            add("convenant_partner_queue_oldest_seconds", age, partner)
            add("convenant_partner_waiters", Int64(waiting[row.partner] ?? 0), partner)
            guard row.isPushed else { continue }
            add("convenant_partner_lane_up", row.isDown ? 0 : 1, partner)
            add("convenant_partner_lane_failures", Int64(row.failures), partner)
        }
        for term in try await certificateTerms() {
            let dimensions = [("partner", term.holder.description), ("use", term.use.rawValue)]
            add("convenant_certificate_days_left", Int64(term.daysLeft(at: now)), dimensions)
            if let isTrusted = term.isTrusted { add("convenant_certificate_trusted", isTrusted ? 1 : 0, dimensions) }
        }
        return found
    }
}
