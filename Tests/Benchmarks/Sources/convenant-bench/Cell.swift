/// One line of the table: which request, to whom, over how many connections.
struct Cell: Sendable {
    enum Kind: Sendable { case floor, signal, referralP256, referralX25519, whole, pushed }
    let kind: Kind
    let server: ServerName
    let connections: Int

    var name: String {
        let what =
            switch kind {
            case .floor: "HTTPS alone"
            case .signal: "signal, 3.2 KiB"
            case .referralP256: "referral, P-256"
            case .referralX25519: "referral, X25519"
            case .whole: "referral with 3.2 KiB"
            case .pushed: "referral, to be pushed"
            }
        return "\(server.rawValue): \(what), \(connections) connection\(connections == 1 ? "" : "s")"
    }

    /// Both services and the floor, interleaved.
    static let table = [1, 32].flatMap { connections in
        [
            (Kind.floor, ServerName.floor), (.floor, .convenant), (.signal, .convenant), (.referralP256, .convenant),
            (.referralX25519, .convenant), (.signal, .peer), (.referralP256, .peer), (.whole, .peer), (.referralP256, .peerTogether),
        ].map { Cell(kind: $0, server: $1, connections: connections) }
    }
    /// The same with every flush to the disk four milliseconds slower.
    static let slowTable = [ServerName.slowConvenant, .slowPeer, .slowPeerTogether].map {
        Cell(kind: .referralP256, server: $0, connections: 32)
    }
    static let filling = Cell(kind: .referralX25519, server: .convenant, connections: 32)
}

/// Who is loaded. A peer is `peers/service.py`.
enum ServerName: String, Sendable {
    case floor = "floor"
    case convenant = "convenant"
    case peer = "peer"
    case peerTogether = "peer, commits together"
    case slowConvenant = "convenant, slow flush"
    case slowPeer = "peer, slow flush"
    case slowPeerTogether = "peer, commits together, slow flush"
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

    static func median(_ rounds: [Measured]) -> Measured {
        Measured(
            perSecond: middle(rounds.map(\.perSecond)), processor: middle(rounds.map(\.processor)), p50: middle(rounds.map(\.p50)),
            p99: middle(rounds.map(\.p99)))
    }
}

/// The median; 0 of nothing.
func middle(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// The table as text: names to the left, numbers to the right.
func table(_ rows: [(String, Measured)]) -> String {
    table(
        [["", "per second", "processor us", "p50 us", "p99 us"]]
            + rows.map { name, row in [name, whole(row.perSecond), whole(row.processor), whole(row.p50), whole(row.p99)] })
}

/// Lines of as many cells as the first has: the first column to the left, the others to the right.
func table(_ cells: [[String]]) -> String {
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.map { line in
        line.indices.map { column in
            let space = String(repeating: " ", count: widths[column] - line[column].count)
            return column == 0 ? line[column] + space : space + line[column]
        }.joined(separator: "  ")
    }.joined(separator: "\n")
}

func whole(_ number: Double) -> String { String(Int(number.rounded())) }

/// With two decimals.
func hundredths(_ number: Double) -> String {
    let scaled = Int((number * 100).rounded())
    return "\(scaled / 100).\(scaled % 100 < 10 ? "0" : "")\(scaled % 100)"
}
