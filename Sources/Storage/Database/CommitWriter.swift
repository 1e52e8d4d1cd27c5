import Foundation
import GRDB
import Synchronization

/// The writing end: runs batches on the one connection that writes, and keeps the log's state in step with the disk.
final class CommitWriter: Sendable {
    private struct State {
        var file: SQLiteFile
        var trail: TrailState
        /// True after a batch that failed as a whole: the connection is not trusted with another one.
        var broken = false
        /// How long the last batch was committed, most of it the disk's flush.
        var flush = Duration.zero
        var options: SQLiteFile.Options
    }

    private let state: Mutex<State>

    init(file: SQLiteFile, options: SQLiteFile.Options, trail: TrailState) {
        state = Mutex(State(file: file, trail: trail, options: options))
    }

    /// How long bodies run before what they wrote is committed, while more of them wait: longer on a slow disk, so that more of them share
    /// a flush. Nobody waits longer for a neighbour's bodies than the most of it.
    private static func turn(after flush: Duration) -> Duration { min(max(flush * 4, .milliseconds(5)), .milliseconds(20)) }

    /// Commits the bodies that `next` gives, until it gives none, or there are enough of them, or they have run long enough; then
    /// answers them all.
    func commitBatch(atMost limit: Int, next: () -> GroupCommit.Pending?) {
        let answers = state.withLock { state -> [@Sendable () -> Void] in
            if state.broken {
                do throws(StoreFault) {
                    try Self.mend(&state)
                } catch {
                    return Self.refuse(error, atMost: limit, next: next)
                }
            }
            let before = state.trail
            let outcome = state.file.writer.writeWithoutTransaction { database in
                Batch(database, trail: before).run(atMost: limit, within: Self.turn(after: state.flush), next: next)
            }
            state.flush = outcome.flush
            state.trail = outcome.trail ?? before
            state.broken = outcome.trail == nil
            // Before anybody is told no; on a disk that is still faulty the next batch tries again.
            if state.broken { try? Self.mend(&state) }
            return outcome.answers
        }
        for answer in answers { answer() }
    }

    /// Changes the size at which SQLite reports a full disk, now and after each reopening.
    func limit(toPages pages: Int?) throws(StoreFault) {
        let fault = state.withLock { state -> StoreFault? in
            state.options.maximumPages = pages
            do {
                try state.file.writer.writeWithoutTransaction { database in
                    _ = try Int64.fetchOne(database, sql: "PRAGMA max_page_count = \(pages ?? 4_294_967_294)")
                }
                return nil
            } catch {
                return StoreFault(error)
            }
        }
        if let fault { throw fault }
    }

    /// What a pragma says on the connection that writes.
    func pragma(_ name: String) throws(StoreFault) -> Int64? {
        let found = state.withLock { state -> Result<Int64?, StoreFault> in
            do {
                return .success(try state.file.writer.writeWithoutTransaction { try Int64.fetchOne($0, sql: "PRAGMA \(name)") })
            } catch {
                return .failure(StoreFault(error))
            }
        }
        return try found.get()
    }

    /// A new connection, and the log's state as the disk has it: whether the failed COMMIT reached the disk is known only there.
    ///
    /// A COMMIT that could not be flushed may stand whole in the write-ahead log: nobody sees it, but a crash would bring it back, and its
    /// callers are told no. So something else is written in its place.
    private static func mend(_ state: inout State) throws(StoreFault) {
        state.file = try state.file.reopened(state.options)
        let home = state.trail.home
        do {
            state.trail = try state.file.writer.write { database in
                // Counted, because SQLite does not write a row that stays as it is.
                try database.execute(
                    sql: """
                        INSERT INTO meta (key, value) VALUES ('mended', '1')
                        ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1
                        """)
                return try TrailState.load(Transaction(database), home: home)
            }
        } catch {
            throw StoreFault(error)
        }
        state.broken = false
    }

    private static func refuse(_ fault: StoreFault, atMost limit: Int, next: () -> GroupCommit.Pending?) -> [@Sendable () -> Void] {
        var answers: [@Sendable () -> Void] = []
        while answers.count < limit, let pending = next() { answers.append { pending.fail(fault) } }
        return answers
    }
}

/// One transaction over many bodies.
private struct Batch {
    /// What became of it: who is told what, and the log's state; nil when the batch failed as a whole.
    struct Outcome {
        var answers: [@Sendable () -> Void]
        var trail: TrailState?
        var flush = Duration.zero
    }

    private let database: Database
    private let transaction: Transaction

    init(_ database: Database, trail: TrailState) {
        self.database = database
        transaction = Transaction(database, trail: trail)
    }

    func run(atMost limit: Int, within turn: Duration, next: () -> GroupCommit.Pending?) -> Outcome {
        defer { transaction.invalidate() }
        var taken: [GroupCommit.Pending] = []
        var answers: [@Sendable () -> Void] = []
        do {
            try database.beginTransaction(.immediate)
            let start = ContinuousClock.now
            while taken.count < limit, taken.isEmpty || ContinuousClock.now - start < turn, let pending = next() {
                taken.append(pending)
                answers.append(try attempt(pending))
            }
            try transaction.signTrail()
            // SQLite may have ended the transaction in a statement whose error a body swallowed: then there is nothing to commit.
            guard transaction.isAlive else { throw StoreFault.notDurable(code: ResultCode.SQLITE_ABORT.rawValue) }
            let end = ContinuousClock.now
            try database.commit()
            return Outcome(answers: answers, trail: transaction.trail, flush: ContinuousClock.now - end)
        } catch {
            let fault = StoreFault(error)
            // Whatever was done is undone, and nobody is answered yes; a COMMIT that failed is not tried again here.
            try? database.rollback()
            if taken.isEmpty, let pending = next() { taken.append(pending) }
            return Outcome(answers: taken.map { pending in { pending.fail(fault.asNotDurable) } }, trail: nil)
        }
    }

    /// Runs one body in its savepoint.
    /// - Throws: only what ends the whole batch.
    private func attempt(_ pending: GroupCommit.Pending) throws(StoreFault) -> @Sendable () -> Void {
        let before = transaction.trail
        try transaction.run("SAVEPOINT body")
        do {
            guard try pending.basis.holds(in: transaction) else {
                try transaction.run("RELEASE body")
                return pending.stale
            }
            let answer = try pending.run(transaction)
            try transaction.run("RELEASE body")
            return answer
        } catch {
            let fault = StoreFault(error)
            guard transaction.isAlive else { throw fault }
            try transaction.run("ROLLBACK TO body")
            try transaction.run("RELEASE body")
            transaction.trail = before
            return { pending.fail(fault) }
        }
    }
}

extension StoreFault {
    /// What a body is told whose neighbour made the whole batch fail: nothing of the neighbour's fault but that nothing was stored.
    fileprivate var asNotDurable: StoreFault {
        switch self {
        case .notDurable, .corrupt: self
        case .io(let code, _), .constraint(let code, _): .notDurable(code: code)
        default: .notDurable(code: ResultCode.SQLITE_ABORT.rawValue)
        }
    }
}
