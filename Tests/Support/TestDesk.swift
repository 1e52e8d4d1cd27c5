import AuditTrail
import Casework
import Crypto
import Disclosure
import Exchange
import Foundation
import GRDB
import JOSE
import Metrics
import PartnerTrust
import PolicyFiles
import Sealing
import Storage
import StrictJSON
import Synchronization

/// A whole desk in a temporary folder: real SQLite, real keys, real certificates; gone when the test ends.
public final class TestDesk: Sendable {
    public let folder: DataFolder
    public let clock: TestClock
    /// When the machine's clock began.
    public let start: Instant
    public let municipality: Municipality
    /// Debt help, sealed to on P-256.
    public let debt: PartnerFixture
    /// Care, sealed to on X25519.
    public let care: PartnerFixture
    public let authority: CertificateAuthority
    public let secrets: DeskSecrets
    private let settings: DeskSettings
    private let metrics: any MetricsFactory
    private let living = Mutex<ReferralDesk?>(nil)

    /// The desk at work.
    public var desk: ReferralDesk {
        guard let desk = living.withLock({ $0 }) else { preconditionFailure("the desk is closed") }
        return desk
    }

    /// A new folder with an open desk and two registered partners, on Monday 23 November 2026 at ten; the case may live in another time.
    /// - Parameters:
    ///   - start: the machine's time; another one where TLS looks at certificates.
    ///   - metrics: where the desk counts.
    ///   - nlGov: the city's signing key for the NL GOV profile, where it has one.
    public init(
        _ policy: TestPolicy = TestPolicy(), calendar: Instant? = nil, start: Instant = Instant(millisecondsSince1970: 1_795_424_400_000),
        settings: DeskSettings = DeskSettings(scryptCost: 1 << 14), metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        nlGov: SigningKey? = nil
    ) async throws {
        self.start = start
        self.settings = settings
        self.metrics = metrics
        let now = start.millisecondsSince1970
        clock = TestClock(start)
        if let calendar { clock.setCalendar(calendar) }
        folder = DataFolder(path: (NSTemporaryDirectory() + "/convenant-desk-" + UUID().uuidString).replacing("//", with: "/"))
        try folder.create()
        guard let oin = OrganisationNumber("00000099000000001000") else { throw CocoaError(.coderInvalidValue) }
        municipality = Municipality(oin: oin, name: "Teststad")
        authority = try CertificateAuthority.makeRoot(
            commonName: "Test root", organisation: "Teststad", from: now - 2 * 86_400_000, until: now + 3650 * 86_400_000)
        debt = try PartnerFixture(policy.debtNumber, "Testschuldhulp", sealing: .p256, authority: authority, at: now)
        care = try PartnerFixture("00000099000000003000", "Testzorg", sealing: .x25519, authority: authority, at: now)
        secrets = DeskSecrets(
            signing: SigningKeys(HeldSigningKey(try .generate()), beside: nlGov.map { [HeldSigningKey($0)] } ?? []),
            logKey: Curve25519.Signing.PrivateKey(), staffHandleKey: SymmetricKey(size: .bits256))
        try await open(policy)
        for partner in [debt, care] {
            _ = try await desk.addPartner(
                oin: partner.oin, name: partner.name, certificatePEM: partner.certificate.pem, keys: partner.keys, endpoint: nil)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.path) }

    /// Opens the desk, with this policy in force.
    public func open(_ policy: TestPolicy = TestPolicy()) async throws {
        let now = clock.wall.millisecondsSince1970
        let list = try authority.revocationList([], number: now, thisUpdate: now - 60_000, nextUpdate: now + 30 * 86_400_000)
        let trust = try CertificateChecker(TrustAnchors(roots: authority.certificatePEM, lists: [list]))
        let desk = try await ReferralDesk.open(
            try await lock(), municipality: municipality, policies: policy.load(), world: clock.world,
            settings: settings, secrets: secrets, trust: trust, simulated: false, metrics: metrics)
        living.withLock { $0 = desk }
    }

    /// Lets go of the desk as a crash would: nothing is finished or told.
    public func crash() { living.withLock { $0 = nil } }

    /// The folder's lock; a desk that was let go holds it until its last task has ended.
    public func lock() async throws -> RunLock {
        for _ in 0..<200 {
            if let lock = try? RunLock(folder) { return lock }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try RunLock(folder)
    }

    /// Puts another policy in force.
    public func adopt(_ policy: TestPolicy) async throws { try await desk.adopt(policy.load()) }

    /// The keys by which partners verify what the city sends, read as a partner reads them.
    public func cityKeys() throws -> [JWK] {
        try (desk.publicKeys()["keys"]?.arrayValue ?? []).map { try JWK($0) }
    }

    /// An account, with its caller.
    public func staff(_ name: String, _ role: StaffRole, of organisation: OrganisationNumber? = nil) async throws -> Caller {
        _ = try await desk.addStaff(name: name, role: role, organisation: organisation)
        guard let bytes = try sql("SELECT id FROM account WHERE name = ?", [name]).first?["id"] as Data?, let id = AccountID(bytes: bytes)
        else {
            throw CocoaError(.coderValueNotFound)
        }
        return .staff(StaffMember(account: id, name: name, role: role, organisation: organisation ?? municipality.oin))
    }

    /// Runs SQL behind the program's back, in the desk's database or in another file.
    @discardableResult
    public func sql(_ text: String, _ arguments: StatementArguments = [], in path: String? = nil) throws -> [Row] {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path ?? folder.database, configuration: configuration)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { try Row.fetchAll($0, sql: text, arguments: arguments) }
    }

    /// A number that a query gives as its first column.
    public func number(_ text: String, _ arguments: StatementArguments = []) throws -> Int {
        try sql(text, arguments).first.flatMap { $0[0] as Int? } ?? -1
    }

    /// Every entry of the log, in order.
    public func entries() throws -> [RecordedEntry] {
        try TrailReader(folder).entries(after: 0, limit: 100_000).map { try RecordedEntry(reading: $0.bytes) }
    }

    /// The names of the events after this many entries.
    public func events(after count: Int = 0) throws -> [String] { try entries().dropFirst(count).map(\.event) }

    /// Whether the whole log verifies, also against checkpoints that others hold, and its index is what living keys make of it.
    public func logIsIntact(comparedWith outside: [String] = []) throws -> Bool {
        let verifier = TrailVerifier(
            oin: municipality.oin.description, simulated: false, publicKeys: [secrets.logKey.publicKey], outside: outside)
        let reader = try TrailReader(folder)
        let (report, derived) = try reader.verify(verifier)
        return try report.isIntact && derived.isEmpty && reader.verifyIndex().faults.isEmpty
    }

    /// How many open tasks stand without a deadline, or with one that is not theirs; always 0.
    public func tasksWithoutDeadline() throws -> Int {
        try number(
            """
            SELECT (SELECT count(*) FROM task LEFT JOIN open_task ON open_task.task = task.id
                WHERE task.state IN ('requested', 'received', 'accepted', 'onHold', 'inProgress')
                    AND (open_task.due_at IS NULL OR open_task.state <> task.state))
                + (SELECT count(*) FROM open_task JOIN task ON task.id = open_task.task WHERE task.state <> open_task.state)
            """)
    }
}
