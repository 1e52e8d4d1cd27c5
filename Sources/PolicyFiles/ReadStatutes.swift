import Casework
import Disclosure

/// An act with the places that checks across files point at.
struct ReadStatute: Sendable {
    let file: String
    let statute: Statute
    /// Where each rule names the acts under which data were obtained.
    let sources: [(act: String, place: Place)]
}

private let ruleKeys = [
    "article", "does", "ground", "acrossSecrecy", "holder", "recipient", "obtainedUnder", "ofPartnersToo", "purposes", "fields",
    "necessity",
    "from", "until", "bill", "text",
]

/// What a rule does, as its file says it.
private enum Verb: String, CaseIterable {
    case permitsWithoutConsent, requiresConsent, onlyToThese, forbidsUnlessReleased, forbids, forbidsOnward
}
private enum GroundKind: String, CaseIterable { case publicTask, legalObligation, compulsory, vitalInterest }
private enum Necessity: String, CaseIterable { case stated, notStated }

/// The act of a file; nil when anything in it is wrong.
func readStatute(_ root: PolicyNode, fileName: String, reader: inout FileReader) -> ReadStatute? {
    reader.schema(root, kind: "statute")
    guard let top = reader.mapping(root, keys: ["schema", "id", "title", "asOf", "work", "rules"], of: "an act") else { return nil }
    let id = reader.camelCase(reader.required(top, "id"), "name of an act")
    if let id, id != fileName {
        reader.refuse(top.place(of: "id"), "the act `\(id)` stands in `\(fileName).yaml`", hint: "name the file `\(id).yaml`")
    }
    let title = reader.plainText(reader.required(top, "title"), "title")
    let asOf = reader.date(reader.required(top, "asOf"), "asOf").flatMap { CalendarDate($0) }
    let work = reader.optional(top, "work").flatMap { readWork($0, of: id ?? fileName, reader: &reader) }
    var rules: [StatuteRule] = []
    var sources: [(act: String, place: Place)] = []
    for node in reader.list(reader.required(top, "rules"), "rules") ?? [] {
        if let rule = readRule(node, of: id ?? fileName, sources: &sources, reader: &reader) { rules.append(rule) }
    }
    guard reader.faults.isEmpty, let id, let title, let asOf else { return nil }
    return ReadStatute(file: reader.file, statute: Statute(id: id, title: title, asOf: asOf, rules: rules, work: work), sources: sources)
}

/// The work in which data are obtained under an act: its article and what it is called.
private func readWork(_ node: PolicyNode, of act: String, reader: inout FileReader) -> StatuteWork? {
    guard let work = reader.mapping(node, keys: ["article", "text"], of: "the work") else { return nil }
    let article = reader.article(work, of: act)
    let text = reader.plainText(reader.required(work, "text"), "text")
    guard let article, let text else { return nil }
    return StatuteWork(article: article, text: text)
}

private func readRule(
    _ node: PolicyNode, of act: String, sources: inout [(act: String, place: Place)], reader: inout FileReader
) -> StatuteRule? {
    guard let rule = reader.mapping(node, keys: ruleKeys, of: "a rule") else { return nil }
    let article = reader.article(rule, of: act)
    let verb: Verb? = reader.choice(reader.required(rule, "does"), "does")
    let effect = reader.effect(verb, article, rule)
    let holder = reader.sectors(reader.required(rule, "holder"), "holder")
    let recipients = reader.recipients(reader.required(rule, "recipient"))
    let obtained = reader.anyOr(reader.required(rule, "obtainedUnder"), "obtainedUnder") { reader, node in
        let act = reader.camelCase(node, "name of an act")
        if let act { sources.append((act, node.place)) }
        return act
    }
    let ofPartnersToo = reader.truth(reader.optional(rule, "ofPartnersToo"), "ofPartnersToo") ?? false
    if ofPartnersToo, verb.map({ $0 != .permitsWithoutConsent }) ?? false || recipients?.sameController ?? false {
        reader.refuse(
            rule.place(of: "ofPartnersToo"),
            "what a partner filed is never carried within one controller, and a rule that forbids carries nothing",
            hint: "leave `ofPartnersToo` out")
    }
    let purposes = reader.anyOr(reader.required(rule, "purposes"), "purposes") { reader, node in
        reader.camelCase(node, "purpose").map(Purpose.init(rawValue:))
    }
    let fields = reader.allOrFields(reader.required(rule, "fields"), permits: verb == .permitsWithoutConsent)
    let necessity: Necessity? = reader.choice(reader.required(rule, "necessity"), "necessity")
    let from = reader.startOfDay(reader.required(rule, "from"), "from")
    let until = reader.startOfDay(reader.optional(rule, "until"), "until")
    if let from, let until, until <= from {
        reader.refuse(rule.place(of: "until"), "`until` is not later than `from`", hint: "a rule without an end has no `until`")
    }
    let bill = reader.truth(reader.optional(rule, "bill"), "bill") ?? false
    if bill, let verb, verb != .permitsWithoutConsent {
        reader.refuse(
            rule.place(of: "bill"), "a bill forbids nothing yet", hint: "list of a bill what it would permit, or leave the rule out")
    }
    let text = reader.plainText(reader.required(rule, "text"), "text")
    guard let article, let effect, let holder, let recipients, let obtained, let purposes, let fields, let necessity, let from, let text
    else { return nil }
    return StatuteRule(
        article: article, effect: effect, holder: holder, recipients: recipients, sources: obtained.named, ofPartnersToo: ofPartnersToo,
        purposes: purposes.named, fields: fields, necessity: necessity == .stated, validFrom: from, validUntil: until, bill: bill,
        text: text)
}

/// The word `any` (nil), or a list.
private struct AnyOr<Element> {
    let named: [Element]?
}

extension FileReader {
    /// The article of this act whose number stands at `article`.
    fileprivate mutating func article(_ mapping: PolicyMapping, of act: String) -> LegalArticle? {
        guard let number = text(required(mapping, "article"), "article") else { return nil }
        guard let article = LegalArticle("\(act).\(number)"), isWellFormed(article) else {
            refuse(
                mapping.place(of: "article"), "`\(number)` is not an article's number",
                hint: "write it as the act does, such as `5.2.1(2)`")
            return nil
        }
        return article
    }

    /// What a rule does, with the ground that it carries where it permits.
    fileprivate mutating func effect(_ verb: Verb?, _ article: LegalArticle?, _ rule: PolicyMapping) -> StatuteRule.Effect? {
        guard let verb else { return nil }
        guard verb == .permitsWithoutConsent else {
            for key in ["ground", "acrossSecrecy"] where rule.entries[key] != nil {
                refuse(
                    rule.entries[key]?.place ?? rule.place, "a rule that `\(verb.rawValue)` carries no ground", hint: "leave `\(key)` out")
            }
            switch verb {
            case .permitsWithoutConsent: return nil
            case .requiresConsent: return .requiresConsent
            case .onlyToThese: return .onlyToThese
            case .forbidsUnlessReleased: return .forbidsUnlessReleased
            case .forbids: return .forbids
            case .forbidsOnward: return .forbidsOnward
            }
        }
        let kind: GroundKind? = choice(required(rule, "ground"), "ground")
        let acrossSecrecy = truth(optional(rule, "acrossSecrecy"), "acrossSecrecy") ?? false
        guard let kind, let article else { return nil }
        let ground: LawfulGround =
            switch kind {
            case .publicTask: .publicTask(article)
            case .legalObligation: .legalObligation(article)
            case .compulsory: .compulsory(article)
            case .vitalInterest: .vitalInterest
            }
        return .permits(ground, acrossSecrecy: acrossSecrecy)
    }

    /// `any`, a list of sectors, or `{except: […]}`.
    fileprivate mutating func sectors(_ node: PolicyNode?, _ what: String) -> Sectors? {
        guard let node else { return nil }
        if case .mapping = node.content {
            guard let mapping = mapping(node, keys: ["except"], of: "`\(what)`"), let items = list(required(mapping, "except"), "except")
            else { return nil }
            return .except(items.compactMap { camelCase($0, "sector") })
        }
        return anyOr(node, what) { $0.camelCase($1, "sector") }.map { $0.named.map(Sectors.only) ?? .any }
    }

    /// `sameController`, or `{sameController: true, others: …}`.
    fileprivate mutating func recipients(_ node: PolicyNode?) -> StatuteRule.Recipients? {
        guard let node else { return nil }
        if case .scalar("sameController", _) = node.content { return .init(sameController: true, others: nil) }
        guard let recipient = mapping(node, keys: ["sameController", "others"], of: "`recipient`") else { return nil }
        let same = truth(optional(recipient, "sameController"), "sameController") ?? false
        let others = sectors(optional(recipient, "others"), "others")
        if recipient.entries["others"] == nil, !same {
            refuse(node.place, "`recipient` names nobody", hint: "write `sameController`, or `{others: any}` or `{others: [<sector>]}`")
        }
        return .init(sameController: same, others: others)
    }

    fileprivate mutating func anyOr<Element>(
        _ node: PolicyNode?, _ what: String, _ read: (inout FileReader, PolicyNode) -> Element?
    ) -> AnyOr<Element>? {
        guard let node else { return nil }
        if case .scalar("any", _) = node.content { return AnyOr(named: nil) }
        guard case .list = node.content else {
            if !node.isRefused { refuse(node.place, "`\(what)` is neither a list nor `any`", hint: "write `any`, or `[…]`") }
            return nil
        }
        guard let items = list(node, what) else { return nil }
        return AnyOr(named: items.compactMap { read(&self, $0) })
    }

    /// Field names; `all` only where nothing is permitted, since a rule that permits must name what is sensitive.
    fileprivate mutating func allOrFields(_ node: PolicyNode?, permits: Bool) -> FieldNames? {
        guard let node, case .scalar("all", _) = node.content else { return fields(node, "fields") }
        if permits {
            refuse(node.place, "a rule that permits names its fields", hint: "name them, and what is sensitive one by one")
            return nil
        }
        return .everything
    }

    /// The beginning of a calendar date in the Netherlands.
    fileprivate mutating func startOfDay(_ node: PolicyNode?, _ what: String) -> Instant? {
        date(node, what).flatMap { CalendarDate($0) }.map { WorkingCalendar().startOfDay($0) }
    }
}
