import Casework
import Disclosure
import Testing

@testable import PolicyFiles

@Suite("tables of tests beside a covenant, and warnings")
struct PolicyTestTests {
    private func report(_ rows: String, covenant: String = Samples.covenant) -> PolicyTestReport {
        let table = Samples.file(
            "covenants/proef.tests.yaml", "schema: convenant/tests/1\nat: 2009-03-02T12:00:00+01:00\nrows:\n" + rows)
        let collection = PolicyCollection(Samples.files(table, Samples.file("covenants/proef.yaml", covenant)), withDemo: true)
        #expect(collection.faults == [])
        return testPolicies(collection, folder: "p") { question, answer, now in
            let record = ConsentRecord(
                id: ConsentID(high: 0, low: 0), answer: answer == .given ? .given : .refused,
                recipients: [.organisation(question.recipient)], purposes: [question.purpose], fields: .everything, from: now, until: nil,
                recordedAt: now, withdrawnAt: nil)
            let facts = SubjectFacts(
                consents: answer == .unknown ? [] : [record], deceased: false, secrecyIndicator: 0, objections: [], representation: .adult)
            return DisclosureFacts(subjects: [question.subjects[0]: facts])
        }
    }
    private let ends = #"from: "00000099000000001000", to: "00000099000000002000", purpose: debtAssistance"#

    @Test("rows that come out as they say pass, also before anybody has signed") func passes() {
        let report = report(
            """
              - {\(ends), fields: [contact], consent: given, expect: permitted}
              - {\(ends), fields: [contact, health], consent: given, expect: permitted, leftOut: {health: field-not-covered}}
              - {\(ends), fields: [contact], expect: consent-missing}
              - {\(ends), fields: [contact], consent: given, at: 2008-01-01T00:00:00Z, expect: covenant-expired}
              - {\(ends), fields: [contact, health], consent: refused, expect: [field-not-covered, consent-refused]}

            """)
        #expect(report.passed == 5 && report.failed == 0, "\(report.text)")
        #expect(report.text.hasSuffix("5 rows in 1 table: 5 passed, 0 failed\n"))
    }

    @Test("a row that comes out otherwise fails, with what was expected and what came; the columns align") func fails() {
        let report = report(
            """
              - {\(ends), fields: [contact], consent: given, expect: permitted}
              - {\(ends), fields: [contact], consent: given, expect: consent-missing}
              - {\(ends), fields: [contact, health], consent: given, expect: permitted}
              - {\(ends), fields: [contact, health], consent: given, expect: permitted, leftOut: {health: no-ground}}

            """)
        #expect(report.passed == 1 && report.failed == 3)
        let lines = report.text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "p/covenants/proef.tests.yaml")
        #expect(lines[1] == "  ok      line 4  Gemeente (fictief)  to Schuldhulp (fictief)  debtAssistance  consent  given  permitted")
        #expect(lines[2].hasPrefix("  FAILED  line 5  Gemeente"))
        #expect(lines[3] == "          expected: refused: consent-missing" && lines[4] == "          got:      permitted")
        #expect(lines[10] == "          got:      permitted, without health (field-not-covered)")
    }

    @Test("a table beside no covenant is told of") func orphan() {
        let table = Samples.file(
            "covenants/weg.tests.yaml",
            "schema: convenant/tests/1\nat: 2009-03-02T12:00:00+01:00\nrows:\n  - {\(ends), fields: [contact], expect: consent-missing}\n")
        #expect(
            checkPolicies(Samples.files(table), folder: "p").warnings.contains { $0.text == "there is no covenant `covenants/weg.yaml`" })
    }

    private func warnings(_ change: (String) -> String) -> [String] {
        let text = change(Samples.covenant)
        let report = checkPolicies(Samples.files(Samples.file("covenants/proef.yaml", text)), folder: "p")
        #expect(report.faults == [])
        return report.warnings.map(\.text).filter { !$0.contains("test numbers") }
    }

    @Test("a role as which nobody files is warned of where it stands, in a pack and in a decision")
    func idleFiler() {
        let named = Samples.pack.replacingOccurrences(of: "[intermediary]", with: "[intermediary, contactPoint, socialCaseManager]")
        let open = Samples.pack.replacingOccurrences(of: "[intermediary]", with: "null")
        let decided = Samples.decisions([(key: "mayFile", value: "[planCoordinator]")])
        for (files, warning) in [
            (
                Samples.files(Samples.file("packs/proef/pack.yaml", named)),
                "packs/proef/pack.yaml:5:39: nobody files as `socialCaseManager`"
            ),
            (
                Samples.files(Samples.file("packs/proef/pack.yaml", open), Samples.file("decisions/proef.yaml", decided)),
                "decisions/proef.yaml:4:28: nobody files as `planCoordinator`"
            ),
        ] {
            let report = checkPolicies(files, folder: "p")
            #expect(report.faults.isEmpty)
            let found = report.warnings.map(\.description).filter { $0.contains("nobody files") }
            #expect(found.count == 1 && found.first?.contains(warning) == true, "\(found)")
        }
    }

    @Test("a covenant in which nothing is odd has no warning") func nothingOdd() { #expect(warnings { $0 } == []) }

    @Test("an article whose parties are none at the same time never applies") func unreachable() {
        let found = warnings {
            $0.replacingOccurrences(of: "as: sender,", with: "as: sender, until: 2010-01-01T00:00:00Z,")
                .replacingOccurrences(of: "as: receiver,", with: "as: receiver, from: 2010-01-01T00:00:00Z,")
        }
        #expect(found == ["article `1` never applies: its parties are none at the same time"])
    }

    @Test("a party whose time lies outside the covenant's is never a party") func never() {
        let found = warnings { $0.replacingOccurrences(of: "as: receiver,", with: "as: receiver, until: 2009-01-01T00:00:00Z,") }
        #expect(found.contains("`00000099000000002000` is never a party while the covenant holds"))
    }

    @Test("two articles alike but for their grounds contradict each other") func contradiction() throws {
        let found = warnings { text in
            let article = text.components(separatedBy: "articles:\n")[1]
            return text
                + article.replacingOccurrences(of: "number: \"1\"", with: "number: \"2\"").replacingOccurrences(
                    of: "[consent]", with: "[vitalInterest]")
        }
        #expect(
            found == [
                "article `2` rests on `vitalInterest`, which no act carries: nothing goes on it",
                "articles `1` and `2` are alike but for their grounds",
            ])
    }

    @Test("an act that nobody knows, a party in no article, and a limit for a sector in which nobody is") func dangling() {
        #expect(
            warnings { $0.replacingOccurrences(of: "[consent]", with: "[\"publicTask:socialSuportAct.2.3.2\"]") }
                == ["article `1` rests on `publicTask:socialSuportAct.2.3.2`, which no act carries: nothing goes on it"])
        #expect(
            warnings {
                $0.replacingOccurrences(
                    of: "articles:", with: "  - {oin: \"00000099000000003000\", name: Derde, as: receiver, role: controller}\narticles:")
            } == ["`00000099000000003000` stands in no article"])
        #expect(
            warnings {
                $0.replacingOccurrences(
                    of: "sealing: jose-p256", with: "sectors: [debt], limits: [{on: taking, fields: [health], sectors: [depts]}]")
            } == ["a limit of `00000099000000002000` names the sector `depts`, in which no party is"])
    }

    @Test("terms of a party and its limits arrive as they are written") func partyValues() throws {
        let text = Samples.covenant.replacingOccurrences(
            of: "sealing: jose-p256",
            with: "from: 2009-02-01T00:00:00Z, until: 2010-01-01T00:00:00Z, sectors: [debt], "
                + "limits: [{on: giving, fields: [health], sectors: [debt], purposes: [debtAssistance]}]")
        let loaded = try loadPolicies(Samples.files(Samples.file("covenants/proef.yaml", text)), pack: "proef", allowingFictitious: false)
        let party = try #require(loaded.snapshot.covenants.first?.parties.last)
        #expect(party.from == Instant(rfc3339: "2009-02-01T00:00:00Z") && party.until == Instant(rfc3339: "2010-01-01T00:00:00Z"))
        #expect(
            party.limits == [PartyLimit(.giving, fields: [.health], purposes: [Purpose(rawValue: "debtAssistance")], sectors: ["debt"])])
        #expect(loaded.explanation.contains("Schuldhulp (fictief) does not give to debt for debtAssistance: health"))
        #expect(loaded.explanation.contains("Schuldhulp (fictief) HAS NOT SIGNED this text"))
    }
}
