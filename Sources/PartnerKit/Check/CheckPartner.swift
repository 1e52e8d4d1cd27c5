import JOSE
import PartnerTrust

/// Sends a partner's endpoint test messages, good and bad, and reports which of them it handles rightly.
///
/// - Parameters:
///   - sender: whose authority and keys the partner trusts in its acceptance environment.
///   - about: what goes into the report's head.
///   - now: the machine's clock, ms since 1970.
/// - Throws: `unreachable` when the endpoint gives no answer at all to the first message; `notSigned` when a message cannot be made, and
///   `unusable` when a certificate cannot.
public func checkPartner(
    _ partner: CheckedPartner, by sender: TestSender, about: PartnerCheckReport.About,
    now: @escaping @Sendable () -> Int64 = systemMilliseconds
) async throws(PartnerFault) -> PartnerCheckReport {
    let messages: TestMessages
    do { messages = try TestMessages(sender: sender, partner: partner, now: now()) } catch { throw .notSigned(code: error.code) }
    let strangers = try sender.strangers(at: messages.now)
    let endpoint = CheckedEndpoint(partner, identity: sender.tls)
    let results: Result<[PartnerCheckReport.Line], any Error>
    do { results = .success(try await PartnerCheck(messages: messages, endpoint: endpoint, strangers: strangers).run()) } catch {
        results = .failure(error)
    }
    await endpoint.close()
    switch results {
    case .success(let lines): return PartnerCheckReport(about: about, messages: messages, ended: now(), lines: lines)
    case .failure(let fault as PartnerFault): throw fault
    case .failure(let error): throw .notSigned(code: (error as? JOSEError)?.code ?? "unknown")
    }
}

/// One run of the tests, in the order in which they rest on one another.
private struct PartnerCheck {
    typealias Line = PartnerCheckReport.Line
    let messages: TestMessages
    let endpoint: CheckedEndpoint
    let strangers: [Stranger]

    private func message(_ make: (String) throws -> [UInt8]) throws -> WireMessage {
        let id = newMessageID(at: messages.now)
        let bytes = try make(id)
        return WireMessage(id: id, bytes: bytes, fields: try messages.payloadFields(of: bytes))
    }

    private func message(_ bad: BadMessage) throws -> WireMessage {
        let id = newMessageID(at: messages.now)
        let bytes = try bad.make(messages, id)
        return WireMessage(id: id, bytes: bytes, fields: try bad.fields(messages, bytes))
    }

    func run() async throws -> [Line] {
        let good = try message { try messages.good($0) }
        let first = await endpoint.pushPatiently(good)
        if case .nothing(let why) = first { throw PartnerFault.unreachable(why) }
        let opened = judgeOpened("good", "een goede verwijzing", "a good referral", first, of: good)
        var lines = [
            opened,
            judgeSame(
                "duplicated", "dezelfde verwijzing nog eens", "the same referral again", await endpoint.pushPatiently(good), as: first),
        ]
        let twin = try message { try messages.good($0) }
        let twice = await judgeAtOnce(twin)
        lines.append(twice)
        for bad in BadMessage.all(for: messages.partner.keys.encryption.kind) {
            let sent = try message(bad)
            lines.append(
                judgeRefused(bad.name, bad.dutch, bad.english, await endpoint.push(sent), of: sent, mayBePutOff: bad.mayBePutOff))
        }
        let bytes = try messages.good(good.id)
        let other = WireMessage(id: good.id, bytes: bytes, fields: try messages.payloadFields(of: bytes))
        lines.append(
            judgeRefused(
                "other-bytes", "andere inhoud onder het nummer van de goede verwijzing", "other content under the good referral's id",
                await endpoint.push(other), of: other))
        for stranger in strangers { lines.append(await judgeShut(stranger, bringing: good)) }
        lines += try await meeting()
        lines.append(
            judgeSame(
                "replayed", "de goede verwijzing opnieuw, na alle andere", "the good referral again, after all the others",
                await endpoint.pushPatiently(good), as: first))
        let recall = try message { try messages.sealed(messages.signed(messages.notice("recalled", $0, about: good.id))) }
        let erasure = try message { try messages.sealed(messages.signed(messages.notice("erased", $0, about: twin.id))) }
        lines += [
            judgeEnded(
                "recalled", "de goede verwijzing ingetrokken", "the good referral recalled", await endpoint.pushPatiently(recall),
                of: recall, after: opened.verdict, isAnswerOwed: true),
            // nobody is owed an answer to an erasure (GDPR 19 asks that it be told)
            judgeEnded(
                "erased", "de verwijzing die twee keer tegelijk kwam, bij de afzender gewist",
                "the referral that came twice at once, erased at the sender", await endpoint.pushPatiently(erasure), of: erasure,
                after: twice.verdict, isAnswerOwed: false),
        ]
        return lines
    }

    /// A meeting that is planned, moved, and does not take place.
    private func meeting() async throws -> [Line] {
        let meeting = newMessageID(at: messages.now)
        let invitation = try message { try messages.sealed(messages.signed(messages.invitation($0, to: meeting))) }
        let newer = try message { id in
            try messages.sealed(messages.signed(messages.invitation(id, to: meeting, insteadOf: invitation.id)))
        }
        let cancelled = try message { try messages.sealed(messages.signed(messages.notice("meetingCancelled", $0, about: newer.id))) }
        return [
            judgeOpened(
                "invitation", "een uitnodiging met twee punten", "an invitation with two items", await endpoint.pushPatiently(invitation),
                of: invitation),
            judgeOpened(
                "invitation-replaced", "een nieuwere uitnodiging in plaats daarvan", "a newer invitation in its place",
                await endpoint.pushPatiently(newer), of: newer),
            judgeOpened(
                "meeting-cancelled", "de mededeling dat die bijeenkomst niet doorgaat", "the notice that this meeting does not take place",
                await endpoint.pushPatiently(cancelled), of: cancelled),
        ]
    }

    // MARK: judging

    /// One message twice at the same moment: two workers of the partner must not sign two receipts.
    private func judgeAtOnce(_ twin: WireMessage) async -> Line {
        async let left = endpoint.push(twin)
        async let right = endpoint.push(twin)
        let both = await [left, right].filter { if case .answered(200, _, _) = $0 { true } else { false } }
        let settled = await endpoint.pushPatiently(twin)
        let line = judgeOpened("at-once", "dezelfde verwijzing twee keer tegelijk", "one referral twice at once", settled, of: twin)
        guard line.verdict == .right, both.contains(where: { body(of: $0) != body(of: settled) }) else { return line }
        return line.wrong("two receipts for one message")
    }

    private func judgeOpened(_ name: String, _ dutch: String, _ english: String, _ answer: CheckedEndpoint.Answer, of sent: WireMessage)
        -> Line
    {
        let line = Line(name: name, dutch: dutch, english: english, expected: .opened)
        switch seen(answer, of: sent) {
        case .receipt(let receipt) where receipt.result == .opened: return line.right("200, receipt: opened")
        case .receipt(let receipt): return line.wrong("200, receipt: refused (\(receipt.code ?? "-"))")
        case .later: return line.unseen("202, the receipt follows")
        case .other(let text): return line.wrong(text)
        }
    }

    private func judgeSame(
        _ name: String, _ dutch: String, _ english: String, _ answer: CheckedEndpoint.Answer, as first: CheckedEndpoint.Answer
    ) -> Line {
        let line = Line(name: name, dutch: dutch, english: english, expected: .sameReceipt)
        switch (answer, first) {
        case (.answered(200, let again, _), .answered(200, let before, _)):
            return again == before ? line.right("200, the same receipt") : line.wrong("200, another receipt")
        case (.answered(202, _, _), .answered(202, _, _)): return line.unseen("202, the receipt follows")
        case (.answered(200, _, _), .answered(202, _, _)): return line.unseen("200, with nothing to compare it with")
        default: return line.wrong(status(of: answer))
        }
    }

    private func judgeRefused(
        _ name: String, _ dutch: String, _ english: String, _ answer: CheckedEndpoint.Answer, of sent: WireMessage,
        mayBePutOff: Bool = false
    ) -> Line {
        let line = Line(name: name, dutch: dutch, english: english, expected: .refused)
        switch seen(answer, of: sent) {
        case .receipt(let receipt) where receipt.result == .refused: return line.right("200, receipt: refused (\(receipt.code ?? "-"))")
        case .receipt: return line.wrong("200, receipt: opened")
        case .later: return line.unseen("202, the receipt follows")
        case .other("503") where mayBePutOff: return line.right("503, not taken yet")
        case .other(let text):
            // what the exchange would try again was not refused
            guard case .answered(let status, _, _) = answer, 400..<500 ~= status, ![408, 425, 429].contains(status) else {
                return line.wrong(text)
            }
            return line.right(text)
        }
    }

    private func judgeShut(_ stranger: Stranger, bringing message: WireMessage) async -> Line {
        let line = Line(name: stranger.name, dutch: stranger.dutch, english: stranger.english, expected: .shut)
        let endpoint = CheckedEndpoint(messages.partner, identity: stranger.identity)
        let answer = await endpoint.push(message)
        await endpoint.close()
        switch answer {
        case .answered(let status, _, _): return [401, 403].contains(status) ? line.right("\(status)") : line.wrong("\(status)")
        case .nothing(CheckedEndpoint.late), .nothing(CheckedEndpoint.otherCertificate): return line.unseen(status(of: answer))
        case .nothing: return line.right("no connection")
        }
    }

    /// - Parameters:
    ///   - opened: whether what is ended was seen to be opened.
    ///   - isAnswerOwed: whether a receipt without an answer is wrong; else it just does not show what became of it.
    private func judgeEnded(
        _ name: String, _ dutch: String, _ english: String, _ answer: CheckedEndpoint.Answer, of sent: WireMessage,
        after opened: PartnerCheckReport.Verdict, isAnswerOwed: Bool
    ) -> Line {
        let line = Line(name: name, dutch: dutch, english: english, expected: .answer)
        switch seen(answer, of: sent) {
        case .receipt(let receipt):
            guard receipt.result == .opened else { return line.wrong("200, receipt: refused (\(receipt.code ?? "-"))") }
            guard let said = receipt.answer else {
                let seen = "200, receipt without an answer"
                return isAnswerOwed ? line.wrong(seen) : line.unseen(seen)
            }
            guard said != .keptUnderOwnDuty || receipt.article != nil else { return line.wrong("200, kept without naming the duty") }
            guard said == .notFound, opened != .wrong else { return line.right("200, answer: \(said.rawValue)") }
            return opened == .right
                ? line.wrong("200, answer: notFound, of a message that it opened")
                : line.unseen("200, answer: notFound, with nothing to compare it with")
        case .later: return line.unseen("202, the answer follows")
        case .other(let text): return line.wrong(text)
        }
    }

    private enum Seen {
        case receipt(Receipt)
        case later
        /// Neither, in words for the report.
        case other(String)
    }

    /// What an answer says, its receipt verified: the partner's key, both parties, the message and the digest of what was sent.
    private func seen(_ answer: CheckedEndpoint.Answer, of sent: WireMessage) -> Seen {
        guard case .answered(let status, let body, _) = answer else { return .other(self.status(of: answer)) }
        if status == 202 { return .later }
        guard status == 200 else { return .other(self.status(of: answer)) }
        let (keys, partner, sender) = ([messages.partner.keys.signing], messages.partner.oin, messages.sender.oin)
        let receipt: Receipt
        do { receipt = try Receipt.verify(body, keys: keys, from: partner, to: sender) } catch {
            return .other("200, no valid receipt (\(error.code))")
        }
        guard receipt.messageId == sent.id else { return .other("200, a receipt for another message") }
        guard receipt.digest == sha256(sent.bytes) else { return .other("200, a receipt for other bytes") }
        return .receipt(receipt)
    }

    private func status(of answer: CheckedEndpoint.Answer) -> String {
        switch answer {
        case .answered(let status, _, _): "\(status)"
        case .nothing(let why): "no answer (\(why))"
        }
    }

    private func body(of answer: CheckedEndpoint.Answer) -> [UInt8]? {
        if case .answered(200, let body, _) = answer { body } else { nil }
    }
}
