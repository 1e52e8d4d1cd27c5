import Casework
import Disclosure
import StrictJSON

extension Lever {
    /// A lever as it is kept among the facts of a decision.
    var rowJSON: JSONValue {
        var json: JSONObject = [
            "id": .string(id.description), "kind": .string(kind.rawValue), "article": .string(article.text),
            "signers": .array(signers.map { .string($0.description) }), "from": .integer(from.millisecondsSince1970),
            "until": .integer(until.millisecondsSince1970), "reviewBy": .integer(reviewBy.millisecondsSince1970),
        ]
        if let endedAt { json["endedAt"] = .integer(endedAt.millisecondsSince1970) }
        return .object(json)
    }

    init?(rowJSON json: JSONValue) {
        guard let id = json["id"]?.stringValue.flatMap({ LeverID($0) }),
            let kind = json["kind"]?.stringValue.flatMap(LeverKind.init(rawValue:)),
            let article = json["article"]?.stringValue.flatMap({ LegalArticle($0) }),
            let signers = json["signers"]?.arrayValue?.each({ $0.stringValue.flatMap { OrganisationNumber($0) } }),
            let from = json["from"]?.integerValue, let until = json["until"]?.integerValue, let reviewBy = json["reviewBy"]?.integerValue
        else { return nil }
        self.init(
            id: id, kind: kind, article: article, signers: signers, from: Instant(millisecondsSince1970: from),
            until: Instant(millisecondsSince1970: until), reviewBy: Instant(millisecondsSince1970: reviewBy),
            endedAt: json["endedAt"]?.integerValue.map(Instant.init(millisecondsSince1970:)))
    }
}
