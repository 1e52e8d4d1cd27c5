import Foundation
import StrictJSON
import Testing

/// Every code of contract §2 that one request can bring about.
@Suite("what the daemon refuses, and how it says so")
struct ProblemTests {
    /// Checks what every problem has, and its code.
    private func check(_ answer: Answer, _ status: Int, _ code: String, _ place: SourceLocation = #_sourceLocation) {
        #expect(answer.status == status, sourceLocation: place)
        #expect(answer.code == code, sourceLocation: place)
        #expect(answer.header("Content-Type") == "application/problem+json", sourceLocation: place)
        #expect(answer["status"] == .integer(Int64(status)), sourceLocation: place)
        #expect(answer["type"]?.stringValue == "https://convenant.example/problems/\(code)", sourceLocation: place)
        #expect(answer["title"]?.stringValue?.isEmpty == false, sourceLocation: place)
        #expect(answer["detail"]?.stringValue?.isEmpty == false, sourceLocation: place)
        #expect(answer["requestId"]?.stringValue?.wholeMatch(of: /[0-9a-f]{32}/) != nil, sourceLocation: place)
        #expect(answer.header("API-Version") == "1.0.0", sourceLocation: place)
        #expect(answer.header("Cache-Control") == "no-store", sourceLocation: place)
    }

    @Test("400 lists every fault with its pointer, its code and what to do")
    func everyFault() async throws {
        let daemon = try await SharedDaemon.daemon()
        let body: JSONValue = [
            "channel": "fax", "area": "12", "religion": "none",
            "household": ["members": [["ref": "a", "bsn": "123456789", "birthDate": "yesterday", "consents": []]]],
            "concerns": [["domain": "debts", "about": ["z"]]],
        ]
        let answer = try await daemon.staff("intermediary-1", .POST, "/v1/signals", body)
        check(answer, 400, "invalid-input")
        let faults = answer["errors"]?.arrayValue ?? []
        let found = Dictionary(
            faults.map { ($0["pointer"]?.stringValue ?? "", $0["code"]?.stringValue ?? "") }, uniquingKeysWith: { first, _ in first })
        #expect(found["/channel"] == "not-in-list")
        #expect(found["/area"] == "invalid-area")
        #expect(found["/religion"] == "unknown-member")
        #expect(found["/knowsWhomToCall"] == "missing-member")
        #expect(found["/household/members/0/bsn"] == "bsn-check-failed")
        #expect(found["/household/members/0/birthDate"] == "invalid-birth-date")
        #expect(found["/household/members/0/consents"] == "no-answer")
        #expect(found["/concerns/0/about/0"] == "unknown-ref")
        for fault in faults {
            #expect(fault["detail"]?.stringValue?.isEmpty == false)
            // Where the detail does not say it already: "this member must be given".
            if fault["code"] != "missing-member" {
                #expect(fault["hint"]?.stringValue?.isEmpty == false, "\(fault["code"]?.stringValue ?? "")")
            }
        }
    }

    @Test(
        "400 for a body that is no strict JSON",
        arguments: ["{\"outcome\":\"single\",\"outcome\":\"single\"}", "{\"outcome\":null}", "{\"outcome\":", "\u{feff}{}", "[]", ""])
    func notJSON(text: String) async throws {
        let daemon = try await SharedDaemon.daemon()
        let answer = try await daemon.raw(
            "desk-1", .POST, "/v1/signals/01900000-0000-7000-8000-000000000000/triage", Array(text.utf8),
            headers: ["Content-Type": "application/json"])
        check(answer, 400, "invalid-input")
        #expect(answer["errors"]?.arrayValue?.isEmpty == false)
    }

    @Test("400 names a query key that is unknown, stands twice or is out of range")
    func query() async throws {
        let daemon = try await SharedDaemon.daemon()
        let answer = try await daemon.staff("desk-1", .GET, "/v1/tasks?limit=201&colour=red&state=received&state=accepted")
        check(answer, 400, "invalid-input")
        let pointers = Set((answer["errors"]?.arrayValue ?? []).compactMap { $0["pointer"]?.stringValue })
        #expect(pointers == ["/query/limit", "/query/colour", "/query/state"])
    }

    @Test("400 for a partner's POST without an idempotency key")
    func noKey() async throws {
        let daemon = try await SharedDaemon.daemon()
        let body = Household().signal().canonicalBytes()
        let client = try daemon.client(daemon.folder.partner(Town.debtHelp).path)
        let answer = try await daemon.send(client, "https://localhost:\(daemon.partners)/v1/signals", .POST, body, headers: [:])
        check(answer, 400, "invalid-input")
        #expect(answer["errors"]?.arrayValue?.first?["pointer"] == "/header/Idempotency-Key")
    }

    @Test("401 without a session, with a token that is none, and after signing out")
    func notSignedIn() async throws {
        let daemon = try await SharedDaemon.daemon()
        let none = try await daemon.anonymous(.GET, "/v1/desk")
        check(none, 401, "not-signed-in")
        #expect(none.header("WWW-Authenticate") == "Bearer")
        check(try await daemon.anonymous(.GET, "/v1/desk", headers: ["Authorization": "Bearer guessed"]), 401, "not-signed-in")
        check(try await daemon.anonymous(.GET, "/v1/desk", headers: ["Authorization": "Basic ZGVzazE6cA"]), 401, "not-signed-in")
        let session = try await daemon.signIn("desk-1", daemon.folder.passwords["desk-1"] ?? "").expect(201)
        let bearer = ["Authorization": "Bearer \(session["token"]?.stringValue ?? "")"]
        #expect(try await daemon.anonymous(.GET, "/v1/desk", headers: bearer).status == 200)
        #expect(try await daemon.anonymous(.DELETE, "/v1/sessions/current", headers: bearer).status == 204)
        check(try await daemon.anonymous(.GET, "/v1/desk", headers: bearer), 401, "not-signed-in")
    }

    @Test("401 for an unknown account and for a wrong password alike")
    func wrongPassword() async throws {
        let daemon = try await SharedDaemon.daemon()
        let unknown = try await daemon.signIn("nobody-1", "x")
        let wrong = try await daemon.signIn("admin-1", "x")
        check(unknown, 401, "not-signed-in")
        check(wrong, 401, "not-signed-in")
        #expect(unknown["detail"] == wrong["detail"])
    }

    @Test("403 role-may-not where a role may not do it")
    func role() async throws {
        let daemon = try await SharedDaemon.daemon()
        let open = try await daemon.openCase()
        check(try await daemon.staff("intermediary-1", .POST, "/v1/referrals", open.referral()), 403, "role-may-not")
        check(try await daemon.staff("privacy-1", .GET, "/v1/desk"), 403, "role-may-not")
        check(try await daemon.staff("desk-1", .GET, "/v1/log/entries"), 403, "role-may-not")
        check(try await daemon.staff("case-manager-1", .POST, "/v1/signals", Household().signal()), 403, "role-may-not")
        check(try await daemon.staff("admin-1", .GET, "/v1/casefiles/\(open.casefile)"), 403, "role-may-not")
    }

    @Test("404 for what does not exist, and for what exists and is somebody else's")
    func notFound() async throws {
        let daemon = try await SharedDaemon.daemon()
        let open = try await daemon.openCase()
        let missing = "01900000-0000-7000-8000-000000000000"
        for path in [
            "/v1/nothing", "/v1/desk/", "//v1/desk", "/v1/signals/\(missing)", "/v1/signals/not-an-id", "/v1/casefiles/\(missing)",
        ] {
            check(try await daemon.staff("desk-1", .GET, path), 404, "not-found")
        }
        check(try await daemon.staff("desk-1", .PUT, "/v1/desk", [:]), 404, "not-found")
        check(try await daemon.staff("intermediary-2", .GET, "/v1/signals/\(open.signal)"), 404, "not-found")
        check(try await daemon.staff("intermediary-1", .GET, "/v1/casefiles/\(open.casefile)"), 404, "not-found")
        let made = try await daemon.refer(open)
        check(try await daemon.partner(Town.care, .GET, "/v1/inbox/\(made.message)"), 404, "not-found")
        check(try await daemon.partner(Town.care, .POST, "/v1/tasks/\(made.task)/transitions", ["to": "accepted"]), 404, "not-found")
        // What is at the other door is nowhere at this one.
        check(try await daemon.partner(Town.care, .GET, "/v1/desk"), 404, "not-found")
        check(try await daemon.staff("desk-1", .GET, "/v1/inbox"), 404, "not-found")
    }

    @Test("406 when the one media type there is, is not accepted")
    func notAcceptable() async throws {
        let daemon = try await SharedDaemon.daemon()
        check(try await daemon.staff("desk-1", .GET, "/v1/desk", headers: ["Accept": "text/html"]), 406, "not-acceptable")
        let made = try await daemon.refer(try await daemon.openCase())
        let path = "/v1/inbox/\(made.message)"
        check(try await daemon.partner(Town.debtHelp, .GET, path, headers: ["Accept": "application/json"]), 406, "not-acceptable")
        let sealed = try await daemon.partner(Town.debtHelp, .GET, path, headers: ["Accept": "application/jose"])
        #expect(sealed.status == 200)
        #expect(sealed.header("Content-Type") == "application/jose")
        #expect(sealed.header("Cache-Control") == "no-store")
    }

    @Test("409 idempotency-conflict for another body; the same body gets the same answer")
    func idempotency() async throws {
        let daemon = try await SharedDaemon.daemon()
        let signal = Household().signal()
        let key = ["Idempotency-Key": UUID().uuidString]
        let first = try await daemon.staff("intermediary-1", .POST, "/v1/signals", signal, headers: key).expect(201)
        let again = try await daemon.staff("intermediary-1", .POST, "/v1/signals", signal, headers: key)
        #expect(again.status == 201)
        #expect(again.bytes == first.bytes)
        check(
            try await daemon.staff("intermediary-1", .POST, "/v1/signals", Household().signal(), headers: key), 409, "idempotency-conflict")
        // Keys are per account.
        let other = try await daemon.staff("intermediary-2", .POST, "/v1/signals", Household().signal(), headers: key).expect(201)
        #expect(other["signalId"] != first["signalId"])
    }

    @Test("409 idempotency-conflict for the same words about another signal")
    func otherPath() async throws {
        let daemon = try await SharedDaemon.daemon()
        var triages: [String] = []
        for _ in 1...2 {
            let filed = try await daemon.staff("intermediary-1", .POST, "/v1/signals", Household().signal()).expect(201)
            triages.append("/v1/signals/\(try #require(filed["signalId"]?.stringValue))/triage")
        }
        let key = ["Idempotency-Key": UUID().uuidString]
        let first = try await daemon.staff("desk-1", .POST, triages[0], ["outcome": "single"], headers: key)
        #expect(first.status == 200)
        let again = try await daemon.staff("desk-1", .POST, triages[0], ["outcome": "single"], headers: key)
        #expect(again.bytes == first.bytes)
        check(try await daemon.staff("desk-1", .POST, triages[1], ["outcome": "single"], headers: key), 409, "idempotency-conflict")
    }

    @Test("409 illegal-transition says where the task can move")
    func illegalTransition() async throws {
        let daemon = try await SharedDaemon.daemon()
        let made = try await daemon.refer(try await daemon.openCase())
        let early = try await daemon.partner(Town.debtHelp, .POST, "/v1/tasks/\(made.task)/transitions", ["to": "accepted"])
        check(early, 409, "illegal-transition")
        #expect(early["legal"] == [])
        _ = try await daemon.receipt(of: made.message).expect(200)
        let wrong = try await daemon.partner(Town.debtHelp, .POST, "/v1/tasks/\(made.task)/transitions", ["to": "completed"])
        check(wrong, 409, "illegal-transition")
        #expect(wrong["legal"] == ["accepted", "onHold", "rejected"])
    }

    @Test("409 already-decided for a receipt about other bytes")
    func alreadyDecided() async throws {
        let daemon = try await SharedDaemon.daemon()
        let made = try await daemon.refer(try await daemon.openCase())
        let answer = try await daemon.receipt(of: made.message) { $0.digest = [UInt8](repeating: 7, count: 32) }
        check(answer, 409, "already-decided")
    }

    @Test("410 ended, without a reason, for a message whose consent was withdrawn")
    func ended() async throws {
        let daemon = try await SharedDaemon.daemon()
        let open = try await daemon.openCase()
        let made = try await daemon.refer(open)
        let consent = try #require(open.consent(to: Town.debtHelp))
        let withdrawn = try await daemon.staff("desk-1", .POST, "/v1/consents/\(consent)/withdrawal", ["how": "telephone"]).expect(200)
        #expect(withdrawn["ended"] == [.string(made.message)])
        let answer = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(made.message)")
        check(answer, 410, "ended")
        #expect(!String(decoding: answer.bytes, as: UTF8.self).contains("consent"))
        let inbox = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox?limit=200").expect(200)
        #expect(inbox["items"]?.arrayValue?.contains { $0["messageId"]?.stringValue == made.message } == false)
    }

    @Test("413 for more than 256 KiB; nothing of it is taken")
    func tooLarge() async throws {
        let daemon = try await SharedDaemon.daemon()
        let text = "{\"channel\":\"" + String(repeating: "x", count: 256 * 1024) + "\"}"
        let answer = try await daemon.raw(
            "intermediary-1", .POST, "/v1/signals", Array(text.utf8), headers: ["Content-Type": "application/json"])
        check(answer, 413, "too-large")
    }

    @Test("415 for another media type and for a body that is compressed")
    func mediaType() async throws {
        let daemon = try await SharedDaemon.daemon()
        for headers in [
            ["Content-Type": "text/plain"], ["Content-Type": "application/json; charset=latin1"],
            ["Content-Type": "application/json", "Content-Encoding": "gzip"],
        ] {
            check(
                try await daemon.raw("intermediary-1", .POST, "/v1/signals", [0x7b, 0x7d], headers: headers), 415, "unsupported-media-type")
        }
        let made = try await daemon.refer(try await daemon.openCase())
        check(
            try await daemon.partner(
                Town.debtHelp, .POST, "/v1/inbox/\(made.message)/receipts", jose: [0x61], headers: ["Content-Type": "application/json"]),
            415,
            "unsupported-media-type")
    }

    @Test("422 disclosure-refused names the decision, the reasons, and says them in both languages")
    func refused() async throws {
        let daemon = try await SharedDaemon.daemon()
        let open = try await daemon.openCase()
        let body = open.referral(to: Town.housing, purpose: "evictionPrevention", fields: ["identification.name", "contact.address"])
        let answer = try await daemon.staff("case-manager-1", .POST, "/v1/referrals", body)
        check(answer, 422, "disclosure-refused")
        #expect(answer["reasons"] == ["consent-missing"])
        #expect(answer["decision"]?.stringValue?.count == 36)
        #expect(answer["explanation"]?["nl"]?.stringValue?.isEmpty == false)
        #expect(answer["explanation"]?["en"]?.stringValue?.isEmpty == false)
    }

    @Test("429 after five wrong passwords, also for the right one, with the time to wait")
    func tooMany() async throws {
        let daemon = try await SharedDaemon.daemon()
        for _ in 0..<5 { check(try await daemon.signIn("locked-1", "wrong"), 401, "not-signed-in") }
        let answer = try await daemon.signIn("locked-1", daemon.folder.passwords["locked-1"] ?? "")
        check(answer, 429, "too-many")
        let seconds = Int(answer.header("Retry-After") ?? "") ?? 0
        #expect((1...901).contains(seconds))
    }
}
