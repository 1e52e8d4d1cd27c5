import Casework
import Disclosure
import StrictJSON

/// For what somebody asks with whom something of a case can be shared.
public enum SharingAct: Sendable {
    /// Sharing it, or recording what a resident says about sharing.
    case refer
    /// Recording what was told, or passing the case on: who leads its meetings does that too.
    case lead
    /// Asking to share without consent.
    case justify

    var roles: Set<StaffRole> {
        switch self {
        case .refer: ReferralDesk.referringRoles
        case .lead: ReferralDesk.leadingRoles
        case .justify: ReferralDesk.justifyingRoles
        }
    }
}

extension ReferralDesk {
    /// With whom something of a case can be shared and what for, as the covenants in force have it, so that a form can offer it. Only
    /// organisations that are registered stand in it. A help to ask: what may be shared is decided by asking, and again by sending.
    ///
    /// 200 `{items: [{choice, oin, name, purpose, covenant, text, fields, grounds}]}`. `choice` names the recipient, the purpose and the article of
    /// this version of the covenant, so that a form means the same however the list has changed since it was shown.
    public func showSharingChoices(of casefile: String, for act: SharingAct = .refer, by caller: Caller) async throws(DeskRefusal)
        -> DeskAnswer
    {
        guard let role = caller.role, act.roles.contains(role) else { throw .roleMayNot }
        let id = try CasefileID(casefile).orRefuse(.notFound)
        try await demandAccess(to: id, by: caller)
        let (now, sender) = (world.calendar(), municipality.oin)
        let partners = try await read { try $0.partners() }.filter { $0.oin != sender }
        var items: [JSONValue] = []
        for partner in partners {
            for covenant in policyInForce.snapshot.covenants where covenant.isInForce(at: now) {
                for article in covenant.articles
                where article.purpose != .intake && article.from.contains(sender) && article.to.contains(partner.oin) {
                    let (oin, purpose) = (partner.oin.description, article.purpose.rawValue)
                    items.append([
                        "choice": .string("\(oin)|\(purpose)|\(covenant.id)/\(covenant.version)/\(article.number)"),
                        "oin": .string(oin), "name": .string(partner.name),
                        "purpose": .string(purpose), "covenant": covenant.title.json, "text": article.text.json,
                        "fields": .array(article.fields.paths.map(JSONValue.string)),
                        "grounds": .array(article.grounds.map { .string($0.text) }),
                    ])
                }
            }
        }
        return DeskAnswer(status: 200, body: ["items": .array(items)])
    }
}
