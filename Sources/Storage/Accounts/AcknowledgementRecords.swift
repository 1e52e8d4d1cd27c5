import Casework
import Disclosure

/// A role of a partner's workers that has acknowledged a covenant version (R29).
public struct AcknowledgementRow: Hashable, Sendable {
    public let partner: OrganisationNumber
    /// `<id>/<version>`.
    public let covenant: String
    public let role: String
    /// When the first receipt that said so was taken.
    public let at: Instant
}

extension Transaction {
    /// Keeps that a role has acknowledged a covenant version; the first time counts.
    /// - Parameter covenant: `<id>/<version>`.
    public func insertAcknowledgement(of covenant: String, by role: String, at partner: OrganisationNumber, on now: Instant) throws {
        try run(
            "INSERT INTO acknowledgement (partner, covenant, role, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [.of(partner), .text(covenant), .text(role), .of(now)])
    }

    /// Every role that has acknowledged a covenant version, by partner, covenant and role.
    public func acknowledgements() throws -> [AcknowledgementRow] {
        try all("SELECT partner, covenant, role, at FROM acknowledgement ORDER BY partner, covenant, role").map {
            AcknowledgementRow(
                partner: try $0.organisation("partner"), covenant: try $0.text("covenant"), role: try $0.text("role"),
                at: try $0.instant("at"))
        }
    }
}
