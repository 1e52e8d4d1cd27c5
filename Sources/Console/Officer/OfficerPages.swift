import Casework
import Exchange
import StrictJSON

/// What the privacy officer and the data protection officer see: the same pages, of which only advice differs.
let officerPages: [PageRoute] = [
    .get("/officer/log", showLog),
    .post("/officer/log/export", exportLog),
    .get("/officer/state") { request in
        let state = try await request.desk.showLogState(by: request.caller()).body
        return .page(
            Page(
                "officer-state", title: "officer-state",
                [
                    "origin": state.said("origin"), "size": state.said("size"), "entries": state.said("entries"),
                    "note": state.said("note"),
                    "since": PageTime.moment(state.said("since"), request.language),
                ]))
    },
    .get("/officer/covenants", showCovenants),
    .get("/officer/person") { request in
        // Nothing is read yet; the use case behind the form decides.
        guard officers.contains(where: { $0 == request.member?.role }) else { throw DeskRefusal.roleMayNot }
        return .page(personPage(request, faults: [], shared: nil))
    },
    .post("/officer/person", searchPerson),
    .get("/officer/advice") { request in .page(try await advicePage(request, faults: [])) },
    .post("/officer/advice", recordAdvice),
]

/// Who comes to these pages.
let officers: Set<StaffRole> = [.privacyOfficer, .dataProtectionOfficer]

let officerNavigation = [
    NavigationItem(path: "/officer/log", word: "officer-log", explanation: "officer-log-what", roles: officers),
    NavigationItem(path: "/officer/covenants", word: "officer-covenants", explanation: "officer-covenants-what", roles: officers),
    NavigationItem(path: "/officer/person", word: "officer-person", explanation: "officer-person-what", roles: officers),
    NavigationItem(path: "/officer/state", word: "officer-state", explanation: "officer-state-what", roles: officers),
    NavigationItem(path: "/officer/advice", word: "officer-advice", explanation: "officer-advice-what", roles: officers),
]

extension JSONValue {
    /// A member as text: what is text or a number; empty for anything else.
    func said(_ name: String) -> String { self[name].map { $0.stringValue ?? $0.integerValue.map(String.init) ?? "" } ?? "" }
}
