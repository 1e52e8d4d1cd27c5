import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import StrictJSON
import Testing

/// A `partner run --page` process and a browser that was let in.
private struct PartnerBrowser {
    let process: ChildProcess
    let entrance: String
    let cookie: String
    let client: HTTPClient

    var origin: String { String(entrance.prefix { $0 != "?" }.dropLast(5)) }

    init(_ folder: String, exchange: Int, role: String? = nil) async throws {
        process = try ChildProcess(
            Checkout.binary,
            ["partner", "run", "--dir", folder, "--exchange", "https://localhost:\(exchange)", "--every", "1", "--page"]
                + (role.map { ["--role", $0] } ?? []))
        entrance = String(try await process.line(beginning: "page ").dropFirst(5))
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))
        let entered = try await Self.send(client, .GET, entrance, headers: [:])
        cookie = String((entered.header("Set-Cookie") ?? "").prefix { $0 != ";" })
        guard entered.status == 303, entered.header("Location") == "/" else { throw Trouble("answered \(entered.status) at the entrance") }
    }

    static func send(_ client: HTTPClient, _ method: HTTPMethod, _ url: String, headers: [String: String], form: String? = nil) async throws
        -> Answer
    {
        var request = HTTPClientRequest(url: url)
        request.method = method
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        if let form { request.body = .bytes(ByteBuffer(string: form)) }
        let response = try await client.execute(request, timeout: .seconds(60))
        return Answer(
            status: Int(response.status.code), headers: response.headers,
            bytes: Array(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await Self.send(client, .GET, origin + path, headers: ["Cookie": cookie].merging(headers) { $1 })
    }

    /// Sends a form of the page at `path` to `action`, with what stands hidden in it.
    func post(_ action: String, from path: String, _ members: String, headers: [String: String] = [:]) async throws -> Answer {
        try await submit(try await hidden(in: path) + members, to: action, headers: headers)
    }

    func submit(_ form: String, to action: String, headers: [String: String] = [:]) async throws -> Answer {
        try await Self.send(client, .POST, origin + action, headers: ["Cookie": cookie].merging(headers) { $1 }, form: form)
    }

    /// The hidden members of the forms of a page.
    func hidden(in path: String) async throws -> String {
        let page = String(decoding: try await get(path).bytes, as: UTF8.self)
        let key = page.firstMatch(of: /name="key" value="([0-9a-f]+)"/).map { String($0.1) } ?? ""
        let once = page.firstMatch(of: /name="once" value="([0-9a-f]+)"/).map { String($0.1) } ?? ""
        return "key=\(key)&once=\(once)&"
    }

    func text(_ path: String) async throws -> String { String(decoding: try await get(path).expect(200).bytes, as: UTF8.self) }

    func close() async {
        process.signal(SIGKILL)
        _ = await process.end()
        try? await client.shutdown()
    }
}

@Suite("the page of a partner without a system", .timeLimit(.minutes(10)))
struct PageTests {
    @Test("people read, accept and are told of a recall; what was received stands nowhere in clear")
    func whole() async throws {
        try await withDaemon { daemon in
            let folder = daemon.folder.partner(Town.debtHelp).path
            let browser = try await PartnerBrowser(folder, exchange: daemon.partners)
            let open = try await daemon.openCase()
            let made = try await daemon.refer(open)
            // Kept before its receipt reached the exchange it stands there too, as one that is under way.
            try await eventually("the referral is listed as a new one") {
                let list = try await browser.text("/")
                return list.contains("/m/\(made.message)") && list.contains("nieuw")
            }
            let list = try await browser.text("/")
            #expect(list.contains("Schuldhulp"))
            for secret in open.household.secrets { #expect(!list.contains(secret)) }

            let whole = try await browser.text("/m/\(made.message)")
            #expect(whole.contains(open.household.family) && whole.contains(open.household.observation))
            #expect(whole.contains("Wij nemen het op") && !whole.contains("Afgerond"))
            for file in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? [] {
                guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(file)") else { continue }
                for secret in open.household.secrets { #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(file)") }
            }

            #expect(whole.contains("van Gemeente Den Haag (fictief), ") && !whole.contains(Town.municipality))
            // Without a day, and with one that the exchange does not take: the form stands there again, with what is wrong at its field.
            for (day, value) in [("", ""), ("2020-01-01", "2020-01-01")] {
                let wrong = try await browser.post("/m/\(made.message)", from: "/m/\(made.message)", "to=onHold&day=\(day)").expect(400)
                let text = String(decoding: wrong.bytes, as: UTF8.self)
                #expect(text.contains("id=\"onHold-fault\"") && text.contains("value=\"\(value)\" aria-describedby=\"onHold-fault\""))
                #expect(text.contains("<p class=\"fault\" role=\"alert\">"))
            }
            #expect(try await daemon.state(of: made.task) == "received")
            #expect(try await browser.text("/m/\(made.message)").contains("antwoord gevraagd vóór"))
            // Sent twice, as by a double click, it is one step; without what stands in the form it is none.
            let form = try await browser.hidden(in: "/m/\(made.message)") + "to=accepted"
            for _ in 1...2 {
                let accepted = try await browser.submit(form, to: "/m/\(made.message)")
                #expect(accepted.status == 303 && accepted.header("Location") == "/m/\(made.message)?said=moved")
            }
            let bare = form.replacing(/once=[0-9a-f]+&/, with: "")
            #expect(try await browser.submit(bare, to: "/m/\(made.message)").status == 403)
            #expect(try await daemon.state(of: made.task) == "accepted")
            #expect(try await browser.text("/m/\(made.message)").contains("Afgerond"))

            let consent = try #require(open.consent(to: Town.debtHelp))
            _ = try await daemon.staff(
                "desk-1", .POST, "/v1/consents/\(consent)/withdrawal", ["how": "telephone"]
            ).expect(200)
            try await eventually("the recall is shown") { try await browser.text("/").contains("ingetrokken: antwoord gevraagd") }
            let recalled = try await browser.text("/m/\(made.message)")
            #expect(recalled.contains("De gemeente mag dit niet meer met u delen.") && !recalled.contains("notFound"))
            for secret in open.household.secrets { #expect(!recalled.contains(secret)) }
            // while nobody has answered it is neither fetched again nor receipted
            let fetched = browser.process.output.split(separator: "\n").filter { $0.contains("waiting") }
            #expect(!fetched.isEmpty)
            let notices = try FileManager.default.contentsOfDirectory(atPath: folder + "/recalls").filter { $0.hasSuffix(".jwe") }
            let answered = try await browser.post("/r/\(made.message)", from: "/m/\(made.message)", "answer=stopped")
            #expect(answered.status == 303 && answered.header("Location") == "/?said=stopped")
            #expect(try await browser.text("/?said=stopped").contains("u bent gestopt. Het bericht is hier gewist."))
            #expect(try await !browser.text("/").contains(made.message))
            let notice = try #require(notices.first).dropLast(4)
            let receipt = try #require(FileManager.default.contents(atPath: "\(folder)/received/\(notice).jws"))
            let said = String(decoding: receipt, as: UTF8.self).split(separator: ".")[1]
            let payload = said.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
            let padded = payload + String(repeating: "=", count: (4 - payload.count % 4) % 4)
            #expect(String(decoding: try #require(Data(base64Encoded: padded)), as: UTF8.self).contains(#""answer":"stopped""#))
            await browser.close()
        }
    }

    @Test("R29: with a role, the page shows nothing of a message before the role has acknowledged its covenant, once")
    func acknowledgedFirst() async throws {
        try await withDaemon { daemon in
            let folder = daemon.folder.partner(Town.debtHelp).path
            let browser = try await PartnerBrowser(folder, exchange: daemon.partners, role: "debtCounsellor")
            let open = try await daemon.openCase()
            let made = try await daemon.refer(open)
            try await eventually("the referral is listed") { try await browser.text("/").contains("/m/\(made.message)") }
            #expect(try await browser.text("/").contains("lees eerst het convenant"))
            let closed = try await browser.text("/m/\(made.message)")
            #expect(closed.contains("Lees eerst het convenant.") && closed.contains("debtCounsellor"))
            for secret in open.household.secrets { #expect(!closed.contains(secret)) }
            #expect(!closed.contains("Wij nemen het op"))
            #expect(try await browser.post("/m/\(made.message)", from: "/m/\(made.message)", "to=accepted").status == 404)
            #expect(try await daemon.state(of: made.task) == "requested")

            let said = try await browser.post("/k/\(made.message)", from: "/m/\(made.message)", "x=y")
            #expect(said.status == 303 && said.header("Location") == "/m/\(made.message)?said=acknowledged")
            #expect(try await daemon.state(of: made.task) == "received")
            let whole = try await browser.text("/m/\(made.message)")
            #expect(whole.contains(open.household.family) && whole.contains("Wij nemen het op"))
            // Once for each version: the next one opens by itself.
            let next = try await daemon.refer(try await daemon.openCase())
            try await eventually("the next is received") { try await daemon.state(of: next.task) == "received" }
            #expect(try await !browser.text("/m/\(next.message)").contains("Lees eerst het convenant."))
            await browser.close()
        }
    }

    @Test(
        "only whoever was given the address is let in: not a name that leads here, not a request without the cookie, not a form from elsewhere"
    )
    func guarded() async throws {
        let daemon = try await SharedDaemon.daemon()
        let copy = try await TestFolder.prepared()
        let browser = try await PartnerBrowser(copy.partner(Town.housing).path, exchange: daemon.partners)
        let page = try await browser.get("/")
        #expect(page.status == 200 && page.header("Cache-Control") == "no-store")
        #expect(page.header("Content-Security-Policy")?.hasPrefix("default-src 'none'; style-src 'nonce-") == true)
        #expect(page.header("Referrer-Policy") == "no-referrer" && page.header("X-Frame-Options") == "DENY")
        let text = String(decoding: page.bytes, as: UTF8.self)
        #expect(!text.contains("<script") && !text.contains("http") && !text.contains("url("))
        #expect(try await browser.get("/", headers: ["Host": "elsewhere.example"]).status == 421)
        #expect(try await browser.get("/", headers: ["Cookie": "x=y"]).status == 403)
        #expect(try await PartnerBrowser.send(browser.client, .GET, browser.origin + "/open?key=0", headers: [:]).status == 403)
        #expect(try await PartnerBrowser.send(browser.client, .GET, browser.origin + "/open", headers: [:]).status == 403)
        let id = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071"
        #expect(try await browser.get("/m/\(id)").status == 404)
        // a form without the page's key, as a page elsewhere would send it
        #expect(try await browser.post("/m/\(id)", from: "/", "to=accepted").status == 403)
        #expect(try await browser.post("/m/\(id)", from: "/", "to=accepted", headers: ["Sec-Fetch-Site": "cross-site"]).status == 403)
        await browser.close()
    }
}
