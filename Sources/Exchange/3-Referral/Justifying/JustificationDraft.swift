import Casework
import Disclosure
import Storage
import StrictJSON

/// The exceptions of GDPR 9(2) on which a public body can share special categories without consent; explicit consent, (a), is none of them.
public enum SpecialCategoryException: String, CaseIterable, Sendable {
    case socialProtection = "9(2)(b)"
    case vitalInterests = "9(2)(c)"
    case legalClaims = "9(2)(f)"
    case substantialPublicInterest = "9(2)(g)"
    case healthOrSocialCare = "9(2)(h)"
    case publicHealth = "9(2)(i)"
}

/// What whoever wants to share without consent writes down. Everything is looked at but what the sentences say.
struct JustificationDraft: Sendable {
    let to: OrganisationNumber
    let purpose: Purpose
    let fields: FieldNames
    let subjects: [PersonID]
    let ground: LawfulGround
    let capacity: Capacity
    let exception: SpecialCategoryException?
    let offencesUnder: LegalArticle?
    let consentSought: ConsentSought
    /// The account's name.
    let consulted: String?
    let until: Instant
    /// By when the resident is to be told, or telling is looked at again.
    let tellBy: Instant
    let postponedBecause: PostponementGround?
    /// Why each field is necessary, by its path.
    let necessity: [FieldName: String]
    /// The other sentences, by their names.
    let sentences: [String: String]

    static let members = [
        "to", "purpose", "fields", "subjects", "ground", "capacity", "exception", "offencesUnder", "necessity", "proportionality",
        "subsidiarity", "consent", "secrecy", "until", "tell",
    ]
    /// The longest time for which a justification holds: then whoever still needs it decides anew.
    static let longest = Term.calendar(months: 0, days: 28)

    init?(_ reader: JSONReader, at now: Instant, calendar: WorkingCalendar) {
        let optional = ["exception", "offencesUnder", "secrecy"]
        guard let body = reader.object(Self.members, required: Self.members.filter { !optional.contains($0) }) else { return nil }
        let to = body["to"]?.organisation()
        let purpose = body["purpose"]?.purpose()
        let fields = body["fields"]?.someFieldNames()
        let subjects = body["subjects"]?.subjects()
        let ground = body["ground"]?.ground()
        if ground == .consent {
            body["ground"]?.fault(
                "invalid-ground", "who gave consent needs no justification", hint: "name the ground that is claimed instead")
        }
        let capacity = body["capacity"]?.oneOf(Capacity.self)
        exception = body["exception"]?.oneOf(SpecialCategoryException.self)
        offencesUnder = body["offencesUnder"]?.article()
        if let fields {
            if !fields.isDisjoint(with: .specialCategories), body["exception"] == nil {
                body.fault(
                    "missing-exception", "special categories are among the fields",
                    hint: "name the exception of GDPR 9(2) under `exception`")
            }
            if !fields.isDisjoint(with: .ofOffences), body["offencesUnder"] == nil {
                body.fault("missing-article", "offences are among the fields", hint: "name the article under `offencesUnder` (GDPR 10)")
            }
        }
        necessity = body["necessity"]?.necessity(of: fields ?? .everything) ?? [:]
        var sentences: [String: String] = [:]
        for name in ["proportionality", "subsidiarity"] { sentences[name] = body[name]?.sentence() }
        let sought = body["consent"]?.object(["sought", "because"], required: ["sought"])
        let consentSought = sought?["sought"]?.oneOf(ConsentSought.self)
        if let because = sought?["because"] { sentences["notAskedBecause"] = because.sentence() }
        if let sought, (consentSought == .notAsked) != (sought["because"] != nil), consentSought != nil {
            sought.fault("contradictory", "a reason belongs to consent that was not asked", hint: "send `because` with `notAsked` only")
        }
        let secrecy = body["secrecy"]?.object(["conflictOfDuties", "consulted"], required: ["conflictOfDuties", "consulted"])
        if let duties = secrecy?["conflictOfDuties"] { sentences["conflictOfDuties"] = duties.sentence() }
        consulted = secrecy?["consulted"]?.string(maxLength: 100)
        let until = body["until"]?.lastDay(after: now, within: Self.longest, calendar)
        let tell = body["tell"]?.telling(after: now, calendar)
        guard let to, let purpose, let fields, let subjects, let ground, let capacity, let consentSought, let until, let tell else {
            return nil
        }
        self.to = to
        self.purpose = purpose
        self.fields = fields
        self.subjects = subjects
        self.ground = ground
        self.capacity = capacity
        self.consentSought = consentSought
        self.until = until
        tellBy = tell.by
        postponedBecause = tell.postponedBecause
        self.sentences = sentences
    }

    /// What is written down, as it is sealed: canonical JSON (RFC 8785).
    var sentencesJSON: JSONValue {
        var json = JSONObject(unique: sentences.map { .init(name: $0.key, value: .string($0.value)) })
        json["necessity"] = .object(JSONObject(unique: necessity.map { .init(name: $0.key.path, value: .string($0.value)) }))
        return .object(json)
    }
}

extension JSONReader {
    /// One sentence or a few: not empty, at most 500 characters.
    func sentence() -> String? {
        guard let text = string(maxLength: 500) else { return nil }
        if text.allSatisfy(\.isWhitespace) {
            fault("empty", "nothing is written here", hint: "say it in a sentence")
            return nil
        }
        return text
    }

    /// An article of an act.
    func article() -> LegalArticle? {
        guard let text = string(maxLength: 80) else { return nil }
        guard let article = LegalArticle(text) else {
            fault("invalid-article", "this is not an article of an act", hint: "write it as `<act>.<article>`")
            return nil
        }
        return article
    }

    /// `{<field>: <sentence>}`, each field written in full.
    fileprivate func necessity(of asked: FieldNames) -> [FieldName: String]? {
        guard let object = object(FieldName.all.map(\.path)) else { return nil }
        var found: [FieldName: String] = [:]
        for field in FieldName.all {
            guard let text = object[field.path] else { continue }
            if !asked.contains(field) { text.fault("not-asked", "this field is not among `fields`", hint: "leave it out, or ask for it") }
            found[field] = text.sentence()
        }
        return found
    }

    /// A day that comes after today, or is today, and lies within a term; as the first instant after it.
    fileprivate func lastDay(after now: Instant, within term: Term, _ calendar: WorkingCalendar) -> Instant? {
        guard let day = date() else { return nil }
        let latest = calendar.localDate(of: calendar.adding(term, to: now))
        guard day >= calendar.localDate(of: now), day <= latest else {
            fault("out-of-range", "this day has passed, or is too far away", hint: "today, or a day until \(latest)")
            return nil
        }
        return calendar.startOfDay(day.adding(days: 1))
    }

    /// `{by}` or `{postponed: {ground, reviewOn}}`.
    fileprivate func telling(after now: Instant, _ calendar: WorkingCalendar) -> (by: Instant, postponedBecause: PostponementGround?)? {
        guard let object = object(["by", "postponed"]) else { return nil }
        if (object["by"] == nil) == (object["postponed"] == nil) {
            fault("one-of", "the resident is told by a day, or telling is postponed", hint: "send either `by` or `postponed`")
            return nil
        }
        if let by = object["by"] { return by.lastDay(after: now, within: .telling, calendar).map { ($0, nil) } }
        let later = object["postponed"]?.object(["ground", "reviewOn"], required: ["ground", "reviewOn"])
        let ground = later?["ground"]?.oneOf(PostponementGround.self)
        let review = later?["reviewOn"]?.lastDay(after: now, within: .telling, calendar)
        guard let ground, let review else { return nil }
        return (review, ground)
    }
}
