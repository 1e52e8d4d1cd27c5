import Foundation
import JOSE
import StrictJSON

/// A partner without a system of its own: pulls, listens where it is asked to, keeps what it may open in `<folder>/opened`, answers, and says one line a message.
///
/// What was opened stands as `<folder>/opened/<messageId>.json`, mode 0600, on the partner's own machine. After a recall or an erasure what
/// it is about is removed, also what an earlier run kept in another way. Lines hold ids, codes, names of fields and of files; never content.
/// Of what waits or fails there is one, with what to do, and another when that changes.
///
/// - Parameters:
///   - exchange: the partners' listener, such as `https://exchange.example:8443`.
///   - everySeconds: how long a turn waits for a message, and the pause after a turn that went badly or could not wait so long. Where the
///     exchange pushes, turns do not wait, and this is the pause between two.
///   - once: stop after one turn.
///   - listen: where the exchange may push to; pulling goes on beside it. The first line then says `listening <port>`.
///   - page: where on this machine people read and answer in a browser; what arrives is then kept sealed, and recalls wait for an answer. A
///     line says `page <address>`; that address is the key to it.
///   - role: the role of the workers who read here; nothing under a covenant version is opened before that role has acknowledged it, and each
///     receipt states the role (R29). Nil where nobody asks. On the page it is acknowledged there, else by ``Acknowledgements``.
///   - filing: files every referral as a signal at a desk of one's own; recalls wait for an answer.
///   - acceptTasks: move every task that is `received` to `accepted`, at each turn.
///   - onLine: where lines go; standard output unless said otherwise.
///   - onMessage: asked before a message is kept; its answer goes into the receipt, and what it refuses is not kept.
/// - Returns: whether the last turn went without a refusal or failure.
/// - Throws: whatever the folder or an address is wrong with, such as a port that is taken; with `once` also what kept the inbox from being read.
public func runPartner(
    identity: PartnerIdentity, exchange: URL, everySeconds: Int = 10, once: Bool, listen: EndpointAddress? = nil,
    page: EndpointAddress? = nil, role: String? = nil,
    filing: DeskFiling? = nil, acceptTasks: Bool = false,
    onLine: @escaping @Sendable (String) -> Void = { print($0) },
    onMessage: @escaping @Sendable (ReceivedMessage) async -> PartnerAnswer = { _ in .opened() }
) async throws(PartnerFault) -> Bool {
    let client = try ExchangeClient(identity: identity, exchange: exchange)
    let taking = try Taking(identity: identity, sealed: page != nil, role: role, filing: filing)
    let inbox = try Inbox(identity: identity, client: client, taking: taking, waits: { taking.isWaiting($0) }) { message in
        await taking.receive(message, onLine: onLine, onMessage: onMessage)
    }
    let endpoint = listen.map { address in
        PartnerEndpoint(identity: identity, address: address, client: client) {
            (sealed, id, check) async throws(PartnerFault) -> Inbox.Reception in
            let reception = try await inbox.receive(sealed, listedAs: id, after: check)
            let payload = reception.payload
            let outcome: InboxResult.Outcome =
                if let code = reception.refusal { .refused(code: code) } else { payload == nil ? .repeated : .opened }
            onLine(
                describe(
                    InboxResult(
                        messageId: id, kind: payload?.kind.rawValue, fields: payload.map { fieldNames(of: $0.fields) } ?? [],
                        taskId: payload?.task?.taskId, outcome: outcome, items: payload?.meeting?.items.count,
                        notice: payload?.notice?.code, state: nil)) + " pushed")
            return reception
        }
    }
    let lastTurn = LastTurn()
    var listeners: [Listening] = []
    defer { for listener in listeners { listener.end() } }
    do throws(PartnerFault) {
        if let endpoint { listeners.append(try await Listening.start(at: endpoint.address) { try await endpoint.run(onListening: $0) }) }
        if let port = listeners.first?.port { onLine("listening \(port)") }
        if let page {
            let pages = PartnerPage(
                identity: identity, client: client, here: taking.here, unacknowledged: taking.unacknowledged, recalls: taking.recalls,
                address: page, lastTurn: lastTurn,
                onAnswer: { await taking.settle($0, inbox: inbox, client: client) },
                onAcknowledged: { for line in await taking.unacknowledged?.settle(inbox: inbox, client: client) ?? [] { onLine(line) } })
            let listener = try await Listening.start(at: page) { try await pages.run(onListening: $0) }
            listeners.append(listener)
            onLine("page \(pages.entrance(port: listener.port))")
        }
    } catch {
        await client.close()
        throw error
    }
    var well = true
    var lines = TurnLines()
    var failure: PartnerFault?
    let wait = once || listen != nil ? 0 : min(everySeconds, ExchangeClient.longestWait)
    repeat {
        var pause = everySeconds
        do throws(PartnerFault) {
            let results = try await inbox.pull(waitSeconds: wait)
            lastTurn.took(results)
            if failure != nil { onLine("inbox answers again") }
            failure = nil
            for line in lines.lines(results) { onLine(line) }
            well = results.allSatisfy(\.isSound)
            for line in await taking.turn(inbox: inbox, client: client) { onLine(line) }
            if acceptTasks {
                let accepted = await client.acceptReceivedTasks()
                for line in accepted.lines { onLine(line) }
                well = well && accepted.isSound
            }
            // What came was settled, or the wait is over: the exchange answers the next turn as soon as something is there.
            // What waits for a person is answered at once as well, and is not asked after again at once.
            if well, !results.contains(where: { $0.outcome == .waiting }) { pause -= wait }
        } catch {
            guard !once else {
                await client.close()
                throw error
            }
            well = false
            lastTurn.failed(error)
            if error != failure { onLine("inbox failed: \(error.code): \(error)") }
            failure = error
        }
        // cancelling ends the loop between two turns, never within one
        if !once, (try? await ContinuousClock().sleep(for: .seconds(pause))) == nil { break }
    } while !once && !Task.isCancelled
    await client.close()
    await filing?.close()
    return well
}

/// The lines of each turn: of what waits or failed one, and another when that changes.
struct TurnLines {
    private var said: [String: InboxResult.Outcome] = [:]

    mutating func lines(_ results: [InboxResult]) -> [String] {
        let before = said
        said = [:]
        var lines: [String] = []
        for result in results {
            if !result.isSettled {
                said[result.messageId] = result.outcome
                guard before[result.messageId] != result.outcome else { continue }
            }
            lines.append(describe(result))
            if case .failed(let fault) = result.outcome { lines.append("\(result.messageId) failed: \(fault)") }
        }
        return lines
    }
}

/// One line: id, kind, names of fields, what became of it; of an invitation the number of items, of a notice its code.
func describe(_ result: InboxResult) -> String {
    var words = [result.messageId, result.kind ?? "-", result.fields.isEmpty ? "-" : result.fields.joined(separator: ",")]
    switch result.outcome {
    case .opened: words.append("opened")
    case .refused(let code): words.append("refused:\(code)")
    case .repeated: words.append("repeated")
    case .ended: words.append("ended")
    case .waiting: words.append("waiting")
    case .failed(let fault): words.append("failed:\(fault.code)")
    }
    if let items = result.items { words.append("items=\(items)") }
    if let notice = result.notice { words.append("notice=\(notice)") }
    if let state = result.state { words.append("state=\(state)") }
    return words.joined(separator: " ")
}

extension InboxResult {
    /// Whether it is over; what is not comes again at the next turn.
    fileprivate var isSettled: Bool {
        switch outcome {
        case .waiting, .failed: false
        case .opened, .refused, .repeated, .ended: true
        }
    }
    fileprivate var isSound: Bool { [.opened, .repeated, .ended, .waiting].contains(outcome) }
}

/// The names of the fields in a message (contract §5), in the order of their groups; no values.
public func fieldNames(of fields: JSONObject) -> [String] {
    var names: [String] = []
    func add(_ name: String) { if !names.contains(name) { names.append(name) } }
    let persons = [JSONValue.object(fields)] + (fields["others"]?.arrayValue ?? [])
    for group in ["identification", "contact"] {
        for person in persons { for member in person[group]?.objectValue?.names ?? [] { add("\(group).\(member)") } }
    }
    if fields["household"] != nil { add("household.members") }
    for domain in fields["domains"]?.objectValue?.members ?? [] {
        for said in domain.value.objectValue?.names ?? [] { add("domains.\(domain.name).\(said)") }
    }
    for name in ["health", "offences", "freeText"] where fields[name] != nil { add(name) }
    return names
}
