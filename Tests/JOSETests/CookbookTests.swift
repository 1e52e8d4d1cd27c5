import Crypto
import Foundation
import StrictJSON
import Testing

@testable import JOSE

/// The examples of RFC 7520 (the JOSE cookbook). One of them, 5.2, has the algorithms and the key size of a profile of ours.
@Suite("the cookbook of JOSE")
struct CookbookTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let section: String
        let object: String
        let form: String
        let text: [UInt8]
        var testDescription: String { "\(section) \(form)" }
    }

    private static let cookbook: JSONValue? = {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path + "/Vectors/rfc7520.json"
        return FileManager.default.contents(atPath: path).flatMap { try? parseJSON([UInt8]($0)) }
    }()

    static let examples: [Example] = (cookbook?["examples"]?.arrayValue ?? []).compactMap { item in
        guard let section = item["section"]?.stringValue, let object = item["object"]?.stringValue, let form = item["form"]?.stringValue,
            let text = item["text"]?.stringValue
        else { return nil }
        return Example(section: section, object: object, form: form, text: Array(text.utf8))
    }

    @Test("all are there")
    func complete() {
        let sections = Set(Self.examples.map(\.section))
        #expect(sections == Set((1...8).map { "4.\($0)" } + (1...12).map { "5.\($0)" } + ["6"]))
        #expect(Self.examples.count == 50)
    }

    @Test("each is refused for its algorithm, its form or its header, whichever key is asked", arguments: examples)
    func refused(_ example: Example) throws {
        for kind in JWK.Kind.allCases {
            let fixture = try SealedFixture(kind)
            let expected: JOSEError =
                switch (example.form, example.section, kind) {
                case ("compact", "5.2", .rsa), ("compact", "6", .rsa): .headerNotAllowed
                case ("compact", _, _): .algorithmNotAllowed
                default: .malformed
                }
            let error = #expect(throws: JOSEError.self) {
                if example.object == "JWE" {
                    _ = try fixture.unseal(example.text)
                } else {
                    _ = try fixture.verify(example.text)
                }
            }
            #expect(error == expected)
        }
    }

    @Test("5.2 opens with its own key: RSA-OAEP and A256GCM are theirs")
    func opens() throws {
        let key = try #require(Self.cookbook?["key5.2"])
        guard case .rsa(let own) = try AgreementPrivateKey.parse(key.canonicalBytes()) else { throw JOSEError.invalidKey }
        let example = try #require(Self.examples.first { $0.section == "5.2" && $0.form == "compact" })
        let all = parts(example.text)
        let decoded = try all.map { try #require(Base64URL.decode($0)) }
        let content = try #require(own.key.decryptOAEP(decoded[1]))
        let box = try AES.GCM.SealedBox(nonce: AES.GCM.Nonce(data: decoded[2]), ciphertext: decoded[3], tag: decoded[4])
        let opened = try AES.GCM.open(box, using: SymmetricKey(data: content), authenticating: Array(all[0].utf8))
        #expect(String(decoding: opened, as: UTF8.self) == Self.cookbook?["plaintext5"]?.stringValue)
    }

    @Test("6 is signed with PS256 by a key that is too short for us, and refused for the key alone")
    func shortKey() throws {
        let key = try #require(Self.cookbook?["key6"])
        #expect(throws: JOSEError.invalidKey) { try JWK(key) }
    }
}
