import Casework
import Exchange
import Foundation
import Storage
import StrictJSON
import Synchronization
import Testing

@testable import convenant

@Suite("the replay's calendar, journal and rest")
struct YearReplayTests {
    private func folder() throws -> DataFolder {
        let path = TemporaryFolders.shared + "/" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return DataFolder(path: path)
    }
    private let start = WorkingCalendar().startOfDay(YearDays.first)

    @Test("the calendar stands still, never goes back, and goes on after a restart where it stood")
    func calendar() throws {
        let folder = try folder()
        let calendar = try SimulatedCalendar(folder, start: start)
        #expect(calendar.now == start)
        let later = start.advanced(byMilliseconds: 86_400_000)
        try calendar.advance(to: later)
        try calendar.advance(to: start)
        #expect(calendar.now == later)
        #expect(try SimulatedCalendar(folder, start: start).now == later)
        let world = calendar.world
        #expect(world.calendar() == later)
        #expect(abs(world.wall().millisecondsSince1970 - World.system().wall().millisecondsSince1970) < 60_000)
    }

    @Test("a journal gives back steps, ids and notes, forgets a line that was cut in two, and goes on from there")
    func journal() throws {
        let folder = try folder()
        let heading: JSONValue = ["year": 2009, "seed": 1, "changes": []]
        do {
            let journal = try YearJournal(folder, heading: heading)
            try journal.finish(1, of: 7, ids: ["signal": "a"])
            try journal.keep(["kind": "mda"], as: "meeting")
            try journal.finish(2, of: 7, ids: [:])
        }
        let path = YearJournal.path(in: folder)
        let whole = try #require(FileManager.default.contents(atPath: path))
        try (whole + Data("{\"case\":7,\"st".utf8)).write(to: URL(fileURLWithPath: path))
        do {
            let journal = try YearJournal(folder, heading: heading)
            #expect(journal.isDone(1) && journal.isDone(2) && !journal.isDone(3))
            #expect(try journal.id("signal", of: 7) == "a")
            #expect(journal.note("meeting") == ["kind": "mda"])
            #expect(throws: YearTrouble.self) { try journal.id("case", of: 7) }
            try journal.finish(3, of: 7, ids: ["case": "b"])
        }
        let again = try YearJournal(folder, heading: heading)
        #expect(again.stepsDone == 3)
        #expect(try again.id("case", of: 7) == "b")
    }

    @Test("a journal of another seed or of other changes is not gone on with")
    func otherYear() throws {
        let folder = try folder()
        _ = try YearJournal(folder, heading: ["year": 2009, "seed": 1, "changes": []])
        #expect(throws: (any Error).self) { try YearJournal(folder, heading: ["year": 2009, "seed": 2, "changes": []]) }
        #expect(throws: (any Error).self) { try YearJournal(folder, heading: ["year": 2009, "seed": 1, "changes": ["desk"]]) }
    }

    @Test("time goes on through every deadline in its turn, and not before messages were fetched and deadlines handled")
    func advancing() async throws {
        let calendar = try SimulatedCalendar(try folder(), start: start)
        func at(_ hours: Int64) -> Instant { start.advanced(byMilliseconds: hours * 3_600_000) }
        struct Life {
            var due: [Instant]
            var waiting: [OrganisationNumber] = []
            var seen: [String] = []
        }
        let partner = try #require(OrganisationNumber(YearHelper.care.offer.oin))
        let life = Mutex(Life(due: [at(3), at(1), at(9)]))
        let world = YearWorld(
            calendar: calendar,
            handleDue: {
                life.withLock { life in
                    let now = calendar.now
                    let passed = life.due.filter { $0 <= now }
                    life.due.removeAll { $0 <= now }
                    // Each deadline that passes sends a message.
                    if !passed.isEmpty { life.waiting.append(partner) }
                    life.seen += passed.map { "due \(($0.millisecondsSince1970 - start.millisecondsSince1970) / 3_600_000)" }
                    return passed.count
                }
            }, pending: { life.withLock { Pending(partners: $0.waiting, nextDue: $0.due.min()) } })
        try await world.advance(to: at(5)) { partners in
            life.withLock { life in
                life.seen.append("fetched by \(partners.count)")
                life.waiting = []
            }
        }
        #expect(life.withLock { $0.seen } == ["due 1", "fetched by 1", "due 3", "fetched by 1"])
        #expect(calendar.now == at(5))
        #expect(life.withLock { $0.due } == [at(9)])
    }

    @Test("a deadline that nobody handles stops the replay, and does not hang it")
    func stuck() async throws {
        let calendar = try SimulatedCalendar(try folder(), start: start)
        let now = start
        let world = YearWorld(calendar: calendar, handleDue: { 0 }, pending: { Pending(partners: [], nextDue: now) })
        await #expect(throws: YearTrouble.self) { try await world.settle { _ in } }
    }
}
