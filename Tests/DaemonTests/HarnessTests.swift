import Testing

@Suite("the harness", .serialized)
struct HarnessTests {
    @Test("the shared daemon answers, knows its staff and its partners")
    func answers() async throws {
        let daemon = try await SharedDaemon.daemon()
        #expect(try await daemon.manage("/health/ready").status == 200)
        let open = try await daemon.openCase()
        let made = try await daemon.refer(open)
        let inbox = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox").expect(200)
        #expect(inbox["items"]?.arrayValue?.contains { $0["messageId"]?.stringValue == made.message } == true)
    }
}
