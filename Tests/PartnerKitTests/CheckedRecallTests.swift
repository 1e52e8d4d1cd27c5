import Foundation
import JOSE
import PartnerTrust
import Testing

@testable import PartnerKit

@Suite("What a check of a partner says of its answers to notices and invitations", .timeLimit(.minutes(5)))
struct CheckedRecallTests {
    private let received = Received()

    /// What the checked partner took in, in that order.
    private actor Received {
        private(set) var payloads: [MessagePayload] = []
        func note(_ payload: MessagePayload) { payloads.append(payload) }
    }

    /// The report on a partner that opens everything, and gives these answers.
    /// - Parameter answers: by the code of a notice, or the kind of what is none.
    private func report(_ answers: [String: PartnerAnswer] = [:]) async throws -> PartnerCheckReport {
        let usual: [String: PartnerAnswer] = ["recalled": .opened(recall: .stopped), "erased": .opened(recall: .stopped)]
        let answers = usual.merging(answers) { $1 }
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
        let inbox = try Inbox(identity: identity, client: nil) { [received] message in
            await received.note(message.payload)
            return answers[message.payload.notice?.code ?? message.payload.kind.rawValue] ?? .opened()
        }
        let endpoint = PartnerEndpoint(identity: identity, address: try EndpointAddress("127.0.0.1:0")) {
            (sealed, id, check) async throws(PartnerFault) -> Inbox.Reception in
            try await inbox.receive(sealed, listedAs: id, after: check)
        }
        let listening = try await Listening.start(at: endpoint.address) { try await endpoint.run(onListening: $0) }
        defer { listening.end() }
        let leaf = try #require(try certificatesDER(pem: partner.registration.certificatePEM).first)
        return try await checkPartner(
            CheckedPartner(oin: debtOIN, certificate: leaf, keys: partner.keys, endpoint: "https://127.0.0.1:\(listening.port)/"),
            by: sender,
            about: .init(version: "test"))
    }

    /// Every test but those named went right, and those ended so.
    private func expect(_ names: [String], _ verdict: PartnerCheckReport.Verdict, in report: PartnerCheckReport) {
        let others = report.lines.filter { !names.contains($0.name) && $0.verdict != .right }.map(\.name)
        #expect(others.isEmpty)
        for name in names { #expect(report.lines.first { $0.name == name }?.verdict == verdict, "\(name)") }
        #expect(report.isRight == (verdict == .right))
        #expect(report.text.contains("Not tested: "))
    }

    @Test(
        "that it stopped is right; that nothing is there of what it opened is wrong; an answer that follows is not seen",
        arguments: [
            (.opened(recall: .stopped), .right), (.opened(recall: .notFound), .wrong), (.whenAnswered, .unseen),
        ] as [(PartnerAnswer, PartnerCheckReport.Verdict)])
    func recalled(_ answer: PartnerAnswer, _ verdict: PartnerCheckReport.Verdict) async throws {
        expect(["recalled"], verdict, in: try await report(["recalled": answer]))
    }

    @Test(
        "an erasure is answered as a recall is; a receipt without an answer is not wrong, and does not show what became of it",
        arguments: [
            (.opened(recall: .keptUnderOwnDuty, article: "wgbo.454"), .right), (.opened(recall: .keptUnderOwnDuty), .wrong),
            (.opened(recall: .notFound), .wrong), (.opened(), .unseen), (.whenAnswered, .unseen), (.refused(code: "unknown-kind"), .wrong),
        ] as [(PartnerAnswer, PartnerCheckReport.Verdict)])
    func erased(_ answer: PartnerAnswer, _ verdict: PartnerCheckReport.Verdict) async throws {
        expect(["erased"], verdict, in: try await report(["erased": answer]))
    }

    @Test("a recall is owed an answer")
    func unanswered() async throws { expect(["recalled"], .wrong, in: try await report(["recalled": .opened()])) }

    @Test("a meeting has two items, is moved in an invitation that takes the first one's place, and is called off by a notice about that")
    func meeting() async throws {
        expect([], .right, in: try await report())
        let payloads = await received.payloads
        let invitations = payloads.filter { $0.kind == .invitation }
        try #require(invitations.count == 2)
        let (first, second) = (invitations[0], invitations[1])
        #expect(first.replaces == nil && second.replaces == first.messageId)
        let (before, after) = (try #require(first.meeting), try #require(second.meeting))
        #expect(before.items.count == 2 && after.items.count == 2 && before.meetingId == after.meetingId)
        #expect((before.at ?? 0) < (after.at ?? 0))
        #expect(before.ics?.contains("\r\nSEQUENCE:0\r\n") == true && after.ics?.contains("\r\nSEQUENCE:1\r\n") == true)
        #expect(payloads.first { $0.notice?.code == "meetingCancelled" }?.notice?.about == [second.messageId])
    }

    @Test(
        "a partner that takes no invitations, or no word that one does not take place, is found out by that",
        arguments: [("invitation", ["invitation", "invitation-replaced"]), ("meetingCancelled", ["meeting-cancelled"])])
    func refused(_ kind: String, _ names: [String]) async throws {
        expect(names, .wrong, in: try await report([kind: .refused(code: "unknown-kind")]))
    }
}
