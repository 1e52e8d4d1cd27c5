import AsyncHTTPClient
import Foundation
import NIOCore
import StrictJSON
import Synchronization

/// A write as it is sent, and sent again with the same idempotency key.
struct Write: Sendable, Hashable {
    enum Kind: Hashable, Sendable { case signal, referral, withdrawal(consent: String) }
    let kind: Kind
    let key: String
    let body: [UInt8]
    var path: String {
        switch kind {
        case .signal: "/v1/signals"
        case .referral: "/v1/referrals"
        case .withdrawal(let consent): "/v1/consents/\(consent)/withdrawal"
        }
    }
}

/// What clients know of the writes on one data folder: what was answered yes, what no, and what not at all.
final class WriteLoad: Sendable {
    struct Book {
        /// The answers 201, and 200 to a withdrawal, each under its write.
        var accepted: [Write: JSONValue] = [:]
        /// Answered 503 `not-durable`: may have had no effect.
        var refused: [Write] = []
        /// Sent and never answered: may have had its effect, or not.
        var unanswered: [Write] = []
        /// Statuses that no client should ever see here.
        var strange: [String] = []
    }

    private let book = Mutex(Book())
    private let counter = Mutex(0)
    private let filer: String
    private let manager: String
    private let cases: [OpenCase]
    /// Cases on which nothing is written but by ``withdraw(on:from:)``.
    let withdrawing: [OpenCase]
    private let households: [Household]
    private let label = UUID().uuidString

    /// Signs in, and opens the cases on which to refer. The sessions outlive the daemon.
    init(_ daemon: TestDaemon, cases count: Int = 4, withdrawing: Int = 0) async throws {
        filer = try await daemon.token("intermediary-1")
        manager = try await daemon.token("case-manager-1")
        var cases: [OpenCase] = []
        for _ in 0..<count + withdrawing { cases.append(try await daemon.openCase()) }
        self.cases = Array(cases.prefix(count))
        self.withdrawing = Array(cases.suffix(withdrawing))
        households = (0..<16).map { _ in Household() }
    }

    var current: Book { book.withLock { $0 } }

    /// A copy for another folder that was copied from the first one.
    init(_ other: WriteLoad) {
        (filer, manager, cases, withdrawing, households) = (other.filer, other.manager, other.cases, other.withdrawing, other.households)
    }

    /// Every client sends one write after another until the task is cancelled, a write is not answered, or one is refused.
    func write(on daemon: TestDaemon, clients: Int) async throws {
        let http = try Self.client(daemon, connections: clients)
        await withTaskGroup(of: Void.self) { group in
            for client in 0..<clients {
                group.addTask {
                    while !Task.isCancelled {
                        let write = self.next(client)
                        guard await self.send(write, to: daemon, http) else { return }
                        if !self.current.refused.isEmpty { return }
                    }
                }
            }
        }
        try await http.shutdown()
    }

    /// Sends again, all at once, what was not answered or was refused; each must be accepted now.
    func resend(to daemon: TestDaemon) async throws {
        let writes = book.withLock { book in
            defer { (book.unanswered, book.refused) = ([], []) }
            return book.unanswered + book.refused
        }
        // Some that were accepted as well: they must be answered as before.
        let known = current.accepted.prefix(8)
        let http = try Self.client(daemon, connections: 16)
        await withTaskGroup(of: Void.self) { group in
            for write in writes + known.map(\.key) { group.addTask { _ = await self.send(write, to: daemon, http) } }
        }
        try await http.shutdown()
        let now = current
        guard now.unanswered.isEmpty, now.refused.isEmpty, now.strange.isEmpty else {
            throw Trouble("sent again: \(now.unanswered.count) unanswered, \(now.refused.count) refused, strange: \(now.strange)")
        }
    }

    /// One referral, whatever comes of it.
    func writeOne(on daemon: TestDaemon) async throws {
        let http = try Self.client(daemon, connections: 1)
        _ = await send(next(0), to: daemon, http)
        try await http.shutdown()
    }

    /// Refers a few times on a case of ``withdrawing``, then withdraws the consent on which that rested; stops where nothing is answered.
    func withdraw(on open: OpenCase, from daemon: TestDaemon) async throws {
        let http = try Self.client(daemon, connections: 1)
        var answered = true
        for number in 0..<2 where answered {
            answered = await send(
                Write(kind: .referral, key: "\(label)-\(open.casefile)-\(number)", body: open.referral().canonicalBytes()), to: daemon, http
            )
        }
        if answered, let consent = open.consent(to: Town.debtHelp) {
            let body: JSONValue = ["how": "telephone"]
            let write = Write(kind: .withdrawal(consent: consent), key: "\(label)-\(open.casefile)-no", body: body.canonicalBytes())
            _ = await send(write, to: daemon, http)
        }
        try await http.shutdown()
    }

    /// One write after another until five in a row are refused; whether that came to pass.
    func fillUp(_ daemon: TestDaemon) async throws -> Bool {
        let http = try Self.client(daemon, connections: 1)
        var refusals = 0
        for _ in 0..<400 where refusals < 5 {
            let before = current.accepted.count
            guard await send(next(0), to: daemon, http) else { break }
            refusals = current.accepted.count > before ? 0 : refusals + 1
        }
        try await http.shutdown()
        return refusals == 5
    }

    /// Compares everything that was ever accepted with the folder, by a program of another language.
    /// - Parameter known: what must be there, when it is not everything.
    func check(_ folder: TestFolder, atLeast known: [Write: JSONValue]? = nil) async throws -> ProgramResult {
        let accepted = known ?? current.accepted
        let filed = accepted.filter { $0.key.kind == .signal }.map { $0.value["signalId"] ?? .null }
        let signals = cases.map { JSONValue.string($0.signal) } + filed
        let later = withdrawing.map { JSONValue.string($0.signal) }
        let referrals = accepted.filter { $0.key.kind == .referral }.map { answer -> JSONValue in
            var ids = JSONObject()
            for name in ["referralId", "messageId", "taskId"] { ids[name] = answer.value[name] ?? .null }
            return .object(ids)
        }
        let effects: JSONValue = [
            "signals": .array(signals + later), "referrals": .array(referrals), "atLeast": .bool(known != nil),
        ]
        return try await run(
            "/usr/bin/env", ["python3", Checkout.interop + "/check_effects.py", folder.data], input: Data(effects.canonicalBytes()))
    }

    /// A client with so many connections of its own.
    static func client(_ daemon: TestDaemon, connections: Int) throws -> HTTPClient {
        var configuration = HTTPClient.Configuration(tlsConfiguration: try TestDaemon.trusting(daemon.folder))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        configuration.timeout.connect = .seconds(20)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private func next(_ client: Int) -> Write {
        let number = counter.withLock { counter in
            counter += 1
            return counter
        }
        let refers = client % 2 == 0
        let body = refers ? cases[number % cases.count].referral() : households[number % households.count].signal()
        return Write(kind: refers ? .referral : .signal, key: "\(label)-\(number)", body: body.canonicalBytes())
    }

    /// Whether it was answered.
    private func send(_ write: Write, to daemon: TestDaemon, _ http: HTTPClient) async -> Bool {
        let headers = ["Authorization": "Bearer \(write.kind == .signal ? filer : manager)", "Idempotency-Key": write.key]
        do {
            let answer = try await daemon.send(http, "https://localhost:\(daemon.staff)\(write.path)", .POST, write.body, headers: headers)
            book.withLock { book in
                switch (answer.status, answer.code) {
                case (201, _), (200, _):
                    if let earlier = book.accepted[write], earlier != answer.json { book.strange.append("another answer to the same key") }
                    book.accepted[write] = answer.json
                case (503, "not-durable"?): book.refused.append(write)
                default: book.strange.append("\(answer.status) \(answer.code ?? "")")
                }
            }
            return true
        } catch {
            book.withLock { $0.unanswered.append(write) }
            return false
        }
    }
}
