import AuditTrail
import Casework
import Testing

@testable import Storage

@Suite("Group commit")
struct GroupCommitTests {
    @Test("the writer's synchronous is FULL, on the connection that writes")
    func synchronousIsFull() throws {
        let store = try TestFolder().store()
        #expect(try store.writerPragma("synchronous") == 2)
        #expect(try store.writerPragma("foreign_keys") == 1)
        #expect(try store.writerPragma("secure_delete") == 1)
    }

    @Test("64 submitters with failing neighbours: who was answered yes is on the disk, who was not is not, and the tree agrees")
    func failingNeighbours() async throws {
        let test = try TestFolder()
        let store = try test.store()
        let (yes, refused) = (Tally(), Tally())
        await withTaskGroup(of: Void.self) { group in
            for submitter in 0..<64 {
                group.addTask {
                    for turn in 0..<10 {
                        let entry = test.entry()
                        let name = "\(submitter)-\(turn)"
                        let outcome = try? await store.commit { transaction in
                            try transaction.run("INSERT INTO meta (key, value) VALUES (?, 'x')", [.text(name)])
                            try transaction.append(entry)
                            // Every third body fails after it has written and appended.
                            if (submitter + turn) % 3 == 0 { throw Unexpected() }
                            if (submitter + turn) % 3 == 1 {
                                try transaction.run("INSERT INTO meta (key, value) VALUES (?, NULL)", [.text(name + "x")])
                            }
                        }
                        if case .done = outcome { yes.add(name) } else { refused.add("no") }
                    }
                }
            }
        }
        let answered = yes.names
        #expect(answered.count > 200)
        #expect(refused["no"] == 640 - answered.count)
        let stored = try store.snapshot { Set(try $0.all("SELECT key FROM meta WHERE key <> 'log'").map { try $0.text("key") }) }
        #expect(stored == answered)
        let found = try test.verify()
        #expect(found.report.isIntact && found.derived.isEmpty)
        #expect(found.report.entries == UInt64(answered.count))
    }

    @Test("a reopened store goes on with the tree the disk has, over tiles and years")
    func reopened() async throws {
        let test = try TestFolder()
        // The last entries come when their year is closed.
        for year in [2026, 2026, 2027, 2026] {
            let store = try test.store()
            for _ in 0..<3 {
                _ = try await store.commit { transaction in for _ in 0..<150 { try transaction.append(test.entry(year: year)) } }
            }
        }
        let found = try test.verify()
        #expect(found.report.faults.map(\.code) == [] && found.derived.isEmpty)
        #expect(found.report.shards == [2026, 2027])
        #expect(found.report.entries == 1801)
        let tiles = try test.store().number("SELECT count(*) AS n FROM audit_tile")
        #expect(tiles == 6)
    }

    @Test("a new year opens a shard with the last checkpoint of the one before, also inside one body")
    func yearChange() async throws {
        let test = try TestFolder()
        let store = try test.store()
        _ = try await store.commit { transaction in
            try transaction.append(test.entry(year: 2026))
            try transaction.append(test.entry(year: 2027))
        }
        let found = try test.verify()
        #expect(found.report.isIntact)
        #expect(found.report.entries == 3)
        let opening = try #require(try TrailReader(test.folder).entries(after: 1, limit: 1).first)
        #expect(try RecordedEntry(reading: opening.bytes).event == "shard.opened")
        // A late one stands in the open shard, with its own time.
        _ = try await store.commit { try $0.append(test.entry(year: 2026)) }.value()
        let late = try #require(try TrailReader(test.folder).entries(after: 3, limit: 1).first)
        #expect(try late.shard == 2027 && RecordedEntry(reading: late.bytes).shard == 2026)
        let after = try test.verify()
        #expect(after.report.isIntact && after.report.shards == [2026, 2027] && after.report.entries == 4)
    }

    @Test("a body that fails in the year's first entry leaves the old shard open")
    func failedYearChange() async throws {
        let test = try TestFolder()
        let store = try test.store()
        _ = try await store.commit { try $0.append(test.entry(year: 2026)) }
        _ = try? await store.commit { transaction in
            try transaction.append(test.entry(year: 2027))
            throw Unexpected()
        }
        _ = try await store.commit { try $0.append(test.entry(year: 2026)) }.value()
        let found = try test.verify()
        #expect(found.report.isIntact && found.report.shards == [2026] && found.report.entries == 2)
    }

    @Test("a full disk in the middle of a batch: nobody of it is answered yes, what was there stays, and afterwards all goes on")
    func diskFull() async throws {
        let test = try TestFolder()
        let store = try test.store()
        _ = try await store.commit { try $0.append(test.entry()) }
        let pages = try #require(try store.writerPragma("page_count"))
        try store.limit(toPages: Int(pages) + 8)
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<64 {
                group.addTask {
                    do {
                        _ = try await store.commit { transaction in
                            try transaction.append(test.entry())
                            try transaction.run(
                                "INSERT INTO meta (key, value) VALUES (?, ?)",
                                [.text("big-\(number)"), .text(String(repeating: "x", count: 20_000))])
                        }
                        tally.add("yes")
                    } catch StoreFault.notDurable(let code) where code & 0xFF == 13 {
                        tally.add("full")
                    } catch {}
                }
            }
        }
        #expect(tally["full"] > 0)
        #expect(tally["yes"] + tally["full"] == 64)
        #expect(try store.number("SELECT count(*) AS n FROM meta WHERE key LIKE 'big-%'") == Int64(tally["yes"]))
        let during = try test.verify()
        #expect(during.report.isIntact && during.report.entries == UInt64(1 + tally["yes"]))
        try store.limit(toPages: nil)
        _ = try await store.commit { try $0.append(test.entry()) }.value()
        let after = try test.verify()
        #expect(after.report.isIntact && after.report.entries == during.report.entries + 1)
    }

    @Test("a body that swallows the error with which SQLite ended the transaction cannot write on outside it")
    func swallowedEnd() async throws {
        let test = try TestFolder()
        let store = try test.store()
        _ = try await store.commit { try $0.append(test.entry()) }
        let outcome = try? await store.commit { transaction in
            try transaction.append(test.entry())
            // Stands for what FULL, IOERR and NOMEM do: the whole transaction is gone.
            try? transaction.run("ROLLBACK")
            try? transaction.run("INSERT INTO meta (key, value) VALUES ('outside', 'x')")
        }
        #expect(outcome == nil)
        #expect(try store.number("SELECT count(*) AS n FROM meta WHERE key = 'outside'") == 0)
        _ = try await store.commit { try $0.append(test.entry()) }.value()
        let found = try test.verify()
        #expect(found.report.isIntact && found.report.entries == 2)
    }

    @Test("a commit that fails is not tried again, and the tree is read anew")
    func failedCommit() async throws {
        let test = try TestFolder()
        let store = try test.store()
        _ = try await store.commit { try $0.append(test.entry()) }
        let outcome = try? await store.commit { transaction in
            try transaction.append(test.entry())
            // A deferred foreign key fails at COMMIT and nowhere else.
            try transaction.run("PRAGMA defer_foreign_keys = ON")
            try transaction.run("INSERT INTO session (token_hash, account, expires_at) VALUES (zeroblob(32), zeroblob(16), 1)")
        }
        #expect(outcome == nil)
        _ = try await store.commit { try $0.append(test.entry()) }.value()
        #expect(try store.writerPragma("synchronous") == 2)
        let found = try test.verify()
        #expect(found.report.isIntact && found.report.entries == 2)
        #expect(try store.number("SELECT count(*) AS n FROM session") == 0)
    }

    @Test("background work is done too, while requests keep coming")
    func background() async throws {
        let test = try TestFolder()
        let store = try test.store()
        let answered = Tally()
        let end = ContinuousClock.now.advanced(by: .seconds(30))
        let write = "INSERT OR REPLACE INTO meta (key, value) VALUES (?, 'x')"
        try await withThrowingTaskGroup(of: Void.self) { group in
            // More than two batches hold, so that some always wait.
            for number in 0..<600 {
                group.addTask {
                    while answered["background"] == 0, ContinuousClock.now < end {
                        try await store.execute(write, [.text("request-\(number)")])
                    }
                }
            }
            group.addTask {
                // Behind the others: they keep coming by now.
                for _ in 0..<2 { try await store.execute(write, [.text("request")]) }
                _ = try await store.commit(background: true) { try $0.run(write, [.text("background")]) }
                if ContinuousClock.now < end { answered.add("background") }
            }
            try await group.waitForAll()
        }
        #expect(answered["background"] == 1, "it was not done before requests stopped coming")
        #expect(try store.number("SELECT count(*) AS n FROM meta WHERE key = 'background'") == 1)
    }

    @Test("a transaction that escapes its body is dead")
    func escaped() async throws {
        let store = try TestFolder().store()
        let escaped = try store.snapshot { $0 }
        #expect(throws: StoreFault.self) { try escaped.run("SELECT 1") }
        #expect(throws: StoreFault.self) { try store.snapshot { try $0.run("DELETE FROM meta") } }
    }
}
