import Casework
import StrictJSON
import Testing

@testable import Reporting

@Suite("worker roles that acknowledged a covenant (R29)")
struct AcknowledgementTests {
    private let debt = "00000099000000002000"
    private let asked = WorkerRoles(
        partner: "00000099000000002000", name: "Schuldhulp, \"Zuid\"", covenant: "debt-help", version: 2,
        roles: (1...10).map { "worker\($0)" })

    private func head(_ workers: [WorkerRoles]) -> ReportHead {
        ReportHead(municipality: "Gemeente Voorbeeld", pack: "den-haag-meldcode", workers: workers)
    }
    private func report(_ change: (inout LogBuilder) throws -> Void) throws -> UniformReport {
        var log = LogBuilder()
        try change(&log)
        return UniformReport.fold(log.entries, period: year2009)
    }

    @Test("three of ten acknowledged version 2: every format says so, in Dutch and English where it has both") func threeOfTen() throws {
        let report = try report { log in
            for role in ["worker1", "worker2", "worker3", "worker3"] {
                try log.receive("2009-03-02T10:00", from: debt, role: role, covenant: "debt-help/2", version: 2)
            }
        }
        let head = head([asked])
        #expect(
            report.text(head).contains(
                "\nACKNOWLEDGED COVENANTS\nSchuldhulp, \"Zuid\", debt-help: 3 of 10 roles acknowledged version 2\n"))
        #expect(
            report.csv(head).contains(
                "acknowledged debt-help,worker roles,3,\"Schuldhulp, \"\"Zuid\"\": 3 of 10 roles acknowledged version 2\"\r\n"))
        let html = report.html(head)
        #expect(html.contains("3 van de 10 functies kennen versie 2") && html.contains("3 of 10 roles acknowledged version 2"))
        #expect(html.contains("Schuldhulp, &quot;Zuid&quot;, debt-help"))
        #expect(
            report.json(head)["acknowledgements"] == [
                ["name": "Schuldhulp, \"Zuid\"", "covenant": "debt-help", "version": 2, "roles": 10, "acknowledged": 3]
            ])
    }

    @Test(
        "what counts: this partner, this covenant, this version, a message that was opened, a role that is asked for, until the period's end"
    )
    func whatCounts() throws {
        let report = try report { log in
            try log.receive("2009-03-02T10:00", from: "00000099000000003000", role: "worker1", covenant: "debt-help/2", version: 2)
            try log.receive("2009-03-02T10:00", from: debt, role: "worker2", covenant: "housing/2", version: 2)
            try log.receive("2009-03-02T10:00", from: debt, role: "worker3", covenant: "debt-help/1", version: 1)
            try log.receive("2009-03-02T10:00", from: debt, role: "worker4", covenant: "debt-help/2", version: 1)
            try log.receive("2009-03-02T10:00", from: debt, role: "worker5", covenant: "debt-help/2", version: 2, result: "refused")
            try log.receive("2009-03-02T10:00", from: debt, role: "caretaker", covenant: "debt-help/2", version: 2)
            try log.receive("2009-09-01T00:00", from: debt, role: "worker6", covenant: "debt-help/2", version: 2)
        }
        #expect(report.text(head([asked])).contains("0 of 10 roles acknowledged version 2"))
    }

    @Test("what was acknowledged before the period is known in it") func before() throws {
        let report = try report { try $0.receive("2008-12-31T10:00", from: debt, role: "worker1", covenant: "debt-help/2", version: 2) }
        #expect(report.text(head([asked])).contains("1 of 10 roles acknowledged version 2"))
    }

    @Test("where no covenant names roles the report is as it was") func notAsked() throws {
        let report = try report { try $0.receive("2009-03-02T10:00", from: debt, role: "worker1", covenant: "debt-help/2", version: 2) }
        let none = try self.report { _ in }
        for (one, other) in [
            (report.text(head([])), none.text(head([]))), (report.csv(head([])), none.csv(head([]))),
            (report.html(head([])), none.html(head([]))),
            (report.json(head([])).canonicalText, none.json(head([])).canonicalText),
        ] { #expect(one == other) }
    }
}
