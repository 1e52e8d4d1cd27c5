import Crypto
import StrictJSON
import Testing

@testable import JOSE

@Suite("the examples printed in the RFCs")
struct PublishedVectorTests {
    private func key() throws -> JWK {
        try JWK([
            "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        ])
    }

    @Test("RFC 7515 A.3: the ES256 signature verifies, and not after a changed byte")
    func es256() throws {
        let text =
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        var signature = try #require(
            Base64URL.decode("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"))
        #expect(verifies(signature, of: Array(text.utf8), by: try key()))
        #expect(!verifies(signature, of: Array(text.utf8) + [0], by: try key()))
        signature[63] ^= 1
        #expect(!verifies(signature, of: Array(text.utf8), by: try key()))
    }

    @Test("RFC 7515 A.3 as a message is refused: its header lacks kid and typ")
    func es256AsMessage() throws {
        let jws =
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
            + "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        let key = try key()
        #expect(throws: JOSEError.headerNotAllowed) { try JWS.verify(Array(jws.utf8), typ: "convenant+jws", keys: [key]) }
    }

    @Test("RFC 7518 appendix C: ECDH and Concat KDF")
    func concat() throws {
        let alice = try AgreementPrivateKey.parse(
            Array(
                #"{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps","d":"0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo"}"#
                    .utf8))
        let bob = try JWK([
            "kty": "EC", "crv": "P-256", "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
            "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
        ])
        let secret = try alice.agree(with: bob)
        #expect(
            secret == [
                158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163, 218, 128, 106, 72, 246, 218,
                167, 121, 140,
                254, 144, 196,
            ])
        let derived = concatKDF(secret: secret, algorithm: "A128GCM", partyU: Array("Alice".utf8), partyV: Array("Bob".utf8), bits: 128)
        #expect(Base64URL.string(derived.withUnsafeBytes { Array($0) }) == "VqqN6vgjbSBcIijNcacQGg")
    }

    @Test("RFC 7748 §6.1: X25519 agreement")
    func x25519() throws {
        func bytes(_ hex: String) -> [UInt8] {
            stride(from: 0, to: hex.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
        }
        let alice = try Curve25519.KeyAgreement.PrivateKey(
            rawRepresentation: bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"))
        let bob = try Curve25519.KeyAgreement.PublicKey(
            rawRepresentation: bytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"))
        #expect(try agreeX25519(alice, bob) == bytes("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"))
    }

    @Test("RFC 7638 over P-256: the thumbprint is that of the canonical members")
    func thumbprint() throws {
        let text =
            #"{"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#
        #expect(try key().kid == Base64URL.string(Array(SHA256.hash(data: Array(text.utf8)))))
        // the same key's thumbprint as Debian's `jose jwk thp` prints it
        #expect(try key().kid == "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U")
    }
}
