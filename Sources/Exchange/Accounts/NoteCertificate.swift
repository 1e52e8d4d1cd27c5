import AuditTrail
import Casework
import PartnerTrust
import Storage
import StrictJSON

extension ReferralDesk {
    /// Records that the municipality's authority gave a party a certificate: whose, for what, and the serial number by which it is revoked.
    public func noteCertificate(of party: OrganisationNumber, use: String, serial: String) async throws(DeskRefusal) -> DeskAnswer {
        guard ["tls", "sig", "enc"].contains(use), serial.wholeMatch(of: /[0-9a-f]{2,64}/) != nil else { throw .notFound }
        let issued = entry(
            .certificateIssued, by: .daemon,
            facts: ["partner": .text(party.description), "use": .text(use), "serial": .text(serial)])
        try await commit { try $0.append([issued]) }
        return DeskAnswer(status: 201, body: ["serial": .string(serial)])
    }

    /// Records which certificates of the municipality's authority came to stand revoked since this was last told.
    /// - Parameter revoked: all that stand revoked, not only the new ones.
    public func noteRevocations(_ revoked: [Revocation]) async throws(DeskRefusal) {
        let serials = Set(revoked.map { $0.serial.lowercased() })
        guard try await read({ try $0.revokedSerials() }) != serials else { return }
        let told = revoked.map { one in
            let (serial, since) = (one.serial.lowercased(), Instant(millisecondsSince1970: one.at).rfc3339)
            let made = entry(.certificateRevoked, by: .daemon, facts: ["serial": .text(serial), "since": .text(since)])
            return (serial: serial, entry: made)
        }
        try await commit { transaction in
            var known = try transaction.revokedSerials()
            for one in told where known.insert(one.serial).inserted { try transaction.append([one.entry]) }
            try transaction.noteRevoked(serials)
        }
    }
}
