import Crypto
import Foundation
import JOSE
import StrictJSON
import Testing

@Suite("receipts")
struct ReceiptTests {
    @Test("a receipt for somebody else's message is told that there is none")
    func someoneElses() async throws {
        let daemon = try await SharedDaemon.daemon()
        let made = try await daemon.refer(try await daemon.openCase())
        let sealed = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(made.message)").expect(200)
        let receipt = try daemon.receiptText(made.message, Array(SHA256.hash(data: sealed.bytes)), from: Town.care, signedBy: Town.care)
        #expect(try await daemon.handIn(receipt, of: made.message, as: Town.care).status == 404)
        // The right one is taken afterwards, so the task had not moved.
        #expect(try await daemon.receipt(of: made.message).expect(200)["state"] == "received")
    }

    @Test("a receipt signed by another key, for another recipient, or changed after signing is refused")
    func forged() async throws {
        let daemon = try await SharedDaemon.daemon()
        let made = try await daemon.refer(try await daemon.openCase())
        let foreign = try await daemon.receipt(of: made.message, signedBy: Town.care)
        #expect(foreign.status == 400)
        #expect(foreign["errors"]?.arrayValue?.first?["code"] == "receipt-refused")
        #expect(try await daemon.receipt(of: made.message) { $0.to = Town.care.oin }.status == 400)
        #expect(try await daemon.receipt(of: made.message) { $0.from = Town.care.oin }.status == 400)
        let sealed = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(made.message)").expect(200)
        let digest = Array(SHA256.hash(data: sealed.bytes))
        let opened = try daemon.receiptText(made.message, digest, from: Town.debtHelp, signedBy: Town.debtHelp)
        let refused = try daemon.receiptText(made.message, digest, from: Town.debtHelp, signedBy: Town.debtHelp) {
            ($0.result, $0.code) = (.refused, "malformed")
        }
        let parts = [opened, refused].map { $0.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) }
        let mixed = Array([parts[0][0], parts[1][1], parts[0][2]].joined(separator: [UInt8(ascii: ".")]))
        #expect(try await daemon.handIn(mixed, of: made.message, as: Town.debtHelp).status == 400)
        #expect(try await daemon.handIn(Array("no receipt".utf8), of: made.message, as: Town.debtHelp).status == 400)
        #expect(try await daemon.handIn(opened, of: made.message, as: Town.debtHelp).expect(200)["result"] == "opened")
    }

    @Test("a receipt that names another message than its address is told that there is none")
    func otherMessage() async throws {
        let daemon = try await SharedDaemon.daemon()
        let open = try await daemon.openCase()
        let (first, second) = (try await daemon.refer(open), try await daemon.refer(open))
        #expect(try await daemon.receipt(of: first.message) { $0.messageId = second.message }.status == 404)
    }

    @Test("a receipt about other bytes is a conflict, and so is one before the message has left")
    func otherDigest() async throws {
        let daemon = try await SharedDaemon.daemon()
        let made = try await daemon.refer(try await daemon.openCase())
        let early = try daemon.receiptText(made.message, [UInt8](repeating: 1, count: 32), from: Town.debtHelp, signedBy: Town.debtHelp)
        #expect(try await daemon.handIn(early, of: made.message, as: Town.debtHelp).code == "already-decided")
        #expect(try await daemon.receipt(of: made.message) { $0.digest[0] ^= 1 }.code == "already-decided")
    }

    @Test("the first receipt stored is the one that counts: the same answer for ever, also across a restart")
    func replayed() async throws {
        let folder = try await TestFolder.prepared()
        let daemon = try await TestDaemon.start(folder)
        let open = try await daemon.openCase()
        let made = try await daemon.refer(open)
        let sealed = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(made.message)").expect(200)
        let digest = Array(SHA256.hash(data: sealed.bytes))
        let receipt = try daemon.receiptText(made.message, digest, from: Town.debtHelp, signedBy: Town.debtHelp)
        let first = try await daemon.handIn(receipt, of: made.message, as: Town.debtHelp).expect(200)
        #expect(first["state"] == "received")
        _ = try await daemon.partner(Town.debtHelp, .POST, "/v1/tasks/\(made.task)/transitions", ["to": "accepted"]).expect(200)
        let other = try daemon.receiptText(made.message, digest, from: Town.debtHelp, signedBy: Town.debtHelp) {
            ($0.result, $0.code) = (.refused, "malformed")
        }
        for bytes in [receipt, other] {
            #expect(try await daemon.handIn(bytes, of: made.message, as: Town.debtHelp).expect(200).bytes == first.bytes)
        }
        await daemon.kill()
        try await withDaemon(folder) { daemon in
            #expect(try await daemon.handIn(receipt, of: made.message, as: Town.debtHelp).expect(200).bytes == first.bytes)
            let shown = try await daemon.staff("case-manager-1", .GET, "/v1/casefiles/\(open.casefile)").expect(200)
            #expect(shown["tasks"]?.arrayValue?.first?["state"] == "accepted")
        }
    }

    @Test("a receipt for a message that has ended meanwhile is still taken")
    func afterTheEnd() async throws {
        let daemon = try await SharedDaemon.daemon()
        let open = try await daemon.openCase()
        let made = try await daemon.refer(open)
        let sealed = try await daemon.partner(Town.debtHelp, .GET, "/v1/inbox/\(made.message)").expect(200)
        let withdrawn = try await daemon.staff(
            "desk-1", .POST, "/v1/consents/\(open.consent(to: Town.debtHelp) ?? "")/withdrawal", ["how": "counter"]
        ).expect(200)
        #expect(withdrawn["mayHaveLeft"] == [.string(made.message)])
        let receipt = try daemon.receiptText(
            made.message, Array(SHA256.hash(data: sealed.bytes)), from: Town.debtHelp, signedBy: Town.debtHelp)
        #expect(try await daemon.handIn(receipt, of: made.message, as: Town.debtHelp).expect(200)["result"] == "opened")
    }
}
