import PartnerTrust

extension ExchangeClient {
    /// Accepts every task of this partner that is received, and that nobody has said more of; gives a line for each, and whether all went well.
    ///
    /// The exchange is asked each time what is to be accepted, and nothing of it is kept here: so nothing is forgotten when a process ends between
    /// the receipt and this, or the exchange does not answer.
    func acceptReceivedTasks() async -> (lines: [String], isSound: Bool) {
        let received: [String]
        do throws(PartnerFault) {
            received = try await whole { after throws(PartnerFault) in try await tasks(state: "received", after: after, limit: 200) }
                .compactMap(\.taskId)
        } catch {
            return (["tasks failed:\(error.code)"], false)
        }
        var lines: [String] = []
        var isSound = true
        for task in received {
            do throws(PartnerFault) {
                let standing = try await moveTask(task, to: "accepted", idempotencyKey: hexadecimal(randomBytes(16)))
                lines.append("task \(task) \(standing.state ?? "moved")")
            } catch {
                // Meanwhile somebody else has moved it, or the municipality took it back.
                if case .answered(409, _, _) = error { continue }
                lines.append("task \(task) failed:\(error.code)")
                isSound = false
            }
        }
        return (lines, isSound)
    }
}
