import Casework
import Disclosure
import Foundation
import Testing

@testable import PolicyFiles

private func publicTask(_ text: String) throws -> LawfulGround { .publicTask(try #require(LegalArticle(text))) }

@Suite("what acts forbid, whatever a covenant signed on")
struct SharingProhibitionTests {
    @Test("reuse inside the college opens nothing to another organisation", arguments: ["8d", "8a", "8c"])
    func notToOthers(_ article: String) throws {
        for kind in ["publicTask", "legalObligation"] {
            let ground = try #require(LawfulGround("\(kind):debtAssistanceAct.\(article)"))
            let asked = Sharing(recipient: ["debt"], ground: ground, fields: [.name, .health, .bsn])
            #expect(try asked.refusals().contains { $0 == .groundNotAllowed || $0 == .statuteForbids })
            #expect(try asked.with { $0.fields = [.name] }.refusals() != [])
        }
    }

    @Test("reuse inside the college is never of what a partner filed (Wgs 8d, 8a)")
    func notOfPartners() throws {
        for (article, field) in [("8d", FieldName.name), ("8a", .health)] {
            let asked = Sharing(ground: try publicTask("debtAssistanceAct.\(article)"), fields: [field], filedByPartner: true)
            #expect(try asked.refusals() == [.groundNotAllowed])
        }
    }

    @Test("health and offences go under no article that does not name them (Wgs 8d)")
    func specialNotNamed() throws {
        #expect(try Sharing(ground: publicTask("debtAssistanceAct.8d"), fields: [.health, .offences]).refusals() == [.groundNotAllowed])
    }

    @Test("another purpose than debt help is not carried by the debt act")
    func purpose() throws {
        #expect(try Sharing(ground: publicTask("debtAssistanceAct.8d"), purpose: "careAllocation").refusals() == [.groundNotAllowed])
    }

    @Test("the debt act carries nothing before it said so")
    func before() throws {
        let asked = Sharing(ground: try publicTask("debtAssistanceAct.8d"))
        #expect(try asked.with { $0.on = "2020-12-31" }.refusals() == [.groundNotAllowed])
        #expect(try asked.with { $0.on = "2021-01-01" }.refusals() == [])
    }

    @Test("an independent credit bank gets nothing without consent (Wmo 5.2.1(2), Wgs 3a)")
    func creditBank() throws {
        for sectors in [["debt"], ["creditBank"]] {
            #expect(try Sharing(recipient: sectors, ground: publicTask("debtAssistanceAct.3a")).refusals() == [.statuteForbids])
        }
    }

    @Test("social support uses youth, participation or debt data on no ground but consent (Wmo 5.1.1(4))")
    func reverse() throws {
        for act in ["youthAct", "participationAct", "debtAssistanceAct"] {
            let asked = Sharing(ground: try publicTask("debtAssistanceAct.8d"), purpose: "socialSupport", under: act)
            #expect(try asked.refusals() == [.groundNotAllowed])
        }
    }

    @Test("social support data go without consent to nobody outside the closed list (Wmo 5.2.1(2))")
    func closedList() throws {
        let asked = Sharing(recipient: ["housing"], ground: try publicTask("socialSupportAct.5.2.1(2)"), purpose: "socialSupport")
        #expect(try asked.refusals() == [.statuteForbids])
        #expect(try asked.with { $0.ground = .vitalInterest }.refusals() == [.statuteForbids])
    }

    @Test("youth help tells others nothing without consent (Jeugdwet 7.3.11)")
    func youth() throws {
        let asked = Sharing(
            holder: ["youthHelp"], recipient: ["housing"], ground: try publicTask("youthAct.7.3.11"), purpose: "youthAndFamily",
            under: "youthAct")
        #expect(try asked.refusals() == [.professionalSecrecy])
    }

    @Test(
        "professional secrecy forbids unless released (BW 7:457, Participatiewet 65, Suwi 74, Jeugdwet 7.3.11, Wmo 5.3.3)",
        arguments: [
            ("care", "civilCode"), ("municipality", "participationAct"), ("municipality", "workAndIncomeStructureAct"),
            ("youthHelp", "youthAct"), ("socialSupportProvider", "socialSupportAct"),
        ])
    func secrecy(_ holder: String, _ act: String) throws {
        let asked = Sharing(holder: [holder], recipient: ["care"], ground: .vitalInterest, under: act)
        #expect(try asked.refusals() == [.professionalSecrecy])
    }

    @Test("a mandated debt body gets across the secrecy of participation nothing (Participatiewet 65)")
    func mandatedAcrossSecrecy() throws {
        let asked = Sharing(recipient: ["mandatedDebtHelp"], ground: try publicTask("debtAssistanceAct.3a"), under: "participationAct")
        #expect(try asked.refusals() == [.professionalSecrecy])
    }

    @Test("what helpers may tell Veilig Thuis they may tell nobody else (Wmo 5.2.6)")
    func onlySafeHome() throws {
        for sectors in [["care"], ["housing"], ["municipality"]] {
            let asked = Sharing(
                holder: ["care"], recipient: sectors, ground: try publicTask("socialSupportAct.5.2.6"), purpose: "protection",
                under: "youthAct")
            #expect(try asked.refusals() == [.groundNotAllowed])
        }
    }

    @Test("the reference index gets who is involved, and no content (Jeugdwet 7.1.4.1)")
    func referenceIndex() throws {
        let asked = Sharing(
            holder: ["youthHelp"], recipient: ["referenceIndex"], ground: try publicTask("youthAct.7.1.4.1"), purpose: "referenceIndex",
            fields: [.concern(.upbringing), .health], under: "youthAct")
        #expect(try asked.refusals() == [.professionalSecrecy])
    }

    @Test("a poverty MDA is no designated partnership (WGS 1.5, 2.25)")
    func partnership() throws {
        for article in ["1.5", "2.25"] {
            let ground = try publicTask("partnershipDataProcessingAct.\(article)")
            let asked = Sharing(recipient: ["welfare"], ground: ground, purpose: "crimePrevention", under: "debtAssistanceAct")
            #expect(try asked.refusals() == [.groundNotAllowed])
            #expect(try asked.with { $0.holder = ["designatedPartnership"] }.refusals() == [.groundNotAllowed])
            #expect(try asked.with { $0.recipient = ["designatedPartnership"] }.refusals() == [.groundNotAllowed])
        }
    }

    @Test("police data go no further on any ground, consent too")
    func police() throws {
        let fields: FieldNames = [.concern(.safety), .observation(.crimeNuisance), .concern(.domesticViolence), .offences]
        for field in fields {
            let asked = Sharing(recipient: ["care"], fields: [field], under: "policeDataAct")
            #expect(try asked.refusals() == [.policeCondition])
            #expect(try asked.with { $0.filedByPartner = true }.refusals() == [.policeCondition])
            // Unmarked, the same field is no police datum.
            #expect(try asked.with { $0.under = nil }.refusals() == [])
        }
    }

    @Test("police data are taken in no other field, so that none can go where nobody asks for their mark")
    func policeElsewhere() throws {
        let meant: FieldNames = [
            .concern(.safety), .observation(.safety), .concern(.crimeNuisance), .observation(.crimeNuisance), .concern(.domesticViolence),
            .observation(.domesticViolence), .offences,
        ]
        for field in FieldName.all where !meant.contains(field) {
            let asked = Sharing(holder: ["police"], recipient: ["municipality"], purpose: "intake", fields: [field], under: "policeDataAct")
            #expect(try asked.refusals() == [.policeCondition], "\(field.path)")
        }
    }

    @Test(
        "police data do not go along in what tells of the whole household, which nobody marks",
        arguments: [FieldName.freeText, .householdMembers])
    func policeToldOtherwise(_ field: FieldName) throws {
        var asked = Sharing(
            holder: ["police"], recipient: ["municipality"], purpose: "intake", fields: [.concern(.safety), field], under: "policeDataAct")
        asked.held = [.concern(.safety)]
        #expect(try asked.refusals() == [.policeCondition])
        #expect(try asked.with { $0.fields = [.concern(.safety)] }.refusals() == [])
        #expect(try asked.with { $0.under = "socialSupportAct" }.refusals() == [])
    }

    @Test("what is marked with an act that the policy does not know may be a police datum")
    func policeMisspelt() throws {
        #expect(try Sharing(recipient: ["care"], fields: [.concern(.safety)], under: "wpg").refusals() == [.unknownFact])
    }

    @Test("offences are no health data: no article on health carries them to another organisation (GDPR 10, UAVG 33)")
    func offences() throws {
        for (recipient, article, purpose) in [
            ("safeHome", "socialSupportAct.5.2.6", "protection"), ("care", "youthAct.7.3.11", "youthAndFamily"),
        ] {
            let asked = Sharing(
                recipient: [recipient], ground: try publicTask(article), purpose: purpose, fields: [.offences], under: "youthAct")
            #expect(try asked.refusals() == [.groundNotAllowed])
        }
    }

    @Test("a bill is no law: whoever claims it is refused")
    func bill() throws {
        #expect(try Sharing(ground: publicTask("multipleProblemsApproachAct.2.1")).refusals() == [.statuteForbids])
    }

    @Test("what nobody knows the act of goes on no ground but consent")
    func unknown() throws {
        #expect(try Sharing(ground: publicTask("debtAssistanceAct.8d"), under: nil).refusals() == [.unknownFact])
    }
}
