import Casework
import Disclosure
import StrictJSON

extension ReferralDesk {
    /// With whom something of a case can be shared and what for, as the covenants in force have it, so that a form can offer it. Only
    /// organisations that are registered stand in it. A help to ask: what may be shared is decided by asking, and again by sending.
    ///
    /// 200 `{items: [{oin, name, purpose, covenant, text, fields, grounds}]}`.
    public func showSharingChoices(of casefile: String, by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        guard let role = caller.role, [.contactPoint, .socialCaseManager, .planCoordinator].contains(role) else { throw .roleMayNot }
        let id = try CasefileID(casefile).orRefuse(.notFound)
        try await demandAccess(to: id, by: caller)
        let (now, sender) = (world.calendar(), municipality.oin)
        let partners = try await read { try $0.partners() }.filter { $0.oin != sender }
        var items: [JSONValue] = []
        for partner in partners {
            for covenant in policyInForce.snapshot.covenants where covenant.isInForce(at: now) {
                for article in covenant.articles
                where article.purpose != .intake && article.from.contains(sender) && article.to.contains(partner.oin) {
                    items.append([
                        "oin": .string(partner.oin.description), "name": .string(partner.name),
                        "purpose": .string(article.purpose.rawValue), "covenant": covenant.title.json, "text": article.text.json,
                        "fields": .array(article.fields.paths.map(JSONValue.string)),
                        "grounds": .array(article.grounds.map { .string($0.text) }),
                    ])
                }
            }
        }
        return DeskAnswer(status: 200, body: ["items": .array(items)])
    }
}
