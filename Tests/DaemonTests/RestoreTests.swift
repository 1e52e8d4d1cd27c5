import Foundation
import Testing

@Suite("what a restore refuses, and what it can do without")
struct RestoreTests {
    @Test(
        "a newest copy that is damaged is refused unless an older one is named, and said to be the copy; of the keys it goes when the next one stands"
    )
    func damagedCopy() async throws {
        let folder = try await TestFolder.prepared("damaged")
        for _ in 0..<2 { #expect(try await folder.backUp().code == 0) }
        #expect(try await folder.backUp(keys: true).code == 0)
        let names = try folder.copies("data")
        try #require(names.count == 2)
        let manifest = folder.place("data") + "/\(names[1])/manifest.json"
        try "rubbish".write(toFile: manifest, atomically: false, encoding: .utf8)
        func restore(_ copy: String) async throws -> ProgramResult {
            try await convenant(
                "restore", "--from", folder.place("data") + copy, "--keys", folder.place("keys"), "--data",
                TemporaryFolders.newPath("restored"))
        }
        let named = try await restore("/\(names[1])")
        #expect(named.code == 1 && named.errors.contains("the copy is damaged: `\(manifest)`"), "\(named.errors)")
        for isGone in [false, true] {
            if isGone { try FileManager.default.removeItem(atPath: manifest) }
            let refused = try await restore("")
            #expect(refused.code == 1 && refused.errors.contains("\(names[1])`, the newest copy, is damaged"), "\(refused.errors)")
        }
        let older = try await restore("/\(names[0])")
        #expect(older.code == 0, "\(older.errors)")

        for isGone in [false, true] {
            let former = try #require(try folder.copies("keys").first)
            let file = folder.place("keys") + "/\(former)/manifest.json"
            if isGone {
                try FileManager.default.removeItem(atPath: file)
            } else {
                try "rubbish".write(toFile: file, atomically: false, encoding: .utf8)
            }
            #expect(try await folder.backUp(keys: true).code == 0)
            let left = try folder.copies("keys")
            #expect(left.count == 1 && left != [former], "\(left)")
        }
        #expect(try await restore("/\(names[0])").code == 0)
    }

    @Test("a restore needs no folder of policies: the copy of the data holds those that were in force")
    func withoutPolicies() async throws {
        let folder = try await TestFolder.prepared("policies")
        for keys in [false, true] { #expect(try await folder.backUp(keys: keys).code == 0) }
        try FileManager.default.moveItem(atPath: folder.policies, toPath: folder.root + "/away")
        let (restored, result) = try await folder.restore()
        try #require(result.code == 0, "\(result.errors)")
        #expect(try await restored.command("log", "verify").code == 0)
        let opened = try await restored.command("staff", "list")
        #expect(opened.code == 78 && opened.errors.contains("`\(folder.policies)` is missing"), "\(opened.errors)")
        try FileManager.default.moveItem(atPath: folder.root + "/away", toPath: folder.policies)
        #expect(try await restored.command("staff", "list").code == 0)
    }
}
