import Casework

/// What one person's rules look at.
struct Circumstances {
    let question: DisclosureQuestion
    let cover: Cover
    let law: ApplicableLaw
    /// What is known about the person, or nil when nothing is.
    let known: SubjectFacts?
    let asksForJustification: Bool
    let asksForLever: Bool
    let asksWhoConsents: Bool
    let statutes: StatuteIndex
    let now: Instant

    /// What is stored about the person, and under which act of the policy it was obtained; nil where nobody looked.
    var held: [Holding]? { statutes.recognising(known?.held) }
}

/// What is left of a question about one person while the rules take away from it.
struct Verdict {
    private(set) var allowed: FieldNames
    /// What was taken away, by reason; the sets do not overlap.
    private(set) var barred: [(fields: FieldNames, reason: RefusalReason)] = []

    init(asked: FieldNames) { allowed = asked }

    /// Takes these fields away, as far as no earlier rule did.
    mutating func bar(_ fields: FieldNames, _ reason: RefusalReason) {
        let hit = allowed.intersection(fields)
        if hit.isEmpty { return }
        allowed.formSymmetricDifference(hit)
        barred.append((hit, reason))
    }
    /// Takes away everything but these fields.
    mutating func keepOnly(_ fields: FieldNames, otherwise reason: RefusalReason) { bar(allowed.subtracting(fields), reason) }
}

/// The verdicts about all persons of a question, joined.
///
/// A field about the household as a whole goes only when it may go for each person, because it tells about all of them.
struct Outcome {
    private let own: FieldNames
    private let shared: FieldNames
    private var verdicts: [(subject: PersonID, verdict: Verdict)] = []
    private var sharedAllowed: FieldNames

    init(_ asked: FieldNames) {
        own = asked.subtracting(.household)
        shared = asked.intersection(.household)
        sharedAllowed = shared
    }

    /// Whether this person was decided about already; a person named twice counts once.
    func hasDecided(_ subject: PersonID) -> Bool { verdicts.contains { $0.subject == subject } }

    mutating func add(_ verdict: Verdict, about subject: PersonID) {
        verdicts.append((subject, verdict))
        sharedAllowed.formIntersection(verdict.allowed)
    }

    /// Per person in the question's order, then the household's fields; empty when nothing may go.
    var grants: [Grant] {
        var grants: [Grant] = []
        for (subject, verdict) in verdicts {
            let fields = verdict.allowed.intersection(own)
            if !fields.isEmpty { grants.append(Grant(subject: subject, fields: fields)) }
        }
        if !sharedAllowed.isEmpty { grants.append(Grant(subject: nil, fields: sharedAllowed)) }
        return grants
    }

    /// Every field that goes about somebody.
    var granted: FieldNames { verdicts.reduce(sharedAllowed) { $0.union($1.verdict.allowed.intersection(own)) } }

    /// What does not go: per person in the question's order, then the household's fields; each in the order of the closed list.
    var leftOut: [LeftOut] {
        var result: [LeftOut] = []
        for (subject, verdict) in verdicts {
            for field in own.subtracting(verdict.allowed) {
                if let reason = Self.reason(for: field, in: verdict) {
                    result.append(LeftOut(subject: subject, field: field, reason: reason))
                }
            }
        }
        for field in shared.subtracting(sharedAllowed) {
            // The first reason in the list's order, so that the order of the persons does not show.
            let reasons = verdicts.compactMap { Self.reason(for: field, in: $0.verdict) }
            if let reason = reasons.min() { result.append(LeftOut(subject: nil, field: field, reason: reason)) }
        }
        return result
    }

    /// Each reason for which a field was left out, once, in the list's order.
    var reasons: [RefusalReason] { Set(leftOut.map(\.reason)).sorted() }

    private static func reason(for field: FieldName, in verdict: Verdict) -> RefusalReason? {
        verdict.barred.first { $0.fields.contains(field) }?.reason
    }
}

extension FieldNames {
    /// The fields about the household as a whole.
    static let household = FieldNames(FieldName.all.filter(\.concernsWholeHousehold))
}
