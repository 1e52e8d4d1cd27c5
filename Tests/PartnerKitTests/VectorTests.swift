import Foundation
import JOSE
import StrictJSON
import Testing

@testable import PartnerKit

/// The published vectors, made by another implementation (Tests/Interop/make_vectors.py): what it seals we open, what is wrong in one
/// place we refuse with that place's code.
@Suite("Sealed messages and receipts of another implementation")
struct VectorTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Vectors")
    static let names: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "sealed").path)
        return (files ?? []).filter { $0.hasSuffix(".json") && $0 != "keys.json" }.map { String($0.dropLast(5)) }.sorted()
    }()

    private static func read(_ path: String) throws -> JSONValue { try parseJSON(Array(Data(contentsOf: folder.appending(path: path)))) }

    private static func keys(_ value: JSONValue?) throws -> [JWK] { try (value?["keys"]?.arrayValue ?? []).map { try JWK($0) } }

    private struct Outcome: Equatable {
        var code: String
        var payload: JSONValue?
    }

    private static func open(_ vector: JSONValue, _ keys: JSONValue) throws -> Outcome {
        let compact = Array((vector["compact"]?.stringValue ?? "").utf8)
        let own = keys["oin"]?.stringValue ?? ""
        let exchange = keys["exchangeOin"]?.stringValue ?? ""
        do {
            if vector["object"] == "receipt" {
                let partner = try Self.keys(keys[vector["keys"]?.stringValue ?? "partnerKeys"])
                let receipt = try Receipt.verify(compact, keys: partner, from: own, to: exchange)
                let text = try JWS.verify(compact, typ: MessageType.receipt, keys: partner).payload
                #expect(receipt.messageId == vector["payload"]?["messageId"]?.stringValue)
                return Outcome(code: "ok", payload: try parseJSON(text))
            }
            let key = try AgreementPrivateKey.parse(#require(keys["enc"]?[vector["enc"]?.stringValue ?? ""]).canonicalBytes())
            let senders = try Self.keys(keys["exchangeKeys"])
            // every vector's clock stands at the same noon
            #expect(vector["now"] == "2026-11-21T12:00:00.000Z")
            let opened = try SealedOpener.open(compact, encKey: key, senderKeys: senders, senderOIN: exchange, ownOIN: own, now: noon)
            #expect(Base64URL.string(opened.digest) == vector["digest"]?.stringValue)
            #expect(opened.payload.messageId == vector["payload"]?["messageId"]?.stringValue)
            #expect(opened.payload.fields == vector["payload"]?["fields"]?.objectValue ?? [:])
            return Outcome(code: "ok", payload: try parseJSON(opened.plaintext))
        } catch let error as JOSEError {
            return Outcome(code: error.code)
        }
    }

    @Test("every vector comes out as it says", arguments: names)
    func vector(_ name: String) throws {
        let vector = try Self.read("sealed/\(name).json")
        let outcome = try Self.open(vector, try Self.read("sealed/keys.json"))
        #expect(outcome == Outcome(code: vector["expect"]?.stringValue ?? "", payload: vector["payload"]))
    }

    @Test("there are vectors of every profile, of receipts, and of every kind of message")
    func complete() throws {
        #expect(Self.names.count >= 50)
        let all = try Self.names.map { try Self.read("sealed/\($0).json") }
        let good = all.filter { $0["expect"] == "ok" }
        #expect(Set(good.compactMap { $0["enc"]?.stringValue }) == ["p256", "x25519", "nlgov"])
        #expect(Set(good.compactMap { $0["payload"]?["kind"]?.stringValue }) == Set(MessagePayload.Kind.allCases.map(\.rawValue)))
        #expect(good.contains { $0["object"] == "receipt" })
    }

    @Test("the published code lists are ours")
    func codeLists() throws {
        let lists = try Self.read("code-lists.json")
        func list(_ name: String) -> [String] { (lists[name]?.arrayValue ?? []).compactMap(\.stringValue) }
        #expect(list("kinds") == MessagePayload.Kind.allCases.map(\.rawValue))
        #expect(list("receiptResults") == Receipt.Result.allCases.map(\.rawValue))
        #expect(list("receiptAnswers") == Receipt.Answer.allCases.map(\.rawValue))
        #expect(list("receiptRefusals") == JOSEError.allCases.map(\.code) + ["other-message", "recalled"])
    }
}
