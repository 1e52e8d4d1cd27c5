import Foundation
import GRDBSQLite
import Storage
import Synchronization

/// What SQLite did for the statements of one data folder: steps of its machine, which tell how many rows were looked at, and no time.
///
/// It watches the connections that are opened after ``watch(_:)``, by SQLite's own trace.
struct StatementSteps: Sendable {
    /// How often a statement ran, and its steps in all.
    struct Work: Sendable {
        var runs = 0
        var steps = 0
        var each: Double { Double(steps) / Double(max(1, runs)) }
    }

    private let folder: String

    /// Watches what opens a database of this folder from now on.
    static func watch(_ folder: DataFolder) -> StatementSteps {
        watched.withLock { $0[folder.path] = [:] }
        _ = hook
        return StatementSteps(folder: folder.path)
    }

    /// What was done since the last time this was asked, by the statement's text.
    func take() -> [String: Work] {
        watched.withLock { watched in
            defer { watched[folder] = [:] }
            return watched[folder] ?? [:]
        }
    }
}

private let watched = Mutex<[String: [String: StatementSteps.Work]]>([:])

/// Called by SQLite for each connection that any test of the process opens.
private let hook: Int32 = {
    typealias Entry = @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeRawPointer?) -> Int32
    let entry: Entry = { connection, _, _ in
        guard let connection, let path = sqlite3_db_filename(connection, "main") else { return SQLITE_OK }
        let folder = URL(filePath: String(cString: path)).deletingLastPathComponent().path
        guard watched.withLock({ $0[folder] != nil }) else { return SQLITE_OK }
        // The folder's name stays as long as the process: a connection may outlive the test.
        return sqlite3_trace_v2(connection, UInt32(SQLITE_TRACE_PROFILE), note, strdup(folder))
    }
    return sqlite3_auto_extension(unsafeBitCast(entry, to: (@convention(c) () -> Void).self))
}()

private let note: @convention(c) (UInt32, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Int32 = {
    _, folder, statement, _ in
    guard let folder, let statement = statement.map({ OpaquePointer($0) }), let text = sqlite3_sql(statement) else { return SQLITE_OK }
    let steps = Int(sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1))
    let name = String(cString: folder.assumingMemoryBound(to: CChar.self))
    watched.withLock { watched in
        var work = watched[name]?[String(cString: text), default: StatementSteps.Work()] ?? StatementSteps.Work()
        work.runs += 1
        work.steps += steps
        watched[name]?[String(cString: text)] = work
    }
    return SQLITE_OK
}
