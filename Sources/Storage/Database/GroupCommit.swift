import Foundation
import GRDB
import Synchronization

/// Joins the bodies of many requests into one transaction, so that each waits for one flush of the disk and shares it.
///
/// Rules: one savepoint a body; a body that throws fails alone; when SQLite ended the transaction by itself, all fail; answers leave
/// after COMMIT; a COMMIT that failed is never tried again on that connection. See Storage.docc.
final class GroupCommit: Sendable {
    /// A body waiting for its turn.
    struct Pending: Sendable {
        let basis: Basis
        /// Runs the body; returns what tells its caller that it is on the disk.
        let run: @Sendable (Transaction) throws -> @Sendable () -> Void
        let stale: @Sendable () -> Void
        let fail: @Sendable (StoreFault) -> Void
    }

    private struct Waiting {
        var foreground: [Pending] = []
        var background: [Pending] = []
        var foregroundNext = 0
        var backgroundNext = 0
        var draining = false
        var foregroundsTurn = true
    }

    static let largestBatch = 256

    private let waiting = Mutex(Waiting())
    private let thread = DispatchQueue(label: "convenant.commit")
    private let writer: CommitWriter

    init(writer: CommitWriter) { self.writer = writer }

    /// Takes a body; one of its closures is called once, after the batch it lands in.
    func submit(_ pending: Pending, background: Bool) {
        let wake = waiting.withLock { waiting in
            if background { waiting.background.append(pending) } else { waiting.foreground.append(pending) }
            defer { waiting.draining = true }
            return !waiting.draining
        }
        if wake { thread.async { self.drain() } }
    }

    private func drain() {
        while let background = nextTurn() {
            writer.commitBatch(atMost: Self.largestBatch) { self.take(background: background) }
        }
    }

    /// Whose turn it is, or nil when nobody waits. Background gets a turn after each foreground batch, so neither starves.
    private func nextTurn() -> Bool? {
        waiting.withLock { waiting in
            let foreground = waiting.foregroundNext < waiting.foreground.count
            let background = waiting.backgroundNext < waiting.background.count
            guard foreground || background else {
                waiting.draining = false
                return nil
            }
            let takeForeground = foreground && (waiting.foregroundsTurn || !background)
            waiting.foregroundsTurn = !takeForeground
            return !takeForeground
        }
    }

    private func take(background: Bool) -> Pending? {
        waiting.withLock { waiting in
            background
                ? Self.next(&waiting.background, &waiting.backgroundNext)
                : Self.next(&waiting.foreground, &waiting.foregroundNext)
        }
    }

    /// First in, first out without moving the rest for each one taken.
    private static func next(_ queue: inout [Pending], _ position: inout Int) -> Pending? {
        guard position < queue.count else { return nil }
        defer {
            position += 1
            if position == queue.count {
                queue.removeAll(keepingCapacity: true)
                position = 0
            } else if position == 4096 {
                // Under a load that never lets the queue run empty it would grow for ever.
                queue.removeFirst(position)
                position = 0
            }
        }
        return queue[position]
    }
}
