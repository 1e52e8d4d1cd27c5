import Casework
import Crypto
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("The data folder")
struct FolderTests {
    @Test("a new folder is open to its owner alone, and so is every file the store makes")
    func modes() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        let store = try test.store(lock)
        let vault = try await test.vault(lock)
        _ = try await vault.take()
        try await store.execute("INSERT INTO meta (key, value) VALUES ('a', 'b')")
        // Closed, the vault would leave no write-ahead log behind.
        let files = try withExtendedLifetime(vault) { try FileManager.default.subpathsOfDirectory(atPath: test.folder.path) }
        #expect(files.contains("keys.sqlite-wal") && files.contains("secrets/kek-1.key"))
        for file in files + [""] {
            let mode = try #require(FileManager.default.attributesOfItem(atPath: test.folder.path + "/" + file)[.posixPermissions] as? Int)
            #expect(mode & 0o077 == 0, "\(file)")
        }
    }

    @Test(
        "what others may read is refused, and the text names the command that mends it",
        arguments: ["", "/secrets", "/run", "/secrets/tls.pem", "/convenant.sqlite"])
    func openToOthers(_ part: String) throws {
        let test = try TestFolder()
        let path = test.folder.path + part
        if !FileManager.default.fileExists(atPath: path) { #expect(FileManager.default.createFile(atPath: path, contents: Data())) }
        chmod(path, part.contains(".") ? 0o600 : 0o700)
        _ = try RunLock(test.folder)
        for mode: mode_t in part.contains(".") ? [0o640, 0o604] : [0o750, 0o701] {
            chmod(path, mode)
            let fault = #expect(throws: StoreFault.self) { try RunLock(test.folder) }
            #expect(fault?.description.contains("`chmod \(part.contains(".") ? "600" : "700") \(path)`") == true)
        }
    }

    @Test("a folder without its parts is refused")
    func missing() throws {
        let test = try TestFolder()
        try FileManager.default.removeItem(atPath: test.folder.secrets)
        #expect(throws: StoreFault.self) { try RunLock(test.folder) }
    }

    @Test("a second lock is refused, and given when the first is gone")
    func secondLock() throws {
        let test = try TestFolder()
        var first: RunLock? = try RunLock(test.folder)
        #expect(throws: StoreFault.inUse) { try RunLock(test.folder) }
        #expect(first != nil)
        first = nil
        _ = try RunLock(test.folder)
    }

    @Test("a database from a newer program is refused, by the store, the vault and the reader")
    func newerSchema() async throws {
        let (known, knownKeys) = (Int64(SchemaVersions.main.scripts.count), Int64(SchemaVersions.keys.scripts.count))
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        do {
            let store = try test.store(lock)
            let vault = try await test.vault(lock)
            try await store.execute("PRAGMA user_version = 99")
            try await vault.file.writer.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        }
        #expect(throws: StoreFault.newerSchema(file: test.folder.database, found: 99, known: known)) { try test.store(lock) }
        await #expect(throws: StoreFault.newerSchema(file: test.folder.keys, found: 99, known: knownKeys)) { try await test.vault(lock) }
        #expect(throws: StoreFault.newerSchema(file: test.folder.database, found: 99, known: known)) { try TrailReader(test.folder) }
    }

    @Test("the log of a simulation is never gone on with as a real one")
    func simulated() throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        _ = try test.store(lock, simulated: true)
        #expect(throws: StoreFault.self) { try test.store(lock, simulated: false) }
    }
}

@Suite("Copies of the data folder")
final class CopyTests {
    private let test: TestFolder
    private let store: Store

    init() async throws {
        test = try TestFolder()
        let lock = try RunLock(test.folder)
        store = try test.store(lock)
        _ = try await test.vault(lock)
    }

    deinit { for part in BackupPart.allCases { try? FileManager.default.removeItem(atPath: place(part)) } }

    private func place(_ part: BackupPart) -> String { "\(test.folder.path)-\(part.rawValue)" }

    /// Makes a copy, named after this instant; its path.
    @discardableResult private func backUp(_ part: BackupPart, at milliseconds: Int64 = 2_000) throws -> String {
        try test.folder.backUp(part, to: place(part), at: Instant(millisecondsSince1970: milliseconds)) { _, _ in }.path
    }

    private func restored() throws -> RestoredFolder {
        try RestoredFolder.make(data: place(.data), keys: place(.keys), at: test.folder.path + "-restored") { _, _ in }
    }

    @Test("what was revoked since the copy of the data stays revoked: the keys bring it, beside what only the data have")
    func revoked() throws {
        func write(_ lines: String) throws {
            try SecretFile.replace("\(test.folder.path)/\(DataFolder.revocations)", with: Array(lines.utf8))
        }
        try write("0A 1\n0B 2\n")
        try backUp(.data)
        try write("0B 2\n0C 3\n")
        try backUp(.keys)
        let made = try restored()
        defer { made.discard() }
        let lines = try String(contentsOfFile: "\(made.draft.path)/\(DataFolder.revocations)", encoding: .utf8)
        #expect(lines == "0A 1\n0B 2\n0C 3\n")
    }

    @Test("data of a version that lacks a table which names keys are put together with the keys")
    func olderSchema() async throws {
        try await store.execute("DROP TABLE advice")
        try await store.execute("PRAGMA user_version = 13")
        try backUp(.data)
        try backUp(.keys)
        try restored().discard()
    }

    @Test("while one backup writes to a place another is refused")
    func locked() throws {
        let old = try backUp(.keys)
        var held: FileLock? = try FileLock(place(.keys) + "/.lock")
        let fault = #expect(throws: StoreFault.self) { try backUp(.keys, at: 3_000) }
        #expect(fault?.description.contains("another backup writes to") == true && held != nil)
        #expect(FileManager.default.fileExists(atPath: old + "/keys.sqlite"))
        held = nil
        try backUp(.keys, at: 3_000)
        #expect(!FileManager.default.fileExists(atPath: old))
    }

    @Test("the copy of the keys that is there goes only when the new one was found to be whole")
    func whole() throws {
        let old = try backUp(.keys)
        let keys = try BackupPlace(place(.keys), of: .keys, apartFrom: test.folder)
        let draft = try keys.draft()
        try FileManager.default.copyItem(atPath: old + "/manifest.json", toPath: draft + "/manifest.json")
        _ = try keys.finish(draft, as: "new")
        #expect(throws: StoreFault.self) { try keys.keepOnly("new") }
        #expect(FileManager.default.fileExists(atPath: old + "/keys.sqlite"))
    }

    @Test("what is left of a copy whose destruction was broken off is destroyed by the next backup")
    func brokenOff() throws {
        let old = try backUp(.keys)
        // What it leads to cannot be flushed, so that the destruction ends there.
        try FileManager.default.createSymbolicLink(atPath: old + "/stop", withDestinationPath: "/dev/null")
        #expect(throws: StoreFault.self) { try backUp(.keys, at: 3_000) }
        #expect(!FileManager.default.fileExists(atPath: old))
        let rest = place(.keys) + "/.unfinished"
        try FileManager.default.removeItem(atPath: rest + "/stop")
        // Whichever file went first.
        try? FileManager.default.removeItem(atPath: rest + "/manifest.json")
        let new = try backUp(.keys, at: 4_000)
        let left = try FileManager.default.contentsOfDirectory(atPath: place(.keys)).filter { $0 != ".lock" }
        #expect(left == [URL(fileURLWithPath: new).lastPathComponent])
    }

    @Test("a folder of somebody else beside the copies is none of them: nothing in it is destroyed, and a restore passes it by")
    func strangers() throws {
        for part in BackupPart.allCases {
            try backUp(part)
            let other = place(part) + "/zeta"
            try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
            try Data("{}".utf8).write(to: URL(fileURLWithPath: other + "/manifest.json"))
        }
        try backUp(.keys, at: 3_000)
        #expect(FileManager.default.contents(atPath: place(.keys) + "/zeta/manifest.json") == Data("{}".utf8))
        try restored().discard()
    }
}
