import Foundation

/// A daemon that has a million open tasks, none of them due.
struct ManyTasks {
    let tasks: Int
    let startMilliseconds: Double
    let residentMegabytes: Double
    /// Processor time of a second in which nobody asks anything: every sweep, heartbeat and look at the lanes of it.
    let idleMicrosecondsPerSecond: Double

    /// Adds rows to a folder that nobody has open: a referral with its open task, many times over, due in a year.
    static func add(_ count: Int, to town: Town) throws {
        let database = try Database(town.data + "/convenant.sqlite")
        let columns = { (table: String) in
            try database.texts("SELECT name FROM pragma_table_info('\(table)') ORDER BY cid")
        }
        let due = Int64(Date().timeIntervalSince1970 * 1000) + 31_536_000_000
        // Sixteen bytes that no other row has.
        let id = "CAST(printf('%016d', n) AS BLOB)"
        let values = { (table: String, own: [String: String]) in
            try columns(table).map { own[$0] ?? "sample.\($0)" }.joined(separator: ", ")
        }
        let counter = "WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < \(count))"
        try database.run(
            """
            BEGIN;
            \(counter) INSERT INTO referral SELECT \(try values("referral", ["id": id]))
                FROM counter, (SELECT * FROM referral ORDER BY id DESC LIMIT 1) AS sample;
            \(counter) INSERT INTO task SELECT \(try values("task", ["id": id, "referral": id, "state": "'accepted'", "reason": "NULL"]))
                FROM counter, (SELECT * FROM task ORDER BY id DESC LIMIT 1) AS sample;
            \(counter) INSERT INTO open_task SELECT \(try values("open_task", ["task": id, "state": "'accepted'", "due_kind": "'progress'", "due_at": "\(due)", "act_at": "\(due)", "fell_due_at": "NULL"]))
                FROM counter, (SELECT * FROM open_task ORDER BY task DESC LIMIT 1) AS sample;
            COMMIT;
            """)
    }

    /// Starts the daemon on the folder, and leaves it alone for so many seconds.
    static func measure(_ town: Town, seconds: Int) async throws -> ManyTasks {
        let process = try DaemonProcess(binary: town.binary, town: town)
        defer { process.kill() }
        try await Task.sleep(for: .seconds(3))
        let before = process.meter.processorMicroseconds
        try await Task.sleep(for: .seconds(seconds))
        let idle = (process.meter.processorMicroseconds - before) / Double(seconds)
        let tasks = try Database(town.data + "/convenant.sqlite", readOnly: true).number("SELECT count(*) FROM open_task")
        let found = ManyTasks(
            tasks: tasks, startMilliseconds: process.startMilliseconds, residentMegabytes: process.meter.residentMegabytes,
            idleMicrosecondsPerSecond: idle)
        try process.stop()
        return found
    }
}
