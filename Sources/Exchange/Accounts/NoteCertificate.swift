import AuditTrail
import Casework
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
}
