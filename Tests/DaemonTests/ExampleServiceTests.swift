import Foundation
import StrictJSON
import Testing

@Suite("the example of a partner's own service", .timeLimit(.minutes(5)))
struct ExampleServiceTests {
    @Test("it takes a referral in once, accepts its task, and stops after a recall")
    func whole() async throws {
        try await withDaemon { daemon in
            let caseload = Caseload()
            let url = try #require(URL(string: "https://localhost:\(daemon.partners)"))
            let service = try ExampleService(folder: daemon.folder.partner(Town.debtHelp).path, exchange: url, caseload: caseload)
            let open = try await daemon.openCase()
            let made = try await daemon.refer(open)
            try await service.turn()
            try await service.turn()
            #expect(await caseload.households == [made.message])
            #expect(try await daemon.state(of: made.task) == "accepted")

            let consent = try #require(open.consent(to: Town.debtHelp))
            _ = try await daemon.staff(
                "desk-1", .POST, "/v1/consents/\(consent)/withdrawal", ["how": "telephone"]
            ).expect(200)
            try await eventually("the recall has come") {
                try await service.turn()
                return await caseload.households.isEmpty
            }
            await service.client.close()
        }
    }
}
