import JOSE
import StrictJSON

/// Between two nodes: files every referral that arrives from one as a signal at the other, a desk of one's own, and tells the sender's task
/// how the signal stands there. Call ``close()`` when done.
///
/// It files with an account of the role `intermediary` in the name of the sending organisation, so the desk's gate decides at its entrance
/// whether that organisation may disclose this, under the desk's own covenants. Such an account sees the status of what it filed and nothing
/// else, so nothing else can be told.
public actor DeskFiling {
    private let client: DeskClient
    private let folder: String

    /// - Parameters:
    ///   - desk: the staff listener, such as `https://desk.example:8444`. The folder holds `desk-password` and `desk-roots.pem`.
    ///   - account: the account's name.
    /// - Throws: `missing`, `permissions`, `unusable`, `notAnAddress`, `notStored`.
    public init(identity: PartnerIdentity, desk: String, account: String) throws(PartnerFault) {
        client = try DeskClient(folder: identity.folder, desk: desk, account: account)
        folder = try identity.folder.makeFolder("filed")
    }

    public func close() async { await client.close() }

    /// Files a referral once; the code with which the desk refuses it, or nil.
    ///
    /// Throws what may be otherwise later: then no receipt is given. A second time with the same id is the same signal: by the signal's id in the
    /// record on this disk, and before it is there by the idempotency key, which the desk keeps for 24 hours.
    func file(_ payload: MessagePayload) async throws(PartnerFault) -> String? {
        let known = contents(of: path(payload.messageId))
        if let known, (try? parseJSON(known))?["signalId"] != nil { return nil }
        // From before it is asked: the answer may be lost, and a recall that comes then must not find that nothing is here.
        if known == nil { try writeDurably(JSONValue.object([:]).canonicalBytes(), to: folder, payload.messageId + ".json") }
        let filed: JSONValue
        do throws(PartnerFault) {
            filed = try await client.send(
                .POST, "/v1/signals", body: signal(of: payload), key: payload.messageId)
        } catch {
            // what the desk will not take tomorrow either is a refusal; everything else comes again
            guard case .answered(let status, let code, _) = error, [400, 413, 422].contains(status), code != "policy-incomplete" else {
                throw error
            }
            _ = try removeFiles([payload.messageId], from: folder, suffix: ".json")
            return code
        }
        guard let id = filed["signalId"]?.stringValue, isUUID(id) else { throw .unexpectedAnswer("a signal without its id") }
        // without the persons nobody there can help them; the sender's desk must know
        guard filed["outcome"] == "accepted" else { return "filed-without-identity" }
        var record: JSONObject = ["signalId": .string(id), "told": "received"]
        record["taskId"] = payload.task.map { .string($0.taskId) }
        try writeDurably(JSONValue.object(record).canonicalBytes(), to: folder, payload.messageId + ".json")
        return nil
    }

    /// Looks how each signal stands and moves the sender's task along: picked up is accepted, closed is completed. Gives a line a move.
    func follow(with exchange: ExchangeClient) async -> [String] {
        var lines: [String] = []
        for message in namesOfFiles(in: folder, suffix: ".json").sorted() {
            do throws(PartnerFault) {
                if let line = try await follow(message, with: exchange) { lines.append(line) }
            } catch {
                lines.append("\(message) following failed: \(error.code)")
            }
        }
        return lines
    }

    private func follow(_ message: String, with exchange: ExchangeClient) async throws(PartnerFault) -> String? {
        guard let bytes = contents(of: path(message)), var record = (try? parseJSON(bytes))?.objectValue,
            let signal = record["signalId"]?.stringValue, let task = record["taskId"]?.stringValue, record["told"] != "completed"
        else { return nil }
        let status = try await client.send(.GET, "/v1/signals/\(signal)")["status"]?.stringValue
        var told = record["told"]?.stringValue ?? ""
        for (at, state) in [(["pickedUp", "closed"], "accepted"), (["closed"], "completed")] {
            guard let status, at.contains(status), told == "received" || state == "completed" else { continue }
            _ = try await exchange.moveTask(task, to: state, idempotencyKey: "\(task).\(state)")
            told = state
            record["told"] = .string(state)
            try writeDurably(JSONValue.object(record).canonicalBytes(), to: folder, message + ".json")
        }
        return JSONValue.object(record).canonicalBytes() == bytes ? nil : "task \(task) \(told)"
    }

    private func path(_ message: String) -> String { "\(folder)/\(message).json" }
}
