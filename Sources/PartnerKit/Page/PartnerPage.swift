import Foundation
import HTTPTypes
import Hummingbird
import JOSE
import Logging
import NIOCore
import PartnerTrust

/// The page on which people of a partner without a system read and answer, in a browser on the same machine.
///
/// It listens at 127.0.0.1 alone. Whoever else works on this machine could call that address, and so could any page in the browser through a
/// name that leads to it, so three things are asked of every request: a `Host` of this machine, the cookie that the address printed at the
/// start gives, and for what changes something the key that stands in the forms. Messages open in memory and are not written in clear.
struct PartnerPage: Sendable {
    let identity: PartnerIdentity
    let client: ExchangeClient
    let sealed: KeptMessages
    /// What waits until the role that reads here has acknowledged its covenant; nil where no role is asked.
    let unacknowledged: UnacknowledgedMessages?
    let recalls: Recalls
    let address: EndpointAddress
    /// Sends the answer to a recall.
    let onAnswer: @Sendable (String) async -> Bool
    /// Receives what the role may open from now on.
    let onAcknowledged: @Sendable () async -> Void
    private let key = hexadecimal(randomBytes(32))
    private let formKey = hexadecimal(randomBytes(16))

    init(
        identity: PartnerIdentity, client: ExchangeClient, sealed: KeptMessages, unacknowledged: UnacknowledgedMessages?, recalls: Recalls,
        address: EndpointAddress, onAnswer: @escaping @Sendable (String) async -> Bool,
        onAcknowledged: @escaping @Sendable () async -> Void
    ) {
        (self.identity, self.client, self.sealed, self.recalls) = (identity, client, sealed, recalls)
        (self.address, self.onAnswer) = (address, onAnswer)
        (self.unacknowledged, self.onAcknowledged) = (unacknowledged, onAcknowledged)
    }

    /// The address to open in the browser: the one way in.
    func entrance(port: Int) -> String { "http://127.0.0.1:\(port)/open?key=\(key)" }

    /// Listens until the task is cancelled.
    /// - Parameter onListening: called once with the real port.
    func run(onListening: @escaping @Sendable (Int) -> Void) async throws {
        guard address.host == "127.0.0.1" else { throw PartnerFault.notListening(address.host) }
        let router = Router(context: EndpointContext.self)
        router.add(middleware: PageGuard(key: key))
        router.get("/open") { request, context in enter(request, context) }
        router.get("/") { _, _ in await show(listed(), title: "Verwijzingen") }
        router.get("/m/:id") { request, context in await message(context.parameters.get("id") ?? "", after: request) }
        router.post("/m/:id") { request, context in try await moved(context.parameters.get("id") ?? "", request) }
        router.post("/r/:id") { request, context in try await answered(context.parameters.get("id") ?? "", request) }
        router.post("/k/:id") { request, context in try await acknowledged(context.parameters.get("id") ?? "", request) }
        let application = Application(
            responder: router.buildResponder(), configuration: .init(address: .hostname(address.host, port: address.port)),
            onServerRunning: { onListening($0.localAddress?.port ?? 0) },
            logger: Logger(label: "partner") { _ in SwiftLogNoOpLogHandler() })
        try await application.run()
    }

    private func enter(_ request: Request, _ context: EndpointContext) -> Response {
        guard PageGuard.same(request.uri.queryParameters.get("key") ?? "", key) else { return PageGuard.refusal(.forbidden) }
        var response = redirect("/")
        let port = context.channel.localAddress?.port ?? 0
        response.headers[.setCookie] = "\(PageGuard.cookie(port))=\(key); HttpOnly; SameSite=Strict; Path=/"
        return response
    }

    private func listed() async -> [String: Any] {
        let referrals = await referrals()
        return [
            "list": [
                "referrals": referrals.map(\.shown), "isEmpty": referrals.isEmpty,
                "waiting": referrals.count { $0.recall?.isWaiting == true },
                "someWait": referrals.contains { $0.recall?.isWaiting == true },
            ] as [String: Any]
        ]
    }

    private func message(_ id: String, after request: Request) async -> Response {
        await message(id, saying: request.uri.queryParameters.get("said").map { String($0) })
    }

    /// The message, with what became of an answer, by its code.
    /// - Parameter wrong: the answer that was not taken; it stands there again as it was filled in.
    private func message(_ id: String, saying code: String?, wrong: PageWords.WrongMove? = nil) async -> Response {
        guard let referral = await referrals().first(where: { $0.id == id }) else { return PageGuard.refusal(.notFound) }
        var one = referral.shownWhole(wrong)
        one["formKey"] = formKey
        one["today"] = PageWords.day(Date(timeIntervalSince1970: Double(systemMilliseconds()) / 1000))
        if let code, let said = PageWords.said[code] {
            one["said"] = said
            one["saidHow"] = PageWords.failed.contains(code) ? "fault" : "said"
            one["saidRole"] = PageWords.failed.contains(code) ? "alert" : "status"
        }
        return await show(["one": one], title: referral.title, status: wrong == nil ? .ok : .badRequest)
    }

    /// Every kept message, opened in memory, with its task and its recall.
    private func referrals() async -> [ReceivedReferral] {
        let states = await taskStates()
        let notices = RecallNotices(folder: identity.folder, recalls: recalls)
        let ids = Set(sealed.ids()).union(unacknowledged?.ids() ?? []).sorted(by: >)
        return ids.compactMap { id in
            (sealed.bytes(id) ?? unacknowledged?.bytes(id)).map {
                ReceivedReferral(
                    id: id, sealed: $0, identity: identity, states: states, recall: notices.recall(of: id), unacknowledged: unacknowledged)
            }
        }
    }

    /// Where each task stands; nil when the exchange does not answer.
    private func taskStates() async -> [String: String]? {
        guard let tasks = try? await client.whole({ after throws(PartnerFault) in try await client.tasks(after: after, limit: 200) })
        else { return nil }
        var states: [String: String] = [:]
        for item in tasks { if let task = item.taskId { states[task] = item.state } }
        return states
    }

    // MARK: answering

    private func moved(_ id: String, _ request: Request) async throws -> Response {
        guard let form = try await form(of: request) else { return PageGuard.refusal(.forbidden) }
        guard let referral = await referrals().first(where: { $0.id == id }), let task = referral.taskId, let to = form["to"],
            let move = PageWords.moves[to], referral.recall == nil, referral.missing == nil
        else { return PageGuard.refusal(.notFound) }
        let (reason, day, outcome) = (form["reason"] ?? "", form["day"] ?? "", form["outcome"] ?? "")
        let wrong = PageWords.WrongMove(to: to, typed: form)
        guard !move.needsReason || PageWords.reasons[reason] != nil, !move.needsDay || PageWords.isDay(day),
            !move.mayHaveOutcome || outcome.isEmpty || PageWords.outcomes[outcome] != nil
        else { return await message(id, saying: "wrong", wrong: wrong) }
        do throws(PartnerFault) {
            _ = try await client.moveTask(
                task, to: to, reason: move.needsReason ? reason : nil, expectedOn: move.needsDay ? day : nil,
                outcome: move.mayHaveOutcome && !outcome.isEmpty ? outcome : nil, idempotencyKey: hexadecimal(randomBytes(16)))
        } catch {
            if case .answered(409, _, _) = error { return redirect("/m/\(id)?said=notNow") }
            // Each form has one field at most, so it is that one which the municipality cannot use.
            if case .answered(400, _, _) = error, move.wrong != nil { return await message(id, saying: "wrong", wrong: wrong) }
            return redirect("/m/\(id)?said=\(error.code == "unreachable" ? "unreachable" : "refused")")
        }
        return redirect("/m/\(id)?said=moved")
    }

    private func answered(_ id: String, _ request: Request) async throws -> Response {
        guard let form = try await form(of: request) else { return PageGuard.refusal(.forbidden) }
        guard let referral = await referrals().first(where: { $0.id == id }), let recall = referral.recall, recall.isWaiting,
            let answer = form["answer"].flatMap({ Recalls.Given.answers[$0] })
        else { return PageGuard.refusal(.notFound) }
        let article = (form["article"] ?? "").trimmingCharacters(in: .whitespaces)
        guard answer != .keptUnderOwnDuty || 1...64 ~= article.count else { return redirect("/m/\(id)?said=incomplete") }
        do throws(PartnerFault) {
            try recalls.give(.init(answer: answer, article: answer == .keptUnderOwnDuty ? article : nil), to: recall.notice)
        } catch { return redirect("/m/\(id)?said=refused") }
        let sent = await onAnswer(recall.notice)
        // what was stopped is gone from here
        return redirect(answer == .keptUnderOwnDuty ? "/m/\(id)?said=\(sent ? "answered" : "later")" : "/")
    }

    /// The role that reads here knows the covenant: what came under it is received, and can be opened.
    private func acknowledged(_ id: String, _ request: Request) async throws -> Response {
        guard try await form(of: request) != nil else { return PageGuard.refusal(.forbidden) }
        guard let unacknowledged, let covenant = await referrals().first(where: { $0.id == id })?.missing else {
            return PageGuard.refusal(.notFound)
        }
        do throws(PartnerFault) {
            try unacknowledged.acknowledgements.acknowledge(covenant.id, version: covenant.version, by: unacknowledged.role)
        } catch { return redirect("/m/\(id)?said=refused") }
        await onAcknowledged()
        return redirect("/m/\(id)?said=acknowledged")
    }

    /// The members of a form that this page gave out; nil for any other request.
    private func form(of request: Request) async throws -> [String: String]? {
        if let site = request.headers[PageGuard.fetchSite], site != "same-origin" { return nil }
        guard let body = try? await request.body.collect(upTo: 8192) else { return nil }
        var form: [String: String] = [:]
        for pair in String(buffer: body).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1).map {
                $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
            }
            if parts.count == 2 { form[parts[0]] = parts[1] }
        }
        return PageGuard.same(form["key"] ?? "", formKey) ? form : nil
    }

    private func redirect(_ path: String) -> Response { Response(status: .seeOther, headers: [.location: path]) }

    private func show(_ content: [String: Any], title: String, status: HTTPResponse.Status = .ok) async -> Response {
        let nonce = hexadecimal(randomBytes(16))
        let page = content.merging(["title": title, "nonce": nonce, "oin": identity.oin]) { old, _ in old }
        var response = Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: PageWords.template.render(page))))
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'nonce-\(nonce)'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        return response
    }
}

extension Recalls.Given {
    fileprivate static let answers: [String: Receipt.Answer] = Dictionary(
        uniqueKeysWithValues: Receipt.Answer.allCases.map { ($0.rawValue, $0) })
}
