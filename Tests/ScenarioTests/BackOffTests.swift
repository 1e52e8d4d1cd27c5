import Casework
import Foundation
import Testing

@testable import Exchange

@Suite("When to try again")
struct BackOffTests {
    @Test(
        "the ceiling doubles from one second to five minutes, and stays there",
        arguments: [(1, 1_000), (2, 2_000), (3, 4_000), (8, 128_000), (9, 256_000), (10, 300_000), (11, 300_000), (5_000, 300_000)])
    func ceiling(_ failures: Int, _ milliseconds: Int64) {
        #expect(BackOff.delay(failures: failures, chance: 1) == milliseconds)
        #expect(BackOff.delay(failures: failures, chance: 0.5) == milliseconds / 2)
        #expect(BackOff.delay(failures: failures, chance: 0) == 0)
    }

    @Test("a partner may ask for longer, for a day at most, never for less")
    func asked() {
        #expect(BackOff.delay(failures: 1, chance: 1, asked: 900_000) == 900_000)
        #expect(BackOff.delay(failures: 10, chance: 1, asked: 1_000) == 300_000)
        #expect(BackOff.delay(failures: 1, chance: 0, asked: 1_000 * 86_400_000) == 86_400_000)
        #expect(BackOff.delay(failures: 1, chance: 0, asked: -5) == 0)
    }

    @Test("random bytes spread over the whole span, and never reach its end")
    func chance() {
        #expect(BackOff.chance([0, 0, 0, 0, 0, 0, 0, 0]) == 0)
        #expect(BackOff.chance([0x80, 0, 0, 0, 0, 0, 0, 0]) == 0.5)
        let highest = BackOff.chance([UInt8](repeating: 255, count: 8))
        #expect(highest < 1 && highest > 0.999_999)
    }

    @Test(
        "Retry-After in seconds and in each form of an HTTP-date",
        arguments: [
            ("120", 120_000), (" 0", 0), ("Mon, 23 Nov 2026 09:00:30 GMT", 30_000), ("Monday, 23-Nov-26 09:01:00 GMT", 60_000),
            ("Mon Nov 23 09:02:00 2026", 120_000), ("Sun Nov  1 09:00:00 2026", 0), ("Sun, 22 Nov 2026 09:00:00 GMT", 0),
        ])
    func header(_ text: String, _ milliseconds: Int64) throws {
        let now = try #require(Instant(rfc3339: "2026-11-23T09:00:00Z"))
        #expect(retryAfter(text, at: now) == milliseconds)
    }

    @Test(
        "what is no Retry-After asks for nothing",
        arguments: ["", "soon", "-5", "1.5", "Mon, 23 Foo 2026 09:00:30 GMT", "Mon, 40 Nov 2026 09:00:30 GMT", "1 2 3 4 5"])
    func noHeader(_ text: String) throws {
        #expect(retryAfter(text, at: try #require(Instant(rfc3339: "2026-11-23T09:00:00Z"))) == nil)
    }

    @Test("a number too large for anything is not a fault")
    func large() throws {
        let now = try #require(Instant(rfc3339: "2026-11-23T09:00:00Z"))
        #expect(BackOff.delay(failures: 1, chance: 0, asked: retryAfter(String(repeating: "9", count: 40), at: now)) == 86_400_000)
    }
}

@Suite("What an answer tells")
struct AnswerMeaningTests {
    /// Longer than any pause of a lane, but for one that asked for more, in milliseconds.
    static let longest = AnswerMeaning.goneRests

    @Test("every status: only four can be about a message for good, and all else is tried again")
    func every() {
        let dead = (100...599).filter { AnswerMeaning(status: $0) == .neverThisMessage }
        #expect(dead == [400, 409, 413, 422])
        let busy = (100...599).filter { AnswerMeaning(status: $0) == .laneBusy }
        #expect(busy == [429, 502, 503, 504])
        #expect((300...399).allSatisfy { AnswerMeaning(status: $0) == .laneMisconfigured })
        #expect([401, 403, 404, 410, 421].allSatisfy { AnswerMeaning(status: $0) == .laneMisconfigured })
        #expect([408, 425, 500, 501, 204].allSatisfy { AnswerMeaning(status: $0) == .notNow })
    }

    @Test("a lane's code is an answer's, or why there was none")
    func code() {
        #expect(AnswerMeaning(code: "http-404") == .laneMisconfigured)
        #expect(AnswerMeaning(code: "timeout") == nil && AnswerMeaning(code: "http-x") == nil)
    }
}

@Suite("Endpoints")
struct EndpointRuleTests {
    @Test(
        "addresses that may be pushed to",
        arguments: [
            "https://partner.example", "https://partner.example/", "https://partner.example:8443/in/box", "https://93.184.216.34/",
            "https://[2606:2800:220:1:248:1893:25c8:1946]:9443/", "https://localhost.example/", "https://10.example/",
        ])
    func sound(_ text: String) { #expect(endpointFault(text, allowingPrivate: false) == nil) }

    @Test(
        "addresses that may not, whatever the setting",
        arguments: [
            "http://partner.example/", "ftp://partner.example/", "partner.example", "", "https://", "https:///x",
            "https://user@partner.example/",
            "https://user:word@partner.example/", "https://partner.example/?a=b", "https://partner.example/?", "https://partner.example/#a",
            "https://partner.example:0/", "https://partner.example:70000/", "https://partner example/", "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433/", "https://0177.0.0.1/", "https://partner..example/", "https://par\u{e9}tner.example/", "https://[::1/",
            "https://%6cocalhost/",
        ])
    func never(_ text: String) { #expect(endpointFault(text, allowingPrivate: true) != nil) }

    @Test(
        "this machine and inner networks only where the setting allows it",
        arguments: [
            "https://localhost/", "https://LOCALHOST./", "https://a.localhost/", "https://127.0.0.1:8443/", "https://127.255.0.9/",
            "https://0.0.0.0/",
            "https://10.1.2.3/", "https://172.16.0.1/", "https://172.31.255.255/", "https://192.168.1.1/", "https://169.254.169.254/",
            "https://100.64.0.1/", "https://224.0.0.1/", "https://255.255.255.255/", "https://[::1]/", "https://[::]/",
            "https://[fc00::1]/",
            "https://[fe80::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:a00:1]/", "https://[64:ff9b::a00:1]/",
            "https://[2002:a00:1::]/",
            "https://[ff02::1]/",
        ])
    func inner(_ text: String) {
        #expect(endpointFault(text, allowingPrivate: false) != nil)
        #expect(endpointFault(text, allowingPrivate: true) == nil)
    }

    @Test(
        "a list lets in what it names and nothing else",
        arguments: [
            ("10.20.0.0/16", "10.20.255.1", true), ("10.20.0.0/16", "10.21.0.1", false), ("10.20.0.0/17", "10.20.127.255", true),
            ("10.20.0.0/17", "10.20.128.0", false), ("192.168.1.7", "192.168.1.7", true), ("192.168.1.7", "192.168.1.8", false),
            ("fd12:3456::/32", "[fd12:3456:ffff::1]", true), ("fd12:3456::/32", "[fd12:3457::1]", false),
            ("10.0.0.0/8, ::1", "[::1]", true), ("10.0.0.0/8", "[::ffff:10.0.0.1]", true), ("10.0.0.0/8", "localhost", false),
            ("127.0.0.0/8", "localhost", true), ("0.0.0.0/0", "127.0.0.1", true), ("0.0.0.0/0", "[::1]", false),
            ("10.0.0.0/8", "93.184.216.34", true),
        ])
    func listed(_ list: String, _ host: String, _ allowed: Bool) throws {
        let hosts = try #require(PrivateHosts(list))
        #expect((endpointFault("https://\(host)/", allowingPrivate: hosts) == nil) == allowed)
    }

    @Test(
        "what is no list of networks",
        arguments: ["", "yes", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "/8", "10.0.0.0/8,", "partner.internal", "10.0.0.0/-1"])
    func notAList(_ text: String) { #expect(PrivateHosts(text) == nil) }

    @Test(
        "the neighbours of inner networks are outside",
        arguments: ["172.15.255.255", "172.32.0.1", "11.0.0.1", "100.128.0.1", "126.255.255.255"])
    func edges(_ address: String) { #expect(endpointFault("https://\(address)/", allowingPrivate: false) == nil) }
}
