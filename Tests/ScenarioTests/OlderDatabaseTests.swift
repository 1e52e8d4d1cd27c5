import ConvenantTestSupport
import Exchange
import Foundation
import Storage
import Testing

@Suite("A database that is not the newest", .timeLimit(.minutes(10)))
struct OlderDatabaseTests {
    @Test("with each sign of life the vault notes how long the log is: a database of before it is refused, and no key is destroyed")
    func older() async throws {
        let test = try await TestDesk()
        let member = try await test.staff("desk-1", .contactPoint)
        let older = test.folder.path + "-older"
        defer { try? FileManager.default.removeItem(atPath: older) }
        try test.sql("VACUUM INTO ?", [older])
        _ = try await test.openCase(by: member)
        try await test.desk.beat()
        test.crash()
        // Its log has ended when its lock is free.
        _ = try await test.lock()
        let living = "SELECT count(*) FROM key WHERE wrapped != zeroblob(40)"
        let before = try test.sql(living, in: test.folder.keys).first?[0] as Int?
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: test.folder.database + end) }
        try FileManager.default.copyItem(atPath: older, toPath: test.folder.database)
        chmod(test.folder.database, 0o600)
        let fault = await #expect(throws: StoreFault.self) { try await test.open() }
        #expect(fault?.description.contains("entries of the log") == true, "\(String(describing: fault))")
        #expect(try test.sql(living, in: test.folder.keys).first?[0] as Int? == before)
    }
}
