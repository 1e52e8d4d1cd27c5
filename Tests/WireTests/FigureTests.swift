import Casework
import ConvenantTestSupport
import Exchange
import StrictJSON
import Testing

@testable import Wire

@Suite("figures of a working exchange")
struct FigureTests {
    /// The value of a figure with these labels; nil when it has none.
    private func value(_ name: String, _ labels: String, in text: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix("\(name)\(labels) ") }.flatMap {
            $0.split(separator: " ").last.flatMap { Double($0) }
        }
    }

    private func text(_ test: TestDesk, _ registry: MetricsRegistry) async throws -> String {
        registry.prometheusText(describing: .exchange, with: try await test.desk.figuresNow())
    }

    @Test("queues, attempts, receipts, lanes, decisions and commits are told for each partner, and everything told is described")
    func told() async throws {
        let registry = MetricsRegistry()
        let test = try await TestDesk(metrics: registry)
        let member = try await test.staff("desk-1", .contactPoint)
        let filed = try await test.openVisitedCase(by: member)
        let debt = "{partner=\"\(test.debt.oin)\"}"
        let care = "{partner=\"\(test.care.oin)\"}"

        let first = try await test.refer(test.referral(filed), by: member)
        test.clock.advance(milliseconds: 90_000)
        _ = try await test.refer(test.referral(filed), by: member)
        var told = try await text(test, registry)
        #expect(value("convenant_partner_queue_depth", debt, in: told) == 2)
        #expect(value("convenant_partner_queue_oldest_seconds", debt, in: told) == 90)
        #expect(value("convenant_partner_queue_depth", care, in: told) == 0)
        #expect(value("convenant_partner_queue_oldest_seconds", care, in: told) == 0)
        #expect(value("convenant_partner_lane_up", debt, in: told) == nil)

        try await test.receive(first.message, as: test.debt)
        _ = await refusal { () async throws(DeskRefusal) in
            try await test.desk.fetchMessage(first.message, by: .partner(test.debt.oin))
        }
        _ = await ask { () async throws(DeskRefusal) in
            try await test.desk.dispatchReferral(
                test.referral(filed, to: test.care, purpose: "debtAssistance"), by: member, idempotency: nil)
        }
        try await test.giveEndpoint(test.debt)
        let due = try #require(try await test.due(test.debt).first)
        try await test.desk.settlePush(try await test.begin(due), .unreachable(code: "connection"))
        told = try await text(test, registry)
        #expect(value("convenant_partner_queue_depth", debt, in: told) == 1)
        #expect(value("convenant_partner_lane_up", debt, in: told) == 0)
        #expect(value("convenant_partner_lane_failures", debt, in: told) == 1)
        for (result, count) in [("given", 1.0), ("ended", 1.0)] {
            let labels = "{partner=\"\(test.debt.oin)\",result=\"\(result)\"}"
            #expect(value("convenant_pull_attempts_total", labels, in: told) == count)
        }
        #expect(value("convenant_receipts_total", "{partner=\"\(test.debt.oin)\",result=\"opened\"}", in: told) == 1)
        #expect(value("convenant_decisions_total", "{outcome=\"refused\"}", in: told) == 1)
        #expect(told.contains("convenant_refusals_total{reason=\""))
        #expect(value("convenant_commits_total", "{outcome=\"done\"}", in: told) ?? 0 > 5)

        let described = Set(FigureCatalogue.exchange.entries.map(\.name))
        for line in told.split(separator: "\n") where line.hasPrefix("# TYPE ") {
            let words = line.split(separator: " ")
            #expect(described.contains(String(words[2])), "\(words[2])")
        }
        // Nothing about a person, a case or a message stands in a label.
        for secret in [filed.casefile, filed.signal, first.message, first.task, "desk-1", test.debt.name] + filed.persons {
            #expect(!told.contains(secret))
        }
    }

    @Test("when the newest copy of each part was begun, and nought for none")
    func backups() async throws {
        let test = try await TestDesk()
        func told(_ part: String) async throws -> Double? {
            value("convenant_backup_timestamp_seconds", "{part=\"\(part)\"}", in: try await text(test, MetricsRegistry()))
        }
        #expect(try await told("data") == 0)
        _ = try await test.desk.noteBackup(part: "data", at: "1970-01-01T00:02:00Z", bytes: 7)
        #expect(try await told("data") == 120)
        #expect(try await told("keys") == 0)
    }

    @Test("days left of each certificate, and whether it counts now")
    func certificates() async throws {
        let test = try await TestDesk()
        func told(_ name: String, _ use: String) async throws -> Double? {
            value(name, "{partner=\"\(test.debt.oin)\",use=\"\(use)\"}", in: try await text(test, MetricsRegistry()))
        }
        for use in ["tls", "sig", "enc"] {
            #expect(try await told("convenant_certificate_days_left", use) == 400)
            #expect(try await told("convenant_certificate_trusted", use) == 1)
        }
        test.clock.advance(milliseconds: 1)
        #expect(try await told("convenant_certificate_days_left", "enc") == 399)
        // The list of revocations ends first: then nobody is known to be good.
        test.clock.advance(days: 31)
        #expect(try await told("convenant_certificate_days_left", "tls") == 368)
        #expect(try await told("convenant_certificate_trusted", "tls") == 0)
        test.clock.advance(days: 369)
        #expect(try await told("convenant_certificate_days_left", "sig") == -1)
    }
}
