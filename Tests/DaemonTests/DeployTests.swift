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
