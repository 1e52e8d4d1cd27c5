import Exchange
import HTTPTypes
import SignOn

/// Signing in at the municipality's own provider: the way there, and the way back.
let providerPages: [PageRoute] = [
    .get("/sign-in/provider", .anybody) { request in
        guard let provider = request.settings.provider else { throw DeskRefusal.notFound }
        // On the way back the browser brings no session that could be ended then: it comes from another site.
        if let token = request.token { _ = try await request.desk.signOut(token: token) }
        let attempt = SignOnAttempt(random: request.settings.random(32))
        do throws(SignOnFault) {
            let address = try await provider.address(for: attempt)
            return .redirect(
                address, cookies: [PageCookie(name: .signOn, value: attempt.verifier, seconds: IdentityProvider.patience)])
        } catch { return .page(notSignedOn(request, error)) }
    },
    .get(IdentityProvider.returnPath, .anybody, comeBack),
]

private func comeBack(_ request: PageRequest) async throws -> PageAnswer {
    guard let provider = request.settings.provider else { throw DeskRefusal.notFound }
    guard let attempt = request.cookies[.signOn].flatMap(SignOnAttempt.init(verifier:)) else {
        return .page(notSignedOn(request, .notBegun))
    }
    var query: [String: String] = [:]
    for name in ["state", "code", "error", "iss"] { query[name] = request.query.all(name).first }
    let subject: ProvenSubject
    do throws(SignOnFault) { subject = try await provider.subject(of: attempt, returning: query) } catch {
        return .page(notSignedOn(request, error))
    }
    let answer: DeskAnswer
    do throws(DeskRefusal) { answer = try await request.desk.signIn(as: subject, replacing: request.token) } catch {
        guard case .notSignedIn = error else { throw error }
        return .page(signInAgain(request, status: .unauthorized, said: "provider-no-account"))
    }
    guard let token = answer.body["token"]?.stringValue else { throw PageFault.internalFault }
    // A page and no redirect: the browser comes from another site, and on a redirect it would not bring the session's cookie along.
    return .page(
        Page(
            "signed-on", title: "signed-on",
            cookies: [PageCookie(name: .session, value: token), .gone(.signOn), .gone(.visit)]))
}

/// The page to sign in on again. Why, the daemon's log says; the visitor is told only what they can do.
private func notSignedOn(_ request: PageRequest, _ fault: SignOnFault) -> Page {
    switch fault {
    case .declined: signInAgain(request, status: .unauthorized, said: "provider-declined")
    case .notBegun: signInAgain(request, status: .unauthorized, said: "provider-not-begun")
    case .unreachable, .unusable: signInAgain(request, status: .badGateway, said: "provider-fails")
    }
}

private func signInAgain(_ request: PageRequest, status: HTTPResponse.Status, said: String) -> Page {
    var page = signInPage(request.language, status: status, said: said, hasProvider: true)
    page.cookies = [.gone(.signOn)]
    return page
}
