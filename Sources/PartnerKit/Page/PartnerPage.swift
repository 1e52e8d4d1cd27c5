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
    let here: MessagesHere
    /// What waits until the role that reads here has acknowledged its covenant; nil where no role is asked.
    let unacknowledged: UnacknowledgedMessages?
    let recalls: Recalls
    let address: EndpointAddress
    let lastTurn: LastTurn
    /// Sends the answer to a recall.
    let onAnswer: @Sendable (String) async -> Recalls.Settlement
    /// Receives what the role may open from now on.
    let onAcknowledged: @Sendable () async -> Void
    private let key = hexadecimal(randomBytes(32))
    private let formKey = hexadecimal(randomBytes(16))

    init(
        identity: PartnerIdentity, client: ExchangeClient, here: MessagesHere, unacknowledged: UnacknowledgedMessages?, recalls: Recalls,
        address: EndpointAddress, lastTurn: LastTurn, onAnswer: @escaping @Sendable (String) async -> Recalls.Settlement,
        onAcknowledged: @escaping @Sendable () async -> Void
    ) {
        (self.identity, self.client, self.here, self.recalls) = (identity, client, here, recalls)
        (self.address, self.lastTurn, self.onAnswer) = (address, lastTurn, onAnswer)
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
        router.get("/") { request, _ in await show(listed(after: request), title: "Verwijzingen") }
        router.get("/m/:id") { request, context in await message(context.parameters.get("id") ?? "", after: request) }
        router.post("/m/:id") { request, context in try await moved(context.parameters.get("id") ?? "", request) }
        router.post("/d/:id") { request, context in try await disagreed(context.parameters.get("id") ?? "", request) }
        router.post("/a/:id") { request, context in try await replied(context.parameters.get("id") ?? "", request) }
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

    private func listed(after request: Request) async -> [String: Any] {
        let referrals = await referrals()
        let alarms = lastTurn.alarms + [certificateAlarm].compactMap(\.self)
        let list: [String: Any] = [
            "referrals": referrals.map(\.shown), "isEmpty": referrals.isEmpty,
            "waiting": referrals.count { $0.recall?.isWaiting == true },
            "someWait": referrals.contains { $0.recall?.isWaiting == true },
            "alarms": alarms, "now": PageWords.moment(systemMilliseconds()),
        ]
        return ["list": list.merging(said(code(in: request))) { $1 }]
    }

    /// What to say of the own certificate in its last thirty days and after them.
    private var certificateAlarm: String? {
        guard let chain = try? identity.folder.read(.tlsChain), let leaf = try? certificatesDER(pem: chain).first, let end = notAfter(leaf)
        else { return nil }
        let now = systemMilliseconds()
        return end - now < 30 * 86_400_000 ? PageWords.certificateEnds(end, now: now) : nil
    }

    private func code(in request: Request) -> String? { request.uri.queryParameters.get("said").map { String($0) } }

    /// What became of an answer, by its code.
    private func said(_ code: String?) -> [String: Any] {
        guard let code, let said = PageWords.said[code] else { return [:] }
        let isFault = PageWords.failed.contains(code)
        return ["said": said, "saidHow": isFault ? "fault" : "said", "saidRole": isFault ? "alert" : "status"]
    }

    private func message(_ id: String, after request: Request) async -> Response { await message(id, saying: code(in: request)) }

    /// The message, with what became of an answer, by its code.
    /// - Parameter wrong: the answer that was not taken; it stands there again as it was filled in.
    private func message(_ id: String, saying code: String?, wrong: PageWords.WrongMove? = nil) async -> Response {
        guard let referral = await referrals().first(where: { $0.id == id }) else { return PageGuard.refusal(.notFound) }
        var one = referral.shownWhole(wrong)
        one["formKey"] = formKey
        one["once"] = hexadecimal(randomBytes(16))
        one["today"] = PageWords.day(Date(timeIntervalSince1970: Double(systemMilliseconds()) / 1000))
        one.merge(said(code)) { $1 }
        return await show(["one": one], title: referral.title, status: wrong == nil ? .ok : .badRequest)
    }

    /// Every kept message, opened in memory, with its task and its recall.
    private func referrals() async -> [ReceivedReferral] {
        let states = await taskStates()
        let notices = RecallNotices(notices: here.notices, recalls: recalls)
        // What was filed at a desk of one's own, or is gone from here, is not kept here; its recall is answered here all the same.
        // Newest first: ids are in the order of time.
        let ids = Set(here.ids() + notices.waiting + (unacknowledged?.kept.ids() ?? [])).sorted(by: >)
        let found = ids.map { id in
            ReceivedReferral(
                id: id, sealed: here.bytes(id) ?? unacknowledged?.kept.bytes(id) ?? [], identity: identity, states: states,
                recall: notices.recall(of: id), told: notices.told(of: id), unacknowledged: unacknowledged)
        }
        return ReceivedReferral.linked(found, replaced: here.replaced.newer())
    }

    /// Where each task stands; nil when the exchange does not answer.
    private func taskStates() async -> [String: ExchangeClient.TaskStanding]? {
        guard let tasks = try? await client.whole({ after throws(PartnerFault) in try await client.tasks(after: after, limit: 200) })
        else { return nil }
        var states: [String: ExchangeClient.TaskStanding] = [:]
        for item in tasks { if let task = item.taskId { states[task] = item } }
        return states
    }

    // MARK: answering

    private func moved(_ id: String, _ request: Request) async throws -> Response {
        guard let form = try await form(of: request) else { return PageGuard.refusal(.forbidden) }
        guard let referral = await referrals().first(where: { $0.id == id }), let task = referral.taskId, let to = form["to"],
            let move = PageWords.moves[to], referral.isOpen
        else { return PageGuard.refusal(.notFound) }
        guard let step = Self.step(form) else { return PageGuard.refusal(.forbidden) }
        let (reason, day, outcome) = (form["reason"] ?? "", form["day"] ?? "", form["outcome"] ?? "")
        let wrong = PageWords.WrongMove(to: to, typed: form)
        guard !move.needsReason || PageWords.reasons[reason] != nil, !move.needsDay || PageWords.isDay(day),
            !move.mayHaveOutcome || outcome.isEmpty || PageWords.outcomes[outcome] != nil
        else { return await message(id, saying: "wrong", wrong: wrong) }
        do throws(PartnerFault) {
            _ = try await client.moveTask(
                task, to: to, reason: move.needsReason ? reason : nil, expectedOn: move.needsDay ? day : nil,
                outcome: move.mayHaveOutcome && !outcome.isEmpty ? outcome : nil, idempotencyKey: step)
        } catch {
            // Each form has one field at most, so it is that one which the municipality cannot use.
            if case .answered(400, _, _) = error, move.wrong != nil { return await message(id, saying: "wrong", wrong: wrong) }
            return redirect("/m/\(id)?said=\(PageWords.why(error))")
        }
        return redirect("/m/\(id)?said=moved")
    }

    /// The key of a step, for the exchange: the same when one form comes twice, another for another form and for what else is filled in.
    /// Nil for a form without a word of its own.
    static func step(_ form: [String: String]) -> String? {
        guard form["once"]?.wholeMatch(of: /[0-9a-f]{32}/) != nil else { return nil }
        let text = form.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
        return hexadecimal(Array(sha256(text.utf8).prefix(16)))
    }

    /// Says that this organisation disagrees about the approach of its task.
    private func disagreed(_ id: String, _ request: Request) async throws -> Response {
        guard let form = try await form(of: request) else { return PageGuard.refusal(.forbidden) }
        guard let referral = await referrals().first(where: { $0.id == id }), let task = referral.taskId, referral.isOpen else {
            return PageGuard.refusal(.notFound)
        }
        guard let step = Self.step(form) else { return PageGuard.refusal(.forbidden) }
        guard let reason = form["reason"], PageWords.disagreements[reason] != nil else { return redirect("/m/\(id)?said=wrong") }
        do throws(PartnerFault) { try await client.disagree(about: task, because: reason, idempotencyKey: step) } catch {
            return redirect("/m/\(id)?said=\(PageWords.why(error))")
        }
        return redirect("/m/\(id)?said=disagreed")
    }

    /// Answers an invitation; the last answer counts.
    private func replied(_ id: String, _ request: Request) async throws -> Response {
        guard let form = try await form(of: request) else { return PageGuard.refusal(.forbidden) }
        guard let meeting = await referrals().first(where: { $0.id == id })?.answerableMeeting, let answer = form["answer"],
            let said = ["accepted": "coming", "declined": "notComing"][answer]
        else { return PageGuard.refusal(.notFound) }
        do throws(PartnerFault) {
            // The last answer counts, so that one which comes twice does no harm, and the first given once more is an answer of its own.
            try await client.answerInvitation(to: meeting, with: answer, idempotencyKey: hexadecimal(randomBytes(16)))
        } catch { return redirect("/m/\(id)?said=\(PageWords.why(error))") }
        return redirect("/m/\(id)?said=\(said)")
    }

    private func answered(_ id: String, _ request: Request) async throws -> Response {
        guard let form = try await form(of: request) else { return PageGuard.refusal(.forbidden) }
        guard let answer = form["answer"].flatMap({ Recalls.Given.answers[$0] }) else { return PageGuard.refusal(.notFound) }
        // A second press of the button finds it answered, or gone.
        guard let recall = await referrals().first(where: { $0.id == id })?.recall else { return redirect("/") }
        guard recall.isWaiting else { return redirect("/m/\(id)") }
        let article = (form["article"] ?? "").trimmingCharacters(in: .whitespaces)
        guard answer != .keptUnderOwnDuty || 1...Receipt.articleLimit ~= article.utf8.count else {
            return redirect("/m/\(id)?said=\(article.isEmpty ? "incomplete" : "tooLong")")
        }
        do throws(PartnerFault) {
            try recalls.give(.init(answer: answer, article: answer == .keptUnderOwnDuty ? article : nil), to: recall.notice)
        } catch { return redirect("/m/\(id)?said=refused") }
        let isStopped = answer == .stopped
        let said =
            switch await onAnswer(recall.notice) {
            case .delivered: isStopped ? "stopped" : "answered"
            case .later: isStopped ? "stoppedLater" : "later"
            case .otherStands: "otherStands"
            case .notSigned: "refused"
            }
        // What was stopped is gone from here, and the list says so.
        return redirect((here.bytes(id) == nil ? "/" : "/m/\(id)") + "?said=\(said)")
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
    /// What people may answer. That nothing was found they cannot: what a recall that waits is about is here.
    fileprivate static let answers: [String: Receipt.Answer] = Dictionary(
        uniqueKeysWithValues: [Receipt.Answer.stopped, .keptUnderOwnDuty].map { ($0.rawValue, $0) })
}
