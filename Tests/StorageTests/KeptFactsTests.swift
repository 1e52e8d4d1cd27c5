import Casework
import Disclosure
import StrictJSON
import Testing

@testable import Storage

@Suite("Facts that are kept")
struct KeptFactsTests {
    private let person = PersonID(high: 1, low: 2)
    private let now = Instant(millisecondsSince1970: 1_000)

    private func consents() throws -> [ConsentRecord] {
        let oin = try #require(OrganisationNumber("00000099000000002000"))
        let debts = try #require(FieldNames(prefix: "domains.debts"))
        return [
            ConsentRecord(
                id: ConsentID(high: 3, low: 4), answer: .given, recipients: [.organisation(oin), .sector("debt")],
                purposes: [Purpose(rawValue: "debtAssistance")], fields: debts, from: now, until: now.advanced(byMilliseconds: 9),
                recordedAt: now, withdrawnAt: now.advanced(byMilliseconds: 5)),
            ConsentRecord(
                id: ConsentID(high: 3, low: 5), answer: .refused, recipients: [.anyone], purposes: nil, fields: .everything, from: now,
                until: nil, recordedAt: now, withdrawnAt: nil),
        ]
    }

    @Test("what is written out reads back as it was, whatever is known and whatever is not")
    func roundTrip() throws {
        let oin = try #require(OrganisationNumber("00000099000000003000"))
        let objections = [
            Objection(id: ObjectionID(high: 5, low: 6), recipients: [oin], purposes: [Purpose(rawValue: "careSupport")]),
            Objection(id: ObjectionID(high: 5, low: 7), recipients: [], purposes: []),
        ]
        for consents in [nil, [], try consents()] {
            for deceased in [nil, true, false] {
                for secrecy in [nil, 0, 7] {
                    for pending in [nil, [], objections] {
                        let facts = SubjectFacts(
                            consents: consents, deceased: deceased, secrecyIndicator: secrecy, objections: pending, representation: .adult)
                        #expect(SubjectFacts(rowJSON: facts.rowJSON(of: person), of: person) == facts)
                        #expect(SubjectFacts(rowJSON: facts.rowJSON(of: person), of: .nobody) == nil)
                    }
                }
            }
        }
    }

    @Test("levers are read back as they were; none, and not looked, are two things")
    func levers() throws {
        let oin = try #require(OrganisationNumber("00000099000000003000"))
        let article = try #require(LegalArticle("participationAct.55"))
        let levers = LeverKind.allCases.enumerated().map { place, kind in
            Lever(
                id: LeverID(high: 6, low: UInt64(place)), kind: kind, article: article, signers: [oin], from: now,
                until: now.advanced(byMilliseconds: 9), reviewBy: now.advanced(byMilliseconds: 5),
                endedAt: place == 0 ? nil : now.advanced(byMilliseconds: 4))
        }
        for known in [nil, [], levers] {
            let facts = SubjectFacts(
                consents: [], deceased: false, secrecyIndicator: 0, objections: [], representation: .adult, held: [], levers: known)
            #expect(SubjectFacts(rowJSON: facts.rowJSON(of: person), of: person) == facts)
        }
        let facts = SubjectFacts(consents: [], deceased: false, secrecyIndicator: 0, objections: [], representation: .adult, levers: levers)
        for name in ["id", "kind", "article", "signers", "from", "until", "reviewBy"] {
            var first = try #require(facts.rowJSON(of: person)["levers"]?.arrayValue?.first?.objectValue)
            first[name] = nil
            var broken = try #require(facts.rowJSON(of: person).objectValue)
            broken["levers"] = [.object(first)]
            #expect(SubjectFacts(rowJSON: .object(broken), of: person) == nil, "\(name)")
        }
    }

    @Test("the commitment is another one for another decision, instant, person, order or fact, and the same for the same")
    func commitment() throws {
        let other = PersonID(high: 1, low: 3)
        func facts(_ secrecy: Int) throws -> KeptFacts {
            let known = SubjectFacts(
                consents: try consents(), deceased: false, secrecyIndicator: secrecy, objections: [], representation: .adult)
            return KeptFacts(DisclosureFacts(subjects: [person: known, other: known]))
        }
        let decision = DecisionID(high: 7, low: 8)
        let all = [
            try facts(0).commitment(of: decision, about: [person, other], at: now),
            try facts(0).commitment(of: decision, about: [other, person], at: now),
            try facts(0).commitment(of: decision, about: [person], at: now),
            try facts(0).commitment(of: decision, about: [person, PersonID(high: 9, low: 9)], at: now),
            try facts(7).commitment(of: decision, about: [person, other], at: now),
            try facts(0).commitment(of: DecisionID(high: 7, low: 9), about: [person, other], at: now),
            try facts(0).commitment(of: decision, about: [person, other], at: now.advanced(byMilliseconds: 1)),
        ]
        #expect(Set(all).count == all.count)
        #expect(try facts(0).commitment(of: decision, about: [person, other], at: now) == all[0])
    }

    @Test("facts are written once, and read back with what the log says of them; a person without facts stays unknown")
    func stored() async throws {
        let test = try TestFolder()
        let store = try test.store()
        let oin = try #require(OrganisationNumber("00000099000000002000"))
        let known = SubjectFacts(consents: try consents(), deceased: false, secrecyIndicator: 0, objections: [], representation: .adult)
        let facts = DisclosureFacts(subjects: [person: known])
        let question = DisclosureQuestion(
            sender: oin, recipient: oin, purpose: Purpose(rawValue: "x"), fields: .everything,
            subjects: [PersonID(high: 9, low: 9), person])
        var ids: [DecisionID] = []
        for round in 0..<3 {
            let id: DecisionID = test.id()
            ids.append(id)
            let kept = try store.snapshot { try $0.keptFacts(facts, revisions: [person: 4]) }
            _ = try await store.commit {
                try $0.insertDecision(
                    id, casefile: nil, question: question, permitted: false, policyRevision: "r", facts: kept, at: self.now)
            }
            #expect(try store.number("SELECT count(*) AS n FROM subject_facts") == 1, "round \(round)")
            let stored = try #require(try DecisionReader(test.folder).decision(id))
            guard case .kept(let read, let commitment) = stored.facts else { throw Unexpected() }
            #expect(read == facts && stored.question == question && !stored.isPermitted)
            #expect(commitment == KeptFacts(facts).commitment(of: id, about: question.subjects, at: now))
        }
        #expect(try DecisionReader(test.folder).decisions(after: ids[0], limit: 10).map(\.id) == Array(ids.dropFirst()))
        #expect(try DecisionReader(test.folder).decision(test.id()) == nil)
    }

    @Test("a folder of a program that kept no facts is named, not misread")
    func older() async throws {
        let test = try TestFolder()
        let store = try test.store()
        try await store.execute("ALTER TABLE decision DROP COLUMN facts")
        #expect(throws: StoreFault.self) { try DecisionReader(test.folder) }
    }
}
