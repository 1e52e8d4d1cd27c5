import AuditTrail
import Casework
import Disclosure
import Storage

/// Why somebody may work on a case.
enum CaseAccess: Hashable, Sendable {
    /// The desk works on every case.
    case desk
    /// It was given to them.
    case assigned
    /// They opened it and said why; it ends by itself.
    case brokenGlass

    /// What the entry of a read tells of it: nothing where it is the usual.
    var facts: [String: AuditFact] { self == .brokenGlass ? ["access": .text("breakGlass")] : [:] }
}

/// A member of staff who works on cases.
private struct CaseWorker: Sendable {
    let account: AccountID
    /// The same for every case; nil where it is to be looked up.
    let access: CaseAccess?
    let now: Instant

    func access(to casefile: CasefileID, in transaction: Transaction) throws -> CaseAccess? {
        try access ?? transaction.access(of: account, to: casefile, at: now)
    }
}

extension ReferralDesk {
    /// Refuses `role-may-not` unless the caller works for the municipality in one of these roles.
    /// - Returns: the role.
    @discardableResult func demand(_ roles: Set<StaffRole>, of caller: Caller) throws(DeskRefusal) -> StaffRole {
        guard let role = caller.role, roles.contains(role), caller.organisation == municipality.oin else { throw .roleMayNot }
        return role
    }

    /// The same, for what somebody answers for by name.
    /// - Returns: the member of staff.
    func demandMember(_ roles: Set<StaffRole>, _ caller: Caller) throws(DeskRefusal) -> StaffMember {
        try demand(roles, of: caller)
        guard case .staff(let member) = caller else { throw .roleMayNot }
        return member
    }

    /// Refuses whoever is neither the municipality's privacy officer nor its data protection officer.
    func demandOfficer(_ caller: Caller) throws(DeskRefusal) { try demand([.privacyOfficer, .dataProtectionOfficer], of: caller) }

    /// Refuses `not-found` unless the caller may work on this case: the desk, someone it was given to, or someone who broke the glass and is
    /// still within the time of it. Nobody of another organisation.
    @discardableResult
    func demandAccess(to casefile: CasefileID, by caller: Caller) async throws(DeskRefusal) -> CaseAccess {
        let worker = try caseWorker(caller)
        if worker.access == .desk { return .desk }
        return try await read { try worker.access(to: casefile, in: $0) }.orRefuse(.notFound)
    }

    /// Who works on cases, before it is asked on which: refuses whoever works on none.
    private func caseWorker(_ caller: Caller) throws(DeskRefusal) -> CaseWorker {
        guard case .staff(let member) = caller, member.organisation == municipality.oin else { throw .notFound }
        switch member.role {
        case .contactPoint: return CaseWorker(account: member.account, access: .desk, now: world.wall())
        case .socialCaseManager, .planCoordinator, .meetingChair, .processManager:
            return CaseWorker(account: member.account, access: nil, now: world.wall())
        case .intermediary, .privacyOfficer, .dataProtectionOfficer, .manager, .controller, .administrator: throw .roleMayNot
        }
    }

    /// A living person whom the caller may work for, and the case in which the caller does, with keys for the log. Where what was filed about the
    /// person stands under another case, the work is on that one.
    ///
    /// All of it is read at once, whoever asks: how long a refusal takes tells nobody whether the person is known.
    func livingPerson(for caller: Caller, _ find: @escaping @Sendable (Transaction) throws -> PersonID?) async throws(DeskRefusal)
        -> (JournalSubject, JournalCasefile)
    {
        let worker = try caseWorker(caller)
        let (person, casefile) = try await read { transaction -> (PersonRow, CasefileRow)? in
            // Of somebody who is not known the same is asked, about nobody.
            let person = try transaction.person(try find(transaction) ?? .nobody)
            for shown in try transaction.casefiles(showing: person?.casefile ?? CasefileID(high: 0, low: 0)) {
                guard try worker.access(to: shown, in: transaction) != nil, let person, person.erasedAt == nil else { continue }
                if let row = try transaction.casefile(shown) { return (person, row) }
            }
            return nil
        }.orRefuse(.notFound)
        return (JournalSubject(id: person.id, key: try key(person.key)), try casefileKey(casefile))
    }

    func livingPerson(_ id: PersonID, for caller: Caller) async throws(DeskRefusal) -> (JournalSubject, JournalCasefile) {
        try await livingPerson(for: caller) { _ in id }
    }

    /// A key from the pool, not used before.
    func newKey() async throws(DeskRefusal) -> VaultKey {
        do { return try await vault.take() } catch { throw .notDurable }
    }

    /// A living key, or a refusal: what it opened has been erased.
    func key(_ id: Int64) throws(DeskRefusal) -> VaultKey {
        do {
            guard let key = try vault.key(id) else { throw DeskRefusal.notFound }
            return key
        } catch let refusal as DeskRefusal { throw refusal } catch { throw .notDurable }
    }

    /// A casefile with its key, for the log.
    func casefileKey(_ row: CasefileRow) throws(DeskRefusal) -> JournalCasefile { JournalCasefile(id: row.id, key: try key(row.key)) }

    /// The same where the casefile may have been erased, or there may be none: nil then. A key that cannot be read now is neither.
    func casefileKeyIfLiving(_ row: CasefileRow?) throws(DeskRefusal) -> JournalCasefile? {
        guard let row else { return nil }
        return try keyIfLiving(row.key).map { JournalCasefile(id: row.id, key: $0) }
    }

    /// A key, or nil when it was destroyed, by itself or with its epoch.
    func keyIfLiving(_ id: Int64) throws(DeskRefusal) -> VaultKey? {
        do throws(StoreFault) { return try vault.key(id) } catch {
            if case .key = error { return nil }
            throw .notDurable
        }
    }

    /// Persons with their keys, for the log.
    func subjectKeys(_ rows: [PersonRow]) throws(DeskRefusal) -> [JournalSubject] {
        var subjects: [JournalSubject] = []
        for row in rows { subjects.append(JournalSubject(id: row.id, key: try key(row.key))) }
        return subjects
    }

    /// The keys of the persons of a message that still have one.
    func livingSubjects(_ ids: [PersonID]) async throws(DeskRefusal) -> [JournalSubject] {
        try subjectKeys(try await read { try $0.living(ids) })
    }

    /// The key of a casefile, where there is one.
    func livingCasefile(_ id: CasefileID?) async throws(DeskRefusal) -> JournalCasefile? {
        guard let id, let row = try await read({ try $0.casefile(id) }) else { return nil }
        return try casefileKeyIfLiving(row)
    }
}

extension Transaction {
    /// Why this account may work on this case now; nil when it may not.
    func access(of account: AccountID, to casefile: CasefileID, at now: Instant) throws -> CaseAccess? {
        if try isAssigned(account, to: casefile) { return .assigned }
        return try brokenGlassEnd(by: account, on: casefile, at: now) == nil ? nil : .brokenGlass
    }

    /// Those of these persons who have not been erased.
    func living(_ ids: [PersonID]) throws -> [PersonRow] { try ids.compactMap { try person($0) }.filter { $0.erasedAt == nil } }
}
