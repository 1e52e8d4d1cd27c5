import Casework

/// A partner system as registered.
public struct PartnerRow: Sendable {
    public let oin: OrganisationNumber
    public let name: String
    /// SHA-256 of its TLS certificate: the one that is accepted.
    public let certificateSHA256: [UInt8]
    /// Its JWK Set, as registered.
    public let keys: [UInt8]
    public let endpoint: String?
    public let addedAt: Instant

    public init(oin: OrganisationNumber, name: String, certificateSHA256: [UInt8], keys: [UInt8], endpoint: String?, addedAt: Instant) {
        self.oin = oin
        self.name = name
        self.certificateSHA256 = certificateSHA256
        self.keys = keys
        self.endpoint = endpoint
        self.addedAt = addedAt
    }
}

extension Transaction {
    /// Registers a partner, or replaces its certificate, keys and endpoint.
    public func store(_ partner: PartnerRow) throws {
        try run(
            """
            INSERT INTO partner (oin, name, certificate_sha256, keys, endpoint, added_at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (oin) DO UPDATE SET name = excluded.name, certificate_sha256 = excluded.certificate_sha256, keys = excluded.keys,
                endpoint = excluded.endpoint, removed_at = NULL
            """,
            [
                .of(partner.oin), .text(partner.name), .blob(partner.certificateSHA256), .blob(partner.keys), .of(partner.endpoint),
                .of(partner.addedAt),
            ])
    }

    /// The partner, or nil when there is none or it has been removed.
    public func partner(_ oin: OrganisationNumber) throws -> PartnerRow? {
        try first("SELECT * FROM partner WHERE oin = ? AND removed_at IS NULL", [.of(oin)]).map(partner)
    }

    /// All partners.
    public func partners() throws -> [PartnerRow] { try all("SELECT * FROM partner WHERE removed_at IS NULL ORDER BY oin").map(partner) }

    private func partner(_ row: SQLRow) throws -> PartnerRow {
        PartnerRow(
            oin: try row.organisation("oin"), name: try row.text("name"), certificateSHA256: try row.blob("certificate_sha256"),
            keys: try row.blob("keys"), endpoint: try row.textOrNil("endpoint"), addedAt: try row.instant("added_at"))
    }
}
