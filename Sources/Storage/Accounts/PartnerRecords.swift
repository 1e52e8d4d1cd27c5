import Casework

/// What a partner registered before, and until when it counts beside what it registered since.
public struct FormerPart: Hashable, Sendable {
    /// The SHA-256 of a certificate, or a JWK Set.
    public let bytes: [UInt8]
    /// From this instant on it counts no more.
    public let until: Instant

    public init(bytes: [UInt8], until: Instant) {
        self.bytes = bytes
        self.until = until
    }

    /// What it is while it counts; nil from its end on.
    public func bytes(at now: Instant) -> [UInt8]? { now < until ? bytes : nil }
}

/// A partner system as registered.
public struct PartnerRow: Sendable {
    public let oin: OrganisationNumber
    public let name: String
    /// SHA-256 of its TLS certificate: the one that is accepted.
    public let certificateSHA256: [UInt8]
    /// Its JWK Set, as registered.
    public let keys: [UInt8]
    /// SHA-256 of its TLS certificate of before, while both are accepted.
    public let formerCertificate: FormerPart?
    /// Its JWK Set of before: receipts by that `sig` key are taken, and nothing new is sealed to that `enc` key.
    public let formerKeys: FormerPart?
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
        tlsChain: [UInt8]? = nil, addedAt: Instant, telephone: String? = nil, mandatedRole: String? = nil,
        formerCertificate: FormerPart? = nil, formerKeys: FormerPart? = nil
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
        self.formerCertificate = formerCertificate
        self.formerKeys = formerKeys
    }

    /// SHA-256 of every TLS certificate that is accepted now: the registered one, and in an overlap the one before.
    public func certificates(at now: Instant) -> [[UInt8]] { [certificateSHA256] + [formerCertificate?.bytes(at: now)].compactMap(\.self) }
}

extension Transaction {
    /// Registers a partner, or replaces its certificate, keys and endpoint, and what it had before them. Its number and role stay unless others
    /// are given.
    public func store(_ partner: PartnerRow) throws {
        try run(
            """
            INSERT INTO partner (oin, name, certificate_sha256, keys, endpoint, added_at, telephone, mandated_role, events, tls_chain,
                former_certificate, certificate_until, former_keys, keys_until)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (oin) DO UPDATE SET name = excluded.name, certificate_sha256 = excluded.certificate_sha256, keys = excluded.keys,
                endpoint = excluded.endpoint, events = excluded.events, tls_chain = excluded.tls_chain, removed_at = NULL,
                telephone = coalesce(excluded.telephone, telephone), mandated_role = coalesce(excluded.mandated_role, mandated_role),
                former_certificate = excluded.former_certificate, certificate_until = excluded.certificate_until,
                former_keys = excluded.former_keys, keys_until = excluded.keys_until
            """,
            [
                .of(partner.oin), .text(partner.name), .blob(partner.certificateSHA256), .blob(partner.keys), .of(partner.endpoint),
                .of(partner.addedAt), .of(partner.telephone), .of(partner.mandatedRole), .of(partner.events), .of(partner.tlsChain),
                .of(partner.formerCertificate?.bytes), .of(partner.formerCertificate?.until), .of(partner.formerKeys?.bytes),
                .of(partner.formerKeys?.until),
            ])
        // What waits follows the partner's way of receiving; a new endpoint or certificate also deserves a new try at once.
        try clearTrouble(of: partner.oin)
        if partner.endpoint == nil {
            try run(
                "UPDATE message SET next_try_at = NULL, lease = NULL WHERE partner = ? AND next_try_at IS NOT NULL", [.of(partner.oin)])
            queuedFor.insert(partner.oin)
        } else {
            try run(
                "UPDATE message SET next_try_at = queued_at WHERE partner = ? AND \(MessageQuery.canLeave) AND next_try_at IS NULL",
                [.of(partner.oin)])
            hasWorkForCourier = true
        }
    }

    /// Takes a partner out of the register, with what its lane was. Its row stays, with its name, for what it was sent; ``store(_:)`` puts it back.
    public func removePartner(_ oin: OrganisationNumber, at now: Instant) throws {
        try run("UPDATE partner SET removed_at = ? WHERE oin = ? AND removed_at IS NULL", [.of(now), .of(oin)])
        try clearTrouble(of: oin)
    }

    /// How many of a partner's tasks are open.
    public func openTaskCount(of oin: OrganisationNumber) throws -> Int64 {
        try first("SELECT count(*) AS count FROM open_task WHERE partner = ?", [.of(oin)])?.integer("count") ?? 0
    }

    /// Keeps the TLS certificate of a partner that registered before it was kept.
    public func learnChain(of oin: OrganisationNumber, pem: [UInt8]) throws {
        try run("UPDATE partner SET tls_chain = ? WHERE oin = ? AND tls_chain IS NULL", [.blob(pem), .of(oin)])
    }

    /// The partner, or nil when there is none or it has been removed.
    /// - Parameter orRemoved: whether one that was removed is given too, as it was.
    public func partner(_ oin: OrganisationNumber, orRemoved: Bool = false) throws -> PartnerRow? {
        try first("SELECT * FROM partner WHERE oin = ? AND (removed_at IS NULL OR ?)", [.of(oin), .of(orRemoved ? 1 : 0)]).map(partner)
    }

    /// Whether an organisation is a partner that was not removed.
    public func isRegistered(_ oin: OrganisationNumber) throws -> Bool {
        try first("SELECT 1 AS one FROM partner WHERE oin = ? AND removed_at IS NULL", [.of(oin)]) != nil
    }

    /// The name under which an organisation is or was registered, or nil.
    public func partnerName(_ oin: OrganisationNumber) throws -> String? {
        try first("SELECT name FROM partner WHERE oin = ?", [.of(oin)])?.text("name")
    }

    /// The names of the partners, also of those that were removed.
    public func partnerNames() throws -> [OrganisationNumber: String] {
        Dictionary(try all("SELECT oin, name FROM partner").map { (try $0.organisation("oin"), try $0.text("name")) }) { first, _ in first }
    }

    /// All partners but those that were removed.
    public func partners() throws -> [PartnerRow] { try all("SELECT * FROM partner WHERE removed_at IS NULL ORDER BY oin").map(partner) }

    private func partner(_ row: SQLRow) throws -> PartnerRow {
        PartnerRow(
            oin: try row.organisation("oin"), name: try row.text("name"), certificateSHA256: try row.blob("certificate_sha256"),
            keys: try row.blob("keys"), endpoint: try row.textOrNil("endpoint"), events: try row.textOrNil("events"),
            tlsChain: try row.blobOrNil("tls_chain"), addedAt: try row.instant("added_at"),
            telephone: try row.textOrNil("telephone"), mandatedRole: try row.textOrNil("mandated_role"),
            formerCertificate: try former(row, "former_certificate", until: "certificate_until"),
            formerKeys: try former(row, "former_keys", until: "keys_until"))
    }

    private func former(_ row: SQLRow, _ bytes: String, until: String) throws -> FormerPart? {
        guard let bytes = try row.blobOrNil(bytes) else { return nil }
        return FormerPart(bytes: bytes, until: try row.instant(until))
    }
}
