import Casework
import Crypto
import Disclosure
import JOSE
import Sealing
import StrictJSON
import Testing

@Suite("Sealing")
struct SealingTests {
    private let scene: SealedScene

    init() throws { scene = try SealedScene() }

    @Test("only the recipient opens it", arguments: [JWK.Kind.p256, .x25519])
    func recipient(_ curve: JWK.Kind) throws {
        let partner = try SealedPartner(curve)
        let message = try scene.message(for: partner)
        #expect(try partner.open(message.compact, from: scene).payload.messageId == message.id.description)
        for other in [try SealedPartner(.p256), try SealedPartner(.x25519)] {
            #expect(throws: JOSEError.self) { try other.open(message.compact, from: scene) }
        }
        // Whoever signed it must be the city.
        #expect(throws: JOSEError.self) { try partner.open(message.compact, from: SealedScene()) }
        #expect(PartnerKeysProfile(partner.keys) == (curve == .x25519 ? .joseX25519 : .joseP256))
    }

    @Test("the content is nowhere in the sealed bytes, and each sealing differs")
    func unreadable() throws {
        let partner = try SealedPartner(.p256)
        let (first, second) = (try scene.message(for: partner), try scene.message(for: partner))
        #expect(first.compact != second.compact)
        #expect(!String(decoding: first.compact, as: UTF8.self).contains("Annemarijke"))
        #expect(first.digest == Array(SHA256.hash(data: first.compact)))
    }

    @Test("what was permitted for one organisation cannot be addressed to another")
    func swappedRecipient() throws {
        let partner = try SealedPartner(.p256)
        let other = try #require(OrganisationNumber("00000099000000003000"))
        #expect(throws: SealingError.wrongRecipient) { try scene.message(for: partner, to: other) }
        // Nor does a partner take what is addressed to another.
        let message = try scene.message(for: partner)
        #expect(throws: JOSEError.wrongRecipient) { try partner.open(message.compact, from: scene, as: other.description) }
    }

    @Test("the payload has the members of the contract, and no more")
    func payload() throws {
        let partner = try SealedPartner(.p256)
        let json = try partner.payload(scene.message(for: partner, task: true, replaces: true).compact, from: scene)
        #expect(
            Set(json.objectValue?.names ?? []) == [
                "v", "messageId", "kind", "from", "to", "sentAt", "expiresAt", "replaces", "task", "purpose", "ground", "covenant",
                "decisionId",
                "fields", "checkpoint",
            ])
        #expect(json["v"] == 1)
        #expect(json.objectValue?["kind"] == "referral")
        #expect(json["from"] == "00000099000000001000" && json["to"] == "00000099000000002000")
        #expect(json["sentAt"] == "2026-11-23T09:00:00.000Z")
        #expect(json["expiresAt"] == "2026-11-30T09:00:00.000Z")
        #expect(json["task"]?["pickUpWithin"] == "workingDays:5")
        #expect(json["ground"] == ["kind": "consent"])
        #expect(json["covenant"] == ["id": "debt", "version": 3, "article": "3.2"])
        #expect(json["checkpoint"] == "a checkpoint")
        let plain = try partner.payload(scene.message(for: partner).compact, from: scene)
        #expect(plain["task"] == nil && plain["replaces"] == nil)
    }

    @Test("fields that are not permitted are never in the payload")
    func minimised() throws {
        let partner = try SealedPartner(.p256)
        let fields = try #require(try partner.payload(scene.message(for: partner).compact, from: scene)["fields"])
        #expect(fields["identification"]?["name"] == ["given": "Annemarijke", "family": "Waterdrinkster"])
        #expect(fields["identification"]?["birthDate"] == "1968")
        #expect(fields["identification"]?["bsn"] == nil)
        #expect(fields["contact"]?["address"] == nil)
        #expect(fields["contact"]?["phone"] == "+31612340001")
        #expect(fields["domains"]?["debts"]?["observation"] == [["about": ["a"], "value": "brieven", "obtainedBy": "visit"]])
        #expect(fields["domains"]?.objectValue?.names == ["debts"])
        #expect(fields["health"] == nil && fields["freeText"] == nil && fields["offences"] == nil && fields["others"] == nil)
        let text = fields.canonicalText
        for secret in ["999910012", "Kwikstaartpad", "slaapt slecht", "geheim"] { #expect(!text.contains(secret)) }
    }

    @Test("how a concern became known goes only where its observation may go too")
    func originOfConcern() throws {
        let partner = try SealedPartner(.p256)
        func housing(_ fields: FieldNames) throws -> JSONValue? {
            let scene = try SealedScene(fields: fields)
            return try partner.payload(scene.message(for: partner, about: [0, 1]).compact, from: scene)["fields"]?["domains"]?["housing"]
        }
        #expect(try housing([.name, .concern(.housing)]) == ["concern": [["about": ["a", "b"], "value": true]]])
        let both = try #require(try housing([.name, .concern(.housing), .observation(.housing)]))
        #expect(
            both["concern"] == [
                ["about": ["a"], "value": true, "obtainedBy": "conversation", "under": "youthAct.2.3"], ["about": ["b"], "value": true],
            ])
        #expect(both["observation"] == [["about": ["a"], "value": "lekt"]])
    }

    @Test("several people have letters, and each only what is permitted about that one")
    func severalSubjects() throws {
        let partner = try SealedPartner(.p256)
        let fields = try #require(try partner.payload(scene.message(for: partner, about: [0, 1, 2]).compact, from: scene)["fields"])
        // The third one refused: nothing of it but its place.
        let others = fields["others"]?.arrayValue ?? []
        #expect(others.count == 1)
        #expect(others.first?["ref"] == "b")
        #expect(others.first?["identification"] == ["name": ["family": "Zandloopster"]])
        #expect(fields["domains"]?["debts"]?["concern"] == [["about": ["a", "b"], "value": true]])
        #expect(fields["household"] == nil)
        #expect(!fields.canonicalText.contains("Klapwijkster"))
        // In another order the letters follow the question.
        let turned = try #require(try partner.payload(scene.message(for: partner, about: [1, 0]).compact, from: scene)["fields"])
        #expect(turned["identification"]?["name"] == ["family": "Zandloopster"])
        #expect(turned["household"]?["members"] == [["ref": "a"], ["ref": "b"]])
        #expect(turned["others"]?.arrayValue?.first?["identification"]?["name"]?["given"] == "Annemarijke")
        // No id of a person goes to anybody.
        for person in scene.persons { #expect(!turned.canonicalText.contains(person.description)) }
    }

    @Test("the queue seal breaks with each part it covers")
    func queueSeal() throws {
        let partner = try SealedPartner(.p256)
        let message = try scene.message(for: partner)
        let key = scene.sealing.queue
        func restore(
            _ compact: [UInt8]? = nil, _ id: MessageID? = nil, _ oin: OrganisationNumber? = nil, _ decision: DecisionID?? = .none,
            _ seal: [UInt8]? = nil,
            _ under: SymmetricKey? = nil
        ) throws -> SealedMessage {
            try SealedMessage(
                restoring: compact ?? message.compact, id: id ?? message.id, kind: .referral, recipient: oin ?? message.recipient,
                decision: decision ?? message.decision,
                queueSeal: seal ?? message.queueSeal, under: under ?? key)
        }
        #expect(try restore().compact == message.compact)
        #expect(try restore().digest == message.digest)
        var compact = message.compact
        compact[compact.count - 1] ^= 1
        var seal = message.queueSeal
        seal[0] ^= 1
        #expect(throws: SealingError.queueSealBroken) { try restore(compact) }
        #expect(throws: SealingError.queueSealBroken) { try restore(nil, MessageID(high: 1, low: 1)) }
        #expect(throws: SealingError.queueSealBroken) { try restore(nil, nil, OrganisationNumber("00000099000000003000")) }
        #expect(throws: SealingError.queueSealBroken) { try restore(nil, nil, nil, DecisionID(high: 1, low: 1)) }
        #expect(throws: SealingError.queueSealBroken) { try restore(nil, nil, nil, .some(nil)) }
        #expect(throws: SealingError.queueSealBroken) { try restore(nil, nil, nil, .none, seal) }
        #expect(throws: SealingError.queueSealBroken) { try restore(nil, nil, nil, .none, Array(seal.dropLast())) }
        #expect(throws: SealingError.queueSealBroken) { try restore(nil, nil, nil, .none, []) }
        #expect(throws: SealingError.queueSealBroken) { try restore(nil, nil, nil, .none, nil, SymmetricKey(size: .bits256)) }
    }

    @Test("a notice holds ids, a code and an instant, and no reason", arguments: Notice.Code.allCases)
    func notice(_ code: Notice.Code) throws {
        let partner = try SealedPartner(.x25519)
        let about = MessageID(high: 7, low: 7)
        let message = try seal(
            Notice(code: code, about: [about], at: scene.now), in: scene.envelope(), for: PartnerKeys(jwks: partner.keys),
            with: scene.sealing)
        #expect(message.decision == nil && message.kind == .notice)
        let json = try partner.payload(message.compact, from: scene)
        #expect(
            Set(json.objectValue?.names ?? []) == ["v", "messageId", "kind", "from", "to", "sentAt", "expiresAt", "notice", "checkpoint"])
        #expect(
            json["notice"] == ["code": .string(code.rawValue), "about": [.string(about.description)], "at": "2026-11-23T09:00:00.000Z"])
        #expect(try partner.open(message.compact, from: scene).payload.notice?.about == [about.description])
    }

    @Test("a key set with one key in two uses, or without one, seals nothing")
    func badKeys() throws {
        let partner = try SealedPartner(.p256)
        let set = try parseJSON(partner.keys)
        let keys = set["keys"]?.arrayValue ?? []
        for bad in [[keys[0]], [keys[1]], [keys[0], keys[0]], []] as [[JSONValue]] {
            let bytes = JSONValue.object(["keys": .array(bad)]).canonicalBytes()
            #expect(throws: SealingError.self) { try PartnerKeys(jwks: bytes) }
        }
        #expect(throws: SealingError.self) { try PartnerKeys(jwks: []) }
    }

    @Test("a receipt is the partner's, about the message, and addressed to us")
    func receipts() throws {
        let partner = try SealedPartner(.p256)
        let message = try scene.message(for: partner)
        let keys = try PartnerKeys(jwks: partner.keys)
        let signed = try partner.receipt(for: message)
        let taken = try TakenReceipt(verifying: signed, by: [keys], from: scene.debt, to: scene.city)
        #expect(taken.message == message.id && taken.digest == message.digest && taken.opened)
        #expect(throws: SealingError.self) { try TakenReceipt(verifying: signed, by: [keys], from: scene.debt, to: scene.debt) }
        #expect(throws: SealingError.self) { try TakenReceipt(verifying: signed, by: [keys], from: scene.city, to: scene.city) }
        let other = try PartnerKeys(jwks: SealedPartner(.p256).keys)
        #expect(throws: SealingError.self) { try TakenReceipt(verifying: signed, by: [other], from: scene.debt, to: scene.city) }
    }
}

private func PartnerKeysProfile(_ jwks: [UInt8]) -> SealingProfile? { try? PartnerKeys(jwks: jwks).profile }
