import Foundation
import JOSE
import PartnerTrust
import Testing

@testable import PartnerKit

@Suite("What a check of a partner says of its answer to a recall", .timeLimit(.minutes(5)))
struct CheckedRecallTests {
    /// The report on a partner that opens referrals and gives this answer to notices.
    private func report(_ answer: PartnerAnswer) async throws -> PartnerCheckReport {
        let now = systemMilliseconds()
        let partner = try TemporaryPartner(at: now)
        let folder = PartnerFolder(partner.path("check"))
        try TestSender.make(in: folder, oin: "00000099000000009990", now: now)
        let sender = try TestSender(folder: folder, now: now)
        for name in ["exchange-roots.pem", "exchange-jwks.json"] {
            try partner.write(String(decoding: try #require(partner.bytes("check/\(name)")), as: UTF8.self), name)
        }
        try partner.write(#"{"oin":"\#(debtOIN)","exchangeOin":"\#(sender.oin)"}"#, "partner.json")
        let identity = try partner.identity()
        let inbox = try Inbox(identity: identity, client: nil) { message in message.payload.notice == nil ? .opened() : answer }
        let endpoint = PartnerEndpoint(identity: identity, address: try EndpointAddress("127.0.0.1:0")) {
            (sealed, id) async throws(PartnerFault) -> Inbox.Reception in
            try await inbox.receive(sealed, listedAs: id)
        }
        let listening = try await Listening.start(at: endpoint.address) { try await endpoint.run(onListening: $0) }
        defer { listening.end() }
        let leaf = try #require(try certificatesDER(pem: partner.registration.certificatePEM).first)
        return try await checkPartner(
            CheckedPartner(oin: debtOIN, certificate: leaf, keys: partner.keys, endpoint: "https://127.0.0.1:\(listening.port)/"),
            by: sender,
            about: .init(version: "test"))
    }

    @Test(
        "that it stopped is right; that nothing is there of what it opened is wrong; an answer that follows is not seen",
        arguments: [
            (.opened(recall: .stopped), .right), (.opened(recall: .notFound), .wrong), (.whenAnswered, .unseen),
        ] as [(PartnerAnswer, PartnerCheckReport.Verdict)])
    func recalled(_ answer: PartnerAnswer, _ verdict: PartnerCheckReport.Verdict) async throws {
        let report = try await report(answer)
        let others = report.lines.filter { $0.name != "recalled" && $0.verdict != .right }.map(\.name)
        #expect(others.isEmpty)
        #expect(report.lines.first { $0.name == "recalled" }?.verdict == verdict)
        #expect(report.isRight == (verdict == .right))
        #expect(report.text.contains("Not tested: "))
    }
}
