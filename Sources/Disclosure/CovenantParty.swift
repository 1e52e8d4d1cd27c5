import Casework

/// A party to a covenant. Dutch: convenantpartij.
public struct CovenantParty: Hashable, Sendable {
    /// Which way data may go.
    public enum Direction: String, CaseIterable, Hashable, Sendable { case sender, receiver, both }
    /// GDPR 4(7), 26, 28.
    public enum Role: String, CaseIterable, Hashable, Sendable { case controller, jointController, processor }
    public let oin: OrganisationNumber
    public let name: String
    public let direction: Direction
    public let role: Role
    /// From when on it is a party; nil when it is one from the covenant's beginning. Dutch: toetreding.
    public let from: Instant?
    /// The first instant at which it is no party any more; nil when it is one until the covenant's end. Dutch: uittreding.
    public let until: Instant?
    public let sectors: [String]
    public let sealing: SealingProfile?
    /// Fields the party itself does not take (R32): `partner-protocol`.
    public let refuses: FieldNames
    /// What it gives or takes not for every purpose, or not with every sector (R32): `partner-protocol`.
    public let limits: [PartyLimit]
    /// The roles of its workers that may read what it receives (R29), each a camelCase word; empty where the covenant does not ask. The gate does
    /// not decide on it: whether a role has acknowledged the text shows in the partner's receipts.
    public let workers: [String]
    /// Whether its director's signature over exactly this text of the covenant is there (R29). Without it nothing flows to or from it.
    public let hasSigned: Bool

    public init(
        oin: OrganisationNumber, name: String, direction: Direction, role: Role, from: Instant? = nil, until: Instant? = nil,
        sectors: [String] = [], sealing: SealingProfile? = nil, refuses: FieldNames = [], limits: [PartyLimit] = [], workers: [String] = [],
        hasSigned: Bool
    ) {
        self.oin = oin
        self.name = name
        self.direction = direction
        self.role = role
        self.from = from
        self.until = until
        self.sectors = sectors
        self.sealing = sealing
        self.refuses = refuses
        self.limits = limits
        self.workers = workers
        self.hasSigned = hasSigned
    }

    /// Whether it may send, or may receive.
    func may(_ direction: Direction) -> Bool { self.direction == .both || self.direction == direction }
}

/// A limit that a party sets itself, such as "no health data to housing" (R32).
public struct PartyLimit: Hashable, Sendable {
    /// Whether it does not give the fields, or does not take them.
    public enum Side: String, CaseIterable, Hashable, Sendable { case giving, taking }
    public let side: Side
    public let fields: FieldNames
    /// The purposes it is about; empty means all.
    public let purposes: [Purpose]
    /// The sectors of the other party that it is about; empty means all.
    public let sectors: [String]

    public init(_ side: Side, fields: FieldNames, purposes: [Purpose] = [], sectors: [String] = []) {
        self.side = side
        self.fields = fields
        self.purposes = purposes
        self.sectors = sectors
    }
}

extension Covenant {
    /// The same covenant, signed by these parties and by no others.
    public func signed(by signatories: Set<OrganisationNumber>) -> Covenant {
        Covenant(
            id: id, version: version, title: title, template: template, validFrom: validFrom, validUntil: validUntil,
            parties: parties.map {
                CovenantParty(
                    oin: $0.oin, name: $0.name, direction: $0.direction, role: $0.role, from: $0.from, until: $0.until,
                    sectors: $0.sectors, sealing: $0.sealing, refuses: $0.refuses, limits: $0.limits, workers: $0.workers,
                    hasSigned: signatories.contains($0.oin))
            }, articles: articles)
    }
}
