import Casework
import Testing

/// Every state of a case × every event, as data: a fresh case, and one of which everything is under way. A cell says what the event does:
/// a refusal's name, `=` for taken and nothing to do, or the actions joined by `+`.
private let table = """
    event                        untriaged      single            unrelated         interrelated      closedSingle       closedUnrelated
    triaged:single               triage         =                 triageMayOnlyRise triageMayOnlyRise caseClosed         triageMayOnlyRise
    triaged:multipleUnrelated    triage+expectVisit triage+expectVisit =            triageMayOnlyRise reopen+triage+expectVisit caseClosed
    triaged:multipleInterrelated triage+expectVisit triage+expectVisit triage       =                 reopen+triage+expectVisit caseClosed
    referred                     notTriaged     store             visitFirst        visitFirst        caseClosed         caseClosed
    visited:spoke                notMultiple    notMultiple       settleVisit       settleVisit       caseClosed         caseClosed
    visited:declined             notMultiple    notMultiple       settleVisit       settleVisit       caseClosed         caseClosed
    visited:noResponse           notMultiple    notMultiple       expectVisit       expectVisit       caseClosed         caseClosed
    asked:mda                    notMultiple    notMultiple       visitFirst        visitFirst        caseClosed         caseClosed
    asked:followUp               notMultiple    notMultiple       otherKindOfMeeting otherKindOfMeeting caseClosed       caseClosed
    asked:alone                  notMultiple    notMultiple       twoPartiesNeeded  twoPartiesNeeded  caseClosed         caseClosed
    held                         noMeeting      noMeeting         noMeeting         noMeeting         noMeeting          noMeeting
    cancelled                    noMeeting      noMeeting         noMeeting         noMeeting         noMeeting          noMeeting
    plan                         notMultiple    notMultiple       plan              plan              caseClosed         caseClosed
    closed                       notTriaged     close             close             close             caseClosed         caseClosed
    aftercare:stable             caseOpen       caseOpen          caseOpen          caseOpen          aftercareHeldBefore aftercareHeldBefore
    aftercare:newQuestion        caseOpen       caseOpen          caseOpen          caseOpen          aftercareHeldBefore aftercareHeldBefore
    task                         unknownTask    unknownTask       unknownTask       unknownTask       unknownTask        unknownTask
    disagreed                    unknownTask    unknownTask       unknownTask       unknownTask       unknownTask        unknownTask
    """

/// The same with a visit, a plan, two open tasks of two organisations, a meeting under way and one held, and aftercare to come.
private let busyTable = """
    event                        untriaged      single            unrelated         interrelated      closedSingle       closedUnrelated
    triaged:single               triage         =                 triageMayOnlyRise triageMayOnlyRise caseClosed         triageMayOnlyRise
    triaged:multipleUnrelated    triage         triage            =                 triageMayOnlyRise reopen+triage      caseClosed
    triaged:multipleInterrelated triage         triage            triage            =                 reopen+triage      caseClosed
    referred                     notTriaged     alreadyDispatched store             store             caseClosed         caseClosed
    visited:spoke                notMultiple    notMultiple       =                 =                 caseClosed         caseClosed
    visited:declined             notMultiple    notMultiple       =                 =                 caseClosed         caseClosed
    visited:noResponse           notMultiple    notMultiple       =                 =                 caseClosed         caseClosed
    asked:mda                    notMultiple    notMultiple       meetingOpen       meetingOpen       caseClosed         caseClosed
    asked:followUp               notMultiple    notMultiple       meetingOpen       meetingOpen       caseClosed         caseClosed
    asked:alone                  notMultiple    notMultiple       meetingOpen       meetingOpen       caseClosed         caseClosed
    held                         =              =                 =                 =                 =                  =
    cancelled                    =              =                 =                 =                 =                  =
    plan                         notMultiple    notMultiple       planExists        planExists        caseClosed         caseClosed
    closed                       notTriaged     tasksOpen         tasksOpen         tasksOpen         caseClosed         caseClosed
    aftercare:stable             caseOpen       caseOpen          caseOpen          caseOpen          settleAftercare    settleAftercare
    aftercare:newQuestion        caseOpen       caseOpen          caseOpen          caseOpen          settleAftercare+openLinkedCase settleAftercare+openLinkedCase
    task                         unknownTask    unknownTask       unknownTask       unknownTask       unknownTask        unknownTask
    disagreed                    unknownTask    unknownTask       unknownTask       unknownTask       unknownTask        unknownTask
    """

private let columns: [(Casefile.State, Triage?)] = [
    (.open, nil), (.open, .single), (.open, .multiple(.unrelated)), (.open, .multiple(.interrelated)), (.closed, .single),
    (.closed, .multiple(.unrelated)),
]

private func event(_ name: String) -> CaseEvent? {
    let parts = name.split(separator: ":").map(String.init)
    let detail = parts.count > 1 ? parts[1] : ""
    switch parts[0] {
    case "triaged": return Triage(rawValue: detail).map(CaseEvent.triaged)
    case "referred":
        return .referred(
            task: TaskID(high: 2, low: 9), referral: Known.referral, partner: Known.partner, deliverBy: Known.deliverBy)
    case "visited": return VisitOutcome(rawValue: detail).map(CaseEvent.visited)
    case "asked":
        return .meetingAsked(MeetingKind(rawValue: detail) ?? .mda, .disagreement, parties: detail == "alone" ? 1 : 2)
    case "held": return .meetingHeld
    case "cancelled": return .meetingCancelled
    case "plan": return .planMade
    case "closed": return .closed(.solved)
    case "aftercare": return AftercareOutcome(rawValue: detail).map(CaseEvent.aftercareHeld)
    case "task": return .task(TaskID(high: 2, low: 8), .fellDue)
    case "disagreed": return .disagreed(TaskID(high: 2, low: 8))
    default: return nil
    }
}

/// The name of a case of an enum, without what it carries.
private func name(_ value: some Any) -> String { String(String(describing: value).prefix { $0 != "(" }) }

private struct CaseCell: CustomTestStringConvertible, Sendable {
    let event: String
    let column: Int
    let busy: Bool
    let says: String
    var testDescription: String { "\(event) in column \(column)\(busy ? ", busy" : "")" }

    var file: Casefile {
        let (state, triage) = columns[column]
        return busy
            ? Casefile(
                id: Known.casefile, state: state, triage: triage, terms: Known.allTerms, openTasks: 2, parties: 2, hasVisit: true,
                hasPlan: true, hasOpenMeeting: true, hasHeldMeeting: true, awaitsAftercare: state == .closed)
            : Known.file(state, triage: triage, terms: Known.allTerms)
    }

    static let all: [CaseCell] = [(table, false), (busyTable, true)].flatMap { text, busy in
        text.split(separator: "\n").dropFirst().flatMap { line in
            let words = line.split(separator: " ").map(String.init)
            return words.dropFirst().enumerated().map { CaseCell(event: words[0], column: $0, busy: busy, says: $1) }
        }
    }
}

@Suite("the case machine") struct CaseTableTests {
    @Test("the table has every column and every event")
    func complete() {
        #expect(CaseCell.all.count == 2 * 18 * columns.count)
        #expect(Set(CaseCell.all.map(\.testDescription)).count == CaseCell.all.count)
        let events = CaseCell.all.compactMap { event($0.event) }
        #expect(events.count == CaseCell.all.count)
        // Every kind of event is among them: `CaseEvent` has these eleven.
        #expect(Set(events.map { name($0) }).count == 11)
    }

    @Test("every state answers every event as the table says", arguments: CaseCell.all)
    fileprivate func cell(_ cell: CaseCell) throws {
        let answer = step(cell.file, try #require(event(cell.event)), at: Known.now, calendar: Known.calendar)
        switch answer {
        case .refused(let refusal): #expect(name(refusal) == cell.says)
        case .taken(_, let actions): #expect((actions.isEmpty ? "=" : actions.map { name($0) }.joined(separator: "+")) == cell.says)
        }
    }

    @Test("R16 a case that closed as single opens again when there is more to it, and nobody is to look at it half a year later")
    func reopens() {
        let closed = Known.file(.closed, triage: .single, terms: Known.allTerms, awaitsAftercare: true)
        let answer = step(closed, .triaged(.multiple(.unrelated)), at: Known.now, calendar: Known.calendar)
        guard case .taken(let file, let actions) = answer else {
            Issue.record("refused")
            return
        }
        #expect(file.state == .open && file.triage == .multiple(.unrelated) && !file.awaitsAftercare)
        #expect(
            actions == [.reopen, .triage(.multiple(.unrelated)), .expectVisit(by: Known.calendar.adding(.workingDays(10), to: Known.now))])
    }

    @Test("a plan ends with its case, and so does what is expected of it")
    func closing() {
        let file = Known.file(triage: .multiple(.interrelated), terms: Known.allTerms, hasVisit: true, hasPlan: true)
        guard case .taken(let after, let actions) = step(file, .closed(.handedOver), at: Known.now, calendar: Known.calendar) else {
            Issue.record("refused")
            return
        }
        #expect(after.state == .closed && !after.hasPlan && after.awaitsAftercare)
        #expect(actions == [.close(.handedOver, lookAgainAt: Instant("2026-09-02T10:00:00+02:00"), direct: false)])
        guard case .taken(let settled, _) = step(after, .aftercareHeld(.stable), at: Known.now, calendar: Known.calendar) else {
            Issue.record("the contact was refused")
            return
        }
        #expect(step(settled, .aftercareHeld(.stable), at: Known.now, calendar: Known.calendar) == .refused(.aftercareHeldBefore))
    }

    @Test("R13 R48 a single case closes by itself when its helper accepts; a multiple one does not, and neither does a merely sent one")
    func direct() {
        let accept = CaseEvent.task(Known.task, .moved(to: .accepted, reason: nil, expectedOn: nil, by: .partner))
        let file = Known.file(triage: .single, terms: Known.allTerms, task: Known.task(.received))
        guard case .taken(let after, let actions) = step(file, accept, at: Known.now, calendar: Known.calendar) else {
            Issue.record("refused")
            return
        }
        #expect(after.state == .closed && after.openTasks == 1)
        #expect(actions.last == .close(.handedOver, lookAgainAt: Instant("2026-09-02T10:00:00+02:00"), direct: true))
        let several = Known.file(triage: .multiple(.unrelated), terms: Known.allTerms, task: Known.task(.received))
        guard case .taken(let open, _) = step(several, accept, at: Known.now, calendar: Known.calendar) else {
            Issue.record("refused")
            return
        }
        #expect(open.state == .open)
        let sent = Known.file(triage: .single, terms: Known.allTerms, task: Known.task(.requested))
        guard case .taken(let still, _) = step(sent, .task(Known.task, .receiptTaken), at: Known.now, calendar: Known.calendar) else {
            Issue.record("refused")
            return
        }
        #expect(still.state == .open)
    }

    @Test(
        "R13 a single case that closed by itself opens again when nobody has its task any more, and is referred anew",
        arguments: [TaskState.rejected, .failed, .cancelled, .completed])
    func directNoMore(_ state: TaskState) {
        let closed = Known.file(.closed, triage: .single, terms: Known.allTerms, task: Known.task(.accepted), awaitsAftercare: true)
        let event = CaseEvent.task(Known.task, .moved(to: state, reason: .noCapacity, expectedOn: nil, by: .desk))
        guard case .taken(let after, let actions) = step(closed, event, at: Known.now, calendar: Known.calendar) else {
            Issue.record("refused")
            return
        }
        // Completed is what it closed for.
        let isOver = state == .completed
        #expect((after.state == .closed) == isOver && after.awaitsAftercare == isOver && after.openTasks == 0)
        #expect(actions.contains(.reopen) == !isOver)
        let anew = CaseEvent.referred(
            task: TaskID(high: 2, low: 2), referral: Known.referral, partner: Known.partner, deliverBy: Known.deliverBy)
        let answer = step(after, anew, at: Known.now, calendar: Known.calendar)
        #expect((answer == .refused(.caseClosed)) == isOver)
        if case .taken(let referred, _) = answer { #expect(referred.openTasks == 1) }
    }

    @Test("the end of its ground opens no case again")
    func groundEnded() {
        let closed = Known.file(.closed, triage: .single, terms: Known.allTerms, task: Known.task(.accepted), awaitsAftercare: true)
        guard
            case .taken(let after, _) = step(
                closed, .task(Known.task, .groundEnded(tellsDesk: true)), at: Known.now, calendar: Known.calendar)
        else {
            Issue.record("refused")
            return
        }
        #expect(after.state == .closed && after.awaitsAftercare)
    }

    @Test(
        "R14 a meeting brings others in: it opens once somebody was at the door, and not before",
        arguments: [Triage.multiple(.unrelated), .multiple(.interrelated)])
    func visitBeforeMeeting(_ triage: Triage) {
        func ask(_ hasVisit: Bool) -> CaseStep {
            let file = Known.file(triage: triage, terms: Known.allTerms, hasVisit: hasVisit)
            return step(file, .meetingAsked(.mda, .interrelated, parties: 2), at: Known.now, calendar: Known.calendar)
        }
        #expect(ask(false) == .refused(.visitFirst))
        guard case .taken(let after, let actions) = ask(true) else {
            Issue.record("refused")
            return
        }
        #expect(after.hasOpenMeeting)
        #expect(actions == [.openMeeting(.mda, .interrelated, because: nil, planBy: Instant("2026-03-05T10:00:00+01:00"))])
    }

    @Test("what the pack leaves undecided is named: the visit, the meeting, aftercare")
    func undecided() {
        func answer(_ file: Casefile, _ event: CaseEvent) -> CaseStep { step(file, event, at: Known.now, calendar: Known.calendar) }
        let multiple = Known.file(triage: .multiple(.unrelated))
        let visited = Known.file(triage: .multiple(.unrelated), hasVisit: true)
        #expect(answer(Known.file(), .triaged(.multiple(.unrelated))) == .refused(.policyIncomplete(missing: ["terms.homeVisit"])))
        #expect(answer(multiple, .visited(.noResponse)) == .refused(.policyIncomplete(missing: ["terms.homeVisit"])))
        #expect(answer(visited, .meetingAsked(.mda, .interrelated, parties: 2)) == .refused(.policyIncomplete(missing: ["terms.meeting"])))
        #expect(answer(multiple, .closed(.solved)) == .refused(.policyIncomplete(missing: ["terms.aftercare"])))
    }
}
