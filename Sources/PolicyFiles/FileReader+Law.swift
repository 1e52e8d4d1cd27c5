import Casework
import Disclosure

extension FileReader {
    /// Field names and prefixes of the closed list (contract §5).
    /// - Parameter broadly: whether they say what does not go: then a prefix covers everything below it.
    mutating func fields(_ node: PolicyNode?, _ what: String, mayBeEmpty: Bool = false, broadly: Bool = false) -> FieldNames? {
        guard let items = list(node, what, mayBeEmpty: mayBeEmpty) else { return nil }
        var names = FieldNames()
        for item in items {
            guard let word = text(item, what) else { continue }
            guard let covered = broadly ? FieldNames(broadPrefix: word) : FieldNames(prefix: word) else {
                let meant = FieldName.all.first { isNear($0.path, word) }.map { "did you mean `\($0.path)`?" }
                refuse(item.place, "there is no field `\(word)`", hint: meant ?? "the list of fields stands in policies/README.md")
                continue
            }
            names.formUnion(covered)
        }
        return names
    }

    mutating func grounds(_ node: PolicyNode?) -> [LawfulGround]? {
        guard let items = list(node, "grounds") else { return nil }
        var grounds: [LawfulGround] = []
        for item in items {
            guard let ground = ground(item) else { continue }
            if grounds.contains(ground) { refuse(item.place, "`\(ground.text)` stands here already", hint: "keep one") }
            grounds.append(ground)
        }
        return grounds
    }

    /// One ground as a covenant writes it.
    mutating func ground(_ node: PolicyNode?) -> LawfulGround? {
        guard let node, let word = text(node, "grounds") else { return nil }
        guard let ground = LawfulGround(word), ground.article?.isWellFormed ?? true else {
            refuse(
                node.place, "`\(word)` is not a ground",
                hint: "write `consent`, `vitalInterest`, or `legalObligation`, `publicTask` or `compulsory` with `:<act>.<article>`")
            return nil
        }
        return ground
    }

    mutating func legalArticle(_ node: PolicyNode?, _ what: String) -> LegalArticle? {
        guard let node, let word = text(node, what) else { return nil }
        guard let article = LegalArticle(word), article.isWellFormed else {
            refuse(node.place, "`\(word)` is not an article of an act", hint: "write `<act>.<article>`, such as `debtAssistanceAct.8c`")
            return nil
        }
        return article
    }
}
