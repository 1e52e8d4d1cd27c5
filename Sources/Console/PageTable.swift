import Casework
import Exchange

/// Every page, in the order of the mission. A new page is one handler, one template, its words, and its row in a list like these.
let pageTable: [PageRoute] =
    homePages + signInPages + providerPages + enrolPages + passwordPages + signalPages + deskPages + casePages + meetingPages
    + officerPages + managerPages

/// What the navigation and the first page offer, and to whom; the use case behind each decides again.
let navigation: [NavigationItem] =
    [
        NavigationItem(path: "/desk", word: "desk-title", explanation: "desk-nav-more", roles: [.contactPoint]),
        NavigationItem(
            path: "/cases", word: "cases-title", explanation: "cases-more",
            roles: ReferralDesk.caseRoles.union([.contactPoint])),
        NavigationItem(path: "/signals/new", word: "signal-new", explanation: "signal-new-more", roles: [.intermediary, .contactPoint]),
        NavigationItem(path: "/signals", word: "signals-title", explanation: "signals-more", roles: [.intermediary, .contactPoint]),
    ] + officerNavigation + managerNavigation
