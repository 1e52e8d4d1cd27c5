import Casework
import Disclosure
import Foundation

/// Asks generated questions of the gate and of the second engine, and ends at the first that they answer differently.
@main
struct Differential {
    static func main() {
        var (count, seed) = (1_000_000, UInt64(1))
        var arguments = CommandLine.arguments.dropFirst()
        while let name = arguments.popFirst() {
            guard let value = arguments.popFirst().flatMap({ UInt64($0) }), name == "--seed" || name == "--count" && value < 1 << 40 else {
                usage()
            }
            if name == "--seed" { seed = value } else { count = Int(value) }
        }
        var found: [String: Int] = [:]
        // A question has its own seed, so that one of a million is asked again alone: --seed N --count 1.
        for number in 0..<UInt64(count) {
            let own = seed &+ number
            var generator = ScenarioGenerator(seed: own)
            let scenario = generator.scenario()
            let (answer, naive) = (scenario.decide().answer, scenario.decideNaively())
            guard answer == naive else {
                print("the engines differ on the question of seed \(own) (again: --seed \(own) --count 1)")
                print("question: \(scenario.question)\nthe gate: \(answer)\nthe second engine: \(naive)")
                exit(1)
            }
            tally(answer, on: scenario.ground, in: &found)
            if (number + 1) % 100_000 == 0 { say("\(number + 1) of \(count)") }
        }
        print("\(count) questions from seed \(seed), none answered differently")
        for (name, times) in found.sorted(by: { $0.key < $1.key }) { print("  \(name): \(times)") }
    }

    /// What was met, or a comparison of refusals alone would look like one of everything.
    private static func tally(_ answer: Answer, on ground: LawfulGround, in found: inout [String: Int]) {
        switch answer {
        case .refused(let reasons):
            found["refused", default: 0] += 1
            for reason in reasons { found["reason \(reason.rawValue)", default: 0] += 1 }
        case .permitted(_, let leftOut, _, _, _):
            found["permitted on \(ground.kind)", default: 0] += 1
            for reason in Set(leftOut.values) { found["reason \(reason.rawValue)", default: 0] += 1 }
        }
    }

    private static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    private static func usage() -> Never {
        say(
            """
            convenant-differential [--count N] [--seed N]

            N questions (1,000,000), of the seeds from N (1) on, are decided by the gate and by a second engine that shares nothing with it.
            Exit code: 0 when no answer differs, 1 with the seed and the case when one does.
            """)
        exit(64)
    }
}
