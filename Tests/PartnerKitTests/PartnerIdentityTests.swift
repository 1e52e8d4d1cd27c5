import Foundation
import JOSE
import PartnerTrust
import Testing

@testable import PartnerKit

@Suite("The identity of a partner")
struct PartnerIdentityTests {
    @Test("a folder as it was made can be read", arguments: [JWK.Kind.p256, .x25519])
    func reads(_ sealing: JWK.Kind) throws {
        let partner = try TemporaryPartner(sealing: sealing)
        let identity = try partner.identity()
        #expect(identity.oin == debtOIN)
        #expect(identity.exchangeOIN == cityOIN)
        #expect(identity.exchangeKeys.map(\.kid) == [partner.city.kid])
        #expect(try identity.publicKeys.encryption.kind == sealing)
        #expect(try identity.publicKeys.keys.map(\.kid) == partner.keys.keys.map(\.kid))
    }

    @Test("a secret that others may read is refused", arguments: ["tls.pem", "sig.pem", "enc.jwk"], [0o640, 0o604, 0o660] as [mode_t])
    func secretModes(_ name: String, _ mode: mode_t) throws {
        let partner = try TemporaryPartner()
        chmod(partner.path(name), mode)
        let fault = PartnerFault.permissions(file: partner.path(name), mode: "0" + String(mode, radix: 8))
        #expect(throws: fault) { try partner.identity() }
    }

    @Test(
        "a pinned file that others may change is refused",
        arguments: ["tls-chain.pem", "exchange-roots.pem", "exchange-jwks.json", "partner.json"])
    func pinnedModes(_ name: String) throws {
        let partner = try TemporaryPartner()
        chmod(partner.path(name), 0o664)
        #expect(throws: PartnerFault.permissions(file: partner.path(name), mode: "0664")) { try partner.identity() }
    }

    @Test("a folder that others may change is refused, as they could swap any file", arguments: [0o777, 0o720, 0o702] as [mode_t])
    func folderModes(_ mode: mode_t) throws {
        let partner = try TemporaryPartner()
        chmod(partner.folder.path, 0o755)
        #expect(try partner.identity().oin == debtOIN)
        chmod(partner.folder.path, mode)
        let fault = PartnerFault.permissions(file: partner.folder.path, mode: "0" + String(mode, radix: 8))
        #expect(throws: fault) { try partner.identity() }
        #expect("\(fault)".contains("`chmod 700` for the folder"))
    }

    @Test("every file must be there", arguments: PartnerFolder.File.allCases.filter(\.isAlwaysThere).map(\.rawValue))
    func missing(_ name: String) throws {
        let partner = try TemporaryPartner()
        unlink(partner.path(name))
        #expect(throws: PartnerFault.missing(file: partner.path(name))) { try partner.identity() }
    }

    @Test("a certificate of another organisation is refused")
    func otherOrganisation() throws {
        let partner = try TemporaryPartner()
        try partner.write(#"{"oin":"00000099000000003000","exchangeOin":"00000099000000001000"}"#, "partner.json")
        #expect(throws: PartnerFault.unusable(file: partner.path("tls-chain.pem"), code: "other-organisation")) { try partner.identity() }
    }

    @Test("keys of an exchange that has another number than the one in partner.json are refused, whoever published them")
    func otherExchange() throws {
        let partner = try TemporaryPartner()
        try partner.certifyCity(as: cityOIN, "Gemeente Teststad")
        #expect(try partner.identity().exchangeOIN == cityOIN)
        try partner.write(#"{"oin":"\#(debtOIN)","exchangeOin":"00000099000000009000"}"#, "partner.json")
        #expect(throws: PartnerFault.unusable(file: partner.path("partner.json"), code: "other-exchange")) { try partner.identity() }
    }

    @Test("the TLS key is neither the `sig` nor the `enc` key")
    func oneUse() throws {
        let partner = try TemporaryPartner()
        let kept = try #require(partner.bytes("sig.pem"))
        try partner.write(String(decoding: try #require(partner.bytes("tls.pem")), as: UTF8.self), "sig.pem", mode: 0o600)
        #expect(throws: PartnerFault.unusable(file: partner.path("sig.pem"), code: "keys-not-distinct")) { try partner.identity() }
        try partner.write(String(decoding: kept, as: UTF8.self), "sig.pem", mode: 0o600)
        #expect(try partner.identity().oin == debtOIN)
    }

    @Test("a private key that is not the certificate's is refused")
    func otherKey() throws {
        let partner = try TemporaryPartner()
        try partner.write(ES256SigningKey.generate().pem, "tls.pem", mode: 0o600)
        #expect(throws: PartnerFault.unusable(file: partner.path("tls.pem"), code: "key-mismatch")) { try partner.identity() }
    }

    @Test(
        "a file that is not what its name promises is refused",
        arguments: [
            ("partner.json", #"{"oin":"1","exchangeOin":"00000099000000001000"}"#, "malformed"),
            ("partner.json", #"{"oin":"00000099000000002000","exchangeOin":"00000099000000002000"}"#, "malformed"),
            ("exchange-jwks.json", #"{"keys":[]}"#, "no-signing-key"),
            ("exchange-jwks.json", "[]", "malformed"),
            ("sig.pem", "no key", "invalid-key"),
            ("enc.jwk", "{}", "malformed"),
            ("exchange-roots.pem", "no certificate", "not-a-certificate"),
        ])
    func unusable(_ name: String, _ text: String, _ code: String) throws {
        let partner = try TemporaryPartner()
        try partner.write(text, name, mode: 0o600)
        #expect(throws: PartnerFault.unusable(file: partner.path(name), code: code)) { try partner.identity() }
    }

    @Test("what is registered holds no private key, and its certificates lead to the authority")
    func registration() throws {
        let partner = try TemporaryPartner()
        #expect(!String(decoding: partner.registration.keys, as: UTF8.self).contains(#""d":"#))
        for key in partner.keys.keys { #expect(key.certificateChain.last == (try partner.authority.certificateDER)) }
        let leaf = try #require(try certificatesDER(pem: partner.registration.certificatePEM).first)
        #expect(subjectOIN(leaf) == debtOIN)
    }
}
