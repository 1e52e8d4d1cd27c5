@testable import PolicyFiles

/// The first byte says which kind of file. It is loaded, or every fault of it has a place in it.
func fuzzPolicies(_ bytes: [UInt8]) {
    guard let kind = bytes.first else { return }
    let paths = ["covenants/a.yaml", "packs/a/pack.yaml", "decisions/a.yaml"]
    let text = Array(bytes.dropFirst())
    var files = [PolicyFile(path: paths[Int(kind) % paths.count], bytes: text)]
    // as if it were one of two: checks across files see it as well
    if kind >= 128 { files.append(PolicyFile(path: "covenants/b.yaml", bytes: text)) }
    do throws(PolicyFaults) {
        _ = try loadPolicies(files, pack: "a", allowingFictitious: false)
    } catch {
        require(!error.faults.isEmpty, "a refusal that does not say why")
        require(error.faults.allSatisfy { $0.line >= 1 && $0.column >= 1 && !$0.text.isEmpty }, "a fault without a place")
    }
}
