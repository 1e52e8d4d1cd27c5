import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import HTTPTypes
import Hummingbird
import StrictJSON
import Testing

@testable import Wire

@Suite("telling that something waits", .serialized, .timeLimit(.minutes(5)))
struct HeraldTests {
    private func telling(
        status: HTTPResponse.Status = .accepted, partnersURL: String? = nil,
        before: @Sendable @escaping (SendingDesk, FiledCase) async throws -> Void = { _, _ in },
        _ body: @Sendable @escaping (SendingDesk, PartnerServer, FiledCase) async throws -> Void
    ) async throws {
        let sending = try await SendingDesk(privateHosts: "127.0.0.1", partnersURL: partnersURL)
        let server = PartnerServer(sending.test.debt) { _ in Response(status: status) }
        try await serving {
            try server.application($0)
        } _: { port in
            try await sending.register(port: port, events: true)
            let filed = try await sending.test.openVisitedCase(by: sending.member)
            try await before(sending, filed)
            try await beside(Herald(desk: sending.test.desk, settings: sending.settings)) { try await body(sending, server, filed) }
        }
    }

    private func told(_ sending: SendingDesk, _ result: String, times: Int = 1) -> Bool {
        let partner = sending.test.debt.oin
        return sending.registry.prometheusText().contains("convenant_events_total{partner=\"\(partner)\",result=\"\(result)\"} \(times)\n")
    }

    @Test("a partner that fetches gets a CloudEvent of the NL GOV profile that says that something waits, and nothing else")
    func event() async throws {
        try await telling(partnersURL: "https://exchange.example:8443") { sending, server, filed in
            let queued = try await sending.test.refer(sending.test.referral(filed), by: sending.member)
            let sent = try #require(try await server.first(1).first)
            #expect(sent.headers[.contentType] == "application/cloudevents+json; charset=utf-8")
            #expect(sent.header("Convenant-Message-Id") == nil)
            let event = try #require(try parseJSON(sent.body).objectValue)
            #expect(faults(of: event) == [])
            #expect(event["dataref"] == "https://exchange.example:8443/v1/inbox")
            #expect(event["source"] == .string("urn:nld:oin:\(sending.test.municipality.oin):systeem:convenant"))
            // Nothing of the message, its case or its task.
            let text = String(decoding: sent.body, as: UTF8.self)
            for secret in [queued.message, queued.task, filed.casefile, filed.signal, "referral", "debt"] + filed.persons {
                #expect(!text.contains(secret))
            }
            for _ in 0..<1_000 where !told(sending, "told") { try await Task.sleep(for: .milliseconds(10)) }
            #expect(told(sending, "told"))
        }
    }

    @Test("what is queued meanwhile makes one more, however much it is, and each has an id of its own")
    func coalesced() async throws {
        try await telling { sending, server, filed in
            _ = try await sending.test.refer(sending.test.referral(filed), by: sending.member)
            _ = try await server.first(1)
            for _ in 0..<11 { _ = try await sending.test.refer(sending.test.referral(filed), by: sending.member) }
            let ids = Set(try await server.first(2).compactMap { try parseJSON($0.body)["id"]?.stringValue })
            #expect(ids.count == 2)
            try await Task.sleep(for: .milliseconds(1_500))
            #expect(server.all.count < 6)
        }
    }

    @Test("a refusal drops the notification, a fault is tried again while something waits, and the inbox holds all of it")
    func fails() async throws {
        // The first is queued before anybody listens: it is told once, although it waited and was rung for.
        let queued = Queued()
        try await telling(status: .gone) { sending, filed in
            await queued.note(try await sending.test.refer(sending.test.referral(filed), by: sending.member).message)
        } _: { sending, server, filed in
            for count in 1...2 {
                for _ in 0..<500 where !told(sending, "refused", times: count) { try await Task.sleep(for: .milliseconds(10)) }
                #expect(told(sending, "refused", times: count))
                try await Task.sleep(for: .milliseconds(1_500))
                #expect(server.all.count == count)
                #expect(await queued.messages.count == count)
                #expect(try await sending.test.inbox(of: sending.test.debt).map(\.id) == queued.messages)
                // The second by a herald that listens.
                if count == 1 { await queued.note(try await sending.test.refer(sending.test.referral(filed), by: sending.member).message) }
            }
        }
        try await telling(status: .internalServerError) { sending, server, filed in
            let queued = try await sending.test.refer(sending.test.referral(filed), by: sending.member)
            #expect(try await server.first(2).count == 2)
            _ = try await sending.test.fetch(queued.message, as: sending.test.debt)
            // What was given needs no telling.
            try await Task.sleep(for: .milliseconds(200))
            let count = server.all.count
            try await Task.sleep(for: .seconds(3))
            #expect(server.all.count <= count + 1)
        }
    }

    @Test("who fetched before it could be told, and who is sent the messages themselves, is told nothing")
    func nobody() async throws {
        try await telling { sending, server, filed in
            #expect(try await sending.test.desk.eventLane(of: sending.test.debt.oin) == nil)
            let queued = try await sending.test.refer(sending.test.referral(filed), by: sending.member)
            _ = try await server.first(1)
            _ = try await sending.test.fetch(queued.message, as: sending.test.debt)
            #expect(try await sending.test.desk.eventLane(of: sending.test.debt.oin) == nil)
            #expect(try await sending.test.desk.partnersToTell().isEmpty)
            let both = await refusal { () async throws(DeskRefusal) in
                try await sending.test.desk.addPartner(
                    oin: sending.test.debt.oin, name: "x", certificatePEM: sending.test.debt.certificate.pem, keys: sending.test.debt.keys,
                    endpoint: "https://a.example/", events: "https://a.example/")
            }
            #expect(both == "invalid-input")
        }
    }
}

/// The messages that were queued, in their order.
private actor Queued {
    private(set) var messages: [String] = []

    func note(_ message: String) { messages.append(message) }
}

/// What of an event is not as the NL GOV profile for CloudEvents 1.1 has it, and as our own description says.
private func faults(of event: JSONObject) -> [String] {
    var faults: [String] = []
    func demand(_ isSound: Bool, _ what: String) { if !isSound { faults.append(what) } }
    func text(_ name: String) -> String { event[name]?.stringValue ?? "" }
    for name in event.names {
        demand(name.wholeMatch(of: /[a-z0-9]{1,20}/) != nil, "attribute names are lower-case letters and digits, 20 at most: \(name)")
        demand(!text(name).isEmpty, "\(name) is a non-empty string")
        demand(!text(name).unicodeScalars.contains { $0.value < 0x20 || 0x7f...0x9f ~= $0.value }, "\(name) holds no control characters")
    }
    for name in ["id", "source", "specversion", "type"] { demand(event[name] != nil, "\(name) is required") }
    demand(text("specversion") == "1.0", "specversion is 1.0")
    demand(text("source").wholeMatch(of: /urn:nld:oin:[0-9]{20}:systeem:[a-z-]+/) != nil, "source is a URN nld of organisation and system")
    demand(text("type").wholeMatch(of: /nl(\.[a-z][a-z-]*)+(\.v[0-9]+)?/) != nil, "type is in reverse domain name notation")
    for organisation in ["teststad", "convenant", "gemeente", "example"] {
        demand(!text("type").contains(organisation), "type names no organisation")
    }
    demand(Instant(rfc3339: text("time")) != nil, "time is RFC 3339")
    demand(EntryID(text("id")) != nil, "id is a UUID")
    // A random id is said to be one where dataschema leads; an absolute URI.
    demand(URL(string: text("dataschema"))?.scheme == "https", "dataschema is an absolute URI")
    demand(event["data"] == nil && event["data_base64"] == nil && event["datacontenttype"] == nil, "there is no data: claim check")
    demand(event["dataref"] != nil && text("source") != text("dataref"), "dataref leads to the inbox, source to no location")
    demand(event["subject"] == nil, "no subject: it could only be sensitive")
    return faults
}
