import Foundation
import Reporting
import Testing

@Suite("units")
struct UnitTests {
    /// Whether Swift takes this statement, beside the report's own source of counts and units.
    private func compiles(_ statement: String) throws -> Bool {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/Reporting").standardized
        let file = FileManager.default.temporaryDirectory.appending(path: "units-\(UInt64.random(in: 0 ... .max)).swift")
        try "func snippet(signals: Count<Signals>, cases: Count<Cases>, more: Count<Signals>) { \(statement) }"
            .write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments = [
            "swiftc", "-typecheck", "-swift-version", "6", file.path, sources.appending(path: "Count.swift").path,
            sources.appending(path: "Units.swift").path,
        ]
        compiler.standardError = Pipe()
        compiler.standardOutput = Pipe()
        try compiler.run()
        compiler.waitUntilExit()
        return compiler.terminationStatus == 0
    }

    @Test("R91 a sum, a comparison or a share of two units does not compile, of one unit it does")
    func mixing() throws {
        #expect(try compiles("_ = (signals + more, signals < more, signals.share(of: more))"))
        for mixed in [
            "_ = signals + cases", "_ = signals < cases", "_ = signals == cases", "_ = cases.share(of: signals)", "_ = signals / more",
        ] {
            #expect(try !compiles(mixed), "\(mixed)")
        }
    }

    @Test("a share is rounded to thousandths, and there is none of nothing")
    func shares() {
        #expect(Count<Signals>(388).share(of: Count(498))?.english == "77.9%")
        #expect(Count<Signals>(42).share(of: Count(498))?.dutch == "8,4%")
        #expect(Count<Signals>(1).share(of: Count(2_000))?.permille == 1)
        #expect(Count<Signals>(1).share(of: Count(2_001))?.permille == 0)
        #expect(Count<Signals>(.max).share(of: Count(.max))?.permille == 1_000)
        #expect(Count<Signals>(0).share(of: Count(0)) == nil)
        #expect(Count<Signals>(2).share(of: Count(1)) == nil)
    }

    @Test("counts neither fall below none nor overflow")
    func bounds() {
        #expect(Count<Cases>(-3).value == 0)
        #expect((Count<Cases>(.max) + Count(1)).value == .max)
    }
}
