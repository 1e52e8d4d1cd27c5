import Foundation
import Testing

@testable import PolicyFiles

/// One file of `Tests/Vectors/policies`: the place it would have, and the faults it must give, each `line:column: text`.
struct PolicyVector: CustomTestStringConvertible, Sendable {
    let name: String
    let file: PolicyFile
    let faults: [String]
    var testDescription: String { name }

    static let all: [PolicyVector] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Vectors/policies")
            .standardizedFileURL
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
        return names.compactMap { name in
            guard let data = try? Data(contentsOf: folder.appendingPathComponent(name)) else { return nil }
            let header = String(decoding: data, as: UTF8.self).components(separatedBy: "\n").prefix { $0.hasPrefix("# ") }
            guard let path = header.first.map({ $0.dropFirst("# at: ".count) }) else { return nil }
            let faults = header.dropFirst().map { "\(path):\($0.dropFirst("# fault: ".count))" }
            return PolicyVector(name: name, file: PolicyFile(path: String(path), bytes: Array(data)), faults: faults)
        }
    }()
}

@Suite("every fault is told with file, line and column")
struct VectorTests {
    @Test("there are vectors, and each names what it expects")
    func vectorsAreFound() {
        #expect(PolicyVector.all.count >= 110)
        #expect(PolicyVector.all.allSatisfy { !$0.faults.isEmpty })
    }

    @Test("a vector gives exactly its faults, each where it stands", arguments: PolicyVector.all)
    func vector(_ vector: PolicyVector) {
        let told = Samples.faults(Samples.files(Samples.file("templates/proef.yaml", Samples.template), vector.file))
        #expect(told.map { $0.components(separatedBy: " (hint: ")[0] } == vector.faults)
    }

    @Test("the same file without its fault loads")
    func samplesAreSound() throws {
        #expect(Samples.faults(Samples.files()) == [])
        let template = Samples.file("templates/proef.yaml", Samples.template)
        let onTemplate = Samples.onTemplate("00000099000000002000", sha256: template.sha256)
        #expect(Samples.faults(Samples.files(template, Samples.file("covenants/proef.yaml", onTemplate))) == [])
        let decided = Samples.file("decisions/proef.yaml", Samples.decisions([("terms.pickUp", "P5D")]))
        let demo = Samples.file("decisions-demo/proef.yaml", Samples.decisions([("terms.progress", "P5D")], fictitious: true))
        #expect(Samples.faults(Samples.files(decided, demo)) == [])
    }
}
