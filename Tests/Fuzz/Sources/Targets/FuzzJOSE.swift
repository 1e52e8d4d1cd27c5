import Foundation
import StrictJSON
import Synchronization

@testable import JOSE

/// The test keys of the published vectors, so that committed inputs meet the keys they were made for.
private struct TestKeys: Sendable {
    let own: [AgreementPrivateKey]
    let senders: [JWK]
    let partners: [JWK]

    static let shared: TestKeys = {
        do {
            let text = try Data(contentsOf: URL(fileURLWithPath: repository + "/Tests/Vectors/sealed/keys.json"))
            let keys = try parseJSON([UInt8](text))
            func set(_ name: String) throws -> [JWK] { try (keys[name]?["keys"]?.arrayValue ?? []).map { try JWK($0) } }
            let own = try (keys["enc"]?.objectValue?.members ?? []).map { try AgreementPrivateKey.parse($0.value.canonicalBytes()) }
            return TestKeys(own: own, senders: try set("exchangeKeys"), partners: try set("partnerKeys") + set("partnerKeysNLGov"))
        } catch { preconditionFailure("Tests/Vectors/sealed/keys.json cannot be read") }
    }()
}

private let noon: Int64 = 1_795_262_400_000
/// The payloads of the published vectors, by their bytes' digest: nothing else can be opened or verified.
private let published = Mutex<Set<[UInt8]>>([])

/// The first byte says which reader; the rest is what it reads.
func fuzzJWE(_ bytes: [UInt8]) {
    let keys = TestKeys.shared
    guard let way = bytes.first else { return }
    let rest = Array(bytes.dropFirst())
    switch way % 4 {
    case 0:
        // a whole message
        for own in keys.own {
            let opened = try? SealedOpener.open(
                rest, encKey: own, senderKeys: keys.senders, senderOIN: "00000099000000001000", ownOIN: "00000099000000002000", now: noon)
            if let opened { require(isPublished(rest), "a message opened that nobody sealed: \(opened.digest.count)") }
        }
        _ = try? JWE.recipientKind(of: rest)
    case 1:
        // a header, over parts of the right lengths
        for own in keys.own {
            let wrapped = Base64URL.encode([UInt8](repeating: 7, count: own.publicKey.kind == .rsa ? 1 : 40))
            let tail = [
                wrapped, Base64URL.encode([UInt8](repeating: 7, count: 12)), Array("AAAA".utf8),
                Base64URL.encode([UInt8](repeating: 7, count: 16)),
            ]
            let compact = Base64URL.encode(rest) + tail.flatMap { [UInt8(ascii: ".")] + $0 }
            let opened = try? JWE.open(compact, key: own, typ: MessageType.sealed(to: own.publicKey), cty: MessageType.signed)
            require(opened == nil, "a message of sevens opened")
        }
    case 2:
        // what stands inside the signature
        guard let payload = try? MessagePayload(rest, ownOIN: "00000099000000002000", now: noon) else { return }
        require(payload.to == "00000099000000002000" && payload.expiresAt > noon, "a payload was read that is not ours, or no more")
    default:
        if let decoded = Base64URL.decode(rest) { require(Base64URL.encode(decoded) == rest, "two texts for the same bytes") }
        if let instant = WireInstant.parse(String(decoding: rest, as: UTF8.self)) {
            require(WireInstant.parse(WireInstant.text(instant)) == instant, "an instant that does not come back")
        }
    }
}

/// The first byte says which reader; the rest is what it reads.
func fuzzJWS(_ bytes: [UInt8]) {
    let keys = TestKeys.shared
    guard let way = bytes.first else { return }
    let rest = Array(bytes.dropFirst())
    switch way % 5 {
    case 0:
        if (try? JWS.verify(rest, typ: MessageType.signed, keys: keys.senders)) != nil {
            require(isPublished(rest), "a signature verified that nobody made")
        }
    case 1:
        // a header, over a payload and a signature of the right lengths
        for length in [64, 384] {
            let tail = [UInt8](Array(".AAAA.".utf8)) + Base64URL.encode([UInt8](repeating: 7, count: length))
            require(
                (try? JWS.verify(Base64URL.encode(rest) + tail, typ: MessageType.signed, keys: keys.senders)) == nil,
                "a signature of sevens")
        }
    case 2:
        guard let receipt = try? Receipt(payload: rest) else { return }
        require((try? Receipt(payload: receipt.payload)) == receipt, "a receipt that does not come back")
    case 3:
        if let set = try? JWKSet.parse(rest) {
            require((try? JWKSet.parse(set.bytes))?.keys == set.keys, "a key set that does not come back")
        }
        _ = try? AgreementPrivateKey.parse(rest)
    default:
        // a line of each field; nothing verifies, as the body is not one that was signed
        let lines = String(decoding: rest, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let verified = try? PayloadSignature.verify(Array(lines.prefix(1)), digests: Array(lines.dropFirst()), of: [], keys: keys.senders)
        require(verified == nil, "a payload signature verified that nobody made")
    }
}

/// Whether these bytes are one of the published vectors, or stand inside one.
private func isPublished(_ bytes: [UInt8]) -> Bool {
    let digest = sha256(bytes)
    return published.withLock { known in
        if known.isEmpty {
            let folder = repository + "/Tests/Vectors/sealed/"
            let keys = TestKeys.shared
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                guard let data = FileManager.default.contents(atPath: folder + name), let vector = try? parseJSON([UInt8](data)),
                    let compact = vector["compact"]?.stringValue
                else { continue }
                known.insert(sha256(compact.utf8))
                for own in keys.own {
                    let inner = try? JWE.open(
                        Array(compact.utf8), key: own, typ: MessageType.sealed(to: own.publicKey), cty: MessageType.signed)
                    if let inner { known.insert(sha256(inner)) }
                }
            }
        }
        return known.contains(digest)
    }
}
