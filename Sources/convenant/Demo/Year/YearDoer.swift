import Casework
import NIOHTTP1
import StrictJSON

/// Does the steps of the year over the daemon's API: staff over HTTPS with their sessions, partners over mutual TLS.
struct YearDoer: Sendable {
    let plan: YearPlan
    let journal: YearJournal
    let client: DemoClient
    /// The token of each account.
    let tokens: [String: String]
    let partners: [YearHelper: YearPartner]

    /// Does one step and records it.
    func perform(_ step: YearStep) async throws {
        do {
            let ids = try await done(step)
            try journal.finish(step.number, of: step.about, ids: ids)
        } catch {
            throw YearTrouble("\(step.on), signal \(step.about), step \(step.number) (\(step.action)): \(error)")
        }
    }

    /// The ids that later steps need.
    private func done(_ step: YearStep) async throws -> [String: String] {
        switch step.action {
        case .file: try await file(step)
        case .triage(let triage, let manager): try await self.triage(step, triage, manager: manager)
        case .read: try await read(step)
        case .join(let first): try await join(step, to: first)
        case .tellOfSignal(let way): try await tell(step, ["told": ["way": .string(way)]])
        case .postponeTelling(let until):
            try await tell(step, ["postponed": ["ground": "safetyOfOthers", "reviewOn": .string(until.description)]])
        case .tellOfMeeting(let meeting, let way): try await tell(step, ofMeeting: meeting, way: way)
        case .planVisit(let on): try await planVisit(step, on: on)
        case .announceVisit(let helper, let on): try await announceVisit(step, helper, on: on)
        case .shareVisit(let helper, let on): try await shareVisit(step, on: on, with: helper)
        case .visit(let outcome): try await visit(step, outcome)
        case .refer(let helper): try await refer(step, helper)
        case .move(let helper, let state, let expectedOn): try await move(step, helper, to: state, expectedOn: expectedOn)
        case .takeBack(let helper): try await takeBack(step, helper)
        case .lookAtCallList: try await lookAtCallList(step)
        case .call(let helper, let outcome): try await call(step, helper, outcome)
        case .openMeeting(let meeting): try await openMeeting(step, meeting)
        case .findMeeting(let meeting): try await findMeeting(step, meeting)
        case .dateMeeting(let meeting, let on): try await dateMeeting(step, meeting, on: on)
        case .answerInvitation(let meeting, let helper, let accepts): try await answer(step, meeting, helper, accepts: accepts)
        case .holdMeeting(let meeting, let present, let tasks, let due):
            try await hold(step, meeting, present: present, tasks: tasks, due: due)
        case .passOn(let meeting, let platform): try await passOn(step, meeting, to: platform)
        case .finishAction(let meeting): try await finishAction(step, meeting)
        case .close(let outcome): try await close(step, outcome)
        case .aftercare(let outcome): try await aftercare(step, outcome)
        }
    }
}

extension YearDoer {
    /// The number of the case that a step is about: a joined signal's is the one it was joined to.
    func home(of step: YearStep) -> Int {
        if case .joined(let first) = plan.caseload[step.about].route { return first }
        return step.about
    }

    /// An id of the step's case.
    func id(_ name: String, _ step: YearStep) throws -> String { try journal.id(name, of: home(of: step)) }

    /// The account of the case's manager, or the desk's for a single case.
    func manager(of number: Int) -> String {
        plan.caseload[number].route == .single ? "desk-1" : "case-manager-\(number % plan.figures.caseManagers + 1)"
    }

    /// A request by an account, under a key that is the same whenever this step is done.
    func ask(
        _ step: YearStep, by account: String, _ path: String, _ body: JSONValue, expect status: UInt, part: String = ""
    ) async throws -> JSONValue {
        try await client.send(.POST, path, token: tokens[account], body, expect: status, key: key(step, part))
    }

    func look(_ path: String, by account: String) async throws -> JSONValue {
        try await client.send(.GET, path, token: tokens[account], expect: 200)
    }

    func key(_ step: YearStep, _ part: String = "") -> String { "year-\(plan.seed)-\(step.number)\(part)" }

    func partner(_ helper: YearHelper) throws -> YearPartner {
        guard let partner = partners[helper] else { throw YearTrouble("no partner `\(helper.rawValue)`") }
        return partner
    }

    /// The persons of the case about whom something may be shared; the first is the one who was spoken with.
    func persons(of number: Int) throws -> [String] {
        var found: [String] = []
        while journal.has("person.\(found.count)", of: number) { found.append(try journal.id("person.\(found.count)", of: number)) }
        guard !found.isEmpty else { throw YearTrouble("nobody is known in case \(number)") }
        return found
    }
}

extension JSONValue {
    /// An array of texts.
    static func texts(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

    /// The text of a member, which the contract promises.
    func text(_ name: String) throws -> String {
        guard let text = self[name]?.stringValue else { throw YearTrouble("the answer has no `\(name)`") }
        return text
    }
}
