import Casework
import Crypto
import Disclosure
import Foundation
import JOSE
import Sealing
import StrictJSON
import Testing

/// A partner's two keys.
struct SealedPartner {
    let encryption: AgreementPrivateKey
    let signing: ES256SigningKey
    let keys: [UInt8]

    init(_ curve: JWK.Kind) throws {
        encryption = try AgreementPrivateKey.generate(curve)
        signing = try ES256SigningKey.generate()
        keys = try JWKSet(signing: signing.publicKey, encryption: encryption.publicKey).bytes
    }

    func open(_ sealed: [UInt8], from scene: SealedScene, as oin: String = "00000099000000002000") throws -> OpenedMessage {
        try SealedOpener.open(
            sealed, encKey: encryption, senderKeys: scene.verifying, senderOIN: scene.city.description, ownOIN: oin,
            now: scene.now.millisecondsSince1970)
    }

    /// The whole payload, also what readers ignore.
    func payload(_ sealed: [UInt8], from scene: SealedScene) throws -> JSONValue {
        try parseJSON(SealedOpener.openSigned(sealed, encKey: encryption, senderKeys: scene.verifying).payload)
    }

    func receipt(for message: SealedMessage) throws -> [UInt8] {
        try Receipt(
            messageId: message.id.description, digest: message.digest, from: "00000099000000002000", to: "00000099000000001000",
            result: .opened, at: 1
        ).signed(by: signing)
    }
}

/// A city that seals what its gate permitted about a household of three, of whom the third refused.
struct SealedScene {
    let city: OrganisationNumber
    let debt: OrganisationNumber
    let persons = [PersonID(high: 1, low: 1), PersonID(high: 1, low: 2), PersonID(high: 1, low: 3)]
    let now = Instant(millisecondsSince1970: 1_795_424_400_000)
    let sealing: SealingKeys
    /// The keys by which partners verify, of every profile.
    let verifying: [JWK]
    private let policy: PolicySnapshot
    private let facts: DisclosureFacts

    /// - Parameter nlGov: the city's key for the NL GOV profile, where it has one.
    /// - Parameter fields: what the covenant lets go.
    init(
        nlGov: SigningKey? = nil,
        fields: FieldNames = [.name, .birthDate, .phone, .householdMembers, .concern(.debts), .observation(.debts)]
    ) throws {
        let city = try #require(OrganisationNumber("00000099000000001000"))
        let debt = try #require(OrganisationNumber("00000099000000002000"))
        (self.city, self.debt) = (city, debt)
        sealing = SealingKeys(signing: try SigningKey.generate(), nlGov: nlGov, queue: SymmetricKey(size: .bits256))
        verifying = try [sealing.signing, sealing.nlGov].compactMap { try $0.map { try JWK($0.publicJWK(chain: [])) } }
        let text = PlainText(nl: "x", en: "x")
        let purpose = Purpose(rawValue: "debtAssistance")
        func party(_ oin: OrganisationNumber, _ direction: CovenantParty.Direction) -> CovenantParty {
            CovenantParty(oin: oin, name: "x", direction: direction, role: .controller, hasSigned: true)
        }
        let article = Article(
            number: "3.2", purpose: purpose, from: [city], to: [debt], fields: fields, grounds: [.consent], bsnUnder: nil, text: text)
        let start = Instant(millisecondsSince1970: 0)
        policy = PolicySnapshot(
            revision: "r",
            covenants: [
                Covenant(
                    id: "debt", version: 3, title: text, validFrom: start, validUntil: nil,
                    parties: [party(city, .sender), party(debt, .receiver)],
                    articles: [article])
            ],
            pack: PackRules(
                id: "p", fictitious: false, mayFile: nil, onRefusal: nil,
                terms: CaseTerms(pickUp: nil, afterContact: nil, progress: nil, aftercare: nil), ladder: []))
        func known(_ answer: ConsentRecord.Answer, _ number: UInt64) -> SubjectFacts {
            let record = ConsentRecord(
                id: ConsentID(high: 2, low: number), answer: answer, recipients: [.organisation(debt)], purposes: [purpose],
                fields: .everything,
                from: start, until: nil, recordedAt: start, withdrawnAt: nil)
            return SubjectFacts(consents: [record], deceased: false, secrecyIndicator: 0, objections: [], representation: .adult)
        }
        facts = DisclosureFacts(subjects: [persons[0]: known(.given, 1), persons[1]: known(.given, 2), persons[2]: known(.refused, 3)])
    }

    private var content: [ContentItem] {
        func item(_ person: Int?, _ field: FieldName, _ value: ContentValue, how: String? = nil, under: String? = nil) -> ContentItem {
            ContentItem(
                subject: person.map { persons[$0] }, field: field, value: value,
                provenance: Provenance(organisation: city, obtainedBy: how, under: under.flatMap { LegalArticle($0) }),
                salt: [UInt8](repeating: 1, count: 32))
        }
        return [
            item(0, .name, .record(["given": "Annemarijke", "family": "Waterdrinkster"])), item(0, .birthDate, .text("1968")),
            item(0, .bsn, .text("999910012")), item(0, .address, .record(["street": "Kwikstaartpad"])),
            item(0, .phone, .text("+31612340001")),
            item(0, .concern(.debts), .flag(true)), item(0, .observation(.debts), .text("brieven"), how: "visit"),
            item(0, .concern(.housing), .flag(true), how: "conversation", under: "youthAct.2.3"),
            item(0, .observation(.housing), .text("lekt")),
            item(1, .concern(.housing), .flag(true)), item(0, .concern(.health), .flag(true)),
            item(0, .observation(.health), .text("slaapt slecht")),
            item(0, .health, .text("geheim")),
            item(1, .name, .record(["family": "Zandloopster"])), item(1, .concern(.debts), .flag(true)),
            item(2, .name, .record(["family": "Klapwijkster"])), item(2, .concern(.debts), .flag(true)),
            item(nil, .householdMembers, .flag(true)), item(nil, .freeText, .text("geheim")),
        ]
    }

    func envelope(to: OrganisationNumber? = nil, task: Bool = false, replaces: Bool = false) -> Envelope {
        Envelope(
            id: MessageID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001), from: city, to: to ?? debt, sentAt: now,
            expiresAt: now.advanced(byMilliseconds: 7 * 86_400_000),
            replaces: replaces ? MessageID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0002) : nil,
            task: task ? (TaskID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0003), "workingDays:5") : nil,
            checkpoint: "a checkpoint")
    }

    /// Decides, minimises and seals a question that asks for everything about these persons.
    func message(
        for partner: SealedPartner, to: OrganisationNumber? = nil, about places: [Int] = [0], task: Bool = false, replaces: Bool = false,
        meeting: MeetingPart? = nil
    ) throws -> SealedMessage {
        let subjects = places.map { persons[$0] }
        let question = DisclosureQuestion(
            sender: city, recipient: debt, purpose: Purpose(rawValue: "debtAssistance"), fields: .everything, subjects: subjects)
        guard case .permitted(let permission) = decideDisclosure(question, facts: facts, policy: policy, at: now) else {
            throw SealingError.wrongRecipient
        }
        let known = content.filter { item in item.subject.map { subjects.contains($0) } ?? true }
        let permitted = try #require(permission.minimise(CaseContent(items: known)))
        return try seal(
            permitted, decision: DecisionID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0004), meeting: meeting,
            in: envelope(to: to, task: task, replaces: replaces),
            for: PartnerKeys(jwks: partner.keys), with: sealing)
    }
}
