import Casework
import Testing

@testable import Disclosure

@Suite("Minimising, and deciding again")
struct MinimiseTests {
    private func permission(_ grants: [Grant], subjects: [PersonID] = [Names.anna, Names.bert]) -> Permission {
        var scenario = Scenario()
        scenario.subjects = subjects
        return Permission(
            question: scenario.question, grants: grants, leftOut: [], articles: [], decidedAt: at(1), policyRevision: "test")
    }

    @Test("only items granted about that person stay") func keepsGranted() {
        let permission = permission([Grant(subject: Names.anna, fields: [.name]), Grant(subject: Names.bert, fields: [.phone])])
        let anna = item(.name, about: Names.anna, text: "a")
        let bert = item(.phone, about: Names.bert, text: "b")
        let content = CaseContent(items: [
            anna, item(.phone, about: Names.anna, text: "c"), item(.name, about: Names.bert, text: "d"), bert,
            item(.freeText, about: nil, text: "e"), item(.name, about: nil, text: "f"),
        ])
        #expect(permission.minimise(content)?.items == [anna, bert])
    }

    @Test("content of somebody who is no subject is refused, not filtered") func refusesOthers() {
        let permission = permission([Grant(subject: Names.anna, fields: [.name])])
        let content = CaseContent(items: [item(.name, about: Names.anna, text: "a"), item(.name, about: Names.carla, text: "c")])
        #expect(permission.minimise(content) == nil)
    }

    @Test("household-wide items need the household's grant") func householdNeedsItsGrant() {
        let members = item(.householdMembers, about: nil, text: "m")
        let content = CaseContent(items: [members])
        #expect(permission([Grant(subject: Names.anna, fields: .everything)]).minimise(content)?.items == [])
        #expect(permission([Grant(subject: nil, fields: [.householdMembers])]).minimise(content)?.items == [members])
    }

    @Test("a subject without a grant keeps nothing") func noGrantKeepsNothing() {
        let permission = permission([Grant(subject: Names.anna, fields: [.name])])
        #expect(permission.minimise(CaseContent(items: [item(.name, about: Names.bert, text: "b")]))?.items == [])
    }

    @Test("a permission covers what is within it and nothing else") func covers() {
        let wide = permission([Grant(subject: Names.anna, fields: [.name, .phone]), Grant(subject: nil, fields: [.freeText])])
        let narrow = permission([Grant(subject: Names.anna, fields: [.name])])
        #expect(wide.covers(narrow) && wide.covers(wide) && wide.covers(wide.scopes))
        #expect(!narrow.covers(wide))
        #expect(!wide.covers([SealedScope(subject: Names.bert, fields: [.name])]))
        #expect(!wide.covers([SealedScope(subject: nil, fields: [.householdMembers])]))
        #expect(!wide.covers([SealedScope]()))
    }

    @Test("a permission for another recipient, purpose or ground covers nothing") func otherQuestion() {
        func permission(_ change: (inout Scenario) -> Void) -> Permission {
            var scenario = Scenario()
            change(&scenario)
            return Permission(
                question: scenario.question, grants: [Grant(subject: Names.anna, fields: [.name])], leftOut: [], articles: [],
                decidedAt: at(1), policyRevision: "test")
        }
        let sealed = permission { _ in }
        #expect(permission { _ in }.covers(sealed))
        #expect(!permission { $0.recipient = Names.housing }.covers(sealed))
        #expect(!permission { $0.sender = Names.housing }.covers(sealed))
        #expect(!permission { $0.purpose = Names.housingAdvice }.covers(sealed))
        #expect(!permission { $0.ground = .vitalInterest }.covers(sealed))
    }
}

@Suite("Field names")
struct FieldNameTests {
    @Test("a prefix covers what is below it, except what must be named") func prefixes() {
        #expect(FieldNames(prefix: "identification") == [.name, .birthDate])
        #expect(FieldNames(prefix: "identification.bsn") == [.bsn])
        #expect(FieldNames(prefix: "contact") == [.address, .phone, .email, .safeWay])
        #expect(FieldNames(prefix: "household") == [.householdMembers])
        let domains = FieldNames(prefix: "domains")
        for domain in LifeDomain.allCases {
            #expect(domains?.contains(.concern(domain)) == !domain.mustBeNamed)
            #expect(domains?.contains(.observation(domain)) == !domain.mustBeNamed)
            #expect(FieldNames(prefix: "domains.\(domain.rawValue)") == [.concern(domain), .observation(domain)])
        }
        #expect(FieldNames(prefix: "health") == [.health])
        #expect(FieldNames(prefix: "freeText") == [.freeText])
    }

    @Test("a prefix of a no covers all that is below it") func broadPrefixes() {
        #expect(FieldNames(broadPrefix: "identification") == [.name, .birthDate, .bsn])
        #expect(FieldNames(broadPrefix: "contact") == FieldNames(prefix: "contact"))
        #expect(
            FieldNames(broadPrefix: "domains") == FieldNames(LifeDomain.allCases.flatMap { [FieldName.concern($0), .observation($0)] }))
        #expect(FieldNames(broadPrefix: "health") == [.health] && FieldNames(broadPrefix: "domain") == nil)
        for field in FieldName.all { #expect(FieldNames(broadPrefix: field.path) == [field]) }
    }

    @Test("five domains and four fields must be named") func mustBeNamed() {
        let named: [LifeDomain] = [.health, .psychological, .addiction, .crimeNuisance, .domesticViolence]
        #expect(LifeDomain.allCases.filter(\.mustBeNamed).sorted() == named.sorted())
        let others = FieldName.all.filter { $0.mustBeNamed && !$0.path.hasPrefix("domains.") }
        #expect(Set(others) == [.bsn, .health, .offences, .freeText])
    }

    @Test(
        "what is not in the list is no prefix", arguments: ["", ".", "domains.", "identification.", "domain", "domains.debt", "ethnicity"])
    func unknown(prefix: String) { #expect(FieldNames(prefix: prefix) == nil) }

    @Test("a list of paths is read back whatever its order; anything else in it is no list of paths") func words() {
        for fields in [[], [.freeText], FieldNames.everything, [.bsn, .concern(.debts), .health]] as [FieldNames] {
            #expect(FieldNames(words: fields.paths.joined(separator: " ")) == fields)
            #expect(FieldNames(words: fields.paths.reversed().joined(separator: " ")) == fields)
        }
        for words in ["health.", "Health", "health  bsn", " health", "contact", "identification.name ethnicity"] {
            #expect(FieldNames(words: words) == nil, "\(words)")
        }
    }

    @Test("every field keeps its place, its path and its bit") func places() {
        for (place, field) in FieldName.all.enumerated() {
            #expect(field.index == place && FieldName(path: field.path) == field && Array(FieldNames([field])) == [field])
        }
        #expect(FieldNames.everything.count == FieldName.all.count)
    }
}
