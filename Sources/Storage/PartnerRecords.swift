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
    /// Where it is told that something waits; nil when it is not, or is sent the messages themselves.
    public let events: String?
    /// Its TLS certificate, PEM, leaf first; nil when it registered before this was kept, and was not heard since.
    public let tlsChain: [UInt8]?
    public let addedAt: Instant
    /// The number at which the desk reaches the role that answers for its tasks; not a person's.
    public let telephone: String?
    /// The role that has a mandate when a task stays open; not a person's name.
    public let mandatedRole: String?

    public init(
        oin: OrganisationNumber, name: String, certificateSHA256: [UInt8], keys: [UInt8], endpoint: String?, events: String? = nil,
        tlsChain: [UInt8]? = nil, addedAt: Instant, telephone: String? = nil, mandatedRole: String? = nil
    ) {
        self.oin = oin
        self.name = name
        self.certificateSHA256 = certificateSHA256
        self.keys = keys
        self.endpoint = endpoint
        self.events = events
        self.tlsChain = tlsChain
        self.addedAt = addedAt
        self.telephone = telephone
        self.mandatedRole = mandatedRole
    }
}

extension Transaction {
    /// Registers a partner, or replaces its certificate, keys and endpoint. Its number and role stay unless others are given.
    public func store(_ partner: PartnerRow) throws {
        try run(
            """
            INSERT INTO partner (oin, name, certificate_sha256, keys, endpoint, added_at, telephone, mandated_role, events, tls_chain)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (oin) DO UPDATE SET name = excluded.name, certificate_sha256 = excluded.certificate_sha256, keys = excluded.keys,
                endpoint = excluded.endpoint, events = excluded.events, tls_chain = excluded.tls_chain, removed_at = NULL, telephone = coalesce(excluded.telephone, telephone),
                mandated_role = coalesce(excluded.mandated_role, mandated_role)
            """,
            [
                .of(partner.oin), .text(partner.name), .blob(partner.certificateSHA256), .blob(partner.keys), .of(partner.endpoint),
                .of(partner.addedAt), .of(partner.telephone), .of(partner.mandatedRole), .of(partner.events), .of(partner.tlsChain),
            ])
        // What waits follows the partner's way of receiving; a new endpoint or certificate also deserves a new try at once.
        try clearTrouble(of: partner.oin)
        if partner.endpoint == nil {
            try run(
                "UPDATE message SET next_try_at = NULL, lease = NULL WHERE partner = ? AND next_try_at IS NOT NULL", [.of(partner.oin)])
            queuedFor.insert(partner.oin)
        } else {
            try run(
                """
                UPDATE message SET next_try_at = queued_at WHERE partner = ? AND state IN ('queued', 'left') AND next_try_at IS NULL
                    AND dead_at IS NULL
                """,
                [.of(partner.oin)])
            hasWorkForCourier = true
        }
    }

    /// Keeps the TLS certificate of a partner that registered before it was kept.
    public func learnChain(of oin: OrganisationNumber, pem: [UInt8]) throws {
        try run("UPDATE partner SET tls_chain = ? WHERE oin = ? AND tls_chain IS NULL", [.blob(pem), .of(oin)])
    }

    /// The partner, or nil when there is none or it has been removed.
    public func partner(_ oin: OrganisationNumber) throws -> PartnerRow? {
        try first("SELECT * FROM partner WHERE oin = ? AND removed_at IS NULL", [.of(oin)]).map(partner)
    }

    /// The name under which an organisation is or was registered, or nil.
    public func partnerName(_ oin: OrganisationNumber) throws -> String? {
        try first("SELECT name FROM partner WHERE oin = ?", [.of(oin)])?.text("name")
    }

    /// All partners.
    public func partners() throws -> [PartnerRow] { try all("SELECT * FROM partner WHERE removed_at IS NULL ORDER BY oin").map(partner) }

    private func partner(_ row: SQLRow) throws -> PartnerRow {
        PartnerRow(
            oin: try row.organisation("oin"), name: try row.text("name"), certificateSHA256: try row.blob("certificate_sha256"),
            keys: try row.blob("keys"), endpoint: try row.textOrNil("endpoint"), events: try row.textOrNil("events"),
            tlsChain: try row.blobOrNil("tls_chain"), addedAt: try row.instant("added_at"),
            telephone: try row.textOrNil("telephone"), mandatedRole: try row.textOrNil("mandated_role"))
    }
}
