import Casework
import Disclosure
import Foundation
import Testing

@testable import PolicyFiles

@Suite("what loads")
struct LoadTests {
    private let real = Samples.file("decisions/proef.yaml", Samples.decisions([("terms.pickUp", "P5D"), ("ladder.next", "conveneMDA")]))
    private let demo = Samples.file(
        "decisions-demo/proef.yaml",
        Samples.decisions(
            [("terms.pickUp", "{workingDays: 9}"), ("terms.progress", "{workingDays: 20}"), ("onRefusal", "refuse")], fictitious: true))

    @Test("the values of a covenant arrive as they are written")
    func covenantValues() throws {
        let text = Samples.covenant
            .replacingOccurrences(of: "sealing: jose-p256", with: "sealing: jose-x25519, sectors: [debt], refuses: [contact.phone]")
            .replacingOccurrences(of: "[identification, contact]", with: "[identification, identification.bsn, domains.health]")
            .replacingOccurrences(
                of: "[consent]", with: "[consent, \"publicTask:socialSupportAct.5.2.9\"]\n    bsnUnder: debtAssistanceAct.8c"
            )
            .replacingOccurrences(of: "validUntil: null", with: "validUntil: 2010-01-01T00:00:00.5Z")
        let covenant = try #require(
            try loadPolicies(Samples.files(Samples.file("covenants/proef.yaml", text)), pack: "proef", allowingFictitious: false).snapshot
                .covenants.first)
        #expect(covenant.id == "proef" && covenant.version == 1 && covenant.title == PlainText(nl: "Proef", en: "Trial"))
        #expect(covenant.validFrom == Instant(millisecondsSince1970: 1_231_110_000_000))
        #expect(covenant.validUntil == Instant(millisecondsSince1970: 1_262_304_000_500))
        let partner = try #require(covenant.parties.last)
        #expect(partner.oin.description == "00000099000000002000" && partner.direction == .receiver && partner.role == .jointController)
        #expect(partner.sealing == .joseX25519 && partner.sectors == ["debt"] && partner.refuses == [.phone])
        let article = try #require(covenant.articles.first)
        #expect(article.fields == [.name, .birthDate, .bsn, .concern(.health), .observation(.health)])
        #expect(article.grounds.map(\.text) == ["consent", "publicTask:socialSupportAct.5.2.9"])
        #expect(article.bsnUnder?.text == "debtAssistanceAct.8c" && article.purpose.rawValue == "debtAssistance")
    }

    @Test("an article that names no grounds rests on consent")
    func defaultGround() throws {
        let text = Samples.covenant.replacingOccurrences(of: "    grounds: [consent]\n", with: "")
        let loaded = try loadPolicies(Samples.files(Samples.file("covenants/proef.yaml", text)), pack: "proef", allowingFictitious: false)
        #expect(loaded.snapshot.covenants.first?.articles.first?.grounds == [.consent])
    }

    @Test("a prefix never brings the BSN along")
    func prefixLeavesBSNOut() throws {
        let loaded = try loadPolicies(Samples.files(), pack: "proef", allowingFictitious: false)
        #expect(loaded.snapshot.covenants.first?.articles.first?.fields.contains(.bsn) == false)
    }

    @Test("a prefix in what a party does not take or give covers all that is below it")
    func broadPrefixes() throws {
        let text = Samples.covenant.replacingOccurrences(
            of: "sealing: jose-p256", with: "sealing: jose-p256, refuses: [identification], limits: [{on: taking, fields: [domains]}]")
        let party = try #require(
            try loadPolicies(Samples.files(Samples.file("covenants/proef.yaml", text)), pack: "proef", allowingFictitious: false).snapshot
                .covenants.first?.parties.last)
        #expect(party.refuses == [.name, .birthDate, .bsn])
        let limit = try #require(party.limits.first)
        #expect(limit.fields.count == 2 * LifeDomain.allCases.count && limit.fields.contains(.observation(.psychological)))
    }

    @Test("what nobody decided is an open question that says what it blocks")
    func openQuestions() throws {
        let loaded = try loadPolicies(Samples.files(), pack: "proef", allowingFictitious: true)
        #expect(
            loaded.openQuestions.map(\.key) == [
                "consentMode", "ladder.next", "onRefusal", "retention.backup", "retention.caseAfterClosing", "retention.log",
                "terms.afterContact", "terms.homeVisit", "terms.meeting", "terms.pickUp", "terms.progress",
                "terms.recall",
            ])
        #expect(loaded.openQuestions.first { $0.key == "terms.pickUp" }?.blocks == "POST /v1/referrals answers policy-incomplete")
        #expect(loaded.pack.standing == .described && !loaded.fictitious)
        #expect(
            loaded.snapshot.pack
                == PackRules(
                    id: "proef", fictitious: false, mayFile: [.intermediary], onRefusal: nil,
                    terms: CaseTerms(pickUp: nil, afterContact: nil, progress: nil, aftercare: .calendar(months: 6, days: 0)),
                    ladder: [.deskContactsHelper]))
    }

    @Test("the life domains that the source lists are the gate's, and where it lists none every domain is")
    func lifeDomains() throws {
        let text = Samples.pack.replacingOccurrences(of: "lifeDomains: null", with: "lifeDomains: {income: [inkomen], debts: [schulden]}")
        let files = Samples.files(Samples.file("packs/proef/pack.yaml", text))
        #expect(try loadPolicies(files, pack: "proef", allowingFictitious: false).snapshot.pack.lifeDomains == [.income, .debts])
        #expect(try loadPolicies(Samples.files(), pack: "proef", allowingFictitious: false).snapshot.pack.lifeDomains == nil)
    }

    @Test("a ladder whose last rung in the source is the MDA asks for no further one")
    func completeLadder() throws {
        let text = Samples.pack.replacingOccurrences(
            of: "{rung: deskContactsHelper}", with: "{rung: deskContactsHelper}, {rung: conveneMDA}")
        let files = Samples.files(Samples.file("packs/proef/pack.yaml", text))
        let loaded = try loadPolicies(files, pack: "proef", allowingFictitious: false)
        #expect(loaded.pack.ladder == [.deskContactsHelper, .conveneMDA])
        #expect(!loaded.openQuestions.contains { $0.key == "ladder.next" })
        let decided = files + [Samples.file("decisions/proef.yaml", Samples.decisions([("ladder.next", "conveneMDA")]))]
        #expect(Samples.faults(decided).first?.contains("`ladder.next` is decided by the source") == true)
    }

    @Test("any rung can be the decided one, and the gate's pack carries the whole ladder for a case to freeze", arguments: Rung.allCases)
    func decidedRung(_ rung: Rung) throws {
        let decided = Samples.file("decisions/proef.yaml", Samples.decisions([("ladder.next", rung.rawValue)]))
        let loaded = try loadPolicies(Samples.files(decided), pack: "proef", allowingFictitious: false)
        #expect(loaded.snapshot.pack.ladder == (rung == .deskContactsHelper ? [rung] : [.deskContactsHelper, rung]))
        #expect(loaded.pack.ladder == loaded.snapshot.pack.ladder)
    }

    @Test("terms of the home visit and of dating a meeting come from the source or a decision, else they are open and stop work")
    func visitAndMeeting() throws {
        let open = try loadPolicies(Samples.files(), pack: "proef", allowingFictitious: false)
        let blocks = Dictionary(uniqueKeysWithValues: open.openQuestions.filter(\.stopsWork).map { ($0.key, $0.blocks) })
        #expect(blocks["terms.homeVisit"] == "POST /v1/signals/{id}/triage as multiple answers policy-incomplete")
        #expect(blocks["terms.meeting"] == "no meeting can be opened")
        let text = Samples.pack.replacingOccurrences(of: "homeVisit: null", with: "homeVisit: P4W")
        let files = Samples.files(
            Samples.file("packs/proef/pack.yaml", text),
            Samples.file("decisions/proef.yaml", Samples.decisions([("terms.meeting", "{workingDays: 10}")])))
        let terms = try loadPolicies(files, pack: "proef", allowingFictitious: false).snapshot.pack.terms
        // Weeks are seven days each; a working day is never one of them.
        #expect(terms.homeVisit == .calendar(months: 0, days: 28) && terms.homeVisit?.text == "P28D")
        #expect(terms.meeting == .workingDays(10))
    }

    @Test("the term of a recall is decided, or open without stopping work: nothing may hold up a withdrawal")
    func recall() throws {
        let open = try loadPolicies(Samples.files(), pack: "proef", allowingFictitious: false)
        let question = try #require(open.openQuestions.first { $0.key == "terms.recall" })
        #expect(!question.stopsWork && question.blocks == "nothing; a recall is due to be answered at once")
        let decided = Samples.file("decisions/proef.yaml", Samples.decisions([("terms.recall", "{workingDays: 2}")]))
        let terms = try loadPolicies(Samples.files(decided), pack: "proef", allowingFictitious: false).snapshot.pack.terms
        #expect(terms.recall == .workingDays(2))
    }

    @Test("fictitious decisions are not read unless they are allowed")
    func fictitiousRefused() throws {
        let loaded = try loadPolicies(Samples.files(real, demo), pack: "proef", allowingFictitious: false)
        #expect(!loaded.fictitious && !loaded.snapshot.pack.fictitious && !loaded.pack.rules.fictitious)
        #expect(loaded.snapshot.pack.terms.progress == nil && loaded.snapshot.pack.onRefusal == nil)
        #expect(loaded.files.map(\.path) == ["covenants/proef.yaml", "decisions/proef.yaml", "packs/proef/pack.yaml"])
        // A fictitious file cannot be smuggled in among the real ones either.
        let smuggled = Samples.file("decisions/proef.yaml", String(decoding: demo.bytes, as: UTF8.self))
        #expect(throws: PolicyFaults.self) { try loadPolicies(Samples.files(smuggled), pack: "proef", allowingFictitious: false) }
    }

    @Test("the demo fills what is undecided and never overrides a real decision")
    func demoFills() throws {
        let loaded = try loadPolicies(Samples.files(real, demo), pack: "proef", allowingFictitious: true)
        #expect(loaded.fictitious && loaded.snapshot.pack.fictitious)
        #expect(loaded.snapshot.pack.terms.pickUp == .calendar(months: 0, days: 5))
        #expect(loaded.snapshot.pack.terms.progress == .workingDays(20))
        #expect(loaded.snapshot.pack.onRefusal == .refuse)
        #expect(loaded.pack.ladder == [.deskContactsHelper, .conveneMDA])
    }

    @Test("a demo that adds nothing makes nothing fictitious")
    func unusedDemo() throws {
        let unused = Samples.file("decisions-demo/proef.yaml", Samples.decisions([("terms.pickUp", "P1D")], fictitious: true))
        #expect(try !loadPolicies(Samples.files(real, unused), pack: "proef", allowingFictitious: true).fictitious)
    }

    @Test("a faulty demo file does not stop those who do not use it")
    func faultyDemo() throws {
        let faulty = Samples.file("decisions-demo/proef.yaml", "nonsense")
        _ = try loadPolicies(Samples.files(faulty), pack: "proef", allowingFictitious: false)
        #expect(throws: PolicyFaults.self) { try loadPolicies(Samples.files(faulty), pack: "proef", allowingFictitious: true) }
    }

    @Test("a pack is live when all that stops work is really decided, decidable when the demo helps")
    func standing() throws {
        let rest = [
            ("terms.afterContact", "P2D"), ("terms.progress", "P9D"), ("onRefusal", "refuse"), ("terms.pickUp", "P5D"),
            ("ladder.next", "conveneMDA"), ("terms.homeVisit", "{workingDays: 10}"), ("terms.meeting", "P2W"),
        ]
        let decided = Samples.file("decisions/proef.yaml", Samples.decisions(rest))
        #expect(try loadPolicies(Samples.files(decided), pack: "proef", allowingFictitious: false).pack.standing == .live)
        let invented = Samples.file("decisions-demo/proef.yaml", Samples.decisions(rest, fictitious: true))
        #expect(try loadPolicies(Samples.files(invented), pack: "proef", allowingFictitious: true).pack.standing == .decidable)
        #expect(try loadPolicies(Samples.files(invented), pack: "proef", allowingFictitious: false).pack.standing == .described)
    }

    @Test("a pack that is not there names those that are")
    func unknownPack() {
        let error = #expect(throws: PolicyFaults.self) { try loadPolicies(Samples.files(), pack: "ander", allowingFictitious: false) }
        #expect(error?.faults.map(\.text) == ["there is no pack `ander`"] && error?.faults.first?.hint == "the packs are `proef`")
    }

    @Test("the order of the files changes neither the revision nor the snapshot")
    func orderDoesNotMatter() throws {
        let second = Samples.covenant.replacingOccurrences(of: "id: proef", with: "id: ander")
        var files = Samples.files(
            real, demo, Samples.file("covenants/a.yaml", second),
            Samples.file("covenants/z.yaml", second.replacingOccurrences(of: "ander", with: "zus")))
        let first = try loadPolicies(files, pack: "proef", allowingFictitious: true)
        var generator = SplitMix(state: 7)
        for _ in 0..<50 {
            files.shuffle(using: &generator)
            let again = try loadPolicies(files, pack: "proef", allowingFictitious: true)
            #expect(again.snapshot.revision == first.snapshot.revision)
            #expect(again.snapshot.covenants == first.snapshot.covenants && again.snapshot.pack == first.snapshot.pack)
            #expect(again.files == first.files && again.openQuestions == first.openQuestions && again.packs == first.packs)
        }
    }

    @Test("any change to a used file changes the revision, a change to another pack does not")
    func revision() throws {
        let before = try loadPolicies(Samples.files(real), pack: "proef", allowingFictitious: false).snapshot.revision
        let commented = Samples.file("covenants/proef.yaml", Samples.covenant + "# seen\n")
        #expect(try loadPolicies(Samples.files(real, commented), pack: "proef", allowingFictitious: false).snapshot.revision != before)
        let renamed = Samples.files(real).map {
            $0.path == "covenants/proef.yaml" ? PolicyFile(path: "covenants/q.yaml", bytes: $0.bytes) : $0
        }
        #expect(try loadPolicies(renamed, pack: "proef", allowingFictitious: false).snapshot.revision != before)
        let other = Samples.file("packs/ander/pack.yaml", Samples.pack.replacingOccurrences(of: "id: proef", with: "id: ander"))
        #expect(try loadPolicies(Samples.files(real, other), pack: "proef", allowingFictitious: false).snapshot.revision == before)
        #expect(before.count == 64 && before.allSatisfy { "0123456789abcdef".contains($0) })
    }

    @Test(
        "ISO periods",
        arguments: [
            ("P6M", Term.calendar(months: 6, days: 0)), ("P5D", .calendar(months: 0, days: 5)), ("P4W", .calendar(months: 0, days: 28)),
            ("P1Y2M3D", .calendar(months: 14, days: 3)), ("P1Y1W1D", .calendar(months: 12, days: 8)),
            ("P100Y", .calendar(months: 1200, days: 0)), ("P1W", .calendar(months: 0, days: 7)), ("P10M", .calendar(months: 10, days: 0)),
            ("P20W", .calendar(months: 0, days: 140)),
        ])
    func periods(_ text: String, _ term: Term) { #expect(parsePeriod(text) == term) }
}

/// A small generator with a seed, so that a failure can be repeated (SplitMix64).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
