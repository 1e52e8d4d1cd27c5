import Foundation
import Hummingbird

/// A cookie that the pages give: bound to this host and to TLS (`__Host-`), unreadable for script, never sent from another site but for the one
/// that must be there when the provider sends somebody back.
struct PageCookie: Sendable, Hashable {
    /// The cookies there are.
    enum Name: String, Sendable {
        /// The session's token.
        case session = "__Host-session"
        /// A number for whoever has not signed in, so that the sign-in form has a key too.
        case visit = "__Host-visit"
        case language = "__Host-language"
        /// The key of a draft: the only one there is.
        case draft = "__Host-draft"
        /// What ties somebody who is away at the provider to this browser.
        case signOn = "__Host-sign-on"
    }
    let name: Name
    let value: String
    /// Seconds that it lasts; nil until the browser is closed, 0 to forget it.
    var seconds: Int?

    /// One to be forgotten.
    static func gone(_ name: Name) -> PageCookie { PageCookie(name: name, value: "", seconds: 0) }

    /// As `Set-Cookie` writes it.
    var header: String {
        "\(name.rawValue)=\(value); Path=/; Secure; HttpOnly; SameSite=\(name == .signOn ? "Lax" : "Strict")"
            + (seconds.map { "; Max-Age=\($0)" } ?? "")
    }
}

/// The cookies of a request.
struct RequestCookies: Sendable {
    private let values: [String: String]

    init(_ request: Request) {
        var values: [String: String] = [:]
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2 else { continue }
                let name = parts[0].trimmingCharacters(in: .whitespaces)
                // The first one counts: a second of the same name was not given by us.
                if values[name] == nil { values[name] = parts[1].trimmingCharacters(in: .whitespaces) }
            }
        }
        self.values = values
    }

    subscript(_ name: PageCookie.Name) -> String? {
        guard let value = values[name.rawValue], (1...200).contains(value.utf8.count) else { return nil }
        return value
    }
}
