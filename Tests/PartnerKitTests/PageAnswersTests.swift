import AsyncHTTPClient
import Foundation
import NIOCore
import Testing

@testable import PartnerKit

/// A browser that was let in to a partner's page, and goes where that sends it.
private struct Browser {
    let origin: String
    let cookie: String

    func send(_ path: String, form: String? = nil) async throws -> (status: Int, text: String) {
        var request = HTTPClientRequest(url: origin + path)
        request.headers.add(name: "Cookie", value: cookie)
        if let form {
            request.method = .POST
            request.body = .bytes(ByteBuffer(string: form))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    /// Fills in a form on the page of the message.
    func answer(_ action: String, _ members: String) async throws -> (status: Int, text: String) {
        let page = try await send("/m/\(messageID)").text
        func hidden(_ name: String) -> String {
            let field = page.components(separatedBy: "name=\"\(name)\" value=\"").dropFirst().first ?? ""
            return "\(name)=\(field.prefix { $0 != "\"" })"
        }
        return try await send("/\(action)/\(messageID)", form: "\(hidden("key"))&\(hidden("once"))&\(members)")
    }
}

/// The page of a partner that received a message, for as long as the body takes.
private func onPage(
    of partner: TemporaryPartner, _ message: [UInt8], _ client: ExchangeClient, _ body: (Browser) async throws -> Void
) async throws {
    let reader = try Reader(partner, sealed: true)
    _ = try await reader.inbox.receive(message, listedAs: messageID)
    let page = PartnerPage(
        identity: try partner.identity(), client: client, here: reader.taking.here, unacknowledged: nil, recalls: reader.taking.recalls,
        address: try EndpointAddress("127.0.0.1:0"), lastTurn: LastTurn(), onAnswer: { _ in .later }, onAcknowledged: {})
    let listening = try await Listening.start(at: page.address) { try await page.run(onListening: $0) }
    defer { listening.end() }
    let key = page.entrance(port: listening.port).components(separatedBy: "key=").last ?? ""
    try await body(Browser(origin: "http://127.0.0.1:\(listening.port)", cookie: "\(PageGuard.cookie(listening.port))=\(key)"))
}

@Suite("What people answer on a partner's page", .timeLimit(.minutes(5)))
struct PageAnswersTests {
    private let replies = "POST /v1/meetings/019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6074/replies"
    private let transitions = "POST /v1/tasks/019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072/transitions"
    private let disagreements = "POST /v1/tasks/019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072/disagreements"

    private func text(_ code: String) throws -> String { try #require(PageWords.said[code]) }

    @Test("an answer to an invitation goes out, and the first given once more is one of its own; what the page does not offer goes nowhere")
    func invitation() async throws {
        let partner = try TemporaryPartner(at: systemMilliseconds())
        let message = try partner.invitation(messageID, at: "2026-12-01T09:00:00.000Z")
        try await withExchange(of: partner, { .json($0.what == "GET /v1/tasks" ? #"{"items":[]}"# : "{}") }) { exchange, client in
            try await onPage(of: partner, message, client) { (browser: Browser) async throws in
                for (answer, said) in [("accepted", "coming"), ("declined", "notComing"), ("accepted", "coming")] {
                    #expect(try await browser.answer("a", "answer=\(answer)").text.contains(try text(said)))
                }
                #expect(try await browser.answer("a", "answer=maybe").status == 404)
                #expect(try await browser.answer("a", "x=y").status == 404)
                #expect(try await browser.send("/a/\(messageID)", form: "key=0&answer=accepted").status == 403)
            }
            let sent = exchange.asked(replies)
            #expect(
                sent.map { String(decoding: $0.body, as: UTF8.self) } == [
                    #"{"answer":"accepted"}"#, #"{"answer":"declined"}"#, #"{"answer":"accepted"}"#,
                ])
            #expect(Set(sent.compactMap(\.idempotencyKey)).count == 3)
        }
    }

    @Test(
        "an answer that was not taken is said not to have been; of one after which the connection broke it is said that nobody knows",
        arguments: [
            (.refused(409), "notNow"), (.refused(410), "over"), (.refused(422), "refused"), (.json("[]"), "unsure"), (.reset, "unsure"),
        ] as [(StandInExchange.Answer, String)])
    func notTaken(_ answer: StandInExchange.Answer, _ said: String) async throws {
        let partner = try TemporaryPartner(at: systemMilliseconds())
        let message = try partner.invitation(messageID, at: "2026-12-01T09:00:00.000Z")
        let replies = replies
        try await withExchange(of: partner, { $0.what == replies ? answer : .json(#"{"items":[]}"#) }) { exchange, client in
            try await onPage(of: partner, message, client) { (browser: Browser) async throws in
                let line = "<p class=\"fault\" role=\"alert\">\(try text(said))</p>"
                #expect(try await browser.answer("a", "answer=accepted").text.contains(line))
            }
            #expect(exchange.asked(replies).count == 1)
        }
    }

    @Test("an answer to an exchange that is not there is said not to have gone")
    func unreachable() async throws {
        let partner = try TemporaryPartner()
        let message = try partner.invitation(messageID, at: "2026-12-01T09:00:00.000Z")
        try await withUnreachable(partner) { client in
            try await onPage(of: partner, message, client) { (browser: Browser) async throws in
                #expect(try await browser.answer("a", "answer=accepted").text.contains(try text("unreachable")))
            }
        }
    }

    @Test("what is filled in wrongly about a task is not sent and stands there again, with what is wrong; filled in rightly it goes out")
    func task() async throws {
        let partner = try TemporaryPartner(at: systemMilliseconds())
        let tasks = #"{"items":[{"taskId":"019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072","state":"received"}]}"#
        try await withExchange(of: partner, { .json($0.what == "GET /v1/tasks" ? tasks : "{}") }) { exchange, client in
            try await onPage(of: partner, try partner.referral(), client) { (browser: Browser) async throws in
                let wrong = try await browser.answer("m", "to=rejected&reason=because")
                #expect(wrong.status == 400 && wrong.text.contains("id=\"rejected-fault\">Kies een reden uit de lijst.</p>"))
                #expect(try await browser.answer("d", "reason=because").text.contains(try text("wrong")))
                #expect(exchange.asked(transitions).isEmpty && exchange.asked(disagreements).isEmpty)
                #expect(try await browser.answer("m", "to=rejected&reason=noCapacity").text.contains(try text("moved")))
                #expect(try await browser.answer("d", "reason=planDoesNotFit").text.contains(try text("disagreed")))
            }
            #expect(exchange.asked(transitions).map(\.body) == [Array(#"{"reason":"noCapacity","to":"rejected"}"#.utf8)])
            #expect(exchange.asked(disagreements).map(\.body) == [Array(#"{"reason":"planDoesNotFit"}"#.utf8)])
        }
    }
}
