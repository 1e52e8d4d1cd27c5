import AuditTrail
import Casework
import Crypto
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("The vault")
struct KeyVaultTests {
    private let now = Instant(millisecondsSince1970: 5_000)

    /// Everything in `keys.sqlite`, its log and its shared memory.
    private func bytes(_ folder: DataFolder) -> [Data] {
        ["", "-wal", "-shm"].compactMap { FileManager.default.contents(atPath: folder.keys + $0) }
    }

    private func wrapped(_ vault: KeyVault, _ id: Int64) throws -> Data {
        try #require(try vault.file.writer.read { try Data.fetchOne($0, sql: "SELECT wrapped FROM key WHERE id = ?", arguments: [id]) })
    }

    @Test("a key is on the disk before it is handed out, and opens again after a restart")
    func taken() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        let vault = try await test.vault(lock)
        let key = try await vault.take()
        #expect(key.id > KeyVault.instanceKeyID)
        #expect(try wrapped(vault, key.id).count == 40)
        let again = try await test.vault(lock)
        #expect(try again.key(key.id)?.log == key.log)
        #expect(again.instance.derive("bsn-index") == vault.instance.derive("bsn-index"))
        #expect(key.log != key.content && key.log != key.queue)
    }

    @Test("in a folder in which something was recorded no vault is made in the place of one that was lost, and no key is destroyed for it")
    func lost() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        let key = try await test.vault(lock).take()
        let kek = test.folder.keyEncryptionKey(epoch: 1)
        let secret = FileManager.default.contents(atPath: kek)
        let kept = test.folder.path + "/kept"
        try FileManager.default.moveItem(atPath: test.folder.keys, toPath: kept)
        for rest in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: test.folder.keys + rest) }
        await #expect(throws: StoreFault.self) { try await KeyVault.open(lock, above: 0, forNew: false, at: now) }
        #expect(!FileManager.default.fileExists(atPath: test.folder.keys))
        #expect(FileManager.default.contents(atPath: kek) == secret && secret != nil)
        // The same for one that is there and empty.
        _ = FileManager.default.createFile(atPath: test.folder.keys, contents: Data(), attributes: [.posixPermissions: 0o600])
        await #expect(throws: StoreFault.self) { try await KeyVault.open(lock, above: 0, forNew: false, at: now) }
        #expect(FileManager.default.contents(atPath: kek) == secret)
        for rest in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: test.folder.keys + rest) }
        try FileManager.default.moveItem(atPath: kept, toPath: test.folder.keys)
        let again = try await KeyVault.open(lock, above: 0, forNew: false, at: now)
        #expect(try again.key(key.id)?.log == key.log)
    }

    @Test("the vault notes how long the log is, with the keys that it hands out and when told; a shorter log is refused")
    func logLength() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        let store = try test.store(lock)
        let vault = try await KeyVault.open(lock, above: 0, at: now) { try? store.snapshot { try $0.lastLogEntry() } }
        func noted() throws -> Int64? { try vault.file.writer.read { try Int64.fetchOne($0, sql: "SELECT entries FROM log_length") } }
        func append() async throws { _ = try await store.commit { [entry = test.entry()] in try $0.append(entry) } }
        try await append()
        #expect(try noted() == nil)
        try test.folder.checkDatabase()
        _ = try await vault.take()
        #expect(try noted() == 1)
        try await append()
        try await vault.noteLog()
        #expect(try noted() == 2)
        try test.folder.checkDatabase()
        try await vault.file.writer.write {
            for length: Int64 in [3, 1] { try KeyVault.note(length, in: $0) }
        }
        let fault = #expect(throws: StoreFault.self) { try test.folder.checkDatabase() }
        #expect(fault?.description.contains(test.folder.database) == true)
    }

    @Test("keys of an older program, which noted nothing, were handed out after the log had begun: an empty one is refused")
    func noLogLength() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        let store = try test.store(lock)
        let vault = try await test.vault(lock)
        // As after a kill while the folder was opened for the first time.
        try test.folder.checkDatabase()
        _ = try await vault.take()
        let fault = #expect(throws: StoreFault.self) { try test.folder.checkDatabase() }
        #expect(fault?.description.contains(test.folder.database) == true)
        _ = try await store.commit { [entry = test.entry()] in try $0.append(entry) }
        try test.folder.checkDatabase()
    }

    @Test("many takers at once never share a key, over several refills")
    func distinct() async throws {
        let test = try TestFolder()
        let vault = try await test.vault(RunLock(test.folder))
        let ids = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 0..<16 {
                group.addTask {
                    var ids: [Int64] = []
                    for _ in 0..<100 { ids.append(try await vault.take().id) }
                    return ids
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(ids).count == 1600)
        for id in ids { #expect(try vault.key(id) != nil) }
    }

    @Test("after a restart no id comes again: not a used one, a destroyed one, nor one the database names and the vault does not know")
    func neverAgain() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        let first = try await test.vault(lock)
        var used: [Int64] = []
        for _ in 0..<5 { used.append(try await first.take().id) }
        try await first.destroy([used[4]])
        try await first.rotate(at: now)
        let issued = try #require(try await first.file.writer.read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM key") })
        let second = try await test.vault(lock)
        #expect(try await second.take().id > issued)
        let third = try await test.vault(lock, above: 1_000_000)
        #expect(try await third.take().id > 1_000_000)
    }

    @Test("after destroying no byte of the wrapped key stands in any file, whatever was destroyed, rotated and made around it")
    func noTrace() async throws {
        let test = try TestFolder()
        let vault = try await test.vault(RunLock(test.folder))
        var keys: [VaultKey] = []
        for _ in 0..<1200 { keys.append(try await vault.take()) }
        try await vault.destroy(keys.prefix(400).shuffled().map(\.id))
        try await vault.rotate(at: now)
        try await vault.rotate(at: now)
        let doomed = keys[400..<900].shuffled()
        let traces = try doomed.map { try wrapped(vault, $0.id) }
        let before = bytes(test.folder)
        #expect(traces.allSatisfy { trace in before.contains { $0.range(of: trace) != nil } })
        for key in doomed { #expect(try vault.key(key.id)?.log == key.log) }
        try await vault.destroy(doomed.map(\.id))
        let after = bytes(test.folder)
        // Any 16 of the 40 bytes would be a trace.
        for trace in traces { #expect(!after.contains { $0.range(of: trace[12..<28]) != nil }) }
        for key in doomed { #expect(try vault.key(key.id) == nil) }
        for key in keys[900...] { #expect(try vault.key(key.id)?.log == key.log) }
        try await vault.destroy(doomed.map(\.id))
        await #expect(throws: StoreFault.self) { try await vault.destroy([KeyVault.instanceKeyID]) }
    }

    @Test("with a key goes what its person refused, and under a destroyed one nothing is remembered")
    func refusals() async throws {
        let test = try TestFolder()
        let vault = try await test.vault(RunLock(test.folder))
        let keys = [try await vault.take(), try await vault.take()]
        let earliest = UInt64(now.millisecondsSince1970) << 16
        func refusal(_ number: UInt64, _ key: VaultKey) -> RememberedRefusal {
            RememberedRefusal(consent: ConsentID(high: earliest, low: number), key: key.id, sealed: [1, 2, 3])
        }
        let kept = refusal(3, keys[1])
        for one in [refusal(1, keys[0]), refusal(2, keys[0]), kept, kept] { try await vault.remember(one) }
        #expect(try vault.refusals(since: now).count == 3)
        try await vault.destroy([keys[0].id])
        try await vault.remember(refusal(4, keys[0]))
        #expect(try vault.refusals(since: now) == [kept])
        #expect(try vault.refusals(since: now.advanced(byMilliseconds: 1)).isEmpty)
    }

    @Test("of a key that is destroyed not even its number stays in memory")
    func forgotten() async throws {
        let test = try TestFolder()
        let vault = try await test.vault(RunLock(test.folder))
        let keys = [try await vault.take(), try await vault.take(), try await vault.take()]
        for key in keys { #expect(try vault.key(key.id) != nil) }
        try await vault.destroy([keys[1].id])
        let order = vault.cache.withLock { $0.order }
        #expect(order == [keys[0].id, keys[2].id])
    }

    @Test("a copy of the keys onto a disk that hangs holds up no destruction")
    func copied() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        _ = try test.store(lock)
        let vault = try await test.vault(lock)
        let key = try await vault.take()
        let (folder, place, now) = (test.folder, test.folder.path + "-copy", now)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let (begun, beginning) = AsyncStream<Void>.makeStream()
        let goOn = DispatchSemaphore(value: 0)
        async let copy: Void = withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async {
                let result: Result<Void, any Error> = Result {
                    _ = try folder.backUp(.keys, to: place, at: now) { _, _ in
                        beginning.finish()
                        _ = goOn.wait(timeout: .now() + 60)
                        goOn.signal()
                    }
                }
                beginning.finish()
                continuation.resume(with: result)
            }
        }
        for await _ in begun {}
        var fault: StoreFault?
        do throws(StoreFault) { try await vault.destroy([key.id]) } catch { fault = error }
        goOn.signal()
        try await copy
        #expect(fault == nil)
        #expect(try vault.key(key.id) == nil)
    }

    @Test("rotation wraps every living key anew; the old epoch ends when nothing stands under it, and not before")
    func rotation() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        let vault = try await test.vault(lock)
        let key = try await vault.take()
        let old = try wrapped(vault, key.id)
        await #expect(throws: StoreFault.self) { try await vault.endEpoch(1, at: now) }
        #expect(try await vault.rotate(at: now) == 2)
        #expect(try wrapped(vault, key.id) != old)
        #expect(!bytes(test.folder).contains { $0.range(of: old) != nil })
        // One that a restore brought back under the old key keeps the epoch alive.
        try await vault.file.writer.write {
            try $0.execute(sql: "INSERT INTO key (id, epoch, wrapped) VALUES (900000, 1, ?)", arguments: [old])
        }
        await #expect(throws: StoreFault.self) { try await vault.endEpoch(1, at: now) }
        try await vault.file.writer.write { try $0.execute(sql: "DELETE FROM key WHERE id = 900000") }
        try await vault.endEpoch(1, at: now)
        #expect(!FileManager.default.fileExists(atPath: test.folder.keyEncryptionKey(epoch: 1)))
        let epochs = try vault.epochs()
        #expect(epochs.map(\.number) == [1, 2] && epochs[0].endedAt == now && epochs[1].retiredAt == nil && epochs[1].livingKeys > 1)
        let again = try await test.vault(lock)
        #expect(try again.key(key.id)?.content == key.content)
        #expect(try await again.take().id > key.id)
    }

    @Test("an epoch whose commit failed is made again under the same key: what comes back of it with the database's log opens still")
    func rotatedAgain() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        let vault = try await test.vault(lock)
        let key = try await vault.take()
        let (folder, now, file) = (test.folder, now, test.folder.keyEncryptionKey(epoch: 2))
        func kek() -> Data? { FileManager.default.contents(atPath: file) }
        await #expect(throws: Unexpected.self) {
            try await vault.file.writer.writeWithoutTransaction { database in
                try KeyVault.createEpoch(2, database, folder, at: now) { _, _ in throw Unexpected() }
            }
        }
        let first = try #require(kek())
        #expect(first.count == 32)
        #expect(try await vault.rotate(at: now) == 2)
        #expect(kek() == first)
        // One that was never whole, or was overwritten, is no key.
        for rest in [Data([1, 2, 3]), Data(count: 32)] {
            let next = try #require(try vault.epochs().last).number + 1
            let path = folder.keyEncryptionKey(epoch: next)
            try SecretFile.create(path, [UInt8](rest))
            #expect(try await vault.rotate(at: now) == next)
            let made = try #require(FileManager.default.contents(atPath: path))
            #expect(made.count == 32 && made != rest)
        }
        #expect(try await test.vault(lock).key(key.id)?.log == key.log)
    }

    @Test("an old copy of keys.sqlite cannot be opened with the files that remain after its epoch ended")
    func oldCopy() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        let vault = try await test.vault(lock)
        let key = try await vault.take()
        try await vault.destroy([try await vault.take().id])
        let copy = try #require(FileManager.default.contents(atPath: test.folder.keys))
        let stolen = try wrapped(vault, key.id)
        try await vault.rotate(at: now)
        try await vault.endEpoch(1, at: now)
        for file in try FileManager.default.contentsOfDirectory(atPath: test.folder.secrets) {
            let kek = SymmetricKey(data: try #require(FileManager.default.contents(atPath: test.folder.secrets + "/" + file)))
            #expect(throws: StoreFault.self) { try unwrapKey([UInt8](stolen), under: kek) }
        }
        let other = try TestFolder()
        #expect(FileManager.default.createFile(atPath: other.folder.keys, contents: copy, attributes: [.posixPermissions: 0o600]))
        try FileManager.default.copyItem(
            atPath: test.folder.keyEncryptionKey(epoch: 2), toPath: other.folder.keyEncryptionKey(epoch: 2))
        let otherLock = try RunLock(other.folder)
        await #expect(throws: StoreFault.self) { try await other.vault(otherLock) }
    }

    @Test("the sweep destroys what a crash left over, and nothing that is used or was made since")
    func sweep() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        let first = try await test.vault(lock)
        let (used, left) = (try await first.take().id, try await first.take().id)
        let second = try await test.vault(lock)
        let own = try await second.take().id
        try await second.sweep(0..<left, keeping: [used])
        #expect(try second.key(left) != nil, "not of these ids")
        try await second.sweep(left..<own + 1, keeping: [])
        #expect(try second.key(used) != nil && second.key(own) != nil)
        #expect(try second.key(left) == nil)
        #expect(try await test.vault(lock).instance.log == second.instance.log)
    }

    @Test("a database that names keys is not opened with an empty vault")
    func emptyVault() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        await #expect(throws: StoreFault.self) { try await test.vault(lock, above: 17) }
    }

    @Test("a crash between an epoch's last row and the end of its file is ended at the next opening")
    func halfEnded() async throws {
        let test = try TestFolder()
        let lock = try RunLock(test.folder)
        let vault = try await test.vault(lock)
        try await vault.rotate(at: now)
        try await vault.file.writer.write { try $0.execute(sql: "UPDATE epoch SET ended_at = 9 WHERE number = 1") }
        _ = try await test.vault(lock)
        #expect(!FileManager.default.fileExists(atPath: test.folder.keyEncryptionKey(epoch: 1)))
    }

    @Test("the derivation a stranger recomputes: key file, AES key wrap, HKDF with the label, HMAC of the entry's id")
    func derivation() throws {
        // RFC 3394, 4.6: 256 bits of key data under a 256-bit key.
        let kek = SymmetricKey(data: Array(UInt8(0)..<32))
        let data = (0...7).map { UInt8($0 * 0x11) } + (8...15).map { UInt8($0 * 0x11) } + Array(UInt8(0)..<16)
        let row = hex("28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21")
        #expect(try wrapKey(SymmetricKey(data: data), under: kek) == row)
        let key = try VaultKey(id: 2, unwrapping: row, under: kek)
        // RFC 5869 by hand: extract with 32 zero bytes, then one block of expand.
        let extracted = HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: [UInt8](repeating: 0, count: 32)))
        let expanded = HMAC<SHA256>.authenticationCode(
            for: Array("convenant/1/log".utf8) + [1], using: SymmetricKey(data: Array(extracted)))
        #expect(key.log == SymmetricKey(data: Array(expanded)))
    }

    private func hex(_ text: String) -> [UInt8] {
        stride(from: 0, to: text.count, by: 2).compactMap { UInt8(text.dropFirst($0).prefix(2), radix: 16) }
    }

    @Test("content and messages open under their key, id and bytes, and under no others")
    func content() async throws {
        let test = try TestFolder()
        let vault = try await test.vault(RunLock(test.folder))
        let (key, other) = (try await vault.take(), try await vault.take())
        let (id, message): (ContentID, MessageID) = (test.id(), test.id())
        let sealed = try sealContent([1, 2, 3], id: id, under: key)
        #expect(sealed.wrappedKey.count == 40 && sealed.sealed.count == 12 + 3 + 16)
        #expect(try openContent(sealed, id: id, under: key) == [1, 2, 3])
        #expect(throws: StoreFault.self) { try openContent(sealed, id: id, under: other) }
        #expect(throws: StoreFault.self) { try openContent(sealed, id: test.id(), under: key) }
        for index in sealed.sealed.indices {
            var bent = sealed.sealed
            bent[index] ^= 1
            #expect(throws: StoreFault.self) {
                try openContent(SealedContent(wrappedKey: sealed.wrappedKey, sealed: bent), id: id, under: key)
            }
        }
        let stored = try sealMessage([4, 5], id: message, under: key)
        #expect(try openMessage(stored, id: message, under: key) == [4, 5])
        #expect(throws: StoreFault.self) { try openMessage(stored, id: test.id(), under: key) }
        #expect(throws: StoreFault.self) { try openMessage(Array(stored.prefix(20)), id: message, under: key) }
    }
}
