import StrictJSON
import Testing

@testable import JOSE

@Suite("a reader refuses what is not for it, not now, or not known")
struct PayloadTests {
    private func open(_ name: String, _ value: JSONValue?, now: Int64 = noon) throws -> MessagePayload {
        let fixture = try SealedFixture()
        var payload = SealedFixture.payload
        payload[name] = value
        return try fixture.open(fixture.sealed(payload), now: now).payload
    }

    @Test("every member is read")
    func members() throws {
        let payload = try open("meeting", ["meetingId": "0193532a-0000-7000-8000-000000000007", "items": []])
        #expect(payload.messageId == "0193532a-0000-7000-8000-000000000001" && payload.kind == .referral)
        #expect(
            payload.from == senderOIN && payload.to == ownOIN && payload.sentAt == noon - 60_000
                && payload.expiresAt == noon + 7 * 86_400_000)
        #expect(
            payload.task?.pickUpWithin == ["workingDays": 5] && payload.ground?.kind == "consent" && payload.purpose == "debtAssistance")
        #expect(
            payload.covenant == .init(id: "den-haag-debt-help", version: 1, article: "3.2")
                && payload.meeting == .init(meetingId: "0193532a-0000-7000-8000-000000000007", taskId: nil, at: nil, items: [], ics: nil))
    }

    @Test("one fault each")
    func faults() throws {
        let faults: [(String, JSONValue?, JOSEError)] = [
            ("v", 2, .unknownVersion), ("v", nil, .unknownVersion), ("v", "1", .malformed), ("kind", "order", .unknownKind),
            ("kind", nil, .malformed),
            ("to", .string(senderOIN), .wrongRecipient), ("to", "1", .malformed), ("from", .string(ownOIN), .wrongSender),
            ("from", nil, .malformed),
            ("expiresAt", "2026-11-21T12:00:00.000Z", .expired), ("expiresAt", "2026-11-21T12:59:59.999+01:00", .expired),
            ("expiresAt", nil, .malformed), ("expiresAt", "tomorrow", .malformed), ("messageId", "1", .malformed),
            ("messageId", "0193532A-0000-7000-8000-000000000001", .malformed), ("purpose", nil, .malformed), ("ground", nil, .malformed),
            ("covenant", nil, .malformed), ("decisionId", nil, .malformed), ("fields", nil, .malformed), ("fields", [], .malformed),
            ("checkpoint", nil, .malformed),
        ]
        for (name, value, expected) in faults { #expect(throws: expected, "\(name)") { try open(name, value) } }
    }

    @Test("the levers of a ground are read, and each is an id")
    func levers() throws {
        let id = "0193532a-0000-7000-8000-000000000009"
        let article: JSONValue = "participationAct.55"
        func ground(_ levers: JSONValue) throws -> MessagePayload.Ground? {
            try open("ground", ["kind": "compulsory", "article": article, "levers": levers]).ground
        }
        #expect(try ground([.string(id)])?.levers == [id])
        #expect(try open("ground", ["kind": "compulsory", "article": article]).ground?.levers == [])
        for wrong: JSONValue in [.string(id), ["1"], [1], [[:]]] { #expect(throws: JOSEError.malformed) { try ground(wrong) } }
    }

    @Test("what may be absent may be absent, and what comes in a later version is ignored")
    func grows() throws {
        #expect(try open("task", nil).task == nil)
        _ = try open("later", ["a": 1])
    }

    @Test("an invitation names its meeting, and what a later version says of it is ignored")
    func invitation() throws {
        let fixture = try SealedFixture()
        var payload = SealedFixture.payload
        payload["kind"] = "invitation"
        #expect(throws: JOSEError.malformed) { try fixture.open(fixture.sealed(payload)) }
        let whole: JSONObject = [
            "meetingId": "0193532a-0000-7000-8000-000000000007", "at": "2026-12-01T13:00:00+01:00", "ics": "BEGIN:VCALENDAR\r\n",
            "items": [["id": "1", "title": "schulden", "later": 1], ["id": "2", "title": "wonen"]], "later": true,
        ]
        payload["meeting"] = .object(whole)
        let meeting = try #require(try fixture.open(fixture.sealed(payload)).payload.meeting)
        #expect(meeting.meetingId == "0193532a-0000-7000-8000-000000000007" && meeting.ics == "BEGIN:VCALENDAR\r\n")
        #expect(meeting.at == WireInstant.parse("2026-12-01T12:00:00Z"))
        #expect(meeting.items == [.init(id: "1", title: "schulden"), .init(id: "2", title: "wonen")])
        let faults: [(String, JSONValue?)] = [
            ("meetingId", nil), ("meetingId", "7"), ("items", nil), ("items", [["id": "1"]]), ("items", [["id": "", "title": "x"]]),
            ("items", ["schulden"]), ("at", "soon"), ("ics", 1), ("ics", ""),
        ]
        for (name, value) in faults {
            var meeting = whole
            meeting[name] = value
            payload["meeting"] = .object(meeting)
            #expect(throws: JOSEError.malformed, "\(name)") { try fixture.open(fixture.sealed(payload)) }
        }
    }

    @Test("the last millisecond before the end still opens")
    func lastMillisecond() throws {
        _ = try open("expiresAt", "2026-11-21T13:00:00.001+01:00")
    }

    @Test("a notice names what it is about and carries no fields")
    func notice() throws {
        let fixture = try SealedFixture()
        var payload: JSONObject = [
            "v": 1, "messageId": "0193532a-0000-7000-8000-000000000001", "kind": "notice", "from": .string(senderOIN),
            "to": .string(ownOIN),
            "sentAt": "2026-11-21T11:59:00.000Z", "expiresAt": "2026-11-28T12:00:00.000Z", "checkpoint": "c",
            "notice": ["code": "recalled", "about": ["0193532a-0000-7000-8000-000000000009"]],
        ]
        #expect(try fixture.open(fixture.sealed(payload)).payload.notice?.about == ["0193532a-0000-7000-8000-000000000009"])
        payload["fields"] = ["freeText": "x"]
        #expect(throws: JOSEError.malformed) { try fixture.open(fixture.sealed(payload)) }
        payload["fields"] = nil
        payload["notice"] = nil
        #expect(throws: JOSEError.malformed) { try fixture.open(fixture.sealed(payload)) }
    }

    @Test("instants with any offset and any number of decimals are one instant")
    func instants() {
        for text in ["2026-11-21T12:00:00Z", "2026-11-21T13:00:00.000+01:00", "2026-11-21t07:30:00.0-04:30", "2026-11-21T12:00:00.000999z"]
        {
            #expect(WireInstant.parse(text) == noon, "\(text)")
        }
        for text in [
            "2026-11-21", "2026-11-21T12:00:00", "2026-02-29T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T12:00:00.Z",
            "2026-11-21T12:00:00Z ",
            "2026-13-01T00:00:00Z", "2026-11-21T12:00:60Z", "2026-11-21T12:00:00+1:00", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
        ] {
            #expect(WireInstant.parse(text) == nil, "\(text)")
        }
        for instant in [0, -1, noon, noon + 1, 951_782_400_000, -62_167_219_200_000, 253_402_300_799_999] as [Int64] {
            #expect(WireInstant.parse(WireInstant.text(instant)) == instant)
        }
        #expect(WireInstant.text(noon + 7) == "2026-11-21T12:00:00.007Z")
        #expect(WireInstant.text(951_782_400_000) == "2000-02-29T00:00:00.000Z")
    }
}

@Suite("a receipt speaks for one message, from one partner")
struct ReceiptTests {
    private let receipt = Receipt(
        messageId: "0193532a-0000-7000-8000-000000000001", digest: [UInt8](repeating: 3, count: 32), from: ownOIN, to: senderOIN,
        result: .refused,
        code: "expired", answer: .keptUnderOwnDuty, article: "7.3.8", readerRole: "intermediary", covenantVersion: 2, at: noon)

    @Test("a receipt comes back whole")
    func roundTrip() throws {
        let key = try ES256SigningKey.generate()
        let plain = Receipt(messageId: receipt.messageId, digest: receipt.digest, from: ownOIN, to: senderOIN, result: .opened, at: noon)
        for value in [receipt, plain] {
            #expect(try Receipt.verify(value.signed(by: key), keys: [key.publicKey], from: ownOIN, to: senderOIN) == value)
        }
    }

    @Test("the same receipt has the same payload, in canonical JSON")
    func canonical() {
        let text = String(decoding: receipt.payload, as: UTF8.self)
        #expect(
            text.hasPrefix(
                #"{"answer":"keptUnderOwnDuty","article":"7.3.8","at":"2026-11-21T12:00:00.000Z","code":"expired","covenantVersion":2,"#))
        #expect(receipt.payload == receipt.payload)
    }

    @Test("another sender, another recipient, another key, a message in its place")
    func refused() throws {
        let (key, other) = try (ES256SigningKey.generate(), ES256SigningKey.generate())
        let jws = try receipt.signed(by: key)
        #expect(throws: JOSEError.wrongSender) { try Receipt.verify(jws, keys: [key.publicKey], from: senderOIN, to: senderOIN) }
        #expect(throws: JOSEError.wrongRecipient) { try Receipt.verify(jws, keys: [key.publicKey], from: ownOIN, to: ownOIN) }
        #expect(throws: JOSEError.unknownKey) { try Receipt.verify(jws, keys: [other.publicKey], from: ownOIN, to: senderOIN) }
        let message = try JWS.sign(payload: receipt.payload, typ: MessageType.signed, key: key)
        #expect(throws: JOSEError.wrongType) { try Receipt.verify(message, keys: [key.publicKey], from: ownOIN, to: senderOIN) }
    }

    @Test("one wrong member")
    func faults() throws {
        let key = try ES256SigningKey.generate()
        for (name, value, expected) in [
            ("v", 2, JOSEError.unknownVersion), ("digest", "AAAA", .malformed), ("digest", nil, .malformed), ("result", "lost", .malformed),
            ("answer", "no", .malformed), ("at", 1, .malformed), ("messageId", "x", .malformed), ("code", "", .malformed),
            ("covenantVersion", "1", .malformed),
        ] as [(String, JSONValue?, JOSEError)] {
            guard case .object(var object) = try parseJSON(receipt.payload) else { throw JOSEError.malformed }
            object[name] = value
            let jws = try JWS.sign(payload: JSONValue.object(object).canonicalBytes(), typ: MessageType.receipt, key: key)
            #expect(throws: expected, "\(name)") { try Receipt.verify(jws, keys: [key.publicKey], from: ownOIN, to: senderOIN) }
        }
    }

    @Test("a member of a later version is ignored")
    func grows() throws {
        let key = try ES256SigningKey.generate()
        guard case .object(var object) = try parseJSON(receipt.payload) else { throw JOSEError.malformed }
        object["later"] = true
        let jws = try JWS.sign(payload: JSONValue.object(object).canonicalBytes(), typ: MessageType.receipt, key: key)
        #expect(try Receipt.verify(jws, keys: [key.publicKey], from: ownOIN, to: senderOIN) == receipt)
    }

    @Test("a receipt that nobody could read is not signed")
    func unreadable() throws {
        let key = try ES256SigningKey.generate()
        var wrong = receipt
        wrong.digest = [1]
        #expect(throws: JOSEError.malformed) { try wrong.signed(by: key) }
    }
}
