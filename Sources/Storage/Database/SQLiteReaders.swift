import Dispatch
import Foundation
import GRDB
import Synchronization

/// The connections that read a database file: opened as they are needed, the one that was used last first.
///
/// GRDB's own pool asks for the schema's version before each look and makes its locks from queues: a fifth of a snapshot's cost. Here the schema stays
/// as it was when the file was opened.
final class SQLiteReaders: Sendable {
    private let path: String
    private let places: DispatchSemaphore
    private let idle = Mutex<[DatabaseQueue]>([])

    init(path: String) {
        self.path = path
        places = DispatchSemaphore(value: max(4, ProcessInfo.processInfo.activeProcessorCount + 2))
    }

    /// Runs a body on a connection that nobody else uses meanwhile; waits when all of them are in use. Nothing may be left open behind it.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        places.wait()
        defer { places.signal() }
        let reader = try idle.withLock { $0.popLast() } ?? opened()
        defer { idle.withLock { $0.append(reader) } }
        return try reader.unsafeRead(body)
    }

    private func opened() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        configuration.label = "convenant.reader"
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA temp_store = MEMORY") }
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
