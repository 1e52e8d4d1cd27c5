import AuditTrail
import Casework
import Crypto
import Disclosure
import StrictJSON

extension PersonID {
    /// Whom "may I?" without a person asks about.
    public static let nobody = PersonID(high: 0, low: 0)
}

/// The facts on which a decision stands, as they are kept so that it can be decided again: one row for each person and disclosure revision,
/// written with the first decision that stands on it, and from then on only named by its digest.
///
/// **What stays after an erasure.** The rows hold ids, codes, names of fields, names of organisations and instants, and the two registered
/// signs that the gate asks for (death, secrecy indicator); never a value that was filed. They stand under the id that the decision's own question
/// has, which after the erasure names nobody: the person's keys are destroyed, and with them everything by which the id could be joined to a
/// name, a number, an address or a handle in the log. They are kept, like the question itself, so that the municipality can answer for
/// what it disclosed and for what it refused (GDPR 5(2), 17(3)(e)), and go with the log when its term has ended.
public struct KeptFacts: Sendable {
    private struct Mark: Sendable {
        let revision: Int64
        /// Whether it tells under which acts what is stored was obtained, or which justifications or levers there are: read only where a
        /// decision asks.
        let tellsHeld: Bool
        let digest: [UInt8]
        /// The row's text; nil when the row is there.
        let text: String?
    }
    private let marks: [PersonID: Mark]

    /// The revision of who has none: somebody who is being filed, or nobody.
    private static let noRevision: Int64 = -1

    /// The facts to be kept of decisions that are rare, or about somebody of whom nothing can be kept yet: nothing is looked up.
    /// - Parameter revisions: the disclosure revision at which each person's facts were read.
    public init(_ facts: DisclosureFacts, revisions: [PersonID: Int64] = [:]) {
        marks = Dictionary(
            uniqueKeysWithValues: facts.subjects.map { ($0.key, Self.mark($0.key, $0.value, at: revisions[$0.key])) })
    }

    fileprivate init(_ facts: DisclosureFacts, revisions: [PersonID: Int64], in transaction: Transaction) throws {
        var marks: [PersonID: Mark] = [:]
        for (person, known) in facts.subjects {
            if let revision = revisions[person], known.held == nil, known.justifications == nil, known.levers == nil,
                known.representation?.ages.isAdult == true,
                let row = try transaction.first(
                    "SELECT digest FROM subject_facts WHERE person = ? AND revision = ? AND held = 0", [.of(person), .integer(revision)])
            {
                marks[person] = Mark(revision: revision, tellsHeld: false, digest: try row.blob("digest"), text: nil)
            } else {
                marks[person] = Self.mark(person, known, at: revisions[person])
            }
        }
        self.marks = marks
    }

    private static func mark(_ person: PersonID, _ facts: SubjectFacts, at revision: Int64?) -> Mark {
        let bytes = facts.rowJSON(of: person).canonicalBytes()
        return Mark(
            revision: revision ?? noRevision, tellsHeld: facts.held != nil || facts.justifications != nil || facts.levers != nil,
            digest: Array(SHA256.hash(data: bytes)),
            text: String(decoding: bytes, as: UTF8.self))
    }

    /// What the log says of the facts and the instant of a decision: base64url of SHA-256 over the decision's id (16 bytes), the instant
    /// (milliseconds since 1970, 8 bytes, the highest first) and the digest of each person's facts in the question's order (32 bytes, zeros
    /// for somebody unknown).
    ///
    /// The decision's id makes it another one each time, so that entries about one person cannot be joined by it.
    public func commitment(of decision: DecisionID, about subjects: [PersonID], at now: Instant) -> String {
        Self.commitment(of: decision, to: digests(about: subjects), at: now)
    }

    static func commitment(of decision: DecisionID, to digests: [UInt8], at now: Instant) -> String {
        var hash = SHA256()
        hash.update(data: decision.bytes)
        withUnsafeBytes(of: now.millisecondsSince1970.bigEndian) { hash.update(bufferPointer: $0) }
        hash.update(data: digests)
        return base64URL(Array(hash.finalize()))
    }

    /// The digests as `decision.facts` has them.
    func digests(about subjects: [PersonID]) -> [UInt8] {
        var digests: [UInt8] = []
        digests.reserveCapacity(32 * subjects.count)
        for subject in subjects { digests += marks[subject]?.digest ?? Self.unknown }
        return digests
    }

    /// The place of somebody of whom nothing was known.
    static let unknown = [UInt8](repeating: 0, count: 32)

    /// Writes the rows that are not there yet.
    func write(_ subjects: [PersonID], for decision: DecisionID, in transaction: Transaction) throws {
        for subject in subjects {
            guard let mark = marks[subject], let text = mark.text else { continue }
            try transaction.run(
                "INSERT INTO subject_facts (person, revision, held, digest, facts) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [
                    subject == .nobody ? .of(decision) : .of(subject), .integer(mark.revision), .of(mark.tellsHeld ? 1 : 0),
                    .blob(mark.digest), .text(text),
                ])
        }
    }
}

extension Transaction {
    /// The facts to be kept of decisions about these persons: of a person whose revision is known already one look-up by key, and no text.
    /// - Parameter revisions: the disclosure revision at which each person's facts were read, in this snapshot.
    public func keptFacts(_ facts: DisclosureFacts, revisions: [PersonID: Int64]) throws -> KeptFacts {
        try KeptFacts(facts, revisions: revisions, in: self)
    }
}
