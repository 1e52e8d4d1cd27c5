import Casework
import Foundation
import Synchronization

/// How far the year is: a bar on a terminal, a line a month elsewhere; on standard error.
final class YearProgress: Sendable {
    private let isTerminal = isatty(2) == 1
    private let month = Mutex(0)
    private static let width = 32
    private static let months = ["January", "February", "March", "April", "May", "June", "July", "August"]

    /// The replay stands before this day, with so many of all steps done.
    func show(_ day: CalendarDate, done: Int, of all: Int) {
        guard isTerminal else {
            let isNew = month.withLock { month in
                defer { month = day.month }
                return month != day.month
            }
            if isNew { say("2009 \(Self.months[day.month - 1])") }
            return
        }
        let filled = Self.width * done / max(1, all)
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: Self.width - filled)
        say("\r\(day)  \(bar)  \(done) of \(all) steps ", terminator: "")
    }

    /// Takes the bar away.
    func end() {
        if isTerminal { say("\r\u{1b}[K", terminator: "") }
    }
}
