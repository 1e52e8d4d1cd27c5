import Foundation

/// A bar on standard error for what takes longer than a second; silent when nobody looks at a terminal.
final class ProgressBar {
    private let unit: String
    private var done = 0
    private var shownAt = ContinuousClock.now
    private var isShown = false
    private let isWatched = isatty(STDERR_FILENO) == 1

    /// - Parameter unit: what is counted, in the plural.
    init(_ unit: String) { self.unit = unit }

    /// One more of them.
    func step(of total: Int) {
        done += 1
        if done % 2_000 == 0 { show(done, of: total) }
    }

    /// So many of them.
    func show(_ done: Int, of total: Int) {
        guard isWatched, ContinuousClock.now - shownAt > .seconds(1) else { return }
        (isShown, shownAt) = (true, ContinuousClock.now)
        let filled = min(30, done * 30 / max(1, total))
        say("\r[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: 30 - filled))] \(done) \(unit)", terminator: "")
    }

    /// Takes the bar away.
    func end() {
        if isShown { say("\r\u{1B}[K", terminator: "") }
    }
}
