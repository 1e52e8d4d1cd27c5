import Casework
import ConvenantTestSupport
import Exchange
import Foundation
import StrictJSON

/// What the desk's pages are tried on: who works there, and households with a story.
extension TestDesk {
    /// An account that can sign in, with its password.
    func account(_ name: String, _ role: StaffRole) async throws -> (name: String, password: String) {
        let made = try await desk.addStaff(name: name, role: role, organisation: nil)
        return (made.account, made.password)
    }

    /// A signal by debt help that nobody has triaged.
    func fileSignal(_ members: [Resident]? = [.mother]) async throws -> String {
        let filed = await ask { () async throws(DeskRefusal) in
            try await self.desk.fileSignal(signal(members), by: .partner(debt.oin), idempotency: nil)
        }
        return filed.body["signalId"]?.stringValue ?? ""
    }

    /// What the forms of a case send of the article on this purpose.
    func choice(_ purpose: JSONValue, in filed: FiledCase, by caller: Caller) async throws -> String {
        let items = try await desk.showSharingChoices(of: filed.casefile, by: caller).body["items"]?.arrayValue ?? []
        guard let choice = items.first(where: { $0["purpose"] == purpose })?["choice"]?.stringValue else {
            throw StoryFault(description: "nothing is offered for this purpose")
        }
        return choice
    }

    /// A meeting with debt help and care about a case; no date is set yet.
    func openMeeting(about filed: FiledCase, by caller: Caller) async throws -> String {
        let opened = try await desk.openMeeting(
            [
                "casefileId": .string(filed.casefile), "kind": "mda", "trigger": "interrelated",
                "parties": [
                    ["oin": .string(debt.oin.description), "purpose": "debtAssistance"],
                    ["oin": .string(care.oin.description), "purpose": "careSupport"],
                ],
            ], by: caller, idempotency: nil)
        guard let id = opened.body["meetingId"]?.stringValue else { throw StoryFault(description: "the meeting was not opened") }
        return id
    }

    /// Dates a meeting six days ahead, on these concerns of the case's first person.
    func date(
        _ meeting: String, about filed: FiledCase, _ domains: [String] = ["debts"], minutes: Int64 = 60, chair: String? = nil,
        resident: JSONValue = ["comes": true], by caller: Caller
    ) async throws {
        var body: JSONObject = [
            "at": .string(clock.calendar.advanced(byMilliseconds: 6 * 86_400_000).rfc3339), "minutes": .integer(minutes),
            "resident": resident,
            "items": .array(domains.map { ["domain": .string($0), "subjects": .array([.string(filed.persons[0])])] }),
        ]
        body["chair"] = chair.map(JSONValue.string)
        _ = try await desk.dateMeeting(meeting, .object(body), by: caller, idempotency: nil)
    }

    /// Lets the machine's and the case's time pass, and does what falls due.
    func pass(days: Int64) async throws {
        clock.advance(days: days)
        try await desk.endExpired()
        _ = try await desk.sweepDeadlines()
    }
}

extension Browsing {
    /// A browser of its own that has signed in.
    func signedIn(_ account: (name: String, password: String)) async throws -> Browsing {
        let other = another()
        _ = try await other.signIn(account.name, account.password)
        return other
    }
}
