import Casework
import Foundation
import Testing

@testable import Storage

@Suite("Changing keys")
struct KeyRotationTests {
    private let test: TestFolder
    private let files: SigningKeyFiles

    init() throws {
        test = try TestFolder()
        files = SigningKeyFiles(current: test.folder.messageSigningKey)
    }

    private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    private func write(_ text: String) throws { try SecretFile.create(files.current, Array(text.utf8)) }

    @Test("the next key takes the place of the current one, which is the former until it is destroyed")
    func steps() throws {
        try write("old")
        try files.create(Array("new".utf8))
        #expect(throws: StoreFault.self) { try files.create(Array("another".utf8)) }
        #expect(text(files.current) == "old" && text(files.next) == "new")
        try files.advance()
        #expect(text(files.current) == "new" && text(files.former) == "old" && text(files.next) == nil)
        try test.folder.check()
        try files.destroyFormer()
        #expect(text(files.current) == "new" && text(files.former) == nil)
    }

    @Test("what a kill left of a next key that was being written is none, and is gone when one is written")
    func killed() throws {
        try write("old")
        let draft = files.next + ".new"
        try SecretFile.create(draft, Array("ne".utf8))
        #expect(text(files.next) == nil)
        try files.create(Array("new".utf8))
        #expect(text(files.next) == "new" && text(draft) == nil)
        #expect(throws: StoreFault.system(errno: EEXIST, path: files.next)) { try files.create(Array("another".utf8)) }
        #expect(text(files.next) == "new" && text(draft) == nil)
        try test.folder.check()
    }

    @Test("restored certificates of signing keys are those beside the keys, the newer ones, and of the data where the keys came without")
    func certificates() async throws {
        let lock = try RunLock(test.folder)
        _ = try test.store(lock)
        _ = try await test.vault(lock)
        let folder = test.folder
        let (old, new, data, target) = (folder.path + "-old", folder.path + "-new", folder.path + "-data", folder.path + "-restored")
        defer { for place in [old, new, data] { try? FileManager.default.removeItem(atPath: place) } }
        func write(_ text: String, _ name: String) throws {
            try SecretFile.replace("\(folder.path)/trust/\(name)", with: Array(text.utf8))
        }
        func backUp(_ part: BackupPart, to place: String) throws {
            _ = try folder.backUp(part, to: place, at: Instant(millisecondsSince1970: 2_000)) { _, _ in }
        }
        func restored(with keys: String) throws -> [String?] {
            let made = try RestoredFolder.make(data: data, keys: keys, at: target) { _, _ in }
            defer { made.discard() }
            return made.draft.signingCertificates.map { text("\(made.draft.path)/trust/\($0)") }
        }
        try backUp(.keys, to: old)
        try write("first", "message-sign.crt")
        try backUp(.data, to: data)
        try write("renewed", "message-sign.crt")
        try write("second", "message-sign-kid.crt")
        try backUp(.keys, to: new)
        #expect(try restored(with: old) == ["first"])
        #expect(try restored(with: new) == ["second", "renewed"])
    }

    @Test("a crash between the two steps leaves a key that signs, and the step is done again")
    func crash() throws {
        try write("old")
        try files.create(Array("new".utf8))
        #expect(link(files.current, files.former) == 0)
        // Destroying the former key would reach the current one by its other name.
        try files.destroyFormer()
        #expect(text(files.current) == "old")
        #expect(link(files.current, files.former) == 0)
        try files.advance()
        #expect(text(files.current) == "new" && text(files.former) == "old")
    }

    @Test("what a partner had before is kept with its end, counts until then, and goes when the partner is registered anew")
    func former() async throws {
        let store = try test.store()
        let partner = try #require(OrganisationNumber("00000099000000002000"))
        let end = Instant(millisecondsSince1970: 500)
        let former = FormerPart(bytes: [UInt8](repeating: 1, count: 32), until: end)
        @Sendable func row(_ former: FormerPart?) -> PartnerRow {
            PartnerRow(
                oin: partner, name: "p", certificateSHA256: [UInt8](repeating: 2, count: 32), keys: [3],
                endpoint: "https://partner.example",
                addedAt: Instant(millisecondsSince1970: 1), formerCertificate: former,
                formerKeys: former.map { _ in FormerPart(bytes: [4], until: end) })
        }
        _ = try await store.commit { try $0.store(row(former)) }
        let read = try #require(try store.snapshot { try $0.partner(partner) })
        #expect(read.formerCertificate == former && read.formerKeys?.bytes == [4])
        let before = Instant(millisecondsSince1970: 499)
        #expect(read.certificates(at: before).count == 2 && read.certificates(at: end).count == 1)
        #expect(try store.snapshot { try $0.lanes(at: before) }.first?.certificates == read.certificates(at: before))
        #expect(try store.snapshot { try $0.lanes(at: end) }.first?.certificates == read.certificates(at: end))
        _ = try await store.commit { try $0.store(row(nil)) }
        #expect(try #require(try store.snapshot { try $0.partner(partner) }).formerCertificate == nil)
    }

    @Test("the schema refuses a former part without its end, or a certificate that is no digest")
    func schema() async throws {
        let store = try test.store()
        try await store.execute(
            "INSERT INTO partner (oin, name, certificate_sha256, keys, added_at) VALUES ('00000099000000002000', 'p', zeroblob(32), x'00', 1)"
        )
        for sql in [
            "UPDATE partner SET former_certificate = zeroblob(32)", "UPDATE partner SET certificate_until = 1",
            "UPDATE partner SET former_certificate = zeroblob(31), certificate_until = 1", "UPDATE partner SET former_keys = x'00'",
            "UPDATE partner SET keys_until = 1",
        ] {
            await #expect(throws: StoreFault.self, "\(sql)") { try await store.execute(sql) }
        }
    }
}
