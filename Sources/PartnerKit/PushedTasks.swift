import JOSE

/// Tasks of messages that were pushed and are still to be accepted.
///
/// The exchange takes the receipt from the answer, so at the moment of answering the task cannot be moved yet; the next turns do it.
actor PushedTasks {
    private var waiting: [(task: String, turns: Int)] = []

    func add(_ task: String) { waiting.append((task, 0)) }

    /// Accepts what can be accepted; gives a line for each task that is settled or given up.
    func accept(with client: ExchangeClient) async -> [String] {
        var lines: [String] = []
        let now = waiting
        waiting = []
        for (task, turns) in now {
            do throws(PartnerFault) {
                let standing = try await client.moveTask(task, to: "accepted", idempotencyKey: "\(task).accepted.\(turns)")
                lines.append("task \(task) \(standing.state ?? "moved")")
            } catch {
                if turns < 20 { waiting.append((task, turns + 1)) } else { lines.append("task \(task) failed:\(error.code)") }
            }
        }
        return lines
    }
}
