import Foundation
import JOSE
import Testing

@testable import PartnerKit

@Suite("What was received")
struct ReceivedStoreTests {
    private func receipt(_ partner: TemporaryPartner, id: String = messageID) throws -> [UInt8] {
        let identity = try partner.identity()
        let receipt = Receipt(
            messageId: id, digest: [UInt8](repeating: 7, count: 32), from: debtOIN, to: cityOIN, result: .opened, at: noon)
        return try receipt.signed(by: identity.signingKey)
    }

    @Test("the same bytes come back after a restart")
    func restart() async throws {
        let partner = try TemporaryPartner()
        let signed = try receipt(partner)
        do {
            let store = try ReceivedStore(identity: partner.identity())
            #expect(try store.receipt(for: messageID) == nil)
            try await store.store(signed, for: messageID)
        }
        let store = try ReceivedStore(identity: partner.identity())
        let known = try #require(try store.receipt(for: messageID))
        #expect(known.bytes == signed)
        #expect(known.receipt.messageId == messageID)
    }

    @Test("a file cut at any point is put aside and the message counts as new", arguments: [0, 1, 40, -1])
    func torn(_ length: Int) async throws {
        let partner = try TemporaryPartner()
        let signed = try receipt(partner)
        let store = try ReceivedStore(identity: partner.identity())
        try await store.store(signed, for: messageID)
        let rest = length < 0 ? signed.count + length : length
        #expect(truncate(partner.path("received/\(messageID).jws"), rest) == 0)
        #expect(try store.receipt(for: messageID) == nil)
        #expect(try partner.names(in: "received").contains("\(messageID).jws.damaged"))
        try await store.store(signed, for: messageID)
        #expect(try store.receipt(for: messageID)?.bytes == signed)
    }

    @Test("a half-written new file beside it changes nothing")
    func leftOver() async throws {
        let partner = try TemporaryPartner()
        let signed = try receipt(partner)
        let store = try ReceivedStore(identity: partner.identity())
        try await store.store(signed, for: messageID)
        try writeDurably(Array("half".utf8), to: partner.path("received"), ".\(messageID).jws.new")
        #expect(try store.receipt(for: messageID)?.bytes == signed)
    }

    @Test("what a process left half-written goes at the start of the next: a recall would not find it")
    func unfinished() throws {
        let partner = try TemporaryPartner()
        for (name, file) in [("opened", "\(messageID).json"), ("sealed", "\(messageID).jwe"), ("received", "\(messageID).jws")] {
            let folder = try partner.folder.makeFolder(name)
            try writeDurably(Array("half".utf8), to: folder, ".\(file).new")
            try writeDurably(Array("whole".utf8), to: folder, file)
        }
        let store = try ReceivedStore(identity: partner.identity())
        #expect(try partner.names(in: "opened") == ["\(messageID).json"])
        #expect(try partner.names(in: "sealed") == ["\(messageID).jwe"])
        #expect(try partner.names(in: "received") == [".lock", "\(messageID).jws"])
        withExtendedLifetime(store) {}
    }

    @Test("the receipt of another message does not pass for this one's")
    func otherMessage() async throws {
        let partner = try TemporaryPartner()
        let store = try ReceivedStore(identity: partner.identity())
        try await store.store(try receipt(partner, id: "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6079"), for: messageID)
        #expect(try store.receipt(for: messageID) == nil)
    }

    @Test("a folder has one process at a time")
    func locked() throws {
        let partner = try TemporaryPartner()
        let first = try ReceivedStore(identity: partner.identity())
        #expect(throws: PartnerFault.folderInUse(partner.folder.path)) { _ = try ReceivedStore(identity: partner.identity()) }
        withExtendedLifetime(first) {}
    }

    @Test("many that come at once are all stored when they are said to be, and their folder gone stores none")
    func atOnce() async throws {
        let partner = try TemporaryPartner()
        let folder = DurableFolder(try partner.folder.makeFolder("many"))
        let names = (0..<64).map { "\($0)" }
        try await withThrowingTaskGroup { group in
            for name in names {
                group.addTask {
                    try await folder.write(Array(name.utf8), name)
                    #expect(FileManager.default.contents(atPath: folder.path + "/" + name) == Data(name.utf8))
                }
            }
            try await group.waitForAll()
        }
        #expect(try partner.names(in: "many").sorted() == names.sorted())
        try FileManager.default.removeItem(atPath: folder.path)
        await #expect(throws: PartnerFault.notStored(file: folder.path + "/1")) { try await folder.write([1], "1") }
    }

    @Test("files are for their owner alone")
    func modes() async throws {
        let partner = try TemporaryPartner()
        let store = try ReceivedStore(identity: partner.identity())
        try await store.store(try receipt(partner), for: messageID)
        for (path, mode) in [("received", 0o700), ("received/\(messageID).jws", 0o600), ("notices", 0o700)] as [(String, mode_t)] {
            var status = stat()
            #expect(stat(partner.path(path), &status) == 0)
            #expect(status.st_mode & 0o777 == mode, "\(path)")
        }
    }
}
