import StrictJSON

/// The roles of a partner's workers that a covenant names: each acknowledges its text before it reads under it (R29).
///
/// Roles and not people: who works for another organisation is not known to the municipality.
public struct WorkerRoles: Hashable, Sendable {
    /// The partner's organisation number (OIN).
    public let partner: String
    /// The partner's name.
    public let name: String
    /// The covenant's id.
    public let covenant: String
    public let version: Int
    public let roles: [String]

    /// Roles from their parts.
    public init(partner: String, name: String, covenant: String, version: Int, roles: [String]) {
        self.partner = partner
        self.name = name
        self.covenant = covenant
        self.version = version
        self.roles = roles
    }
}

/// Which roles have acknowledged which covenant version by a receipt: all until the period ended, as knowing a text does not end with a year.
struct AcknowledgedRoles: Hashable, Sendable {
    /// How many roles of one partner and version are remembered: what is counted is what a covenant names, which is far less.
    private static let limit = 200
    private var roles: [String: Set<String>] = [:]

    mutating func take(_ event: ReportEvent) {
        guard event.kind == .receiptTaken, event.text("result") == "opened", let role = event.text("readerRole"),
            let covenant = event.text("covenant"), let partner = event.organisation,
            // The version that the reader has acknowledged is the one under which the message went.
            let version = event.integer("covenantVersion"), covenant.hasSuffix("/\(version)")
        else { return }
        let key = "\(partner) \(covenant)"
        if roles[key, default: []].count < Self.limit { roles[key, default: []].insert(role) }
    }

    func count(of asked: WorkerRoles) -> Int {
        let known = roles["\(asked.partner) \(asked.covenant)/\(asked.version)"] ?? []
        return asked.roles.count(where: known.contains)
    }
}

extension UniformReport {
    /// Of each partner and covenant that names worker roles, how many of them have acknowledged it; in the order of the head.
    func acknowledgements(_ head: ReportHead) -> [Acknowledgement] {
        head.workers.map { Acknowledgement(asked: $0, count: acknowledged.count(of: $0)) }
    }

    /// `n of m roles acknowledged version v`.
    struct Acknowledgement: Sendable {
        let asked: WorkerRoles
        let count: Int

        var english: String { "\(count) of \(asked.roles.count) roles acknowledged version \(asked.version)" }
        var dutch: String { "\(count) van de \(asked.roles.count) functies kennen versie \(asked.version)" }
        var json: JSONValue {
            [
                "name": .string(asked.name), "covenant": .string(asked.covenant), "version": .integer(Int64(asked.version)),
                "roles": .integer(Int64(asked.roles.count)), "acknowledged": .integer(Int64(count)),
            ]
        }
    }
}
