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
    guard let top = reader.mapping(root, keys: ["schema", "id", "title", "name", "asOf", "work", "consent", "rules"], of: "an act") else {
        return nil
    }
    let id = reader.camelCase(reader.required(top, "id"), "name of an act")
    if let id, id != fileName {
        reader.refuse(top.place(of: "id"), "the act `\(id)` stands in `\(fileName).yaml`", hint: "name the file `\(id).yaml`")
    }
    let title = reader.plainText(reader.required(top, "title"), "title")
    let name = reader.optional(top, "name").flatMap { reader.plainText($0, "name") }
    let asOf = reader.date(reader.required(top, "asOf"), "asOf").flatMap { CalendarDate($0) }
    let work = reader.optional(top, "work").flatMap { readWork($0, of: id ?? fileName, reader: &reader) }
    var rules: [StatuteRule] = []
    var sources: [(act: String, place: Place)] = []
    for node in reader.list(reader.required(top, "rules"), "rules") ?? [] {
        if let rule = readRule(node, of: id ?? fileName, sources: &sources, reader: &reader) { rules.append(rule) }
    }
    var ages: [ConsentAge] = []
    if top.entries["consent"] != nil {
        for node in reader.list(reader.required(top, "consent"), "consent") ?? [] {
            if let age = readConsentAge(node, of: id ?? fileName, sources: &sources, reader: &reader) { ages.append(age) }
        }
    }
    guard reader.faults.isEmpty, let id, let title, let asOf else { return nil }
    let statute = Statute(id: id, title: title, name: name, asOf: asOf, rules: rules, consentAges: ages, work: work)
    return ReadStatute(file: reader.file, statute: statute, sources: sources)
}

/// The work in which data are obtained under an act: its article and what it is called.
private func readWork(_ node: PolicyNode, of act: String, reader: inout FileReader) -> StatuteWork? {
    guard let work = reader.mapping(node, keys: ["article", "text"], of: "the work") else { return nil }
    let article = reader.article(work, of: act)
    let text = reader.plainText(reader.required(work, "text"), "text")
    guard let article, let text else { return nil }
    return StatuteWork(article: article, text: text)
}

/// From which age somebody consents to the sharing of what was obtained under an act.
private func readConsentAge(
    _ node: PolicyNode, of act: String, sources: inout [(act: String, place: Place)], reader: inout FileReader
) -> ConsentAge? {
    let keys = ["article", "obtainedUnder", "exceptPurposes", "representativeUnder", "personFrom", "from", "until", "text"]
    guard let age = reader.mapping(node, keys: keys, of: "an age of consent") else { return nil }
    let article = reader.article(age, of: act)
    let obtained = reader.obtainedUnder(age, sources: &sources)
    let except = reader.list(reader.optional(age, "exceptPurposes"), "exceptPurposes")?.compactMap {
        reader.camelCase($0, "purpose").map(Purpose.init(rawValue:))
    }
    let representativeUnder = reader.age(reader.required(age, "representativeUnder"), "representativeUnder")
    let personFrom = reader.age(reader.required(age, "personFrom"), "personFrom")
    if let representativeUnder, let personFrom, personFrom > representativeUnder {
        reader.refuse(
            age.place(of: "personFrom"), "at the age of \(representativeUnder) nobody would be asked",
            hint: "`personFrom` is at most `representativeUnder`")
    }
    let term = reader.inForce(age)
    let text = reader.plainText(reader.required(age, "text"), "text")
    guard let article, let obtained, let representativeUnder, let personFrom, let from = term.from, let text else { return nil }
    return ConsentAge(
        article: article, sources: obtained.named, exceptPurposes: except ?? [], representativeUnder: representativeUnder,
        personFrom: personFrom, validFrom: from, validUntil: term.until, text: text)
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
    let obtained = reader.obtainedUnder(rule, sources: &sources)
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
    let term = reader.inForce(rule)
    let bill = reader.truth(reader.optional(rule, "bill"), "bill") ?? false
    if bill, let verb, verb != .permitsWithoutConsent {
        reader.refuse(
            rule.place(of: "bill"), "a bill forbids nothing yet", hint: "list of a bill what it would permit, or leave the rule out")
    }
    let text = reader.plainText(reader.required(rule, "text"), "text")
    guard let article, let effect, let holder, let recipients, let obtained, let purposes, let fields, let necessity, let from = term.from,
        let text
    else { return nil }
    return StatuteRule(
        article: article, effect: effect, holder: holder, recipients: recipients, sources: obtained.named, ofPartnersToo: ofPartnersToo,
        purposes: purposes.named, fields: fields, necessity: necessity == .stated, validFrom: from, validUntil: term.until, bill: bill,
        text: text)
}

/// The word `any` (nil), or a list.
private struct AnyOr<Element> {
    let named: [Element]?
}

extension FileReader {
    /// The acts under which data were obtained, each noted with its place.
    fileprivate mutating func obtainedUnder(_ mapping: PolicyMapping, sources: inout [(act: String, place: Place)]) -> AnyOr<String>? {
        var named: [(act: String, place: Place)] = []
        let obtained = anyOr(required(mapping, "obtainedUnder"), "obtainedUnder") { reader, node in
            let act = reader.camelCase(node, "name of an act")
            if let act { named.append((act, node.place)) }
            return act
        }
        sources += named
        return obtained
    }

    /// From when until when something is in force.
    fileprivate mutating func inForce(_ mapping: PolicyMapping) -> (from: Instant?, until: Instant?) {
        let from = startOfDay(required(mapping, "from"), "from")
        let until = startOfDay(optional(mapping, "until"), "until")
        if let from, let until, until <= from {
            refuse(mapping.place(of: "until"), "`until` is not later than `from`", hint: "a rule without an end has no `until`")
        }
        return (from, until)
    }

    /// An age in whole years, at most the one from which nobody is a child.
    fileprivate mutating func age(_ node: PolicyNode?, _ what: String) -> Int? {
        guard let node, let years = count(node, what) else { return nil }
        guard years <= PossibleAges.majority else {
            refuse(node.place, "`\(what)` is beyond \(PossibleAges.majority)", hint: "an adult consents alone")
            return nil
        }
        return years
    }

    /// The article of this act whose number stands at `article`.
    fileprivate mutating func article(_ mapping: PolicyMapping, of act: String) -> LegalArticle? {
        guard let number = text(required(mapping, "article"), "article") else { return nil }
        guard let article = LegalArticle("\(act).\(number)"), article.isWellFormed else {
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

    /// Field names; `all`, and prefixes that cover everything below them, only where nothing is permitted: a rule that permits must name what
    /// is sensitive.
    fileprivate mutating func allOrFields(_ node: PolicyNode?, permits: Bool) -> FieldNames? {
        guard let node, case .scalar("all", _) = node.content else { return fields(node, "fields", broadly: !permits) }
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
