import Foundation
import Testing

@testable import Reporting

/// A generator of its own, so that a failure comes again.
private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}

@Suite("Small counts")
struct SmallCountsTests {
    private static let sums = [CountSum(0, of: [1, 2, 3]), CountSum(3, of: [4, 5])]

    @Test("1 to 4 are withheld, nought and 5 are shown")
    func edge() {
        #expect(SmallCounts([0, 1, 4, 5, 60], sums: []).shown == [0, nil, nil, 5, 60])
    }

    @Test("a small part cannot be had by subtraction: the smallest other one goes with it")
    func complement() {
        #expect(SmallCounts([40, 30, 8, 2], sums: [CountSum(0, of: [1, 2, 3])]).shown == [40, 30, nil, nil])
        // 1 and 1 are known as soon as their sum is: a third one goes.
        #expect(SmallCounts([40, 38, 1, 1], sums: [CountSum(0, of: [1, 2, 3])]).shown == [40, nil, nil, nil])
        // 4 and 1 are 5, which would leave four values each.
        #expect(SmallCounts([5, 4, 1], sums: [CountSum(0, of: [1, 2])]).shown == [nil, nil, nil])
    }

    @Test("what is withheld for another is not had by its own parts")
    func chain() {
        // Were only the first 16 withheld for the sake of 4, its one part would give it back: so the whole goes, or both.
        let shown = SmallCounts([20, 4, 16, 16, 0], sums: [CountSum(0, of: [1, 2]), CountSum(2, of: [3, 4])]).shown
        #expect(shown[1] == nil && (shown[0] == nil || (shown[2] == nil && shown[3] == nil)) && shown[4] == 0)
    }

    @Test("a small rest that nobody names is guarded too, and counts that go together go together")
    func rests() {
        #expect(SmallCounts([50, 48, 2], sums: [CountSum(0, of: [1, 2])], unnamed: [2]).shown == [50, nil, nil])
        #expect(SmallCounts([3, 30, 9], sums: [], together: [[0, 1]]).shown == [nil, nil, 9])
    }

    @Test("a small rest between what was done, or triaged upward, and what it is a part of cannot be read")
    func partsOfParts() throws {
        var log = LogBuilder()
        for signal in 0..<40 {
            try log.file(signal, "2009-04-01T09:00")
            // 32 stay single, 6 rise, 2 are taken on at once.
            if signal < 38 { try log.triage(signal, "2009-04-01T10:00", "single") }
            if signal >= 32 { try log.triage(signal, "2009-04-01T11:00", "multipleUnrelated") }
        }
        // 5 of 7 referrals that were right are done.
        for task in 0..<7 {
            for state in ["accepted", "completed"].prefix(task < 5 ? 2 : 1) {
                try log.add(.taskMoved, "2009-04-02T10:00", [.task: id(2, task)], ["to": .text(state)])
            }
        }
        let report = UniformReport.fold(log.entries, period: year2009)
        #expect(report.signals.routes[.takenOn].value == 8 && report.signals.risen.value == 6)
        #expect(report.referrals[.right].value == 7 && report.done.value == 5)
        let shown = GuardedReport(report).json(head)
        #expect(shown["signals"]?.integerValue == 40)
        #expect(shown["takenOn"] == nil || shown["retriagedUpward"] == nil)
        #expect(shown["done"] == nil || shown["referralRight"] == nil)
    }

    @Test("tried by brute force: of every table that fits what is shown, a withheld small count has five values or more")
    func exhaustive() {
        var dice = Dice(state: 6)
        let rounds = ProcessInfo.processInfo.environment["CONVENANT_LONG"] == "1" ? 400 : 60
        for _ in 0..<rounds {
            let parts = [Int.random(in: 0...9, using: &dice), .random(in: 0...9, using: &dice)]
            let halves = [Int.random(in: 0...9, using: &dice), .random(in: 0...9, using: &dice)]
            let counts = [parts[0] + parts[1] + halves[0] + halves[1], parts[0], parts[1], halves[0] + halves[1], halves[0], halves[1]]
            let shown = SmallCounts(counts, sums: Self.sums).shown
            var possible = [Set<Int>](repeating: [], count: counts.count)
            let free = [1, 2, 4, 5]
            // 24 stands for "as many as you like": more never narrows anything down.
            func try_(_ table: [Int], _ rest: ArraySlice<Int>) {
                guard let place = rest.first else {
                    var whole = table
                    whole[3] = whole[4] + whole[5]
                    whole[0] = whole[1] + whole[2] + whole[3]
                    guard whole.indices.allSatisfy({ place in shown[place].map { $0 == whole[place] } ?? (whole[place] > 0) }) else {
                        return
                    }
                    for (index, value) in whole.enumerated() { possible[index].insert(value) }
                    return
                }
                for value in shown[place].map({ $0...$0 }) ?? 1...24 {
                    var next = table
                    next[place] = value
                    try_(next, rest.dropFirst())
                }
            }
            try_(counts, free[...])
            for place in counts.indices where 1..<5 ~= counts[place] {
                #expect(shown[place] == nil)
                let isUnguardable = counts.allSatisfy { $0 == 0 || $0 == counts[place] } && counts.filter { $0 > 0 }.count == 1
                #expect(possible[place].count >= 5 || isUnguardable, "\(counts) \(shown)")
            }
        }
    }
}
