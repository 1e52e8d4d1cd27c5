import Casework
import Foundation
import Testing

@testable import Reporting

@Suite("The dry run of a policy, shown")
struct DryRunTests {
    private func run() throws -> DryRun {
        let debt = try #require(OrganisationNumber("00000099000000002000"))
        let care = try #require(OrganisationNumber("00000099000000003000"))
        func flow(_ partner: OrganisationNumber, _ name: String, _ purpose: String, _ field: String, _ counts: (Int, Int, Int))
            -> DryRun.Flow
        {
            var flow = DryRun.Flow(partner: partner, partnerName: name, purpose: purpose, field: field)
            flow.add(passed: counts.0, newlyPasses: counts.2, newlyStops: counts.1, because: counts.1 > 0 ? ["field-not-covered"] : [])
            return flow
        }
        return DryRun(
            from: CalendarDate("2009-01-01"), to: nil, revision: "abc",
            flows: [
                flow(care, "Zorg <b>", "careSupport", "health", (0, 0, 3)),
                flow(debt, "Schuldhulp", "debtAssistance", "contact.phone", (10, 1, 0)),
                flow(debt, "Schuldhulp", "debtAssistance", "domains.debts.concern", (4, 4, 0)),
                flow(debt, "Schuldhulp", "other", "contact.address", (7, 0, 0)),
            ], decided: 12, changed: 5, notKept: 2, faulty: 0, notes: ["covenant `x` is gone"])
    }

    @Test("the JSON holds the flows that change and the counts, and no others")
    func json() throws {
        let json = try run().json
        #expect(json["decisions"] == ["decidedAgain": 12, "changed": 5, "notKept": 2, "faulty": 0])
        #expect(json["flows"]?.arrayValue?.map { $0["field"]?.stringValue } == ["contact.phone", "domains.debts.concern", "health"])
        #expect(json["flows"]?.arrayValue?.first?["because"] == ["field-not-covered"])
        #expect(json["from"] == "2009-01-01" && json["to"] == nil && json["notes"] == ["covenant `x` is gone"])
    }

    @Test("the page shades a cell by how much of it stops or passes, escapes names, and has no script")
    func page() throws {
        let page = try run().html(municipality: "Teststad")
        for cell in ["class=\"stop1\"", "class=\"stop4\"", "class=\"pass4\"", "class=\"same\"", "class=\"none\"", "−4", "+3"] {
            #expect(page.contains(cell), "\(cell)")
        }
        #expect(page.contains("Zorg &lt;b&gt;") && !page.contains("Zorg <b>"))
        #expect(!page.contains("<script") && page.contains("vanaf 1 januari 2009") && page.contains("2 besluiten zijn van voor"))
        #expect(!page.contains("konden niet opnieuw"))
    }

    @Test("the fields that change stand before those that do not")
    func order() throws {
        let page = try run().html(municipality: "Teststad")
        let places = try ["contact.phone", "domains.debts.concern", "health", "contact.address"].map {
            try #require(page.range(of: ">\($0)<")).lowerBound
        }
        #expect(places == places.sorted())
    }
}
