import Casework

/// What became of a filed signal.
public enum FilingOutcome: String, CaseIterable, Hashable, Sendable { case accepted, acceptedWithoutIdentity }
/// How far a signal is; all that its filer sees.
public enum SignalStatus: String, CaseIterable, Hashable, Sendable { case received, pickedUp, closed }

/// A signal's row: no content.
public struct SignalRow: Sendable {
    public let id: SignalID
    public let casefile: CasefileID?
    public let filerOrganisation: OrganisationNumber
    public let filerAccount: AccountID?
    public let channel: IntakeChannel
    public let knowsWhomToCall: Bool
    public let outcome: FilingOutcome
    public let status: SignalStatus
    /// Four digits of the postcode.
    public let area: String?
    public let domains: [LifeDomain]
    public let decision: DecisionID?
    public let filedAt: Instant

    public init(
        id: SignalID, casefile: CasefileID?, filerOrganisation: OrganisationNumber, filerAccount: AccountID?, channel: IntakeChannel,
        knowsWhomToCall: Bool, outcome: FilingOutcome, status: SignalStatus, area: String?, domains: [LifeDomain], decision: DecisionID?,
        filedAt: Instant
    ) {
        self.id = id
        self.casefile = casefile
        self.filerOrganisation = filerOrganisation
        self.filerAccount = filerAccount
        self.channel = channel
        self.knowsWhomToCall = knowsWhomToCall
        self.outcome = outcome
        self.status = status
        self.area = area
        self.domains = domains
        self.decision = decision
        self.filedAt = filedAt
    }
}

extension Transaction {
    /// Stores a filed signal.
    public func insertSignal(_ signal: SignalRow) throws {
        try run(
            """
            INSERT INTO signal (id, casefile, filer_organisation, filer_account, channel, knows_whom_to_call, outcome, status, area, domains, decision,
                filed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .of(signal.id), .of(signal.casefile), .of(signal.filerOrganisation), .of(signal.filerAccount), .of(signal.channel),
                .of(signal.knowsWhomToCall), .of(signal.outcome), .of(signal.status), .of(signal.area),
                .text(signal.domains.map(\.rawValue).joined(separator: ",")), .of(signal.decision), .of(signal.filedAt),
            ])
    }

    /// The signal, or nil.
    public func signal(_ id: SignalID) throws -> SignalRow? {
        try first("SELECT * FROM signal WHERE id = ?", [.of(id)]).map(signal)
    }

    /// Signals that wait for the desk: those that name somebody before those that name nobody, oldest first among each.
    public func waitingSignals(limit: Int) throws -> [SignalRow] {
        try readable(all("SELECT * FROM signal WHERE status = 'received' ORDER BY casefile IS NULL, id LIMIT ?", [.of(limit)]), signal)
    }

    /// What an account has filed, newest first, before one of them.
    public func signals(filedBy account: AccountID, before last: SignalID?, limit: Int) throws -> [SignalRow] {
        try all(
            "SELECT * FROM signal WHERE filer_account = ? AND id < ? ORDER BY id DESC LIMIT ?",
            [.of(account), .blob(last?.bytes ?? [UInt8](repeating: 255, count: 17)), .of(limit)]
        ).map(signal)
    }

    /// Moves a signal's status.
    public func setStatus(_ status: SignalStatus, of id: SignalID) throws {
        try run("UPDATE signal SET status = ? WHERE id = ?", [.of(status), .of(id)])
    }

    private func signal(_ row: SQLRow) throws -> SignalRow {
        SignalRow(
            id: try row.identifier("id"), casefile: try row.identifierOrNil("casefile"),
            filerOrganisation: try row.organisation("filer_organisation"),
            filerAccount: try row.identifierOrNil("filer_account"), channel: try row.member("channel"),
            knowsWhomToCall: try row.flag("knows_whom_to_call"), outcome: try row.member("outcome"), status: try row.member("status"),
            area: try row.textOrNil("area"),
            domains: try row.text("domains").split(separator: ",").compactMap { LifeDomain(rawValue: String($0)) },
            decision: try row.identifierOrNil("decision"), filedAt: try row.instant("filed_at"))
    }
}
