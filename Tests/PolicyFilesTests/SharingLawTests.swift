import Casework
import Disclosure
import Foundation
import Testing

@testable import PolicyFiles

/// A question across the social domain under the acts of this repository, in a covenant that signs the claimed ground on.
struct Sharing: Sendable {
    var holder = ["municipality"]
    /// The recipient's sectors; nil for the holder itself, for another of its tasks.
    var recipient: [String]?
    var ground = LawfulGround.consent
    var purpose = "debtAssistance"
    var fields: FieldNames = [.name]
    var under: String? = "socialSupportAct"
    /// What is stored.
    var held = FieldNames.everything
    /// Whether a partner filed it with the holder.
    var filedByPartner = false
    var on = "2026-11-21"
    var ages = PossibleAges.adult
    /// Who said yes: the person, the only parent, or both.
    var yes: Set<Speaker> = [.person]
    static let parent = RepresentativeID(high: 0, low: 7)

    private static let statutes = try? loadPolicies(
        folder: Samples.repository.appendingPathComponent("policies").path, pack: "den-haag-meldcode", allowingFictitious: false
    ).snapshot.statutes

    /// The reasons against it; empty when all of it may go.
    func refusals() throws -> [RefusalReason] {
        let statutes = try #require(Self.statutes)
        let sender = try #require(OrganisationNumber("00000099000000001000"))
        let other = try #require(OrganisationNumber("00000099000000002000"))
        let now = try #require(Instant(rfc3339: on + "T12:00:00Z"))
        let (start, text) = (Instant(millisecondsSince1970: 0), PlainText(nl: "proef", en: "test"))
        let receiver = recipient == nil ? sender : other
        let act = try #require(LegalArticle("socialSupportAct.5.2.9"))
        let article = Article(
            number: "1", purpose: Purpose(rawValue: purpose), from: [sender], to: [receiver], fields: .everything, grounds: [ground],
            bsnUnder: act, text: text)
        let covenant = Covenant(
            id: "sharing", version: 1, title: text, validFrom: start, validUntil: nil,
            parties: [
                CovenantParty(oin: sender, name: "holder", direction: .both, role: .controller, sectors: holder, hasSigned: true),
                CovenantParty(oin: other, name: "other", direction: .both, role: .controller, sectors: recipient ?? [], hasSigned: true),
            ], articles: [article])
        let terms = CaseTerms(pickUp: nil, afterContact: nil, progress: nil, aftercare: nil)
        let policy = PolicySnapshot(
            revision: "test", covenants: [covenant],
            pack: PackRules(id: "test", fictitious: true, mayFile: nil, onRefusal: nil, terms: terms),
            statutes: statutes)
        let person = PersonID(high: 0, low: 1)
        let consents = yes.map { speaker in
            ConsentRecord(
                id: ConsentID(high: 0, low: 1), by: speaker, answer: .given, recipients: [.organisation(receiver)],
                purposes: [Purpose(rawValue: purpose)], fields: .everything, from: start, until: nil, recordedAt: start, withdrawnAt: nil)
        }
        let parent = Representative(id: Self.parent, office: .parentalAuthority)
        let known = SubjectFacts(
            consents: consents, deceased: false, secrecyIndicator: 0, objections: [],
            representation: Representation(ages: ages, representatives: ages.isAdult ? [] : [parent]),
            held: [Holding(fields: held, act: under, organisation: filedByPartner ? other : sender)],
            justifications: [
                Justification(
                    id: JustificationID(high: 0, low: 1), recipient: receiver, purpose: Purpose(rawValue: purpose), ground: ground,
                    fields: .everything, necessary: .everything, weighsSecrecy: true, agreedAt: start,
                    until: now.advanced(byMilliseconds: 1))
            ])
        let question = DisclosureQuestion(
            sender: sender, recipient: receiver, purpose: Purpose(rawValue: purpose), fields: fields, subjects: [person], ground: ground)
        switch decideDisclosure(question, facts: DisclosureFacts(subjects: [person: known]), policy: policy, at: now) {
        case .refused(let reasons): return reasons
        case .permitted(let permission): return Set(permission.leftOut.map(\.reason)).sorted()
        }
    }

    func with(_ change: (inout Sharing) -> Void) -> Sharing {
        var other = self
        change(&other)
        return other
    }
}

private func publicTask(_ text: String) throws -> LawfulGround { .publicTask(try #require(LegalArticle(text))) }
private func legalObligation(_ text: String) throws -> LawfulGround { .legalObligation(try #require(LegalArticle(text))) }

@Suite("what acts permit without consent, where a covenant signed it on")
struct SharingPermitTests {
    @Test("debt help may use what the college obtained for social support, youth or participation (Wgs 8d)")
    func reuseInsideTheCollege() throws {
        let ground = try publicTask("debtAssistanceAct.8d")
        for act in ["socialSupportAct", "youthAct", "participationAct"] {
            #expect(try Sharing(ground: ground, fields: [.name, .concern(.income)], under: act).refusals() == [])
        }
    }

    @Test("debt help may use health and criminal data of the college under an article that names them (Wgs 8a)")
    func special() throws {
        #expect(try Sharing(ground: publicTask("debtAssistanceAct.8a"), fields: [.health, .offences]).refusals() == [])
    }

    @Test("a mandated debt body gets it as such in the covenant (Wgs 3a)")
    func mandated() throws {
        #expect(try Sharing(recipient: ["mandatedDebtHelp"], ground: publicTask("debtAssistanceAct.3a")).refusals() == [])
    }

    @Test("debt help and social support use the citizen service number their acts prescribe (Wgs 8c, Wmo 5.2.9)")
    func number() throws {
        #expect(try Sharing(ground: legalObligation("debtAssistanceAct.8c"), fields: [.bsn]).refusals() == [])
        #expect(try Sharing(ground: legalObligation("socialSupportAct.5.2.9"), purpose: "socialSupport", fields: [.bsn]).refusals() == [])
    }

    @Test("social support data go to who provides that support (Wmo 5.2.1), and to whose cooperation is required (5.3.3)")
    func closedList() throws {
        let support = Sharing(
            recipient: ["socialSupportProvider"], ground: try publicTask("socialSupportAct.5.2.1(2)"), purpose: "socialSupport")
        #expect(try support.refusals() == [])
        let helper = Sharing(
            holder: ["socialSupportProvider"], recipient: ["cooperatingHelper"], ground: try publicTask("socialSupportAct.5.3.3"),
            purpose: "socialSupport")
        #expect(try helper.refusals() == [])
    }

    @Test("helpers may tell Veilig Thuis across every professional secrecy (Wmo 5.2.6), also of what a partner filed")
    func safeHome() throws {
        for act in ["socialSupportAct", "youthAct", "participationAct", "workAndIncomeStructureAct", "civilCode"] {
            let told = Sharing(
                holder: ["care"], recipient: ["safeHome"], ground: try publicTask("socialSupportAct.5.2.6"), purpose: "protection",
                fields: [.name, .health], under: act)
            #expect(try told.refusals() == [])
            #expect(try told.with { $0.filedByPartner = true }.refusals() == [])
        }
    }

    @Test("youth help tells helpers directly involved, the college and the reference index (Jeugdwet 7.3.11, 7.4.0, 7.1.4.1)")
    func youth() throws {
        let involved = Sharing(
            holder: ["youthHelp"], recipient: ["directlyInvolvedHelper"], ground: try publicTask("youthAct.7.3.11"),
            purpose: "youthAndFamily",
            under: "youthAct")
        #expect(try involved.refusals() == [])
        let college = involved.with {
            $0.recipient = ["municipality"]
            $0.ground = .legalObligation(LegalArticle("youthAct.7.4.0") ?? Self.none)
        }
        #expect(try college.refusals() == [])
        let index = involved.with {
            $0.recipient = ["referenceIndex"]
            $0.ground = .publicTask(LegalArticle("youthAct.7.1.4.1") ?? Self.none)
            $0.purpose = "referenceIndex"
        }
        #expect(try index.refusals() == [])
    }
    private static let none = LegalArticle("no.0")!

    @Test("participants in a designated partnership give each other data (WGS 1.5, 2.25)")
    func designated() throws {
        for article in ["1.5", "2.25"] {
            let ground = try publicTask("partnershipDataProcessingAct.\(article)")
            let shared = Sharing(
                holder: ["designatedPartnership"], recipient: ["designatedPartnership"], ground: ground, purpose: "crimePrevention")
            #expect(try shared.refusals() == [])
        }
    }

    @Test("in danger to life what was obtained without secrecy goes to who can help (GDPR 6(1)(d))")
    func danger() throws {
        #expect(try Sharing(recipient: ["care"], ground: .vitalInterest, under: "debtAssistanceAct").refusals() == [])
    }

    @Test(
        "consent releases from secrecy, opens the closed lists, and carries offences",
        arguments: [
            "socialSupportAct", "youthAct", "participationAct", "workAndIncomeStructureAct", "civilCode",
        ])
    func consent(_ act: String) throws {
        for holder in ["municipality", "socialSupportProvider", "youthHelp", "care"] {
            #expect(try Sharing(holder: [holder], recipient: ["debt"], fields: [.name, .health, .offences], under: act).refusals() == [])
        }
    }

    @Test("social support uses youth, participation or debt data with consent (Wmo 5.1.1(4))")
    func reverse() throws {
        for act in ["youthAct", "participationAct", "debtAssistanceAct"] {
            #expect(try Sharing(purpose: "socialSupport", under: act).refusals() == [])
        }
    }

    @Test("the police themselves file their data in the fields meant for it")
    func police() throws {
        let filed = Sharing(
            holder: ["police"], recipient: ["municipality"], purpose: "intake", fields: [.concern(.safety)], under: "policeDataAct")
        #expect(try filed.refusals() == [])
    }
}
