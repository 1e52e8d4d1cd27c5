import Foundation
import Testing

@testable import PolicyFiles

@Suite("checks across the files of a folder")
struct FolderTests {
    private func covenant(version: Int, from: String = "2009-01-05T00:00:00+01:00", until: String = "null") -> String {
        Samples.covenant.replacingOccurrences(of: "version: 1", with: "version: \(version)")
            .replacingOccurrences(of: "2009-01-05T00:00:00+01:00", with: from).replacingOccurrences(
                of: "validUntil: null", with: "validUntil: \(until)")
    }

    @Test("two covenants with the same id and version")
    func sameVersion() {
        let files = Samples.files(Samples.file("covenants/tweede.yaml", Samples.covenant))
        #expect(
            Samples.faults(files) == [
                "covenants/tweede.yaml:3:10: version 1 of `proef` stands in `covenants/proef.yaml` too (hint: give it the next number)"
            ])
    }

    @Test("two versions in force together are told of in the newer one, whichever file comes first")
    func overlap() {
        let newer = Samples.file("covenants/a.yaml", covenant(version: 2, from: "2010-01-01T00:00:00+01:00"))
        #expect(
            Samples.faults(Samples.files(newer)) == [
                "covenants/a.yaml:5:12: versions 1 and 2 of `proef` are in force together (hint: end version 1 in `covenants/proef.yaml` where this one begins)"
            ])
    }

    @Test("a version that ends where the next begins does not overlap it")
    func succession() {
        let older = Samples.file("covenants/proef.yaml", covenant(version: 1, until: "2010-01-01T00:00:00+01:00"))
        let newer = Samples.file("covenants/b.yaml", covenant(version: 2, from: "2009-12-31T23:00:00Z"))
        #expect(Samples.faults(Samples.files(older, newer)) == [])
    }

    private func other(sealing: String, from: String = "2009-01-05T00:00:00+01:00") -> PolicyFile {
        Samples.file(
            "covenants/zorg.yaml",
            covenant(version: 1, from: from).replacingOccurrences(of: "id: proef", with: "id: zorg").replacingOccurrences(
                of: "jose-p256", with: sealing))
    }

    @Test("a partner with two profiles at one time, in two covenants")
    func twoProfiles() {
        #expect(
            Samples.faults(Samples.files(other(sealing: "nlgov"))) == [
                "covenants/zorg.yaml:9:5: `00000099000000002000` has `sealing: nlgov` here and `jose-p256` in `covenants/proef.yaml` (hint: a partner has one `enc` key: name its profile in both)"
            ])
        #expect(Samples.faults(Samples.files(other(sealing: "jose-p256"))) == [])
    }

    @Test("a partner that changes its profile from one covenant to the next")
    func profileChanges() {
        let older = Samples.file("covenants/proef.yaml", covenant(version: 1, until: "2010-01-01T00:00:00+01:00"))
        #expect(Samples.faults(Samples.files(older, other(sealing: "nlgov", from: "2010-01-01T00:00:00+01:00"))) == [])
    }

    @Test("a decision on a pack that is not there")
    func danglingPack() {
        let text = Samples.decisions([]).replacingOccurrences(of: "pack: proef", with: "pack: ander")
        #expect(
            Samples.faults(Samples.files(Samples.file("decisions/ander.yaml", text)))
                == ["decisions/ander.yaml:2:7: there is no pack `ander` (hint: the packs are `proef`)"])
    }

    @Test(
        "a policy file in a place where nothing is read",
        arguments: ["decisons/proef.yaml", "covenants/deep/x.yaml", "pack.yaml", "covenants/x.yml", "covenants/x.YAML", "statutes/x.Yml"])
    func strayFile(_ path: String) {
        let found = Samples.faults(Samples.files(Samples.file(path, Samples.covenant)))
        #expect(found.count == 1 && found[0].hasPrefix("\(path):1:1: no policy file belongs here (hint: "))
    }

    @Test("the faults of all files are told together, sorted")
    func allFiles() {
        let found = Samples.faults(
            Samples.files(
                Samples.file("packs/proef/pack.yaml", Samples.pack.replacingOccurrences(of: "P6M", with: "P6X")),
                Samples.file("covenants/proef.yaml", covenant(version: 0)), Samples.file("decisions/proef.yaml", "")))
        #expect(
            found.map { $0.prefix { $0 != " " } } == [
                "covenants/proef.yaml:3:10:", "decisions/proef.yaml:1:1:", "packs/proef/pack.yaml:8:70:",
            ])
    }

    @Test("a folder that is not there is a fault")
    func missingFolder() {
        let report = checkPolicies(folder: "/nowhere/policies")
        #expect(
            report.faults.map(\.description) == [
                "/nowhere/policies:1:1: the folder of policies cannot be read (hint: name the folder that holds `covenants` and `packs`)"
            ])
        #expect(throws: PolicyFaults.self) { try loadPolicies(folder: "/nowhere/policies", pack: "x", allowingFictitious: true) }
    }

    @Test("a folder on disk is read with its path in every fault, hidden files and documentation left alone")
    func folderOnDisk() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("policies-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let faulty = Samples.covenant.replacingOccurrences(of: "validUntil", with: "validUntl")
        for (path, text) in [
            ("covenants/proef.yaml", faulty), ("packs/proef/pack.yaml", Samples.pack), ("covenants/.#proef.yaml", "x"),
            ("README.md", "a@b.example"),
        ] {
            let file = folder.appendingPathComponent(path)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let expected = "\(folder.path)/covenants/proef.yaml:6:1: a covenant has no key `validUntl` (hint: did you mean `validUntil`?)"
        #expect(checkPolicies(folder: folder.path).faults.map(\.description) == [expected])
        #expect(checkPolicies(folder: folder.path).text.hasPrefix("error: \(expected)\n"))
        let error = #expect(throws: PolicyFaults.self) { try loadPolicies(folder: folder.path, pack: "proef", allowingFictitious: false) }
        #expect(error?.description == expected)
    }

    @Test("what would be missing without a word is a fault: a link to a folder or to nothing, and another ending than `.yaml`")
    func silentlyMissing() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("policies-\(UUID().uuidString)")
        let elsewhere = FileManager.default.temporaryDirectory.appendingPathComponent("policies-\(UUID().uuidString)")
        defer { for one in [folder, elsewhere] { try? FileManager.default.removeItem(at: one) } }
        for file in Samples.files() {
            let whole = folder.appendingPathComponent(file.path)
            try FileManager.default.createDirectory(at: whole.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.bytes).write(to: whole)
        }
        try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: true)
        let statute = elsewhere.appendingPathComponent("debtAssistanceAct.yaml")
        try Data(Samples.statute.utf8).write(to: statute)
        func told() -> [String] {
            checkPolicies(folder: folder.path).faults.map { String($0.description.dropFirst(folder.path.count + 1)) }
        }
        func link(_ path: String, to place: URL) throws {
            try FileManager.default.createSymbolicLink(at: folder.appendingPathComponent(path), withDestinationURL: place)
        }
        // A link to a file is read, and a mount's own hidden links are its own.
        try FileManager.default.createDirectory(at: folder.appendingPathComponent("statutes"), withIntermediateDirectories: true)
        try link("statutes/debtAssistanceAct.yaml", to: statute)
        try link("..data", to: elsewhere)
        #expect(told() == [])
        #expect(try readPolicyFiles(folder: folder.path).map(\.path).contains("statutes/debtAssistanceAct.yaml"))

        try link("templates", to: elsewhere)
        try link("keys", to: elsewhere.appendingPathComponent("nowhere"))
        let fault = "this link does not lead to a file (hint: put the folder itself here, or a link to each of its files)"
        #expect(told() == ["keys:1:1: \(fault)", "templates:1:1: \(fault)"])
        for path in ["templates", "keys"] { try FileManager.default.removeItem(at: folder.appendingPathComponent(path)) }

        try Data(Samples.statute.utf8).write(to: folder.appendingPathComponent("statutes/policeDataAct.YAML"))
        #expect(told() == ["statutes/policeDataAct.YAML:1:1: no policy file belongs here (hint: name it `.yaml`)"])
    }

    @Test("a folder without a policy file is a fault for the check")
    func emptyFolder() {
        #expect(checkPolicies([], folder: "policies").faults.map(\.text) == ["the folder holds no policy file"])
    }
}
