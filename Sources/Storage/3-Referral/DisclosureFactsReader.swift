import Casework
import Disclosure

/// Somebody who is being filed and has no row yet: what the filer says the person answered.
public struct FiledSubject: Sendable {
    public let id: PersonID
    public let consents: [ConsentRecord]
    /// What the filer says that the persons' register says.
    public let registration: Registration
    /// The keyed HMAC of the BSN, where the filer gave one.
    public let bsnMac: [UInt8]?
    /// What is filed, and under which act it was obtained.
    public let held: [Holding]
    /// How old the person is and who decides for the person, as the filer says.
    public let representation: Representation
    public init(
        id: PersonID, consents: [ConsentRecord], registration: Registration, bsnMac: [UInt8]?, held: [Holding],
        representation: Representation
    ) {
        self.id = id
        self.registration = registration
        self.representation = representation
        self.consents = consents
        self.bsnMac = bsnMac
        self.held = held
    }
}

/// What somebody who asks "may I?" without a person supposes the person to say.
public enum SupposedConsent: String, CaseIterable, Sendable { case yes, no, unknown }

extension Transaction {
    /// The facts about these persons; one who is unknown or erased is absent, and an absent person refuses. Of a resident who stands in the case
    /// twice, what was refused, withdrawn or objected to in either row counts in both, whoever spoke, and a yes only in its own.
    ///
    /// - Parameter held: whether a decision on them asks under which act what is stored was obtained
    ///   (`PolicySnapshot.asksForHoldings`), as every one on another ground than consent does; otherwise neither that nor the justifications are
    ///   read. Of who is not known to be an adult the acts are read in any case: they say who consents.
    /// - Parameter levers: whether a decision on them claims compulsion; otherwise no lever is read.
    /// - Parameter justification: one that is supposed to stand about all of them, beside those that do.
    public func disclosureFacts(
        of persons: [PersonID], held: Bool, levers: Bool, supposing justification: Justification? = nil, at now: Instant
    ) throws -> DisclosureFacts {
        var subjects: [PersonID: SubjectFacts] = [:]
        for id in persons {
            guard
                let row = try first(
                    """
                    SELECT deceased, secrecy_indicator, age, represented, bsn_mac IS NOT NULL AS has_number FROM person
                    WHERE id = ? AND erased_at IS NULL
                    """, [.of(id)])
            else { continue }
            let twins = try row.flag("has_number") ? try self.twins(of: id) : []
            let representation = try representation(of: id, heeding: twins, in: row, at: now)
            subjects[id] = SubjectFacts(
                consents: try consents(of: id, heeding: twins), deceased: try row.flagOrNil("deceased"),
                secrecyIndicator: try row.integerOrNil("secrecy_indicator").map(Int.init),
                objections: try ([id] + twins).flatMap { try objections(of: $0) },
                representation: representation, held: held || !representation.ages.isAdult ? try holdings(of: id) : nil,
                justifications: held ? try justifications(about: id) + [justification].compactMap(\.self) : nil,
                levers: levers ? try self.levers(of: id) : nil)
        }
        return DisclosureFacts(subjects: subjects)
    }

    /// Who consents, as the row of a person and the representatives have it, with those who decide in other rows of the same resident.
    private func representation(of person: PersonID, heeding twins: [PersonID], in row: SQLRow, at now: Instant) throws -> Representation {
        let age = try KnownAge(in: row)
        let representatives =
            (try row.flag("represented") ? try self.representatives(of: person).map(\.representative) : [])
            + (try twins.flatMap { try self.representatives(of: $0).map(\.representative.fromElsewhere) })
        // The date is dear, and an adult stays one.
        return Representation(
            ages: age == .adult ? .adult : age.ages(on: WorkingCalendar().localDate(of: now)), representatives: representatives)
    }

    /// The facts about persons who are being filed: their answers, and what the register says of them, as ``registration(filed:bsnMac:)`` has it.
    public func disclosureFacts(filing subjects: [FiledSubject]) throws -> DisclosureFacts {
        var facts: [PersonID: SubjectFacts] = [:]
        for subject in subjects {
            let known = try registration(filed: subject.registration, bsnMac: subject.bsnMac)
            facts[subject.id] = SubjectFacts(
                consents: subject.consents, deceased: known.deceased, secrecyIndicator: known.secrecyIndicator, objections: [],
                representation: subject.representation, held: subject.held)
        }
        return DisclosureFacts(subjects: facts)
    }

    /// What a decision about these persons stands on. Not on who is erased: that is for good, and bars what concerns the others from nothing.
    public func basis(policy: Int64, persons: [PersonID]) throws -> Basis {
        var revisions: [PersonID: Int64] = [:]
        for id in persons {
            let row = try person(id)
            if row?.erasedAt == nil { revisions[id] = row?.disclosureRevision ?? -1 }
        }
        return Basis(policy: policy, persons: revisions)
    }
}

/// Supposed facts about one adult who is alive, represented by nobody, has no secrecy indicator and objects to nothing: for questions about
/// nobody, such as those of a table beside a covenant.
/// - Parameter held: under which acts, and by whom, it was obtained; nil where nobody knows, and then what a mark would bar is barred.
public func supposedFacts(
    supposing answer: SupposedConsent, of nobody: PersonID, recipient: OrganisationNumber, purpose: Purpose, held: [Holding]? = nil,
    at now: Instant
) -> DisclosureFacts {
    let record = ConsentRecord(
        id: ConsentID(high: 0, low: 0), answer: answer == .yes ? .given : .refused, recipients: [.organisation(recipient)],
        purposes: [purpose],
        fields: .everything, from: now, until: nil, recordedAt: now, withdrawnAt: nil)
    return DisclosureFacts(subjects: [
        nobody: SubjectFacts(
            consents: answer == .unknown ? [] : [record], deceased: false, secrecyIndicator: 0, objections: [],
            representation: .adult, held: held,
            justifications: [], levers: [])
    ])
}
