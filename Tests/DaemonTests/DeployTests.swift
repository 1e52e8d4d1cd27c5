import Foundation
import PolicyFiles
import Testing

@testable import convenant

@Suite("what deploy/ says is true of the program")
struct DeployTests {
    private func file(_ name: String) throws -> String { try String(contentsOfFile: "\(Checkout.root)/deploy/\(name)", encoding: .utf8) }

    @Test("convenant.yaml explains every setting, with its default, and no other")
    func settings() throws {
        let known = Settings.defaults.map(\.key)
        let values = try readSettings(try file("convenant.yaml"), file: "convenant.yaml", known: known)
        #expect(Set(known).subtracting(values.keys).isEmpty, "not explained: \(Set(known).subtracting(values.keys).sorted())")
        for (key, value) in Settings.defaults { if let value { #expect(values[key] == value, "\(key)") } }
    }

    @Test("every figure that an alert rule names is one of the daemon's")
    func alerts() async throws {
        let told = String(decoding: try await SharedDaemon.daemon().manage("/metrics").bytes, as: UTF8.self)
        var figures: Set<String> = []
        for match in told.matches(of: #/# TYPE (?<name>[a-z_]+) (?<kind>[a-z]+)/#) {
            let name = String(match.name)
            figures.insert(name)
            if match.kind == "histogram" { for end in ["_bucket", "_sum", "_count"] { figures.insert(name + end) } }
        }
        let named = Set(try file("alerts.yaml").matches(of: #/convenant_[a-z_]+/#).map { String($0.output) })
        #expect(!named.isEmpty && named.isSubset(of: figures), "unknown: \(named.subtracting(figures).sorted())")
    }

    @Test("a rule that waits for the first event of a counter sees it, though the counter begins with it")
    func firstEvents() async throws {
        let rules = try file("alerts.yaml")
        // These are told from the start, at nought.
        let told = String(decoding: try await SharedDaemon.daemon().manage("/metrics").bytes, as: UTF8.self)
        #expect(told.contains("convenant_commits_total{outcome=\"failed\"} "))
        var seen = 0
        for match in rules.matches(of: #/increase\((?<what>[a-z_]+\{[^}]*\})\[(?<span>[0-9]+[mh])\]\)\) > 0/#)
        where !match.what.hasPrefix("convenant_commits_total") {
            seen += 1
            #expect(rules.contains("\(match.what) unless \(match.what) offset \(match.span)) > 0"), "\(match.what)")
        }
        #expect(seen == 3)
    }

    @Test("the rule about passwords looks at each door where one is asked for")
    func passwords() async throws {
        let daemon = try await SharedDaemon.daemon()
        let page = try await daemon.anonymous(.GET, "/sign-in").expect(200)
        let form = String(decoding: page.bytes, as: UTF8.self)
        let shown = try #require(form.firstMatch(of: #/name="key" value="(?<key>[^"]+)"/#)).key
        let key = try #require(String(shown).addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let cookies = page.headers["set-cookie"].map { $0.prefix { $0 != ";" } }.joined(separator: "; ")
        _ = try await daemon.raw(
            nil, .POST, "/sign-in", Array("account=nobody&password=guessed&key=\(key)&for=".utf8),
            headers: ["Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies]
        ).expect(401)
        _ = try await daemon.signIn("nobody", "guessed").expect(401)
        let told = String(decoding: try await daemon.manage("/metrics").bytes, as: UTF8.self)
        let rule = try #require(try file("alerts.yaml").firstMatch(of: #/route=~"(?<routes>[^"]+)",status=~"401/#))
        #expect(rule.routes == "/v1/sessions|/sign-in")
        for route in rule.routes.split(separator: "|") {
            #expect(told.contains("route=\"\(route)\",method=\"POST\",status=\"401\""), "\(route)")
        }
    }

    @Test("every command of a unit is one of the program's, with its options")
    func units() async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Checkout.root + "/deploy").filter { $0.hasSuffix(".service") }
        #expect(names.count >= 3)
        for name in names {
            for match in try file(name).matches(of: #/ExecStart=/usr/bin/convenant (?<words>.+)/#.anchorsMatchLineEndings()) {
                let words = match.words.split(separator: " ").map(String.init)
                let help = try await convenant(words[0], "--help")
                #expect(help.code == 0, "\(name): \(words[0])")
                for option in words where option.hasPrefix("--") { #expect(help.output.contains(option), "\(name): \(option)") }
            }
        }
    }
}
