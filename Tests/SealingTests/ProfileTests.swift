import Disclosure
import JOSE
import Sealing
import Testing

@Suite("Profiles")
struct ProfileTests {
    @Test("each kind of key is for one profile, and each profile has its kind")
    func oneToOne() throws {
        let profiles = try JWK.Kind.allCases.map { try PartnerKeys(jwks: SealedPartner($0).keys).profile }
        #expect(profiles.count == SealingProfile.allCases.count && Set(profiles) == Set(SealingProfile.allCases))
    }

    @Test("in the NL GOV profile the city signs with its RSA key, seals with RSA-OAEP, and signs the payload as well")
    func nlGov() throws {
        let scene = try SealedScene(nlGov: .generateNLGov())
        let partner = try SealedPartner(.rsa)
        let message = try scene.message(for: partner)
        #expect(try message.profile == .nlGov)
        #expect(try partner.open(message.compact, from: scene).signedBy == scene.verifying[1].kid)
        let fields = try message.payloadFields(with: scene.sealing, certificate: nil, at: scene.now)
        #expect(fields.map(\.name) == [PayloadSignature.digestField, PayloadSignature.field])
        try PayloadSignature.verify([fields[1].value], digests: [fields[0].value], of: message.compact, keys: scene.verifying)
        // Whoever knows only the city's other key takes nothing.
        #expect(throws: JOSEError.unknownKey) {
            try SealedOpener.openSigned(message.compact, encKey: partner.encryption, senderKeys: [scene.verifying[0]])
        }
    }

    @Test("without a key for the profile nothing is sealed in it, and no other key takes its place")
    func noFallback() throws {
        let partner = try SealedPartner(.rsa)
        #expect(throws: SealingError.noKey(.nlGov)) { try SealedScene().message(for: partner) }
        #expect(throws: SealingError.noKey(.nlGov)) { try SealedScene(nlGov: .generate()).message(for: partner) }
    }

    @Test("the default profile has no fields beside its messages", arguments: [JWK.Kind.p256, .x25519])
    func plain(_ kind: JWK.Kind) throws {
        let scene = try SealedScene()
        let message = try scene.message(for: SealedPartner(kind))
        #expect(try message.profile == (kind == .p256 ? .joseP256 : .joseX25519))
        #expect(try message.payloadFields(with: scene.sealing, certificate: nil, at: scene.now).isEmpty)
    }
}
