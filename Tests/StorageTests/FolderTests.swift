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
