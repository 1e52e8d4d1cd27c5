import Casework
import Exchange
import HTTPTypes
import Hummingbird
import NIOCore

/// What is asked of every request for a page before its handler is called, and what becomes of what the handler gives back.
struct PageDoor: Sendable {
    let desk: ReferralDesk
    let settings: PageSettings

    /// Answers a request for a route.
    func open(_ route: PageRoute, to request: Request, _ context: PageContext) async -> Response {
        var visitor = Visitor(request)
        do {
            do throws(DeskRefusal) { visitor.member = try await member(visitor) } catch {
                guard case .enrolmentDue = error else { throw error }
                // Nothing else works before, so there is nothing of a form to keep.
                if route.access == .signedIn { return respond(.redirect("/enrol"), visitor) }
            }
            let form = route.method == .post ? try await readForm(request) : .none
            if route.method == .post {
                guard isOwn(request) else { throw PageFault.foreignForm }
                if !FormKey.holds(form, secret: visitor.secret) {
                    return respond(try signedInSince(route, request, form, visitor), visitor)
                }
            }
            if route.access == .signedIn, visitor.member == nil {
                return respond(signInFirst(route, request, form, visitor), visitor)
            }
            let parameters = context.parameters.map { (String($0.key), String($0.value)) }
            let asked = PageRequest(
                desk: desk, settings: settings, member: visitor.member, token: visitor.token, language: visitor.language, form: form,
                query: FormFields(encoded: request.uri.query ?? "") ?? .none, cookies: visitor.cookies, path: request.uri.path,
                parameters: Dictionary(parameters, uniquingKeysWith: { first, _ in first }))
            return respond(try await route.handle(asked), visitor)
        } catch let refusal as DeskRefusal {
            return respond(.page(refusedPage(refusal, in: visitor.language)), visitor)
        } catch let fault as PageFault {
            return respond(.page(fault.page(in: visitor.language)), visitor)
        } catch {
            // The type only: a fault's own text may quote what was sent.
            context.logger.error("page failed", metadata: ["fault": .string("\(type(of: error))"), "route": .string(route.path)])
            return respond(.page(PageFault.internalFault.page(in: visitor.language)), visitor)
        }
    }

    /// The page for an address at which there is nothing.
    func notFound(_ request: Request, _ context: PageContext) async -> Response {
        var visitor = Visitor(request)
        visitor.member = (try? await member(visitor)) ?? nil
        return respond(.page(PageFault.notFound.page(in: visitor.language)), visitor)
    }

    /// Who holds the session; nobody when it has ended.
    private func member(_ visitor: Visitor) async throws(DeskRefusal) -> StaffMember? {
        guard let token = visitor.token else { return nil }
        do throws(DeskRefusal) { return try await desk.authenticate(token: token) } catch {
            if case .notSignedIn = error { return nil }
            throw error
        }
    }

    private func readForm(_ request: Request) async throws -> FormFields {
        let type = (request.headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        guard type.trimmingPrefix(" ") == "application/x-www-form-urlencoded" else { throw PageFault.foreignForm }
        let buffer: ByteBuffer
        do { buffer = try await request.body.collect(upTo: settings.bodyLimit) } catch is NIOTooManyBytesError { throw PageFault.tooLarge }
        guard let text = String(validating: buffer.readableBytesView, as: UTF8.self), let form = FormFields(encoded: text) else {
            throw PageFault.foreignForm
        }
        return form
    }

    /// Whether the browser says that the form was on a page of ours. One that says nothing is held to the key alone.
    private func isOwn(_ request: Request) -> Bool {
        if let site = request.headers[named("Sec-Fetch-Site")], site != "same-origin", site != "none" { return false }
        // Under `no-referrer` a browser says `null` of our own forms too.
        if let origin = request.headers[.origin], origin != "null", origin != "https://\(request.head.authority ?? "")" { return false }
        return true
    }

    /// A form that was shown before its visitor signed in again, in another tab, or that a sign-in page of before then had kept: shown once
    /// more, to be sent on. Any other form without the session's key is nobody's: nothing of it is shown or kept, and nobody is signed in by it.
    private func signedInSince(_ route: PageRoute, _ request: Request, _ form: FormFields, _ visitor: Visitor) throws -> PageAnswer {
        let kept: KeptForm? = route.access == .signedIn ? KeptForm(path: request.uri.path, form: form) : KeptForm(form["kept"])
        guard let kept, let member = visitor.member, kept.account == member.name,
            request.headers[named("Sec-Fetch-Site")] == "same-origin"
        else { throw PageFault.foreignForm }
        return route.keepsForm ? .page(signedInAgainPage(kept, member)) : .redirect(request.uri.path)
    }

    /// Asks to sign in. A form that was on its way is kept in the page, so that nothing typed is lost.
    private func signInFirst(_ route: PageRoute, _ request: Request, _ form: FormFields, _ visitor: Visitor) -> PageAnswer {
        guard route.method == .post, route.keepsForm else {
            return .redirect(request.uri.path == "/" ? "/sign-in" : "/sign-in?to=\(request.uri.path)")
        }
        return .page(
            signInPage(
                visitor.language, status: .unauthorized, kept: KeptForm(path: request.uri.path, form: form),
                hasProvider: settings.provider != nil))
    }

    /// The page in its layout, with the cookies it gives.
    private func respond(_ answer: PageAnswer, _ visitor: Visitor) -> Response {
        var response: Response
        var cookies: [PageCookie]
        switch answer {
        case .redirect(let path, let given):
            response = Response(status: .seeOther, headers: [.location: path])
            cookies = given
        case .file(let name, let type, let text):
            response = Response(
                status: .ok, headers: [.contentType: type, .contentDisposition: "attachment; filename=\"\(name)\""],
                body: .init(byteBuffer: ByteBuffer(string: text)))
            cookies = []
        case .page(let page):
            cookies = page.cookies
            var visitor = visitor
            // A page may sign in or out, and its own forms are then of the new session.
            for cookie in cookies where cookie.name == .session { visitor.token = cookie.seconds == 0 ? nil : cookie.value }
            if visitor.secret == nil {
                let visit = settings.random(24).hexadecimal
                visitor.visit = visit
                cookies.append(PageCookie(name: .visit, value: visit))
            }
            response = Response(
                status: page.status, headers: [.contentType: "text/html; charset=utf-8", .contentLanguage: visitor.language.rawValue],
                body: .init(byteBuffer: ByteBuffer(string: layOut(page, for: visitor))))
        }
        for cookie in cookies { response.headers.append(HTTPField(name: .setCookie, value: cookie.header)) }
        return response
    }
}

/// Who comes, as far as a request tells.
struct Visitor: Sendable {
    let cookies: RequestCookies
    let language: Language
    let path: String
    let isLooking: Bool
    var token: String?
    var visit: String?
    var member: StaffMember?

    init(_ request: Request) {
        cookies = RequestCookies(request)
        language = Language(cookie: cookies[.language], headers: request.headers)
        path = request.uri.path
        isLooking = request.method == .get
        token = cookies[.session]
        visit = cookies[.visit]
    }

    /// What the key in the forms is made from: the session's token, or else the visit's number.
    var secret: String? { token ?? visit }
}
