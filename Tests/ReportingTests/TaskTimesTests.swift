import AuditTrail
import Casework
import StrictJSON
import Testing

@testable import Reporting

@Suite("waiting, in time, and what was not taken")
struct TaskTimesTests {
    private static let debt = "00000099000000002000"
    private static let names = [debt: "Schuldhulp"]

    private func report(_ build: (inout LogBuilder) throws -> Void) throws -> UniformReport {
        var log = LogBuilder()
        try build(&log)
        return UniformReport.fold(log.entries, period: year2009, partners: Self.names)
    }

    @Test("R57 longest and median wait of each kind of help, and what still waits, in every format")
    func waits() throws {
        let report = try report { log in
            for (task, sent, acceptedOn) in [
                (1, "2009-03-01", "2009-03-03"), (2, "2009-03-01", "2009-03-08"), (3, "2009-03-01", "2009-03-20"),
                (4, "2008-12-20", "2009-01-02"),
            ] {
                try log.refer(task, "\(sent)T10:00")
                try log.move(task, "\(acceptedOn)T09:00", to: "accepted")
            }
            try log.refer(5, "2009-01-05T10:00", purpose: "careSupport")
            try log.move(5, "2009-01-10T10:00", to: "onHold")
            // Taken on and put on hold again, refused, and sent after the period.
            try log.refer(6, "2009-08-01T10:00")
            try log.move(6, "2009-08-02T10:00", to: "accepted")
            try log.move(6, "2009-08-03T10:00", to: "onHold")
            try log.refer(7, "2009-08-01T10:00")
            try log.move(7, "2009-08-02T10:00", to: "rejected")
            try log.refer(8, "2009-09-01T10:00")
        }
        let csv = report.csv(head)
        for line in [
            "tasksTakenOn,tasks,4", "tasksTakenOn-careSupport,tasks,0", "waitLongest,days,19", "waitMedian,days,10",
            "waitMedian-debtAssistance,days,10", "waitMedian-careSupport,days,none", "tasksWaiting,tasks,2", "tasksOnHold,tasks,2",
            "tasksUnanswered,tasks,0", "waitSoFar,days,238", "waitSoFar-debtAssistance,days,30",
        ] { #expect(csv.contains("\r\n\(line),\r\n"), "\(line)") }
        let json = report.json(head)
        #expect(json["waitLongest"] == 19 && json["units"]?["waitLongest"] == "days")
        #expect(
            json["waiting"]?.arrayValue?.first == [
                "purpose": "careSupport", "takenOn": 0, "longest": nil, "median": nil, "onHold": 1, "unanswered": 0, "longestSoFar": 238,
            ])
        #expect(report.text(head).contains("\nWAITING FOR HELP\nTaken on by helpers"))
        let html = report.html(head)
        #expect(html.contains("debtAssistance 19 (dagen)") && html.contains("debtAssistance 10 (dagen)") && html.contains(">geen</td>"))
    }

    @Test("R98 where there was nothing to measure stands none, in every format")
    func nothing() throws {
        let report = try report { _ in }
        #expect(report.csv(head).contains("\r\nwaitLongest,days,none,\r\n") && report.csv(head).contains("\r\ntasksInTime,tasks,none,\r\n"))
        let text = report.text(head)
        #expect(text.contains("Longest wait until then         none   (days)"))
        #expect(report.json(head)["waitMedian"]?.isNull == true)
        #expect(report.html(head).contains(">geen</td>"))
        #expect(GuardedReport(report).json(head)["tasksLate"]?.isNull == true)
    }

    /// Twenty tasks of debt help, of which three were late; a message that was late is no task that was.
    private func twenty(_ log: inout LogBuilder) throws {
        for task in 0..<20 {
            try log.refer(task, "2009-03-01T10:00")
            if task < 3 { try log.miss(task, "2009-03-09T10:00", "pickUp") }
            if task == 19 { try log.miss(task, "2009-03-02T10:00", "delivery") }
            try log.move(task, "2009-03-12T10:00", to: "accepted")
            if task > 0 { try log.move(task, "2009-03-20T10:00", to: "completed") }
        }
    }

    @Test("R62 17 of 20 in time are 85.0%, also when one of the late ones is not done")
    func inTime() throws {
        let report = try report { log in
            try twenty(&log)
            try log.refer(30, "2009-03-01T10:00", to: "00000099000000003000")
            try log.miss(30, "2009-03-09T10:00", "progress")
        }
        #expect(report.onTime["Schuldhulp"]?.share?.english == "85.0%")
        #expect(report.csv(head).contains("\r\ntasksInTime-Schuldhulp,tasks,17,85.0% of 20\r\n"))
        #expect(report.csv(head).contains("\r\ntasksLate-other partners,tasks,1,\r\n"))
        #expect(report.html(head).contains("85,0% van 20"))
        #expect(
            report.json(head)["onTime"] == [
                ["name": "Schuldhulp", "inTime": 17, "late": 3, "permille": 850],
                ["name": "other partners", "inTime": 0, "late": 1, "permille": 0],
            ])
    }

    @Test("R97 guarded, no format shows a small count, a rate, how long fewer than five waited, or how long one household did")
    func guarded() throws {
        let report = try report { log in
            try twenty(&log)
            try log.refer(30, "2009-03-01T10:00", purpose: "careSupport")
            try log.move(30, "2009-06-17T10:00", to: "accepted")
        }
        let guarded = GuardedReport(report)
        let json = guarded.json(head)
        #expect(report.json(head)["waiting"]?.arrayValue?.first?["longest"] == 108 && json["waitLongest-careSupport"] == nil)
        #expect(json["waitLongest"] == nil && json["waitMedian"] == 11, "the longest wait is that of one household")
        #expect(json["tasksTakenOn"] == 21 && json["tasksTakenOn-debtAssistance"] == nil, "the other kind would give the small one away")
        #expect(json["tasksLate"] == nil && json["tasksLate-Schuldhulp"] == nil)
        #expect(json["done"] == nil || json["tasksInTime"] == nil, "what was done late is small, too")
        let csv = guarded.csv(head)
        #expect(csv.contains("\r\nwaitLongest-careSupport,days,withheld,\r\n") && csv.contains("\r\nwaitLongest,days,withheld,\r\n"))
        #expect(csv.contains("\r\ntasksLate,tasks,withheld,\r\n"))
        for text in [csv, guarded.text(head), guarded.html(head)] { #expect(!text.contains("85.0%") && !text.contains("85,0%")) }
        #expect(guarded.text(head).contains(GuardedReport.note.english) && !guarded.text(head).contains("Checks:"))
        let html = guarded.html(head)
        #expect(html.contains("niet getoond") && !html.contains("<svg") && !html.contains("Controle:") && !html.contains("{{"))
        #expect(report.html(head).contains("<svg") && report.html(head).contains("Controle:"))
    }

    @Test("R22 signals that could not be taken, for want of the controller's own decision and for other reasons")
    func refusedSignals() throws {
        let report = try report { log in
            for signal in 0..<10 {
                try log.add(.signalRefused, "2009-03-02T09:00", [.signal: id(1, signal)], ["reasons": .list(["policy-incomplete"])])
            }
            for (signal, reasons) in [20: ["field-not-covered", "consent-refused"], 21: ["no-covenant"], 22: []] {
                try log.add(.signalRefused, "2009-03-02T09:00", [.signal: id(1, signal)], ["reasons": .list(reasons)])
            }
            try log.add(.signalRefused, "2009-09-02T09:00", [.signal: id(1, 30)], ["reasons": .list(["policy-incomplete"])])
        }
        #expect(UniformReport.FilingRefusal.allCases.map { report.signalsRefused[$0].value } == [10, 1, 2])
        #expect(report.csv(head).contains("\r\nsignalRefusedPolicyIncomplete,signals,10,\r\n"))
        #expect(report.json(head)["signalsRefused"] == 13)
        #expect(GuardedReport(report).json(head)["signalRefusedConsent"] == nil)
    }

    @Test("R92 every format bears the number of the rules it was counted by, and a change of policy asks to look")
    func comparing() throws {
        let report = try report { log in
            for (day, revision) in [("2009-01-01", "aaa"), ("2009-04-01", "bbb")] {
                try log.add(.policyLoaded, "\(day)T10:00", [:], ["revision": .text(revision), "pack": .text("p")])
            }
        }
        let (text, csv, html) = (report.text(head), report.csv(head), report.html(head))
        let rules = UniformReport.countingRules
        #expect(text.contains("Counted by rules \(rules):") && csv.contains("\r\ncounting rules,,\(rules),\r\n"))
        #expect(html.contains("counted by rules \(rules);") && report.json(head)["countingRules"]?.integerValue == Int64(rules))
        for format in [text, csv, html] {
            #expect(format.contains("look what was decided otherwise") && !format.contains("cannot be compared"))
        }
    }
}

extension LogBuilder {
    /// A referral that the gate permitted and that was sealed at once.
    fileprivate mutating func refer(
        _ task: Int, _ local: String, purpose: String = "debtAssistance", to partner: String = "00000099000000002000"
    ) throws {
        let refs: [AuditReference: String] = [.task: id(2, task), .decision: id(4, task)]
        try add(.decisionPermitted, local, refs, ["recipient": .text(partner), "purpose": .text(purpose)])
        try add(.messageSealed, local, refs, ["recipient": .text(partner)])
    }

    fileprivate mutating func move(_ task: Int, _ local: String, to state: String) throws {
        try add(.taskMoved, local, [.task: id(2, task)], ["to": .text(state)])
    }

    fileprivate mutating func miss(_ task: Int, _ local: String, _ kind: String) throws {
        try add(.deadlineFellDue, local, [.task: id(2, task)], ["kind": .text(kind)])
    }
}
