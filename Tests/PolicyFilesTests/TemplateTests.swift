import Casework
import Disclosure
import Foundation
import JOSE
import Testing

@testable import PolicyFiles

@Suite("covenant templates, one for several pairs (R30)")
struct TemplateTests {
    private static let municipality = "00000099000000001000"
    private static let corporations = ["00000099000000002000", "00000099000000003000", "00000099000000004000"]
    private let digest = Samples.file("", Samples.template).sha256
    private let now = Instant(millisecondsSince1970: 1_795_424_400_000)

    private func files(_ template: String = Samples.template) -> [PolicyFile] {
        Samples.files(Samples.file("templates/proef.yaml", template)).filter { $0.path != "covenants/proef.yaml" }
            + Self.corporations.map { Samples.file("covenants/met-\($0.suffix(4)).yaml", Samples.onTemplate($0, sha256: digest)) }
    }
    private func load(_ files: [PolicyFile]) throws -> LoadedPolicies {
        try loadPolicies(files, pack: "proef", allowingFictitious: false)
    }

    @Test("one template and three pairs are three covenants, each with the articles between its own two parties") func threePairs() throws {
        let loaded = try load(files())
        let covenants = loaded.snapshot.covenants
        #expect(covenants.map(\.id) == ["met-2000", "met-3000", "met-4000"])
        #expect(covenants.allSatisfy { $0.template == CovenantTemplate(id: "proef", version: 1) })
        for (covenant, corporation) in zip(covenants, Self.corporations) {
            let article = try #require(covenant.articles.first)
            #expect(article.from.map(\.description) == [Self.municipality] && article.to.map(\.description) == [corporation])
            #expect(article.purpose.rawValue == "evictionPrevention" && article.fields.contains(.name))
            let party = try #require(covenant.parties.last)
            // What the template says of the place, and what is the party's own.
            #expect(party.direction == .receiver && party.role == .jointController && party.sectors == ["housing"])
            #expect(party.sealing == .joseP256 && party.name == "Corporatie \(corporation.suffix(4))")
        }
        #expect(loaded.explanation.contains("covenant `met-3000` version 1: Proef\n") == false)
        #expect(loaded.explanation.contains("its articles are those of template `proef` version 1"))
        let told = checkPolicies(files(), folder: "p").text
        #expect(told.contains("template `proef` version 1: 3 covenants on it\n"))
        #expect(told.contains("covenant `met-2000` version 1: 2 parties, 1 article of template `proef` version 1\n"))
    }

    @Test("ending one covenant on a template leaves the others as they are") func oneEnded() throws {
        let changed = files().map { file in
            file.path == "covenants/met-3000.yaml"
                ? Samples.file(
                    file.path,
                    String(decoding: file.bytes, as: UTF8.self).replacingOccurrences(
                        of: "validUntil: null", with: "validUntil: 2010-01-01T00:00:00+01:00"))
                : file
        }
        let at = try #require(Instant(rfc3339: "2010-01-01T00:00:00+01:00"))
        #expect(try load(changed).snapshot.covenants.filter { $0.isInForce(at: at) }.map(\.id) == ["met-2000", "met-4000"])
    }

    @Test("the template is one of the files of which the revision is made, and what is kept makes the same again") func archived() throws {
        let loaded = try load(files())
        #expect(loaded.files.map(\.path).filter { $0.hasPrefix("templates/") } == ["templates/proef.yaml"])
        let again = try load(loaded.sources.reversed())
        #expect(again.snapshot.revision == loaded.snapshot.revision && again.snapshot.covenants == loaded.snapshot.covenants)
        #expect(try load(files(Samples.template + "# a comment\n")).snapshot.revision != loaded.snapshot.revision)
        // One that no covenant names says nothing.
        let other = Samples.file("templates/ander.yaml", Samples.template.replacingOccurrences(of: "id: proef", with: "id: ander"))
        #expect(try load(files() + [other]).snapshot.revision == loaded.snapshot.revision)
    }

    @Test("the next version of a template stands beside the one before, and each covenant is on the one that it names") func versions()
        throws
    {
        let text = Samples.template.replacingOccurrences(of: "version: 1", with: "version: 2").replacingOccurrences(
            of: "fields: [identification, contact]", with: "fields: [identification.name]")
        let next = Samples.file("templates/proef-2.yaml", text)
        let moved = Samples.onTemplate(Self.corporations[0], sha256: next.sha256).replacingOccurrences(
            of: "template: {id: proef, version: 1", with: "template: {id: proef, version: 2")
        let covenants = try load(
            files().filter { $0.path != "covenants/met-2000.yaml" } + [next, Samples.file("covenants/met-2000.yaml", moved)]
        )
        .snapshot.covenants
        #expect(covenants.map { $0.template?.version } == [2, 1, 1])
        #expect(covenants.map { $0.articles.first?.fields.contains(.phone) } == [false, true, true])
    }

    @Test("two files with one version of a template") func sameVersion() {
        let twin = Samples.file("templates/tweede.yaml", Samples.template)
        #expect(
            Samples.faults(files() + [twin]) == [
                "templates/tweede.yaml:3:10: version 1 of template `proef` stands in `templates/proef.yaml` too (hint: give it the next number)"
            ])
    }

    @Test("a fault in a template is told of there, once, and not again in the covenants on it") func faultInTemplate() {
        let faulty = Samples.template.replacingOccurrences(of: "to: [corporation]", with: "to: [corporations]")
        #expect(
            Samples.faults(files(faulty)) == [
                "templates/proef.yaml:12:10: `corporations` is not a place of this template (hint: did you mean `corporation`?)"
            ])
    }

    @Test("what is doubtful in a template is a warning there, once") func warningInTemplate() {
        let doubtful = Samples.template.replacingOccurrences(
            of: "grounds: [consent]", with: "grounds: [\"publicTask:debtAssistanceAct.8d\"]")
        let warnings = checkPolicies(files(doubtful), folder: "p").warnings.filter { $0.file == "p/templates/proef.yaml" }
        #expect(warnings.map(\.line) == [9])
    }

    @Test("who signs a covenant signs its template: one comment more in it, and nothing goes under any covenant on it") func altered()
        throws
    {
        let folder = NSTemporaryDirectory() + "/convenant-template-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for file in files() {
            let url = URL(fileURLWithPath: "\(folder)/\(file.path)")
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.bytes).write(to: url)
        }
        func states() -> Set<String> { Set(checkPolicies(folder: folder).signatures.map(\.state.word)) }
        func hasSigned() throws -> [Bool] {
            try loadPolicies(folder: folder, pack: "proef", allowingFictitious: false).snapshot.covenants.flatMap(\.parties).map(
                \.hasSigned)
        }
        for oin in [Self.municipality] + Self.corporations {
            let number = try #require(OrganisationNumber(oin))
            try signCovenants(at: folder, as: number, function: "directeur", pem: ES256SigningKey.generate().pem, now: now)
        }
        #expect(states() == ["signed"])
        #expect(try hasSigned().allSatisfy(\.self))
        let path = folder + "/templates/proef.yaml"
        try (Samples.template + "# one word more\n").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(states() == ["altered"])
        #expect(try hasSigned().contains(true) == false)
        let found = Samples.file("", Samples.template + "# one word more\n").sha256
        #expect(
            checkPolicies(folder: folder).warnings.map(\.description).filter { $0.contains("SHA-256") }
                == Self.corporations.map {
                    "\(folder)/covenants/met-\($0.suffix(4)).yaml:5:43: `templates/proef.yaml` has another SHA-256 than stands here: nothing goes under this covenant (hint: put the template back as it was; or, in a text that nobody has signed yet, write \"\(found)\")"
                })
        // Nobody can sign what nobody can read as it was meant.
        let number = try #require(OrganisationNumber(Self.municipality))
        let pem = try ES256SigningKey.generate().pem
        let refused = #expect(throws: PolicyFaults.self) {
            try signCovenants(at: folder + "/covenants/met-3000.yaml", as: number, function: "wethouder", pem: pem, now: now)
        }
        #expect(refused?.faults.map(\.line) == [5])
        try Samples.template.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(states() == ["signed"])
    }
}
