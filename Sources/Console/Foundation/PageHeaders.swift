import HTTPTypes
import Hummingbird

/// The headers of everything that the pages send. What is cached is said where it is sent; a page never is.
func addPageHeaders(_ response: inout Response) {
    for (name, value) in said where response.headers[name] == nil { response.headers[name] = value }
}

private let said: [(HTTPField.Name, String)] = [
    (.cacheControl, "no-store"),
    // No script or style in a page, nothing from elsewhere, nowhere else to send a form.
    (
        .contentSecurityPolicy,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    (.xContentTypeOptions, "nosniff"), (.strictTransportSecurity, "max-age=31536000; includeSubDomains"),
    (named("Referrer-Policy"), "no-referrer"), (named("X-Frame-Options"), "DENY"),
    (named("Cross-Origin-Opener-Policy"), "same-origin"), (named("Cross-Origin-Resource-Policy"), "same-origin"),
    (named("Permissions-Policy"), "camera=(), microphone=(), geolocation=()"),
]

/// The name of a header, which must be a token (RFC 9110, section 5.1).
func named(_ text: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(text) else { preconditionFailure("`\(text)` is no field name") }
    return name
}
