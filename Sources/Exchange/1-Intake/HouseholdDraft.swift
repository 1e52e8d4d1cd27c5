import Casework
import Disclosure
import Storage

/// The household of a filing, with the ids and keys it will have if the gate lets it in. Nothing of it is stored yet.
struct HouseholdDraft: Sendable {
    struct Consent: Sendable {
        let record: ConsentRecord
        let reason: String?
        let language: String?
        let textVersion: String?
        let card: [UInt8]?
        let freely: Bool

        func evidence(by recorder: String) -> ConsentEvidence {
            ConsentEvidence(
                how: "filed", by: recorder, reason: reason, language: language, textVersion: textVersion, card: card,
                freely: freely)
        }
    }
    struct Person: Sendable {
        let id: PersonID
        let ref: String
        let place: Int
        let key: VaultKey
        let bsnMac: [UInt8]?
        let age: KnownAge
        let registration: Registration
        let representatives: [RepresentativeRow]
        let consents: [Consent]

        /// Who consents, as the gate sees it.
        func representation(on date: CalendarDate) -> Representation {
            Representation(ages: age.ages(on: date), representatives: representatives.map(\.representative))
        }
    }
    let casefile: CasefileID
    let casefileKey: VaultKey
    let persons: [Person]
    let items: [ContentItem]

    init(_ filing: SignalFiling, from sender: OrganisationNumber, desk: ReferralDesk, at now: Instant) async throws(DeskRefusal) {
        casefile = desk.world.newID()
        casefileKey = try await desk.newKey()
        var persons: [Person] = []
        let ids = filing.members.map { _ in desk.world.newID() as PersonID }
        for (place, member) in filing.members.enumerated() {
            let person = ids[place]
            let representatives = member.representatives.map { filed in
                let representative = Representative(id: desk.world.newID(), office: filed.office, purposes: filed.purposes)
                return (
                    ref: filed.ref,
                    row: RepresentativeRow(
                        representative: representative, person: person,
                        member: filing.members.firstIndex { $0.ref == filed.ref }.map { ids[$0] }, recordedAt: now)
                )
            }
            let consents = member.answers.map { answer in
                let representative = representatives.first { $0.ref == answer.by }?.row.representative.id
                return Consent(
                    record: answer.record(desk.world.newID(), by: Speaker(representative), from: now, at: now),
                    reason: answer.reason, language: answer.language,
                    textVersion: answer.textVersion, card: answer.card?.mac(of: person.bytes, under: desk.consentCardKey),
                    freely: answer.freely)
            }
            persons.append(
                Person(
                    id: person, ref: member.ref, place: place, key: try await desk.newKey(),
                    bsnMac: member.bsn.map { desk.bsnMac(of: $0) }, age: member.age, registration: member.registration,
                    representatives: representatives.map(\.row), consents: consents))
        }
        items = filing.statements.map { statement in
            ContentItem(
                subject: statement.member.map { persons[$0].id }, field: statement.field, value: statement.value,
                provenance: Provenance(organisation: sender, obtainedBy: statement.obtainedBy, under: statement.under),
                salt: desk.world.random(32))
        }
        self.persons = persons
    }

    /// The letter under which the filer knows a person.
    func ref(of subject: PersonID?) -> String { persons.first { $0.id == subject }?.ref ?? "household" }

    /// What is stored, encrypted: one row a person, one for the household.
    func contentRows(_ items: [ContentItem], for kept: [PersonID], desk: ReferralDesk) throws(DeskRefusal) -> [ContentRow] {
        var rows: [ContentRow] = []
        for (subject, key) in persons.filter({ kept.contains($0.id) }).map({ (Optional($0.id), $0.key) }) + [(nil, casefileKey)] {
            let own = items.filter { $0.subject == subject }
            guard !own.isEmpty else { continue }
            let id: ContentID = desk.world.newID()
            do {
                rows.append(ContentRow(id: id, person: subject, sealed: try sealContent(StoredContent.encode(own), id: id, under: key)))
            } catch { throw .notDurable }
        }
        return rows
    }
}
