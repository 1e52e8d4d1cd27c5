import Casework
import ConvenantTestSupport
import Dispatch
import Exchange
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import StrictJSON
import Synchronization
import Testing

@testable import Wire

@Suite("where a connection may go", .serialized, .timeLimit(.minutes(5)))
struct AddressTests {
    private func find(_ endpoint: String, _ found: [[UInt8]], _ hosts: PrivateHosts) async -> [String] {
        do throws(NoAddress) {
            return try await findAddresses(of: endpoint, resolve: { _ in found.compactMap { HostAddress(bytes: $0) } }) { hosts.allows($0) }
                .map(\.text)
        } catch { return [error.rawValue] }
    }

    @Test("a name is followed only to addresses that may be connected to, and to none when there is no other")
    func names() async {
        let (outside, inside): ([UInt8], [UInt8]) = ([93, 184, 216, 34], [10, 0, 0, 7])
        #expect(await find("https://a.example/in", [inside, outside], false) == ["93.184.216.34"])
        #expect(await find("https://a.example/in", [inside], false) == ["address-refused"])
        #expect(await find("https://a.example/in", [inside], "10.0.0.0/8") == ["10.0.0.7"])
        #expect(await find("https://a.example/in", [], true) == ["name-unknown"])
        let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xff, 0xff, 127, 0, 0, 1]
        #expect(await find("https://a.example/in", [mapped, Array(repeating: 0, count: 15) + [1]], false) == ["address-refused"])
    }

    @Test("a look-up that waits keeps nobody else waiting, and is made once for all who ask for that name")
    func slowName() async {
        let released = DispatchSemaphore(value: 0)
        let asked = Mutex<[String]>([])
        let lookUps = LookUps { host in
            asked.withLock { $0.append(host) }
            if host == "slow.example" { released.wait() }
            return HostAddress(bytes: [192, 0, 2, 7]).map { [$0] } ?? []
        }
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<64 { group.addTask { await lookUps.addresses(of: "slow.example").count } }
            // Each of these needs a thread of the tasks' own.
            for place in 0..<64 { #expect(await lookUps.addresses(of: "\(place).example").count == 1) }
            while asked.withLock({ !$0.contains("slow.example") }) { await Task.yield() }
            released.signal()
            #expect(await group.reduce(0, +) == 64)
        }
        #expect(asked.withLock { $0.count { $0 == "slow.example" } } == 1)
    }

    @Test("the system's resolver knows this machine by its name, and reads addresses")
    func system() async {
        let found = await resolveBySystem("localhost").map(\.text)
        #expect(!found.isEmpty && found.allSatisfy { $0 == "127.0.0.1" || $0 == "::1" })
        #expect(await resolveBySystem("192.0.2.7").map(\.text) == ["192.0.2.7"])
        #expect(await resolveBySystem("2001:db8::1").map(\.text) == ["2001:db8::1"])
        #expect(await resolveBySystem("nothing.invalid").isEmpty)
    }

    /// Pushes one referral to a server at the end of the name; what became of the attempt, and what the server got.
    private func push(
        _ hosts: PrivateHosts, leadingTo addresses: [[UInt8]],
        _ check: @Sendable @escaping (SendingDesk, QueuedReferral, [String], [Sent]) async throws -> Void
    ) async throws {
        let sending = try await SendingDesk(privateHosts: hosts, leadingTo: addresses)
        let (debt, clock) = (sending.test.debt, sending.test.clock)
        let server = PartnerServer(debt) { sent in
            let id = sent.header("Convenant-Message-Id") ?? ""
            return Response(
                status: .ok, headers: [.contentType: "application/jose"],
                body: .init(byteBuffer: ByteBuffer(bytes: try debt.receipt(for: id, sent.body, at: clock.wall))))
        }
        try await serving {
            try server.application($0)
        } _: { port in
            try await sending.register(port: port)
            let filed = try await sending.test.openVisitedCase(by: sending.member)
            let queued = try await sending.test.refer(
                sending.test.referral(filed), by: sending.member, trace: TraceID(random: Array(1...16)))
            try await beside(Courier(desk: sending.test.desk, settings: sending.settings)) {
                try await check(sending, queued, sending.attempts(on: queued.message), server.all)
            }
        }
    }

    @Test("a name that leads to this machine is not followed: no byte leaves, and the attempt says why")
    func rebound() async throws {
        for hosts: PrivateHosts in [false, "10.0.0.0/8"] {
            try await push(hosts, leadingTo: [[127, 0, 0, 1]]) { sending, queued, attempts, sent in
                #expect(attempts == ["unreachable"] && sent.isEmpty)
                let ended = try sending.test.entries().last { $0.event == "attempt.ended" }
                #expect(ended?.facts["code"] == .text("address-refused"))
                #expect(try sending.test.state(of: queued.message) == "queued")
            }
        }
    }

    @Test(
        "where it is listed, the message goes to that address, for the host that was registered, in its trace; a dead address is passed over"
    )
    func listed() async throws {
        try await push("127.0.0.1, ::1", leadingTo: [[127, 0, 0, 77], Array(repeating: 0, count: 15) + [1], [127, 0, 0, 1]]) {
            sending, queued, attempts, sent in
            #expect(attempts == ["receipted"] && sent.count == 1)
            #expect(sent.first?.host?.hasPrefix(PartnerServer.name) == true)
            #expect(sent.first?.header("traceparent").flatMap { TraceID(traceparent: $0) } == TraceID(random: Array(1...16)))
            // They are counted just after the commit that ends the attempt.
            var text = sending.registry.prometheusText()
            for _ in 0..<500 where !text.contains("convenant_push_attempts_total") || !text.contains("convenant_receipts_total") {
                try await Task.sleep(for: .milliseconds(10))
                text = sending.registry.prometheusText()
            }
            #expect(text.contains("convenant_push_attempts_total{partner=\"\(sending.test.debt.oin)\",result=\"receipted\"} 1\n"))
            #expect(text.contains("convenant_receipts_total{partner=\"\(sending.test.debt.oin)\",result=\"opened\"} 1\n"))
        }
    }
}

/// Runs a body while a service works, and stops the service after it.
func beside(_ service: some Service, _ body: @Sendable @escaping () async throws -> Void) async throws {
    let group = ServiceGroup(configuration: .init(services: [service], logger: testSettings().logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        do { try await body() } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

extension PrivateHosts: ExpressibleByStringLiteral {
    /// As the setting writes it.
    public init(stringLiteral text: String) {
        guard let hosts = PrivateHosts(text) else { preconditionFailure("`\(text)` is no list of networks") }
        self = hosts
    }
}
