import Casework
import StrictJSON

extension ReferralDesk {
    /// Days before its end from which a certificate stands on the desk's page: time to ask for another one, and for an overlap.
    static var certificateNotice: Int { 60 }

    /// Certificates that somebody must renew soon, ours and partners', those that end first in front: `[{holder, use, endsOn, daysLeft}]`.
    func certificatesSection() async throws(DeskRefusal) -> JSONValue {
        let now = world.wall()
        let soon = try await certificateTerms().filter { $0.daysLeft(at: now) <= Self.certificateNotice }
        return .array(
            soon.sorted { $0.endsAt < $1.endsAt }.map { term in
                [
                    "holder": .string(term.holder.description), "use": .string(term.use.rawValue),
                    "endsOn": .string(calendar.localDate(of: term.endsAt).description), "daysLeft": .integer(Int64(term.daysLeft(at: now))),
                ]
            })
    }
}
