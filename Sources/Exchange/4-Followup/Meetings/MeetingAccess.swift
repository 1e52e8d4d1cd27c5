import Casework
import Disclosure
import Storage
import StrictJSON

/// A meeting with its case, for somebody who leads it.
struct LedMeeting: Sendable {
    let meeting: MeetingRow
    let casefile: CasefileRow
    let member: StaffMember
}

extension ReferralDesk {
    /// A member of the municipality's staff in one of these roles, who may work on this case.
    func member(_ caller: Caller, as roles: Set<StaffRole>, on casefile: CasefileID) async throws(DeskRefusal) -> StaffMember {
        guard case .staff(let member) = caller, roles.contains(member.role) else { throw .roleMayNot }
        try await demandAccess(to: casefile, by: caller)
        return member
    }

    /// The meeting for those who lead it: the desk, and its chair and coordinator when they have the case.
    func ledMeeting(_ id: String, by caller: Caller) async throws(DeskRefusal) -> LedMeeting {
        guard case .staff = caller else { throw .roleMayNot }
        let meetingID = try MeetingID(id).orRefuse(.notFound)
        let found = try await read { transaction -> (MeetingRow, CasefileRow)? in
            guard let meeting = try transaction.meeting(meetingID), let casefile = try transaction.casefile(meeting.casefile) else {
                return nil
            }
            return (meeting, casefile)
        }
        guard let (meeting, casefile) = found else { throw .notFound }
        let member = try await member(caller, as: Self.leadingRoles, on: casefile.id)
        return LedMeeting(meeting: meeting, casefile: casefile, member: member)
    }

    /// The account of this name among the municipality's staff in one of these roles; nil when no name is given.
    /// - Throws: `invalid-input` at the name's place.
    func account(named name: String?, as roles: Set<StaffRole>, pointer: String, code: String, hint: String) async throws(DeskRefusal)
        -> AccountRow?
    {
        guard let name else { return nil }
        guard let account = try await read({ try $0.account(named: name) }), account.organisation == municipality.oin,
            roles.contains(account.role)
        else {
            throw .invalidInput([
                InputFault(pointer: pointer, code: code, detail: "there is no such account in a role that fits", hint: hint)
            ])
        }
        return account
    }

    /// The account that is to coordinate a plan.
    func coordinator(named name: String?, pointer: String = "/coordinator") async throws(DeskRefusal) -> AccountRow? {
        try await account(
            named: name, as: [.socialCaseManager, .planCoordinator], pointer: pointer, code: "not-a-coordinator",
            hint: "a social case manager or a plan coordinator; `staff list` shows them")
    }
}
