import JOSE
import StrictJSON
import Testing

@testable import PartnerKit

@Suite("A referral as a signal of another node")
struct SignalOfReferralTests {
    private func signal(_ fields: JSONValue, ground: JSONValue = ["kind": "consent"]) throws -> JSONValue {
        let partner = try TemporaryPartner()
        let sealed = try partner.referral {
            $0["fields"] = fields
            $0["ground"] = ground
        }
        let opened = try SealedOpener.open(
            sealed, encKey: partner.identity().encryptionKey, senderKeys: partner.identity().exchangeKeys, ownOIN: debtOIN, now: noon)
        return PartnerKit.signal(of: opened.payload)
    }

    @Test("persons, concerns and consent are said in the words of filing")
    func whole() throws {
        let said = try signal([
            "identification": ["name": ["family": "Testzin"], "birthDate": "1968"], "contact": ["phone": "070"],
            "domains": [
                "debts": [
                    "concern": [["about": ["a", "b"], "value": true]],
                    "observation": [["about": ["a"], "value": "made up", "obtainedBy": "visit"]],
                ], "housing": ["concern": [["about": ["household"], "value": true]]],
            ], "others": [["ref": "b", "identification": ["birthDate": "2001"]]],
            "household": ["members": [["ref": "a"], ["ref": "b"], ["ref": "c"]]], "freeText": "moved",
        ])
        #expect(said["channel"] == "consultation" && said["knowsWhomToCall"] == true && said["freeText"] == "moved")
        let members = said["household"]?["members"]?.arrayValue ?? []
        #expect(members.map { $0["ref"] } == ["a", "b", "c"])
        #expect(members.first?["name"]?["family"] == "Testzin" && members.first?["contact"]?["phone"] == "070")
        #expect(members.dropFirst().first?["birthDate"] == "2001" && members.last?["name"] == nil)
        #expect(
            said["concerns"] == [
                ["domain": "debts", "about": ["a"], "observation": "made up", "obtainedBy": "visit"], ["domain": "debts", "about": ["b"]],
                ["domain": "housing"],
            ])
        let consent = members.first?["consents"]?.arrayValue?.first
        #expect(consent?["answer"] == "given" && consent?["recipients"] == [.string(debtOIN)] && consent?["purposes"] == ["intake"])
        #expect(consent?["fields"]?.arrayValue?.contains("domains.debts.observation") == true)
    }

    @Test("where the referral does not rest on consent none is said")
    func otherGround() throws {
        let said = try signal(
            ["domains": ["debts": ["concern": [["about": ["a"], "value": true]]]]], ground: ["kind": "publicTask", "article": "act.1"])
        #expect(said["household"]?["members"]?.arrayValue?.first?["consents"] == [["answer": "notAsked", "reason": "willBeSharedAnyway"]])
    }

    @Test("words of another node that are no code are not passed on as one, since filing would refuse the whole for them")
    func noCode() throws {
        func obtainedBy(_ text: String) throws -> JSONValue? {
            let statement: JSONValue = ["about": ["a"], "value": "made up", "obtainedBy": .string(text)]
            return try signal(["domains": ["debts": ["observation": [statement]]]])["concerns"]?.arrayValue?.first?["obtainedBy"]
        }
        #expect(try obtainedBy("home-visit.2") == "home-visit.2")
        #expect(try obtainedBy("haar zus Toos") == nil)
        #expect(try obtainedBy(String(repeating: "a", count: 41)) == nil)
    }

    @Test("what filing has no member for is not passed on, and is not consented to")
    func unknown() throws {
        let said = try signal([
            "health": [["about": ["a"], "value": "made up"]], "domains": ["debts": ["concern": [["about": ["a"], "value": true]]]],
        ])
        #expect(!said.canonicalText.contains("health") && !said.canonicalText.contains("made up"))
    }
}
