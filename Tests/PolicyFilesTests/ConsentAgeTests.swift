import Casework
import Disclosure
import Foundation
import Testing

@testable import PolicyFiles

@Suite("who consents by the acts of this repository")
struct ConsentAgeTests {
    private static let parent = Speaker.representative(Sharing.parent)

    /// The reasons against sharing with a partner on consent.
    private func refusals(_ ages: ClosedRange<Int>, _ yes: Set<Speaker>, under act: String?) throws -> [RefusalReason] {
        try Sharing(recipient: ["debt"], under: act, ages: PossibleAges(ages), yes: yes).refusals()
    }

    @Test("data of social support, of youth help and of a treatment: under 12 the parent, to 16 both, from then on the person")
    func twelve() throws {
        for act in ["socialSupportAct", "youthAct", "civilCode"] {
            #expect(try refusals(11...11, [Self.parent], under: act) == [])
            #expect(try refusals(11...11, [.person], under: act) == [.representativeMissing])
            #expect(try refusals(12...12, [Self.parent], under: act) == [.consentMissing])
            #expect(try refusals(12...12, [.person], under: act) == [.representativeMissing])
            #expect(try refusals(15...15, [.person, Self.parent], under: act) == [])
            #expect(try refusals(16...16, [.person], under: act) == [])
        }
    }

    @Test("other data: under 16 the parent alone (UAVG 5)")
    func sixteen() throws {
        for act in ["debtAssistanceAct", "participationAct"] {
            #expect(try refusals(15...15, [Self.parent], under: act) == [])
            #expect(try refusals(15...15, [.person], under: act) == [.representativeMissing])
            #expect(try refusals(16...16, [.person], under: act) == [])
        }
    }

    @Test("of which nobody knows the act, and of whom nobody knows the age, are on the protective side")
    func unknown() throws {
        #expect(try refusals(13...13, [Self.parent], under: nil) == [.consentMissing])
        #expect(try refusals(0...18, [.person], under: "socialSupportAct") == [.ageUnknown])
        #expect(try refusals(0...18, [.person, Self.parent], under: nil) == [])
        #expect(try refusals(15...16, [.person], under: "debtAssistanceAct") == [.ageUnknown])
    }

    @Test("before an act said so, everybody is asked")
    func before() throws {
        let asked = Sharing(recipient: ["debt"], under: "debtAssistanceAct", on: "2010-01-01", ages: PossibleAges(15...15))
        #expect(try asked.with { $0.yes = [Self.parent] }.refusals() == [.consentMissing])
        #expect(try asked.with { $0.yes = [Self.parent, .person] }.refusals() == [])
    }

    @Test("`policy explain` tells it")
    func explained() throws {
        let folder = Samples.repository.appendingPathComponent("policies").path
        let text = try loadPolicies(folder: folder, pack: "den-haag-meldcode", allowingFictitious: false).explanation
        #expect(text.contains("article 5, who consents (others under 16, the person from 16): Under the age of 16"))
    }
}
