import Casework
import Foundation
import Testing

@testable import Disclosure

@Suite("Text vectors, one fault each")
struct VectorTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Vectors/decisions").standardized
    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".txt") && $0 != "base.txt" }
        .sorted()

    /// The rules that exist; the reasons of rules that do not exist yet have no vector.
    static let built: [RefusalReason] = [
        .noCovenant, .covenantExpired, .covenantUnsigned, .partyNotInCovenant, .purposeNotCovered, .fieldNotCovered, .noGround,
        .consentMissing,
        .consentRefused,
        .consentWithdrawn, .consentExpired, .groundNotAllowed, .partnerProtocol, .secrecyIndicator, .objectionPending, .deceased,
        .filerNotAllowed, .unknownFact, .statuteForbids, .policeCondition, .professionalSecrecy, .secondPersonMissing,
        .justificationMissing, .necessityMissing, .leverMissing, .representativeMissing, .representativesDiffer, .ageUnknown,
        .fieldNotInPack,
    ]

    @Test("the decision is as the vector says", arguments: names) func vector(name: String) throws {
        let base = try Vector(text: String(contentsOf: Self.folder.appending(path: "base.txt"), encoding: .utf8))
        let vector = try Vector(text: String(contentsOf: Self.folder.appending(path: name), encoding: .utf8))
        let scenario = try vector.over(base).scenario()
        #expect(summary(scenario.decide()) == vector.lines["expect"]?.first)
    }

    @Test("the base alone is permitted") func base() throws {
        let base = try Vector(text: String(contentsOf: Self.folder.appending(path: "base.txt"), encoding: .utf8))
        #expect(try summary(base.scenario().decide()) == base.lines["expect"]?.first)
    }

    @Test("each reason whose rule is built has a vector named by it", arguments: built) func reasonHasVector(reason: RefusalReason) {
        #expect(Self.names.contains { $0 == "\(reason.rawValue).txt" })
    }

    private func summary(_ decision: DisclosureDecision) -> String {
        switch decision {
        case .refused(let reasons): return "refused " + reasons.map(\.rawValue).joined(separator: " ")
        case .permitted(let permission):
            let granted = permission.grants.map { $0.fields.paths.joined(separator: " ") }
            let left = permission.leftOut.map { "\($0.field.path) \($0.reason.rawValue)" }
            return "permitted " + granted.joined(separator: " / ") + (left.isEmpty ? "" : "; without " + left.joined(separator: ", "))
        }
    }
}

/// One vector: lines `key: value`; `#` begins a comment. A key in a vector replaces all lines of that key in the base.
struct Vector {
    var lines: [String: [String]] = [:]
    struct Unreadable: Error { let line: String }

    init(text: String) throws {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { throw Unreadable(line: String(line)) }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            lines[String(line[..<colon]), default: []].append(value)
        }
    }
    func over(_ base: Vector) -> Vector {
        var result = base
        result.lines.merge(lines) { $1 }
        return result
    }

    func scenario() throws -> Scenario {
        var scenario = Scenario()
        scenario.now = try instant(one("now"))
        scenario.sender = try oin(one("sender"))
        scenario.recipient = try oin(one("recipient"))
        scenario.role = StaffRole(rawValue: try one("role"))
        scenario.purpose = Purpose(rawValue: try one("purpose"))
        scenario.ground = try ground(one("ground"))
        scenario.fields = try fields(one("fields"))
        scenario.mayFile = try optional("mayFile")?.split(separator: " ").compactMap { StaffRole(rawValue: String($0)) }
        let domains = try optional("lifeDomains")?.split(separator: " ").compactMap { LifeDomain(rawValue: String($0)) }
        scenario.lifeDomains = domains.map { Set($0) }
        scenario.covenants = try covenants()
        scenario.statutes = try statutes()
        scenario.facts = [:]
        if try one("person") == "known" { scenario.facts[Names.anna] = try facts() }
        return scenario
    }

    private func one(_ key: String) throws -> String {
        guard let value = lines[key]?.first else { throw Unreadable(line: key) }
        return value
    }
    /// The value, or nil for `-`.
    private func optional(_ key: String) throws -> String? { try one(key) == "-" ? nil : one(key) }
    private func instant(_ text: some StringProtocol) throws -> Instant {
        guard let ms = Int64(text) else { throw Unreadable(line: String(text)) }
        return at(ms)
    }
    private func oin(_ name: some StringProtocol) throws -> OrganisationNumber {
        switch name {
        case "municipality": Names.municipality
        case "debtHelp": Names.debtHelp
        case "housing": Names.housing
        default: throw Unreadable(line: String(name))
        }
    }
    private func fields(_ text: some StringProtocol) throws -> FieldNames {
        try text.split(separator: ",").reduce([]) {
            guard let names = FieldNames(prefix: String($1)) else { throw Unreadable(line: String($1)) }
            return $0.union(names)
        }
    }
    private func ground(_ text: some StringProtocol) throws -> LawfulGround {
        guard let ground = LawfulGround(String(text)) else { throw Unreadable(line: String(text)) }
        return ground
    }

    /// `key value key value …` after the line's first word.
    private func words(_ line: String) -> (first: String, rest: [String: String]) {
        let words = line.split(separator: " ").map(String.init)
        var rest: [String: String] = [:]
        for place in stride(from: 1, to: words.count - 1, by: 2) { rest[words[place]] = words[place + 1] }
        return (words.first ?? "", rest)
    }
    private func list(_ text: String?) -> [Substring] { text.map { $0 == "-" ? [] : $0.split(separator: ",") } ?? [] }

    private func covenants() throws -> [Covenant] {
        guard let term = try optional("covenant") else { return [] }
        let (from, rest) = words(term)
        let parties = try (lines["party"] ?? []).map { line in
            let (name, rest) = words(line)
            return CovenantParty(
                oin: try oin(name), name: name, direction: CovenantParty.Direction(rawValue: rest["as"] ?? "") ?? .both, role: .controller,
                from: try rest["from"].map { try instant($0) }, until: try rest["until"].map { try instant($0) },
                sectors: list(rest["sector"]).map(String.init), refuses: try fields(rest["refuses"] ?? ""),
                limits: try ["giving", "taking"].compactMap { side in
                    try PartyLimit.Side(rawValue: side).flatMap { side in
                        try rest[side.rawValue].map {
                            PartyLimit(
                                side, fields: try fields($0), purposes: list(rest["limitFor"]).map { Purpose(rawValue: String($0)) },
                                sectors: list(rest["limitWith"]).map(String.init))
                        }
                    }
                }, hasSigned: rest["signed"] != "no")
        }
        let articles = try (lines["article"] ?? []).map { line in
            let (number, rest) = words(line)
            return Article(
                number: number, purpose: Purpose(rawValue: rest["for"] ?? ""), from: try list(rest["from"]).map { try oin($0) },
                to: try list(rest["to"]).map { try oin($0) }, fields: try fields(rest["of"] ?? ""),
                grounds: try list(rest["on"]).map { try ground($0) }, bsnUnder: rest["bsnUnder"].flatMap { LegalArticle($0) },
                text: PlainText(nl: "proef", en: "test"))
        }
        return [
            Covenant(
                id: "vector", version: 1, title: PlainText(nl: "proef", en: "test"), validFrom: try instant(from),
                validUntil: try rest["until"].map { try instant($0) }, parties: parties, articles: articles)
        ]
    }

    /// `rule: <article> does <verb or ground kind> from <sectors> to <same,sectors> under <acts> of <fields> …`; `any` and `!sector` as they read.
    /// `acts: <acts>`: those that the policy knows.
    private func statutes() throws -> [Statute] {
        let rules = try (lines["rule"] ?? []).map { line -> StatuteRule in
            let (name, rest) = words(line)
            guard let article = LegalArticle(name), let effect = effect(rest["does"] ?? "", article, crossing: rest["crossing"] == "yes")
            else { throw Unreadable(line: line) }
            let to = list(rest["to"] ?? "any").map(String.init)
            return StatuteRule(
                article: article, effect: effect, holder: sectors([rest["from"] ?? "any"]),
                recipients: .init(sameController: to.contains("same"), others: to == ["same"] ? nil : sectors(to.filter { $0 != "same" })),
                sources: rest["under"].map { list($0).map(String.init) }, ofPartnersToo: rest["partners"] == "yes",
                purposes: rest["for"].map { list($0).map { Purpose(rawValue: String($0)) } }, fields: try fields(rest["of"] ?? ""),
                necessity: rest["necessity"] != "no", validFrom: try instant(rest["since"] ?? "0"),
                validUntil: try rest["until"].map { try instant($0) },
                bill: rest["bill"] == "yes", text: PlainText(nl: "proef", en: "test"))
        }
        let ages = try (lines["consentAge"] ?? []).map { try consentAge($0) }
        if rules.isEmpty && ages.isEmpty { return [] }
        let title = PlainText(nl: "proef", en: "test")
        let known = list(try one("acts")).map { Statute(id: String($0), title: title, asOf: lawAsOf, rules: []) }
        return known + [Statute(id: "vector", title: title, asOf: lawAsOf, rules: rules, consentAges: ages)]
    }
    /// `consentAge: <article> under <years> from <years> of <acts> except <purposes> …`; without `of` it is about whatever act.
    private func consentAge(_ line: String) throws -> ConsentAge {
        let (name, rest) = words(line)
        guard let article = LegalArticle(name), let under = rest["under"].flatMap({ Int($0) }), let from = rest["from"].flatMap({ Int($0) })
        else { throw Unreadable(line: line) }
        return ConsentAge(
            article: article, sources: rest["of"].map { list($0).map(String.init) },
            exceptPurposes: list(rest["except"]).map { Purpose(rawValue: String($0)) }, representativeUnder: under, personFrom: from,
            validFrom: try instant(rest["since"] ?? "0"), validUntil: try rest["until"].map { try instant($0) },
            text: PlainText(nl: "proef", en: "test"))
    }
    /// `age: <years>` or `<youngest>-<oldest>`; `representative: <number> as <office> for <purposes> aside yes`.
    private func representation() throws -> Representation? {
        guard let years = try optional("age")?.split(separator: "-").compactMap({ Int($0) }), let youngest = years.first,
            let oldest = years.last
        else { return nil }
        let representatives = try (lines["representative"] ?? []).map { line -> Representative in
            let (number, rest) = words(line)
            guard let office = Representative.Office(rawValue: rest["as"] ?? "parentalAuthority") else { throw Unreadable(line: line) }
            return Representative(
                id: try representative(number), office: office,
                purposes: rest["for"].map { list($0).map { Purpose(rawValue: String($0)) } },
                isSetAside: rest["aside"] == "yes")
        }
        return Representation(ages: PossibleAges(youngest...oldest), representatives: representatives)
    }
    private func representative(_ number: String) throws -> RepresentativeID {
        guard let low = UInt64(number) else { throw Unreadable(line: number) }
        return RepresentativeID(high: 1, low: low)
    }
    private func effect(_ word: String, _ article: LegalArticle, crossing: Bool) -> StatuteRule.Effect? {
        switch word {
        case "forbids": .forbids
        case "forbidsOnward": .forbidsOnward
        case "forbidsUnlessReleased": .forbidsUnlessReleased
        case "onlyToThese": .onlyToThese
        case "requiresConsent": .requiresConsent
        case "vitalInterest": .permits(.vitalInterest, acrossSecrecy: crossing)
        default: LawfulGround("\(word):\(article.text)").map { .permits($0, acrossSecrecy: crossing) }
        }
    }
    private func sectors(_ names: [String]) -> Sectors {
        if names == ["any"] { return .any }
        return names.first?.first == "!" ? .except(names.map { String($0.dropFirst()) }) : .only(names)
    }
    private func holding(_ line: String) throws -> Holding {
        let (act, rest) = words(line)
        return Holding(
            fields: try fields(rest["of"] ?? ""), act: act == "unmarked" ? nil : act, organisation: try oin(rest["by"] ?? "municipality"))
    }

    private func facts() throws -> SubjectFacts {
        let consents = try optional("consents") == nil ? nil : (lines["consent"] ?? []).map { try consent($0) }
        let objections: [Objection]? = try optional("objection").map { name in
            let (who, rest) = words(name)
            return who == "none"
                ? []
                : [Objection(id: ObjectionID(high: 1, low: 1), recipients: [try oin(who)], purposes: [], isUpheld: rest["is"] == "upheld")]
        }
        return SubjectFacts(
            consents: consents, deceased: try optional("deceased").map { $0 == "yes" },
            secrecyIndicator: try optional("secrecy").flatMap(Int.init),
            objections: objections, representation: try representation(),
            held: try optional("held") == nil ? nil : (lines["held"] ?? []).map { try holding($0) },
            justifications: try optional("justified") == nil ? nil : (lines["justification"] ?? []).map { try justification($0) },
            levers: try optional("levers") == nil ? nil : (lines["lever"] ?? []).map { try lever($0) })
    }
    /// `lever: <kind> on <article> by <organisations> from … until … review … ended …`; what is absent is as asked, and holds.
    private func lever(_ line: String) throws -> Lever {
        let (kind, rest) = words(line)
        guard let kind = LeverKind(rawValue: kind),
            let article = try rest["on"].map({ LegalArticle($0) }) ?? LawfulGround(one("ground"))?.article
        else { throw Unreadable(line: line) }
        return Lever(
            id: LeverID(high: 1, low: 1), kind: kind, article: article, signers: try list(rest["by"] ?? "municipality").map { try oin($0) },
            from: try instant(rest["from"] ?? "0"), until: try instant(rest["until"] ?? "1000"),
            reviewBy: try instant(rest["review"] ?? "1000"), endedAt: try rest["ended"].map { try instant($0) })
    }
    /// `justification: <agreed or waiting> to <oin> for <purpose> on <ground> of <fields> necessary <fields> …`; what is absent is as asked.
    private func justification(_ line: String) throws -> Justification {
        let (state, rest) = words(line)
        let of = try rest["of"].map { try fields($0) } ?? .everything
        return Justification(
            id: JustificationID(high: 1, low: 1), recipient: try oin(rest["to"] ?? one("recipient")),
            purpose: Purpose(rawValue: try rest["for"] ?? one("purpose")), ground: try ground(rest["on"] ?? one("ground")), fields: of,
            necessary: try rest["necessary"].map { try fields($0) } ?? of, weighsSecrecy: rest["weighed"] != "no",
            agreedAt: state == "agreed" ? try instant(rest["since"] ?? "50") : nil, until: try instant(rest["until"] ?? "1000"),
            endedAt: try rest["ended"].map { try instant($0) })
    }
    private func consent(_ line: String) throws -> ConsentRecord {
        let (answer, rest) = words(line)
        guard let answer = ConsentRecord.Answer(rawValue: answer) else { throw Unreadable(line: line) }
        let recipients = try list(rest["to"]).map { name -> ConsentRecipient in
            try ConsentRecipient(String(name)) ?? .organisation(oin(name))
        }
        return ConsentRecord(
            id: ConsentID(high: 1, low: 1), by: try rest["by"].map { .representative(try representative($0)) } ?? .person, answer: answer,
            recipients: recipients,
            purposes: rest["for"].map { list($0).map { Purpose(rawValue: String($0)) } }, fields: try fields(rest["of"] ?? ""),
            from: try instant(rest["from"] ?? "0"), until: try rest["until"].map { try instant($0) },
            recordedAt: try instant(rest["recorded"] ?? "0"), withdrawnAt: try rest["withdrawn"].map { try instant($0) })
    }
}
