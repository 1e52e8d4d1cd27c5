import Casework
import Disclosure
import Foundation
import JOSE
import StrictJSON
import Testing

@testable import PolicyFiles

@Suite("directors' signatures (R29)")
struct SignatureTests {
    private static let municipality = OrganisationNumber("00000099000000001000")!
    private static let partner = OrganisationNumber("00000099000000002000")!
    private let key: ES256SigningKey
    private let partnerKey: ES256SigningKey
    private let now = Instant(millisecondsSince1970: 1_795_424_400_000)

    init() throws {
        key = try ES256SigningKey.generate()
        partnerKey = try ES256SigningKey.generate()
    }

    private func keys(_ oin: OrganisationNumber, _ keys: [(ES256SigningKey, until: String?)]) -> PolicyFile {
        let items = keys.map { key, until -> JSONValue in
            var json = key.publicKey.json
            if let until { json["until"] = .string(until) }
            return .object(json)
        }
        return Samples.file("keys/\(oin).json", JSONValue.object(["keys": .array(items)]).canonicalText)
    }
    private func signatures(_ entries: [SignaturesFile.Entry]) -> PolicyFile {
        let items = entries.map { entry -> JSONValue in
            [
                "oin": .string(entry.oin.description), "function": .string(entry.function), "signedAt": .string(entry.signedAt.rfc3339),
                "jws": .string(entry.jws),
            ]
        }
        return Samples.file("covenants/proef.signatures.json", JSONValue.array(items).canonicalText)
    }
    private func entry(_ oin: OrganisationNumber, _ key: ES256SigningKey, over text: String = Samples.covenant, at instant: Instant? = nil)
        throws -> SignaturesFile.Entry
    {
        try .init(signing: Array(text.utf8), as: oin, function: "directeur", by: key, at: instant ?? now)
    }
    /// The states of both parties, and whether each counts as signed in the snapshot.
    private func states(_ files: PolicyFile...) throws -> [String] {
        let all = Samples.files() + files
        let report = checkPolicies(all, folder: "p")
        let snapshot = try loadPolicies(all, pack: "proef", allowingFictitious: false).snapshot
        let signed = Dictionary(uniqueKeysWithValues: (snapshot.covenants.first?.parties ?? []).map { ($0.oin, $0.hasSigned) })
        return report.signatures.map { "\($0.state.word)\(signed[$0.oin] == true ? "+" : "-")" }
    }
    private func bothKeys() -> [PolicyFile] { [keys(Self.municipality, [(key, nil)]), keys(Self.partner, [(partnerKey, nil)])] }

    @Test("a covenant without signatures loads, and nobody has signed it") func unsigned() throws {
        #expect(try states() == ["unsigned-", "unsigned-"])
        #expect(try states(bothKeys()[0], bothKeys()[1]) == ["unsigned-", "unsigned-"])
    }

    @Test("a signature over exactly these bytes by a key of the party counts, for that party alone") func signed() throws {
        let one = signatures([try entry(Self.municipality, key)])
        #expect(try states(one, bothKeys()[0], bothKeys()[1]) == ["signed+", "unsigned-"])
        let both = signatures([try entry(Self.municipality, key), try entry(Self.partner, partnerKey)])
        #expect(try states(both, bothKeys()[0], bothKeys()[1]) == ["signed+", "signed+"])
    }

    @Test("a comment that was added after signing makes it altered") func altered() throws {
        let both = signatures([
            try entry(Self.municipality, key, over: Samples.covenant + "# a comment\n"), try entry(Self.partner, partnerKey),
        ])
        #expect(try states(both, bothKeys()[0], bothKeys()[1]) == ["altered-", "signed+"])
    }

    @Test("a key that is not the party's does not sign for it, not even another party's") func foreignKey() throws {
        let both = signatures([try entry(Self.municipality, partnerKey), try entry(Self.partner, partnerKey)])
        #expect(try states(both, bothKeys()[0], bothKeys()[1]) == ["foreign-key-", "signed+"])
        #expect(try states(both, bothKeys()[1]) == ["foreign-key-", "signed+"])
    }

    @Test("what stands beside a signature is what was signed: organisation, function, time") func claims() throws {
        let sound = try entry(Self.municipality, key)
        let later = Instant(millisecondsSince1970: now.millisecondsSince1970 + 1000)
        for changed in [
            SignaturesFile.Entry(oin: Self.municipality, function: "wethouder", signedAt: sound.signedAt, jws: sound.jws),
            SignaturesFile.Entry(oin: Self.municipality, function: sound.function, signedAt: later, jws: sound.jws),
        ] {
            #expect(try states(signatures([changed]), bothKeys()[0]) == ["altered-", "unsigned-"])
        }
        // The municipality's own signature, shown as the partner's, with the municipality's key among the partner's.
        let moved = SignaturesFile.Entry(oin: Self.partner, function: sound.function, signedAt: sound.signedAt, jws: sound.jws)
        #expect(try states(signatures([moved]), keys(Self.partner, [(key, nil)])) == ["unsigned-", "altered-"])
    }

    @Test("a key that was replaced stays valid for what it signed before, and for nothing after") func rotated() throws {
        let until = Instant(millisecondsSince1970: now.millisecondsSince1970 + 60_000)
        let rotated = keys(Self.municipality, [(key, until.rfc3339), (try .generate(), nil)])
        #expect(try states(signatures([try entry(Self.municipality, key)]), rotated) == ["signed+", "unsigned-"])
        #expect(try states(signatures([try entry(Self.municipality, key, at: until)]), rotated) == ["foreign-key-", "unsigned-"])
        // A key that others may know is taken out, and with it all that it signed.
        let taken = keys(Self.municipality, [(try .generate(), nil)])
        #expect(try states(signatures([try entry(Self.municipality, key)]), taken) == ["foreign-key-", "unsigned-"])
    }

    @Test("an older signature beside one that holds does no harm") func olderBeside() throws {
        let old = try entry(Self.municipality, key, over: "another text")
        #expect(try states(signatures([old, try entry(Self.municipality, key)]), bothKeys()[0]) == ["signed+", "unsigned-"])
    }

    @Test("a signature or a key that comes or goes is another revision") func revision() throws {
        func revision(_ files: PolicyFile...) throws -> String {
            try loadPolicies(Samples.files() + files, pack: "proef", allowingFictitious: false).snapshot.revision
        }
        let all = [
            try revision(), try revision(bothKeys()[0]), try revision(signatures([try entry(Self.municipality, key)])),
            try revision(bothKeys()[0], signatures([try entry(Self.municipality, key)])),
        ]
        #expect(Set(all).count == 4)
    }

    @Test("files that are not of the form are faults, each told in one line") func faults() throws {
        func told(_ path: String, _ text: String) -> [String] {
            Samples.faults(Samples.files(Samples.file(path, text))).map { $0.components(separatedBy: " (hint: ")[0] }
        }
        let file = "covenants/proef.signatures.json"
        #expect(told(file, "[\n  {]").first?.hasPrefix("\(file):2:4: this is not JSON") == true)
        #expect(told(file, #"[{"oin":"00000099000000001000"}]"#).contains { $0.contains("/0") && $0.contains("jws") })
        #expect(
            told(file, #"[{"oin":"1","function":"a","signedAt":"2026-01-01T00:00:00Z","jws":"a..b"}]"#)
                == ["\(file):1:1: /0: `1` is not an organisation number"])
        #expect(told("keys/1.json", #"{"keys":[]}"#) == ["keys/1.json:1:1: `1` is not an organisation number"])
        let path = "keys/\(Self.partner).json"
        #expect(told(path, #"{"keys":[]}"#) == ["\(path):1:1: the file holds no keys"])
        #expect(
            told(path, #"{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"}]}"#) == ["\(path):1:1: /keys/0 cannot be used: invalid-key"])
        let shared = [keys(Self.municipality, [(key, nil)]), keys(Self.partner, [(key, nil)])]
        #expect(Samples.faults(Samples.files() + shared).count == 1)
        let person = SignaturesFile.Entry(oin: Self.partner, function: "a.b@example.org", signedAt: now, jws: "a..b")
        #expect(Samples.faults(Samples.files(signatures([person]))).contains { $0.contains("an e-mail address stands here") })
    }

    @Test("signatures beside no covenant, or of no party, are told of") func orphans() throws {
        let orphan = PolicyFile(path: "covenants/weg.signatures.json", bytes: signatures([try entry(Self.partner, partnerKey)]).bytes)
        #expect(
            checkPolicies(Samples.files(orphan), folder: "p").warnings.contains { $0.text == "there is no covenant `covenants/weg.yaml`" })
        let stranger = try #require(OrganisationNumber("00000099000000003000"))
        let signed = signatures([try entry(stranger, key)])
        #expect(
            checkPolicies(Samples.files(signed), folder: "p").warnings.contains { $0.text == "`\(stranger)` has signed and is no party" })
    }

    @Test("`policy sign` signs what it is given, keeps the others' signatures, and adds a public key once") func signing() throws {
        let folder = NSTemporaryDirectory() + "/convenant-sign-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for file in Samples.files() {
            let url = URL(fileURLWithPath: "\(folder)/\(file.path)")
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.bytes).write(to: url)
        }
        let path = folder + "/covenants/proef.yaml"
        func states() -> [String] { checkPolicies(folder: folder).signatures.map(\.state.word) }
        let first = try signCovenants(at: path, as: Self.municipality, function: "wethouder", pem: key.pem, now: now)
        #expect(first.covenants == ["proef/1"] && first.kid == key.kid && first.keysFile != nil && states() == ["signed", "unsigned"])
        try signCovenants(at: folder, as: Self.partner, function: "directeur", pem: partnerKey.pem, now: now)
        let again = try signCovenants(at: path, as: Self.municipality, function: "wethouder", pem: key.pem, now: now)
        #expect(again.keysFile == nil && states() == ["signed", "signed"])
        #expect(checkPolicies(folder: folder).text.contains("signed     2026-11-23 wethouder, key \(key.kid.prefix(8))"))
        // Nothing private was written.
        for name in ["covenants/proef.signatures.json", "keys/\(Self.municipality).json"] {
            #expect(try !String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).contains("\"d\""))
        }
        let stranger = try #require(OrganisationNumber("00000099000000003000"))
        #expect(throws: PolicyFaults.self) { try signCovenants(at: path, as: stranger, function: "d", pem: key.pem, now: now) }
        #expect(throws: PolicyFaults.self) { try signCovenants(at: path, as: Self.partner, function: "d", pem: "none", now: now) }
        let nowhere = #expect(throws: PolicyFaults.self) {
            try signCovenants(at: folder + "/covenants/nowhere.yaml", as: Self.partner, function: "d", pem: partnerKey.pem, now: now)
        }
        #expect(nowhere?.faults.map(\.text) == ["the file does not exist"])
        #expect(states() == ["signed", "signed"])
        // One key for two organisations loads nowhere, so it is not written either.
        func written() throws -> [Data] {
            try ["covenants/proef.signatures.json", "keys/\(Self.partner).json"].map {
                try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))
            }
        }
        let before = try written()
        let shared = #expect(throws: PolicyFaults.self) {
            try signCovenants(at: path, as: Self.partner, function: "directeur", pem: key.pem, now: now)
        }
        #expect(shared?.faults.map(\.text) == ["a key of `keys/\(Self.municipality).json` stands here too"])
        #expect(try written() == before)
        try (Samples.covenant + "# later\n").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(states() == ["altered", "altered"])
        #expect(checkPolicies(folder: folder).text.contains("2 signatures are missing"))
    }
}
