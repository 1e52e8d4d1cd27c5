import Casework
import Disclosure
import StrictJSON

/// A signal as it was filed, read and checked, before anything of it is stored.
struct SignalFiling: Sendable {
    /// A value about one member or (member nil) the household.
    struct Statement: Sendable {
        let member: Int?
        let field: FieldName
        let value: ContentValue
        let obtainedBy: String?
        let under: LegalArticle?
    }
    /// What one member answered about sharing.
    struct Answer: Sendable {
        /// The letter of the representative who gave it; nil where the member did.
        var by: String?
        let answer: ConsentRecord.Answer
        let recipients: [ConsentRecipient]
        let purposes: [Purpose]?
        let fields: FieldNames
        let until: Instant?
        let reason: String?
        let language: String?
        let textVersion: String?
        /// What stands on the card that was left behind.
        let card: ConsentCard?
        /// Whether somebody looked that a yes was free.
        let freely: Bool
    }
    struct Member: Sendable {
        let ref: String
        let bsn: CitizenServiceNumber?
        /// As far as the filer knows.
        let age: KnownAge
        let registration: Registration
        let representatives: [FiledRepresentative]
        let answers: [Answer]
    }
    let channel: IntakeChannel
    let knowsWhomToCall: Bool
    let capacity: Capacity?
    let area: String?
    let domains: [LifeDomain]
    let members: [Member]
    let statements: [Statement]

    /// Every field that was filed.
    var fields: FieldNames { FieldNames(statements.map(\.field)) }

    /// - Parameter acts: the acts of the policy in force, by id; nil where others may be named.
    init?(_ reader: JSONReader, acts: Set<String>?, at now: Instant) {
        guard
            let body = reader.object(
                ["channel", "knowsWhomToCall", "capacity", "household", "concerns", "area", "freeText"],
                required: ["channel", "knowsWhomToCall", "concerns"])
        else { return nil }
        let household = body["household"]?.object(["members"], required: ["members"])?["members"]?.array(max: 20)
        if let household, household.isEmpty {
            body.fault("empty-household", "a household has members", hint: "leave `household` out to file without identity")
        }
        var statements: [Statement] = []
        var members: [Member] = []
        for (place, reader) in (household ?? []).enumerated() {
            guard let member = Self.member(reader, at: place, acts: acts, now: now, into: &statements) else { continue }
            if members.contains(where: { $0.ref == member.ref }) {
                reader.fault("duplicate-ref", "another member has this ref", hint: "give each member a letter of its own")
            }
            members.append(member)
        }
        if members.count > 1 {
            statements.append(Statement(member: nil, field: .householdMembers, value: .flag(true), obtainedBy: nil, under: nil))
        }
        var domains: [LifeDomain] = []
        let concerns = body["concerns"]?.array(max: 60)
        if let concerns, concerns.isEmpty { body.fault("no-concern", "a signal names at least one concern", hint: "name a life domain") }
        for reader in concerns ?? [] {
            guard let domain = Self.concern(reader, members: members, acts: acts, into: &statements) else { continue }
            if !domains.contains(domain) { domains.append(domain) }
        }
        if let text = body["freeText"]?.string(maxLength: 4000) {
            statements.append(Statement(member: nil, field: .freeText, value: .text(text), obtainedBy: nil, under: nil))
            if household == nil {
                body.fault("free-text-without-household", "without a household there is no free text", hint: "leave `freeText` out")
            }
        }
        let area = body["area"]?.string(maxLength: 4)
        if let area, area.utf8.count != 4 || !area.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
            body["area"]?.fault("invalid-area", "an area is the four digits of a postcode", hint: "write 2512, not 2512 AB")
        }
        let capacity = body["capacity"]?.oneOf(Capacity.self)
        let channel = body["channel"]?.oneOf(IntakeChannel.self)
        let knows = body["knowsWhomToCall"]?.bool()
        guard let channel, let knows else { return nil }
        if knows, channel == .meldcode {
            body["knowsWhomToCall"]?.fault(
                "call-them-directly", "the meldcode is for a problem of which you do not know whom to call",
                hint: "report straight to the right agency")
        }
        self.channel = channel
        knowsWhomToCall = knows
        self.capacity = capacity
        self.area = area
        self.domains = domains
        self.members = members
        self.statements = statements
    }

    private static func concern(
        _ reader: JSONReader, members: [Member], acts: Set<String>?, into statements: inout [Statement]
    ) -> LifeDomain? {
        guard let concern = reader.object(["domain", "about", "observation", "obtainedBy", "under"], required: ["domain"]) else {
            return nil
        }
        let obtainedBy = concern["obtainedBy"]?.code(maxLength: 40)
        let under = concern["under"]?.legalArticle(of: acts)
        let observation = concern["observation"]?.string(maxLength: 4000)
        var about: [Int?] = []
        if members.isEmpty, let named = concern["about"] {
            named.fault("no-members", "there are no members to be about", hint: "leave `about` out, or name the household")
        } else if let named = concern["about"]?.array(max: 20) {
            if named.isEmpty {
                concern["about"]?.fault("about-nobody", "a concern is about somebody", hint: "name a ref, or leave `about` out")
            }
            for reader in named {
                guard let ref = reader.string(maxLength: 3) else { continue }
                guard let place = members.firstIndex(where: { $0.ref == ref }) else {
                    reader.fault("unknown-ref", "no member has this ref", hint: "use a ref of household.members")
                    continue
                }
                if !about.contains(place) { about.append(place) }
            }
        } else if !members.isEmpty {
            about = members.indices.map { $0 }
        }
        guard let domain = concern["domain"]?.oneOf(LifeDomain.self) else { return nil }
        for member in members.isEmpty ? [nil] : about {
            statements.append(Statement(member: member, field: .concern(domain), value: .flag(true), obtainedBy: obtainedBy, under: under))
            if let observation {
                statements.append(
                    Statement(member: member, field: .observation(domain), value: .text(observation), obtainedBy: obtainedBy, under: under))
            }
        }
        return domain
    }

    private static func member(
        _ reader: JSONReader, at place: Int, acts: Set<String>?, now: Instant, into statements: inout [Statement]
    ) -> Member? {
        guard
            let member = reader.object(
                [
                    "ref", "name", "birthDate", "adult", "secrecyIndicator", "deceased", "bsn", "contact", "under", "representatives",
                    "consents",
                ],
                required: ["ref", "consents"])
        else { return nil }
        let under = member["under"]?.legalArticle(of: acts)
        func add(_ field: FieldName, _ value: ContentValue) {
            statements.append(Statement(member: place, field: field, value: value, obtainedBy: nil, under: under))
        }
        if let name = member["name"]?.record(["given", "prefix", "family"], required: ["family"]) { add(.name, .record(name)) }
        let born = member.birthDate()
        if let born { add(.birthDate, .text(born.text)) }
        var bsn: CitizenServiceNumber?
        if let reader = member["bsn"], let text = reader.string(maxLength: 9) {
            bsn = CitizenServiceNumber(text)
            if bsn == nil {
                reader.fault("bsn-check-failed", "the number fails the eleven test", hint: "leave it out rather than guess")
            } else {
                add(.bsn, .text(text))
            }
        }
        if let contact = member["contact"]?.object(["address", "phone", "email", "safeWay"]) {
            if let address = contact["address"]?.record(
                ["street", "houseNumber", "addition", "postcode", "place"], required: ["street", "houseNumber", "place"])
            {
                add(.address, .record(address))
            }
            if let phone = contact["phone"]?.string(maxLength: 30) { add(.phone, .text(phone)) }
            if let email = contact["email"]?.string(maxLength: 254) { add(.email, .text(email)) }
            if let way = contact["safeWay"]?.string(maxLength: 500) { add(.safeWay, .text(way)) }
        }
        let consents = member["consents"]?.array(max: 40)
        if let consents, consents.isEmpty {
            member["consents"]?.fault(
                "no-answer", "each person's answer must be stated", hint: "given, refused, or notAsked with the reason")
        }
        let ref = member["ref"]?.string(maxLength: 3)
        let representatives = (member["representatives"]?.array(max: 6) ?? []).compactMap { FiledRepresentative($0, of: ref) }
        if Set(representatives.map(\.ref)).count < representatives.count {
            member["representatives"]?.fault("duplicate-ref", "two of them have one ref", hint: "give each a letter of its own")
        }
        let answers = (consents ?? []).compactMap { Answer($0, from: now, representatives: representatives) }
        let age = member.age(born, at: now)
        let (secrecyIndicator, deceased) = member.registration()
        guard let ref else { return nil }
        return Member(
            ref: ref, bsn: bsn, age: age, registration: Registration(secrecyIndicator: secrecyIndicator, deceased: deceased),
            representatives: representatives, answers: answers)
    }
}

extension SignalFiling.Answer {
    /// `{answer, by?, recipients, purposes, fields, until?, reason?, language?, textVersion?, card?, freely?}`; `by` is the letter of one of these.
    init?(_ reader: JSONReader, from: Instant, representatives: [FiledRepresentative]) {
        let common = ["answer", "by", "reason", "recipients", "purposes", "fields", "until", "language", "textVersion", "card", "freely"]
        guard let body = reader.object(common, required: ["answer"]) else { return nil }
        self.init(body, from: from)
        by = body["by"]?.string(maxLength: 3)
        if let by, !representatives.contains(where: { $0.ref == by }) {
            body["by"]?.fault("unknown-ref", "nobody who decides for this person has this ref", hint: "use a ref of `representatives`")
        }
    }

    /// The same members of an object that has others too. It holds from the instant `from`; nil where the caller looks at that itself.
    init?(_ body: JSONObjectReader, from: Instant? = nil) {
        let answer = body["answer"]?.oneOf(ConsentRecord.Answer.self)
        var recipients: [ConsentRecipient] = []
        for reader in body["recipients"]?.array(max: 40) ?? [] {
            guard let text = reader.string(maxLength: 80) else { continue }
            if let recipient = ConsentRecipient(text), recipient != .anyone || answer == .refused {
                recipients.append(recipient)
            } else {
                reader.fault("invalid-recipient", "this is not a recipient", hint: "an OIN of 20 digits, or sector:<name>")
            }
        }
        let purposes = body["purposes"]?.array(max: 40)?.compactMap { $0.purpose() }
        let fields = body["fields"]?.fieldNames(broadly: answer == .refused)
        let reason = body["reason"]?.oneOf(NotAskedReason.self)?.rawValue
        if answer == .given {
            for name in ["recipients", "purposes", "fields"] where body[name] == nil || body[name]?.value.arrayValue?.isEmpty == true {
                body.fault("missing-member", "a consent says `\(name)`", hint: "consent is to somebody, for something, about something")
            }
        } else if answer == .notAsked, body["reason"] == nil {
            body.fault(
                "missing-member", "say in `reason` why it was not asked",
                hint: NotAskedReason.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let until = body["until"]?.instant()
        if let from, let until, until <= from {
            body["until"]?.fault("contradictory-dates", "it ends before it begins", hint: "`until` lies in the future")
        }
        let language = body["language"]?.code(maxLength: 20)
        let textVersion = body["textVersion"]?.code(maxLength: 40)
        let card = body["card"]?.card()
        if let answer, answer != .given, body["card"] != nil {
            body["card"]?.fault("contradictory", "a card is for confirming a yes", hint: "leave it out")
        }
        let freely = body["freely"]?.bool()
        if freely != nil, answer != .given {
            body["freely"]?.fault("contradictory", "only a yes can be free", hint: "leave it out")
        } else if freely == false {
            body["freely"]?.fault(
                "not-free", "a yes that was not free is none (GDPR 7(4))",
                hint: "ask again so that nothing hangs on it, or record `notAsked`")
        }
        guard let answer else { return nil }
        self.answer = answer
        self.freely = freely ?? false
        self.recipients = recipients.isEmpty ? [.anyone] : recipients
        self.purposes = purposes.flatMap { $0.isEmpty ? nil : $0 }
        self.fields = fields.flatMap { $0.isEmpty ? nil : $0 } ?? .everything
        self.until = until
        self.reason = reason
        self.language = language
        self.textVersion = textVersion
        self.card = card
    }

    /// The record of this answer.
    func record(_ id: ConsentID, by speaker: Speaker, from: Instant, at now: Instant) -> ConsentRecord {
        ConsentRecord(
            id: id, by: speaker, answer: answer, recipients: recipients, purposes: purposes, fields: fields, from: from, until: until,
            recordedAt: now,
            withdrawnAt: nil)
    }
}

/// Why somebody was not asked: a closed list, since it stands beside the decision data and not among the content.
enum NotAskedReason: String, CaseIterable { case notPresent, unsafe, notAble, willBeSharedAnyway, other, tooYoung }

extension JSONReader {
    /// An article of one of these acts, or of any (nil); of another one no rule would hold.
    fileprivate func legalArticle(of acts: Set<String>?) -> LegalArticle? {
        guard let text = string(maxLength: 80) else { return nil }
        guard let article = LegalArticle(text), article.isWellFormed else {
            fault("invalid-article", "this is not an article of an act", hint: "write <act>.<article>")
            return nil
        }
        guard acts?.contains(article.act) ?? true else {
            fault("unknown-act", "the policy in force knows no such act", hint: "write the act as its file in policies/statutes is named")
            return nil
        }
        return article
    }

    /// A short code: letters, digits, dots and hyphens, so that no words about a person are taken.
    func code(maxLength: Int) -> String? {
        guard let text = string(maxLength: maxLength) else { return nil }
        guard text.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }) else {
            fault("invalid-code", "this is not a code", hint: "letters, digits, dots and hyphens")
            return nil
        }
        return text
    }

    /// An object of named texts.
    func record(_ names: [String], required: [String]) -> [String: String]? {
        guard let object = object(names, required: required) else { return nil }
        var parts: [String: String] = [:]
        for name in names { if let text = object[name]?.string(maxLength: 200) { parts[name] = text } }
        return parts
    }
}

extension UInt8 {
    /// Whether this is an ASCII letter or digit.
    fileprivate var isLetterOrDigit: Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= self || UInt8(ascii: "a")...UInt8(ascii: "z") ~= self | 0x20
    }
}
