import Casework
import Exchange

/// The first page: what the visitor's role has here.
let homePages: [PageRoute] = [
    .get("/") { request in
        let doors = NavigationItem.offered(to: request.member?.role)
        return .page(
            Page(
                "home", title: "home-title",
                [
                    "doors": doors.map { ["path": $0.path, "name": request.word($0.word), "text": request.word($0.explanation)] },
                    "isEmpty": doors.isEmpty,
                ], said: request.said("home")))
    }
]
