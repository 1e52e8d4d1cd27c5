import AuditTrail
import Casework
import Reporting
import Testing

@Suite("the figures that The Hague published")
struct TheHagueTests {
    let report: UniformReport
    init() throws { report = UniformReport.fold(try theHague2009().entries, period: year2009) }

    @Test("R89 the block is printed as the issue has it, and its sums are printed with it")
    func block() throws {
        let lines = report.text(head).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let start = try #require(lines.firstIndex { $0.hasPrefix("Signals ") })
        #expect(
            lines[start...].prefix(8) == [
                "Signals                          498",
                "  via meldcode                   388   (none before 5 January)",
                "  via other channels             110",
                "Handled directly by the desk      42   (all from the 388)",
                "Taken on by case managers        456",
                "MDA and follow-up meetings        53   (meetings)",
                "Cases passed on to platforms      19   (cases)",
                "Checks: 388 + 110 = 498; 42 + 456 = 498",
            ])
    }

    @Test("R89 the JSON has the same figures under their names")
    func names() {
        let json = report.json(head)
        let expected: [String: Int64] = [
            "signals": 498, "meldcode": 388, "otherChannels": 110, "handledDirectly": 42, "takenOn": 456, "meetings": 53, "transfers": 19,
        ]
        for (name, count) in expected { #expect(json[name]?.integerValue == count, "\(name)") }
        #expect(Set(expected.keys) == UniformReport.publishedByTheHague)
    }

    @Test("R3 every signal stands under one channel, and the meldcode has none before 5 January")
    func channels() throws {
        #expect(report.signals.channels.sum == report.signals.all)
        #expect(report.signals.channels[.meldcode].value == 388)
        #expect(report.signals.otherChannels.value == 110)
        #expect(report.signals.firstByMeldcode?.description == "2009-01-05")
        let early = UniformReport.fold(try theHague2009().entries, period: period("2009-01-01", "2009-01-04"))
        #expect(early.signals.channels[.meldcode].value == 0)
        #expect(early.signals.all.value == 2)
        #expect(early.signals.otherChannels == early.signals.all)
    }

    @Test("R3 the months add up to the period")
    func months() {
        #expect(report.signals.months.count == 8)
        #expect(report.signals.months.map(\.meldcode).reduce(Count(), +) == report.signals.channels[.meldcode])
        #expect(report.signals.months.map(\.otherChannels).reduce(Count(), +) == report.signals.otherChannels)
        #expect(report.signals.months.allSatisfy { $0.meldcode.value > 0 })
    }

    @Test("R12 42 direct and 456 taken on are all 498; R13 the 42 closed by themselves and came through the meldcode")
    func routes() {
        #expect(report.signals.routes[.handledDirectly].value == 42)
        #expect(report.signals.routes[.takenOn].value == 456)
        #expect(report.signals.routes.sum == report.signals.all)
        #expect(report.closedDirectly.value == 42)
        #expect(report.closed[.handedOver] == report.closedDirectly)
        #expect(report.signals.directByMeldcode == report.signals.routes[.handledDirectly])
        #expect(report.referrals[.right].value == 42)
    }

    @Test("R66 the platforms add up to 19; R73 53 are MDA and follow-up meetings")
    func meetingsAndPlatforms() {
        #expect(report.transfers.sum.value == 19)
        #expect(Platform.allCases.map { report.transfers[$0].value } == [8, 3, 3, 3, 2])
        #expect(report.meetings.sum.value == 53)
        #expect(report.meetings[.mda] + report.meetings[.followUp] == report.meetings.sum)
        #expect(report.meetings[.followUp].value == 15)
    }

    @Test("the change that is made to the log is the change in the report")
    func follows() throws {
        var log = try theHague2009()
        try log.file(900, "2009-03-03T10:00", "email")
        try log.triage(900, "2009-03-03T11:00", "single")
        let changed = UniformReport.fold(log.entries, period: year2009)
        #expect(changed.signals.otherChannels.value == 111)
        #expect(changed.signals.routes[.handledDirectly].value == 43)
        #expect(changed.checks == ["388 + 111 = 499", "43 + 456 = 499"])
        #expect(changed.text(head).contains("(42 from the 388)"))
    }
}

@Suite("what each line counts")
struct LineTests {
    private func report(_ build: (inout LogBuilder) throws -> Void) throws -> UniformReport {
        var log = LogBuilder()
        try build(&log)
        return UniformReport.fold(log.entries, period: year2009)
    }

    @Test("R16 a case that closed as single and is triaged again stands once, under its last route")
    func retriaged() throws {
        let report = try report { log in
            try log.file(1, "2009-03-02T09:00")
            try log.triage(1, "2009-03-02T10:00", "single")
            try log.add(.caseClosed, "2009-03-03T10:00", [.signal: id(1, 1)], ["outcome": .text("handedOver"), "direct": .text("yes")])
            try log.triage(1, "2009-03-20T10:00", "multipleInterrelated")
            try log.add(.caseReopened, "2009-03-20T10:00", [.signal: id(1, 1)], ["because": .text("retriaged")])
        }
        #expect(report.signals.all.value == 1)
        #expect(report.signals.routes[.handledDirectly].value == 0)
        #expect(report.signals.routes[.takenOn].value == 1)
        #expect(report.signals.risen.value == 1)
        #expect(report.signals.risenFromSingle.value == 1)
        #expect(report.closed.sum.value == 0)
        #expect(report.reopened.value == 1)
    }

    @Test("a joined signal stands under the route of what it was joined to, through a chain, until it is parted")
    func joined() throws {
        let chain = { (log: inout LogBuilder) in
            for signal in 1...3 { try log.file(signal, "2009-03-0\(signal)T09:00") }
            try log.triage(1, "2009-03-04T10:00", "multipleUnrelated")
            try log.triage(3, "2009-03-04T10:00", "single")
            try log.add(.signalJoined, "2009-03-05T10:00", [.signal: id(1, 3)], ["with": .text(id(1, 2))])
            try log.add(.signalJoined, "2009-03-06T10:00", [.signal: id(1, 2)], ["with": .text(id(1, 1))])
        }
        let together = try report(chain)
        #expect(together.signals.routes[.takenOn].value == 3)
        #expect(together.signals.joined.value == 2)
        let apart = try report { log in
            try chain(&log)
            try log.add(.signalParted, "2009-03-09T10:00", [.signal: id(1, 3)])
        }
        #expect(apart.signals.routes[.takenOn].value == 2)
        #expect(apart.signals.routes[.handledDirectly].value == 1)
        let ring = try report { log in
            try chain(&log)
            try log.add(.signalJoined, "2009-03-09T10:00", [.signal: id(1, 1)], ["with": .text(id(1, 3))])
        }
        #expect(ring.signals.routes == together.signals.routes)
    }

    @Test("a signal without identity is counted apart, a refused one not at all, an untriaged one is still to be triaged")
    func withoutIdentity() throws {
        let report = try report { log in
            try log.file(1, "2009-03-02T09:00", outcome: "acceptedWithoutIdentity")
            try log.add(.signalRefused, "2009-03-02T09:00", [.signal: id(1, 2)], ["reasons": .list(["consent-missing"])])
            try log.file(3, "2009-03-02T09:00")
        }
        #expect(report.signals.all.value == 1)
        #expect(report.signals.withoutIdentity.value == 1)
        #expect(report.signals.routes[.toBeTriaged].value == 1)
    }

    @Test("R52 the outcomes of a hundred referrals add up to a hundred")
    func outcomes() throws {
        let moves: [(String, String?)] = [
            ("accepted", nil), ("rejected", "wrongAddress"), ("rejected", "noFit"), ("onHold", nil), ("rejected", "clientDeclined"),
            ("rejected", "noCapacity"),
        ]
        let report = try report { log in
            for task in 0..<100 {
                try log.add(.taskMoved, "2009-04-01T09:00", [.task: id(2, task)], ["to": .text("received")])
                let (to, reason) = moves[task % 6]
                let facts = ["to": to, "reason": reason].compactMapValues { $0.map { AuditFact.text($0) } }
                try log.add(.taskMoved, "2009-04-02T09:00", [.task: id(2, task)], facts)
            }
            // What waited is taken on after all: the latest word counts, and a task counts once.
            try log.add(.taskMoved, "2009-05-02T09:00", [.task: id(2, 3)], ["to": .text("inProgress")])
            try log.add(.taskMoved, "2009-05-03T09:00", [.task: id(2, 3)], ["to": .text("completed")])
            try log.add(.taskMoved, "2009-05-03T09:00", [.task: id(2, 101)], ["to": .text("cancelled")])
        }
        #expect(ReferralOutcome.allCases.map { report.referrals[$0].value } == [18, 17, 17, 16, 16, 16, 0])
        #expect(report.referrals.sum.value == 100)
    }

    @Test("R85 the outcomes of 42 aftercare talks add up to 42")
    func aftercare() throws {
        let outcomes = ["stable", "newQuestion", "notReached"]
        let report = try report { log in
            for talk in 0..<42 {
                try log.add(.aftercareHeld, "2009-08-27T09:00", [.signal: id(1, talk)], ["outcome": .text(outcomes[talk % 7 % 3])])
            }
        }
        #expect(report.aftercare.sum.value == 42)
        #expect(AftercareOutcome.allCases.map { report.aftercare[$0].value } == [18, 12, 12])
    }

    @Test("R84 what falls due on 27 August is of the period to 31 August, and what was held on 1 September is not")
    func lastDay() throws {
        let report = try report { log in
            for time in ["2009-08-27T09:00", "2009-08-31T23:59", "2009-09-01T00:00"] {
                try log.add(.aftercareHeld, time, [.signal: id(1, 1)], ["outcome": .text("stable")])
            }
        }
        #expect(report.aftercare.sum.value == 2)
    }

    @Test("R112 chased is the desk's and done the helper's")
    func chasedAndDone() throws {
        let report = try report { log in
            for contact in 0..<3 {
                try log.add(
                    .contactMade, "2009-04-0\(contact + 1)T09:00", [.task: id(2, 1)], ["kind": .text("helper"), "outcome": .text("busy")])
            }
            try log.add(
                .contactMade, "2009-04-05T09:00", [.signal: id(1, 1)], ["kind": .text("homeVisit"), "outcome": .text("spoke")])
            try log.add(.taskMoved, "2009-04-06T09:00", [.task: id(2, 1)], ["to": .text("completed")])
        }
        #expect(report.chased.sum.value == 3)
        #expect(report.done.value == 1)
        #expect(report.visitsHeld[.spoke].value == 1)
        let text = report.text(head)
        #expect(text.contains("Chased by the desk                 3   (contacts)"))
        #expect(text.contains("Done by helpers                    1   (tasks)"))
    }

    @Test("R66 a case that went to two platforms counts once, under the first")
    func twoPlatforms() throws {
        let report = try report { log in
            try log.file(1, "2009-03-02T09:00")
            for platform in ["topTeam", "cjg", "topTeam"] {
                try log.add(.caseTransferred, "2009-04-01T09:00", [.signal: id(1, 1)], ["platform": .text(platform)])
            }
        }
        #expect(report.transfers.sum.value == 1)
        #expect(report.transfers[.topTeam].value == 1)
        #expect(report.transfersAgain.value == 1)
    }

    @Test("R73 a meeting counts once, however often it is written down, and one that was only opened is not held")
    func oneMeeting() throws {
        let report = try report { log in
            for meeting in [1, 1, 2] {
                try log.add(
                    .meetingOpened, "2009-04-01T09:00", [.meeting: id(3, meeting)],
                    ["kind": .text("mda"), "trigger": .text("tasksLeftOpen")])
            }
            for _ in 0..<2 { try log.add(.meetingHeld, "2009-04-02T09:00", [.meeting: id(3, 1)], ["kind": .text("mda")]) }
        }
        #expect(report.meetings.sum.value == 1)
        #expect(report.meetingsOpened[.tasksLeftOpen].value == 2)
    }

    @Test("R114 visits joined, and a task counts once at each step of its ladder")
    func visitsAndSteps() throws {
        let report = try report { log in
            try log.add(.visitPlanned, "2009-04-01T09:00", [:], ["by": .text("partner")])
            try log.add(.visitPlanned, "2009-04-01T09:00", [:], ["by": .text("municipality")])
            try log.add(.visitJoined, "2009-04-01T10:00", [:], ["visits": .integer(3)])
            try log.add(.visitJoined, "2009-04-01T10:00", [:], ["visits": .integer(.max)])
            for rung in ["deskContactsHelper", "deskContactsHelper", "conveneMDA"] {
                try log.add(.escalated, "2009-04-01T10:00", [.task: id(2, 1)], ["rung": .text(rung), "step": .integer(1)])
            }
        }
        #expect(report.visitsPlanned.sum.value == 2)
        #expect(report.visitsJoined.value == 3)
        #expect(report.jointVisits.value == 1)
        #expect(Rung.allCases.map { report.escalated[$0].value } == [1, 0, 0, 1])
    }

    @Test("R114 visits that are joined in steps count once, and so does the joint visit that comes of them")
    func joinedInSteps() throws {
        func counted(_ steps: (visits: Int64, joint: Int64)...) throws -> [Int] {
            let report = try report { log in
                for step in steps {
                    try log.add(
                        .visitJoined, "2009-04-01T10:00", [:], ["visits": .integer(step.visits), "joint": .integer(step.joint)])
                }
            }
            return [report.visitsJoined.value, report.jointVisits.value]
        }
        #expect(try counted((2, 0), (2, 1)) == [3, 1])
        #expect(try counted((2, 0), (3, 0), (2, 2)) == [5, 1])
        // What was joint before the period, and what no program of ours would write.
        #expect(try counted((2, 2)) == [0, 0])
        #expect(try counted((2, 9), (2, -9)) == [2, 0])
    }

    @Test("refusals count by reason, tellings by way and ground")
    func disclosuresAndTellings() throws {
        let report = try report { log in
            try log.add(.decisionPermitted, "2009-04-01T10:00")
            try log.add(.decisionRefused, "2009-04-01T10:00", [:], ["reasons": .list(["consent-refused", "no-covenant"])])
            try log.add(.decisionRefused, "2009-04-01T10:00", [:], ["reasons": .list(["consent-refused", "Not a code"])])
            try log.add(.residentTold, "2009-04-01T10:00", [.signal: id(1, 1)], ["way": .text("letter")])
            try log.add(.residentTellingPostponed, "2009-04-01T10:00", [.signal: id(1, 1)], ["ground": .text("investigation")])
        }
        #expect((report.permitted.value, report.refused.value) == (1, 2))
        #expect(report.refusedBy.mapValues(\.value) == ["consent-refused": 2, "no-covenant": 1, "other": 1])
        #expect(report.told[.letter].value == 1)
        #expect(report.postponed[.investigation].value == 1)
    }
}
