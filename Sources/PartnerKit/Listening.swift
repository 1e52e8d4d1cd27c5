/// A listener that runs in a task of its own.
struct Listening: Sendable {
    /// The real port.
    let port: Int
    private let task: Task<Void, Never>

    func end() { task.cancel() }

    /// Starts a listener and comes back when it listens. Throws `notListening` when it ended before that, as at a port that is taken.
    static func start(
        at address: EndpointAddress, _ run: @escaping @Sendable (@escaping @Sendable (Int) -> Void) async throws -> Void
    ) async throws(PartnerFault) -> Listening {
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let task = Task {
            try? await run { found.yield($0) }
            found.finish()
        }
        for await port in ports { return Listening(port: port, task: task) }
        throw .notListening("\(address.host):\(address.port)")
    }
}
