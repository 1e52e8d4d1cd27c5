import Casework
import Exchange
import StrictJSON

/// What the privacy officer and the data protection officer see: the same pages, of which only advice differs.
let officerPages: [PageRoute] = [
    .get("/officer/log", showLog),
    .post("/officer/log", showLogAbout),
    .post("/officer/log/export", exportLog),
    .get("/officer/state") { request in
        let state = try await request.desk.showLogState(by: request.caller()).body
        return .page(
            Page(
                "officer-state", title: "officer-state",
                [
                    "origin": state.text("origin"), "size": state.text("size"), "entries": state.text("entries"),
                    "note": state.text("note"),
                    "since": PageTime.moment(state.text("since"), request.language),
                    "holders": state.list("holders").map { holder -> PageData in
                        [
                            "partner": holder.text("partnerName"), "sealed": PageTime.moment(holder.text("sealedAt"), request.language),
                            "received": PageTime.moment(holder.text("receivedAt"), request.language),
                        ]
                    }, "hasHolders": !state.list("holders").isEmpty,
                ]))
    },
    .get("/officer/covenants", showCovenants),
    .get("/officer/break-glass", showBrokenGlass),
    .get("/officer/without-consent") { .page(try await withoutConsentPage($0)) },
    .post("/officer/without-consent/:id/answer") { request in
        try await answerJustification(request, back: "/officer/without-consent") { try await withoutConsentPage(request, $0) }
    },
    .get("/officer/objections") { .page(try await objectionsPage($0)) },
    .post("/officer/objections/:id", weighObjection),
    .get("/officer/person") { request in
        // Nothing is read yet; the use case behind the form decides.
        guard officers.contains(where: { $0 == request.member?.role }) else { throw DeskRefusal.roleMayNot }
        return .page(personPage(request, faults: [], shared: nil))
    },
    .post("/officer/person", searchPerson),
    .post("/officer/person/find", findPerson),
    .get("/officer/advice") { request in .page(try await advicePage(request, faults: [])) },
    .post("/officer/advice", recordAdvice),
]

/// Who comes to these pages.
let officers: Set<StaffRole> = [.privacyOfficer, .dataProtectionOfficer]

let officerNavigation = [
    NavigationItem(path: "/officer/log", word: "officer-log", explanation: "officer-log-what", roles: officers),
    NavigationItem(path: "/officer/without-consent", word: "without-consent", explanation: "without-consent-what", roles: officers),
    NavigationItem(path: "/officer/objections", word: "officer-objections", explanation: "officer-objections-what", roles: officers),
    NavigationItem(
        path: "/officer/break-glass", word: "officer-broken-glass", explanation: "officer-broken-glass-what", roles: officers),
    NavigationItem(path: "/officer/covenants", word: "officer-covenants", explanation: "officer-covenants-what", roles: officers),
    NavigationItem(path: "/officer/person", word: "officer-person", explanation: "officer-person-what", roles: officers),
    NavigationItem(path: "/officer/state", word: "officer-state", explanation: "officer-state-what", roles: officers),
    NavigationItem(path: "/officer/advice", word: "officer-advice", explanation: "officer-advice-what", roles: officers),
]
