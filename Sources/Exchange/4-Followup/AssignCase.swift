import AuditTrail
import Casework
import Storage
import StrictJSON

extension ReferralDesk {
    /// The roles that bring a household on its way: they refer, record what a resident says, visit, tell, convene, plan, close and look again.
    public static let referringRoles: Set<StaffRole> = [.contactPoint, .socialCaseManager, .planCoordinator]
    /// The roles that lead the meetings of a case which they may work on.
    public static let leadingRoles = referringRoles.union([.meetingChair])
    /// The roles that work on cases which are given to them.
    public static let caseRoles: Set<StaffRole> = [.socialCaseManager, .planCoordinator, .meetingChair, .processManager]

    /// Gives a case to a colleague: `{account}`. 201 `{casefileId, account, role}`, also when it was theirs already. Dutch: toewijzen.
    public func assignCase(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let (casefile, account) = try await assignment(id, body, by: caller)
        let role = account.role
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let now = world.calendar()
            let given = assigned(.caseAssigned, account, in: try casefileKey(casefile), by: caller)
            let answer = DeskAnswer(
                status: 201,
                body: [
                    "casefileId": .string(casefile.id.description), "account": .string(account.name), "role": .string(role.rawValue),
                ])
            return Prepared(basis: Basis()) { transaction in
                guard try transaction.account(named: account.name)?.id == account.id else { return nil }
                switch try transaction.assignedRole(of: account.id, on: casefile.id) {
                case nil: break
                // Who only coordinates it has it besides from now on, and keeps it when another coordinates.
                case .planCoordinator? where role != .planCoordinator: _ = try transaction.unassign(account.id, from: casefile.id)
                default: return answer
                }
                try transaction.assign(account.id, role: role, to: casefile.id, at: now)
                try transaction.append([given])
                return answer
            }
        }
    }

    /// Takes a case from a colleague: `{account}`. 200 `{casefileId, account}`; 400 for its coordinator, and for somebody whose it is not.
    public func unassignCase(_ id: String, _ body: JSONValue, by caller: Caller, idempotency: IdempotencyKey?) async throws(DeskRefusal)
        -> DeskAnswer
    {
        let (casefile, account) = try await assignment(id, body, by: caller)
        return try await perform(idempotency, by: caller) { () async throws(DeskRefusal) in
            let (current, theirs) = try await read { (try $0.casefile(casefile.id), try $0.isAssigned(account.id, to: casefile.id)) }
            guard theirs else { throw .assignmentFault("not-assigned", "the case is not theirs", "the case shows whose it is") }
            guard current?.coordinator != account.id else {
                throw .assignmentFault("coordinates", "who coordinates the case keeps it", "name another coordinator first")
            }
            let taken = assigned(.caseUnassigned, account, in: try casefileKey(casefile), by: caller)
            return Prepared(basis: Basis()) { transaction in
                guard try transaction.casefile(casefile.id)?.coordinator != account.id,
                    try transaction.unassign(account.id, from: casefile.id)
                else { return nil }
                try transaction.append([taken])
                return DeskAnswer(
                    status: 200, body: ["casefileId": .string(casefile.id.description), "account": .string(account.name)])
            }
        }
    }

    /// To whom the desk can give a case: 200 `{items: [{account, role}]}`.
    public func listCaseWorkers(by caller: Caller) async throws(DeskRefusal) -> DeskAnswer {
        try demand([.contactPoint], of: caller)
        let rows = try await colleagues(as: Self.caseRoles)
        return DeskAnswer(
            status: 200,
            body: ["items": .array(rows.map { ["account": .string($0.name), "role": .string($0.role.rawValue)] })])
    }

    /// Names of the accounts of the municipality's own staff in these roles, for those who work on cases.
    public func listColleagues(as roles: Set<StaffRole>, by caller: Caller) async throws(DeskRefusal) -> [String] {
        try demand(Self.caseRoles.union([.contactPoint]), of: caller)
        return try await colleagues(as: roles).map(\.name)
    }

    private func colleagues(as roles: Set<StaffRole>) async throws(DeskRefusal) -> [AccountRow] {
        let own = municipality.oin
        return try await read { try $0.accounts() }.filter { $0.organisation == own && roles.contains($0.role) }
    }

    private func assignment(_ id: String, _ body: JSONValue, by caller: Caller) async throws(DeskRefusal) -> (CasefileRow, AccountRow) {
        try demand([.contactPoint], of: caller)
        let casefileID = try CasefileID(id).orRefuse(.notFound)
        let name = try reading(body) { $0.object(["account"], required: ["account"])?["account"]?.string(maxLength: 80) }
        let casefile = try await read { try $0.casefile(casefileID) }.orRefuse(.notFound)
        let account = try await account(
            named: name, as: Self.caseRoles, pointer: "/account", code: "not-a-case-worker",
            hint: "a colleague who works on cases; GET /v1/case-workers lists them")
        return (casefile, try account.orRefuse(.notFound))
    }

    private func assigned(_ event: AuditEvent, _ account: AccountRow, in casefile: JournalCasefile, by caller: Caller) -> JournalEntry {
        entry(
            event, by: caller, in: casefile,
            facts: [
                "handle": .text(handle(of: account.id)), "role": .text(account.role.rawValue),
            ])
    }
}

extension DeskRefusal {
    fileprivate static func assignmentFault(_ code: String, _ detail: String, _ hint: String) -> DeskRefusal {
        .invalidInput([InputFault(pointer: "/account", code: code, detail: detail, hint: hint)])
    }
}
