import Casework
import StrictJSON

extension ReferralDesk {
    /// Days before its end from which a certificate stands on the desk's page: time to ask for another one, and for an overlap.
    static var certificateNotice: Int { 60 }

    /// Certificates that somebody must renew soon, ours and partners', and partners' that do not count now, those that end first in front:
    /// `[{holder, use, endsOn, daysLeft, refused?}]`; `refused` is why one does not.
    func certificatesSection() async throws(DeskRefusal) -> JSONValue {
        let now = world.wall()
        let soon = try await certificateTerms().filter { $0.daysLeft(at: now) <= Self.certificateNotice || $0.refusal != nil }
        return .array(
            soon.sorted { $0.endsAt < $1.endsAt }.map { term in
                var json: JSONObject = [
                    "holder": .string(term.holder.description), "use": .string(term.use.rawValue),
                    "endsOn": .string(calendar.localDate(of: term.endsAt).description), "daysLeft": .integer(Int64(term.daysLeft(at: now))),
                ]
                if let refusal = term.refusal { json["refused"] = .string(refusal) }
                return .object(json)
            })
    }
}
