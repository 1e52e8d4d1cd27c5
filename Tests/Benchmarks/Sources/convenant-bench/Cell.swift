import Foundation

/// One line of the table: which request, over how many connections.
struct Cell: Sendable {
    enum Kind: Sendable { case floor, signal, referralP256, referralX25519, delivery }
    let kind: Kind
    let connections: Int
    var name: String {
        let what =
            switch kind {
            case .floor: "floor: GET, 404"
            case .signal: "signal, 3.2 KiB"
            case .referralP256: "referral, P-256"
            case .referralX25519: "referral, X25519"
            case .delivery: "delivery, P-256"
            }
        return "\(what), \(connections) connection\(connections == 1 ? "" : "s")"
    }

    /// Every line, or those that `CONVENANT_BENCH_ONLY` names: what stands in their names, separated by commas.
    static let table = all.filter { cell in
        guard let only = ProcessInfo.processInfo.environment["CONVENANT_BENCH_ONLY"] else { return true }
        return only.split(separator: ",").contains { cell.name.contains($0) }
    }
    private static let all = [1, 32].flatMap { connections in
        [Kind.floor, .signal, .referralP256, .referralX25519, .delivery].map { Cell(kind: $0, connections: connections) }
    }
    static let filling = Cell(kind: .referralX25519, connections: 32)
}

/// What one cell gave in one round, or the medians of several.
struct Measured: Sendable {
    /// Answers a second, all of them the right ones.
    var perSecond: Double
    /// User and system time of the daemon's process for each answer, microseconds.
    var processor: Double
    /// Microseconds from the first byte sent to the last one received.
    var p50: Double
    var p99: Double

    /// What so many answers gave in so many seconds and microseconds of processor time.
    init(nanoseconds: [UInt64], seconds: Double, processor: Double) {
        let times = nanoseconds.map { Double($0) / 1000 }.sorted()
        let count = max(1, times.count)
        self.init(
            perSecond: Double(times.count) / seconds, processor: processor / Double(count), p50: times.isEmpty ? 0 : times[count / 2],
            p99: times.isEmpty ? 0 : times[min(count - 1, count * 99 / 100)])
    }

    init(perSecond: Double, processor: Double, p50: Double, p99: Double) {
        self.perSecond = perSecond
        self.processor = processor
        self.p50 = p50
        self.p99 = p99
    }

    static func median(_ rounds: [Measured]) -> Measured {
        func middle(_ value: (Measured) -> Double) -> Double {
            let sorted = rounds.map(value).sorted()
            return sorted.isEmpty ? 0 : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        }
        return Measured(perSecond: middle(\.perSecond), processor: middle(\.processor), p50: middle(\.p50), p99: middle(\.p99))
    }
}

/// The table as text: names to the left, numbers to the right.
func table(_ rows: [(String, Measured)]) -> String {
    let cells =
        [["", "per second", "processor us", "p50 us", "p99 us"]]
        + rows.map { name, row in [name, whole(row.perSecond), whole(row.processor), whole(row.p50), whole(row.p99)] }
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.map { line in
        line.indices.map { column in
            let space = String(repeating: " ", count: widths[column] - line[column].count)
            return column == 0 ? line[column] + space : space + line[column]
        }.joined(separator: "  ")
    }.joined(separator: "\n")
}

private func whole(_ number: Double) -> String { String(Int(number.rounded())) }
