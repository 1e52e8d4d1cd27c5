import Foundation
import JOSE
import StrictJSON
import Testing

@testable import PartnerKit

@Suite("A key that was changed, at the partner or at the exchange")
struct ChangedKeyTests {
    private let other = "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6079"

    @Test("what was sealed to the former `enc` key opens, and so does what is sealed to the new one")
    func former() async throws {
        let partner = try TemporaryPartner()
        let before = try partner.referral()
        let key = try partner.changeEncryptionKey()
        let inbox = try Inbox(of: partner)
        #expect(try await inbox.receive(before, listedAs: messageID).refusal == nil)
        let after = try partner.referral(to: key) { $0["messageId"] = .string(other) }
        #expect(try await inbox.receive(after, listedAs: other).refusal == nil)
        #expect(try partner.identity().publicKeys.encryption == key)
    }

    @Test("of two changes each former key has a file, which others may not read")
    func twice() async throws {
        let partner = try TemporaryPartner()
        let before = try partner.referral()
        _ = try partner.changeEncryptionKey()
        #expect(rename(partner.path("enc.former.jwk"), partner.path("enc.former.2026.jwk")) == 0)
        _ = try partner.changeEncryptionKey()
        #expect(try await Inbox(of: partner).receive(before, listedAs: messageID).refusal == nil)
        #expect(try partner.identity().openKept(before).payload.messageId == messageID)
        chmod(partner.path("enc.former.2026.jwk"), 0o640)
        #expect(throws: PartnerFault.permissions(file: partner.path("enc.former.2026.jwk"), mode: "0640")) { try partner.identity() }
        try partner.write("{}", "enc.former.2026.jwk", mode: 0o600)
        #expect(throws: PartnerFault.unusable(file: partner.path("enc.former.2026.jwk"), code: "malformed")) { try partner.identity() }
    }

    @Test("what is sealed to a key that is not here gets no receipt, and opens once the key is there")
    func unknown() async throws {
        let partner = try TemporaryPartner()
        let before = try partner.referral()
        let old = try #require(partner.bytes("enc.jwk"))
        _ = try partner.changeEncryptionKey(keepingFormer: false)
        do {
            let inbox = try Inbox(of: partner)
            await #expect(throws: PartnerFault.sealedToOtherKey) { try await inbox.receive(before, listedAs: messageID) }
        }
        #expect(try partner.names(in: "received").filter { $0.hasSuffix(".jws") }.isEmpty)
        try writeDurably(old, to: partner.folder.path, "enc.former.jwk")
        #expect(try await Inbox(of: partner).receive(before, listedAs: messageID).refusal == nil)
    }

    @Test("what has its receipt gets the same one again when its key is gone")
    func receipted() async throws {
        let partner = try TemporaryPartner()
        let before = try partner.referral()
        let given: [UInt8]
        do { given = try await Inbox(of: partner).receive(before, listedAs: messageID).receipt }
        _ = try partner.changeEncryptionKey(keepingFormer: false)
        try partner.identity().checkPayload(before, signatures: [], digests: [])
        #expect(try await Inbox(of: partner).receive(before, listedAs: messageID).receipt == given)
    }

    @Test("what is kept is read with a key that the exchange no longer has, by which nothing new is taken")
    func exchange() async throws {
        let partner = try TemporaryPartner()
        let sealed = try partner.referral()
        do { _ = try await Inbox(of: partner).receive(sealed, listedAs: messageID) }
        // Two changes: neither the first key nor the second stands in what the exchange publishes now.
        for _ in 1...2 {
            let set: JSONValue = ["keys": .array([.object(try ES256SigningKey.generate().publicKey.json)])]
            try partner.write(set.canonicalText, "exchange-jwks.json")
            _ = try Inbox(of: partner)
        }
        let identity = try partner.identity()
        #expect(try identity.openKept(sealed).payload.messageId == messageID)
        #expect(throws: JOSEError.unknownKey) { try identity.open(sealed, now: noon) }
        let shown = ReceivedReferral(id: messageID, sealed: sealed, identity: identity, states: nil, recall: nil)
        #expect(shown.payload?.messageId == messageID)
        #expect(try parseJSON(try #require(partner.bytes("exchange-jwks.seen.json")))["keys"]?.arrayValue?.count == 3)
        let late = try await Inbox(of: partner).receive(try partner.referral { $0["messageId"] = .string(other) }, listedAs: other)
        #expect(late.refusal == "unknown-key")
    }

    @Test("a damaged list of the exchange's keys of before is put aside, and begins anew", arguments: ["", "{", #"{"keys":[]}"#])
    func damagedList(_ text: String) throws {
        let partner = try TemporaryPartner()
        try partner.write(text, "exchange-jwks.seen.json")
        let inbox = try Inbox(of: partner)
        #expect(partner.bytes("exchange-jwks.seen.json.damaged") == Array(text.utf8))
        #expect(try parseJSON(try #require(partner.bytes("exchange-jwks.seen.json")))["keys"]?.arrayValue?.count == 1)
        withExtendedLifetime(inbox) {}
        // One that others may change is not damaged: it is not to be trusted, and nothing starts.
        chmod(partner.path("exchange-jwks.seen.json"), 0o666)
        #expect(throws: PartnerFault.permissions(file: partner.path("exchange-jwks.seen.json"), mode: "0666")) { try partner.identity() }
    }

    @Test("while it is too early to ask for the key of a message it gets no receipt, as that key may have come since")
    func tooEarly() async throws {
        let partner = try TemporaryPartner()
        let sealed = try partner.referral()
        let set: JSONValue = ["keys": .array([.object(try ES256SigningKey.generate().publicKey.json)])]
        try partner.write(set.canonicalText, "exchange-jwks.json")
        let identity = try partner.identity()
        let client = try ExchangeClient(identity: identity, exchange: try #require(URL(string: "https://localhost:1")))
        let inbox = try Inbox(identity: identity, client: client, now: { noon }) { _ in .opened() }
        await #expect(throws: PartnerFault.self) { try await inbox.receive(sealed, listedAs: messageID) }
        identity.known.renew(identity.exchangeKeys, at: systemMilliseconds())
        await #expect(throws: PartnerFault.notTaken) { try await inbox.receive(sealed, listedAs: messageID) }
        #expect(try partner.names(in: "received").filter { $0.hasSuffix(".jws") }.isEmpty)
        await client.close()
    }
}
