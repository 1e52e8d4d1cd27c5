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
