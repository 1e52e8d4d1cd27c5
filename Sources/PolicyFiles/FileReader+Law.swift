import Casework
import Disclosure

extension FileReader {
    /// Field names and prefixes of the closed list (contract §5).
    mutating func fields(_ node: PolicyNode?, _ what: String, mayBeEmpty: Bool = false) -> FieldNames? {
        guard let items = list(node, what, mayBeEmpty: mayBeEmpty) else { return nil }
        var names = FieldNames()
        for item in items {
            guard let word = text(item, what) else { continue }
            guard let covered = FieldNames(prefix: word) else {
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
        guard let ground = LawfulGround(word), ground.article.map(isWellFormed) ?? true else {
            refuse(
                node.place, "`\(word)` is not a ground",
                hint: "write `consent`, `vitalInterest`, or `legalObligation`, `publicTask` or `compulsory` with `:<act>.<article>`")
            return nil
        }
        return ground
    }

    mutating func legalArticle(_ node: PolicyNode?, _ what: String) -> LegalArticle? {
        guard let node, let word = text(node, what) else { return nil }
        guard let article = LegalArticle(word), isWellFormed(article) else {
            refuse(node.place, "`\(word)` is not an article of an act", hint: "write `<act>.<article>`, such as `debtAssistanceAct.8c`")
            return nil
        }
        return article
    }

    /// The act in camelCase; the article in letters, digits and the marks that acts use.
    func isWellFormed(_ article: LegalArticle) -> Bool {
        isCamelCase(article.act)
            && (article.article.unicodeScalars.first.map { isDigit($0) || isLetter($0) } ?? false)
            && article.article.unicodeScalars.allSatisfy { isDigit($0) || isLetter($0) || ".:()".unicodeScalars.contains($0) }
    }
}
