import Casework
import Disclosure
import PolicyFiles
import Reporting
import Storage

extension DecisionArchive {
    /// Decides what was decided in a period again under another policy, and counts what would newly pass or stop. Nothing is written.
    /// - Parameters:
    ///   - policies: the policy to try.
    ///   - from: the first day, in local time; nil for no bound.
    ///   - to: the last day, included; nil for no bound.
    ///   - municipality: the organisation itself: what is filed with it counts under who filed.
    ///   - step: told before each decision, with how many there are.
    public func dryRun(
        _ policies: LoadedPolicies, from: CalendarDate?, to: CalendarDate?, municipality: OrganisationNumber,
        step: (_ total: Int) -> Void = { _ in }
    ) throws(StoreFault) -> DryRun {
        let calendar = WorkingCalendar()
        let begins = from.map(calendar.startOfDay)
        let ends = to.map { calendar.startOfDay($0.adding(days: 1)) }
        var count = DryRunCount(policies: policies, municipality: municipality, names: try partnerNames())
        let all = try decisions()
        for (id, at) in all {
            step(all.count)
            guard begins.map({ $0 <= at }) ?? true, ends.map({ at < $0 }) ?? true else { continue }
            switch try decideAgain(id) {
            case nil: continue
            case .failure(.notKept)?: count.notKept += 1
            case .failure?: count.faulty += 1
            case .success(let again)?: count.add(again)
            }
        }
        return count.finish(from: from, to: to)
    }
}

/// A field about one person, or (nil) about the household.
private struct Passage: Hashable {
    let subject: PersonID?
    let field: FieldName
}

private struct DryRunCount {
    private struct Place: Hashable {
        let partner: OrganisationNumber
        let purpose: Purpose
        let field: FieldName
    }
    let policies: LoadedPolicies
    let municipality: OrganisationNumber
    var names: [OrganisationNumber: String]
    var notKept = 0
    var faulty = 0
    private var decided = 0
    private var changed = 0
    private var flows: [Place: DryRun.Flow] = [:]
    private var reasons: [Place: Set<RefusalReason>] = [:]
    /// What the history names: organisations with the purposes that led to them, and covenants.
    private var partners: [OrganisationNumber: Set<Purpose>] = [:]
    private var covenants: Set<String> = []

    init(policies: LoadedPolicies, municipality: OrganisationNumber, names: [OrganisationNumber: String]) {
        self.policies = policies
        self.municipality = municipality
        self.names = names
    }

    mutating func add(_ again: DecidedAgain) {
        let (question, before) = (again.question, again.decision)
        let after = decideDisclosure(question, facts: again.facts, policy: policies.snapshot, at: again.at)
        let partner = question.recipient == municipality ? question.sender : question.recipient
        name(partner, in: again.policies.snapshot)
        partners[partner, default: []].insert(question.purpose)
        if case .permitted(let permission) = before { covenants.formUnion(permission.articles.map(\.id)) }
        decided += 1
        let (passed, passes) = (before.passages, after.passages)
        if passed != passes { changed += 1 }
        for passage in passed.union(passes) {
            let place = Place(partner: partner, purpose: question.purpose, field: passage.field)
            let (was, will) = (passed.contains(passage), passes.contains(passage))
            var flow = flows[place] ?? self.flow(at: place)
            flow.add(passed: was ? 1 : 0, newlyPasses: will && !was ? 1 : 0, newlyStops: was && !will ? 1 : 0)
            flows[place] = flow
            if was, !will { reasons[place, default: []].formUnion(after.reasons(against: passage)) }
        }
        // What was asked and never passed belongs to the picture, too.
        for field in question.fields {
            let place = Place(partner: partner, purpose: question.purpose, field: field)
            if flows[place] == nil { flows[place] = flow(at: place) }
        }
    }

    func finish(from: CalendarDate?, to: CalendarDate?) -> DryRun {
        var flows = flows
        for (place, found) in reasons { flows[place]?.add(because: found.sorted().map(\.rawValue)) }
        return DryRun(
            from: from, to: to, revision: policies.snapshot.revision, flows: Array(flows.values), decided: decided, changed: changed,
            notKept: notKept, faulty: faulty, notes: notes)
    }

    /// What the history knows and the policy to try does not.
    private var notes: [String] {
        let tried = policies.snapshot
        var notes: [String] = []
        for (partner, purposes) in partners.sorted(by: { $0.key < $1.key }) {
            let covenants = tried.covenants(with: partner)
            let who = "`\(partner)` (\(names[partner] ?? "not registered"))"
            if covenants.isEmpty {
                notes.append("\(who) is a party to no covenant of the new policies: nothing passes (hint: a covenant that names it)")
                continue
            }
            let named = Set(covenants.flatMap(\.articles).filter { $0.to.contains(partner) || $0.from.contains(partner) }.map(\.purpose))
            for purpose in purposes.subtracting(named).sorted() {
                notes.append("no article of the new policies gives \(who) anything for `\(purpose.rawValue)`")
            }
        }
        for id in covenants.subtracting(tried.covenants.map(\.id)).sorted() {
            notes.append("covenant `\(id)`, on which the history rests, is not among the new policies")
        }
        return notes
    }

    private func flow(at place: Place) -> DryRun.Flow {
        DryRun.Flow(
            partner: place.partner, partnerName: names[place.partner] ?? place.partner.description, purpose: place.purpose.rawValue,
            field: place.field.path)
    }

    /// Organisations that are no partners (they file, or were never registered) have a name in the covenants.
    private mutating func name(_ partner: OrganisationNumber, in policy: PolicySnapshot) {
        guard names[partner] == nil else { return }
        names[partner] = policy.covenants(with: partner).lazy.compactMap { policy.party(partner, in: $0)?.name }.first
    }
}

extension DisclosureDecision {
    fileprivate var passages: Set<Passage> {
        guard case .permitted(let permission) = self else { return [] }
        return Set(permission.grants.flatMap { grant in grant.fields.map { Passage(subject: grant.subject, field: $0) } })
    }

    /// Why this passage is not among what it permits.
    fileprivate func reasons(against passage: Passage) -> [RefusalReason] {
        switch self {
        case .refused(let reasons): reasons
        case .permitted(let permission):
            permission.leftOut.filter { $0.subject == passage.subject && $0.field == passage.field }.map(\.reason)
        }
    }
}
