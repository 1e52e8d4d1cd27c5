import AuditTrail
import Casework
import Crypto
import Foundation
import Synchronization
import Testing

@testable import Storage

/// A data folder of its own, gone when the test ends.
final class TestFolder: Sendable {
    let folder: DataFolder
    let key = Curve25519.Signing.PrivateKey()
    let organisation: OrganisationNumber
    private let counter = Atomic<UInt64>(1)

    init() throws {
        let path = NSTemporaryDirectory() + "/convenant-storage-" + UUID().uuidString
        folder = DataFolder(path: path.replacing("//", with: "/"))
        organisation = try #require(OrganisationNumber("00000099000000001000"))
        try folder.create()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.path) }

    func id<Kind>(_ kind: Identifier<Kind>.Type = Identifier<Kind>.self) -> Identifier<Kind> {
        Identifier(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 + counter.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    func store(_ lock: RunLock? = nil, simulated: Bool = false, maximumPages: Int? = nil) throws -> Store {
        let signer = TrailSigner(organisation: organisation, simulated: simulated, key: key)
        let home = TrailState.Home(signer: signer, newEntryID: { self.id() })
        return try Store(lock ?? RunLock(folder), home: home, maximumPages: maximumPages)
    }

    func vault(_ lock: RunLock, above highest: Int64 = 0) async throws -> KeyVault {
        try await KeyVault.open(lock, above: highest, at: Instant(millisecondsSince1970: 1_000))
    }

    /// An entry of 2026, or of another year.
    func entry(
        year: Int = 2026, id: EntryID? = nil, event: AuditEvent = .signalFiled, subjects: [String] = [], casefile: String? = nil,
        refs: [AuditReference: String] = [:], facts: [String: AuditFact] = [:]
    ) -> EncodedEntry {
        let at = Int64(year - 1970) * 31_556_952_000 + 86_400_000 * 30
        return AuditEntry(
            id: (id ?? self.id()).description, at: at, event: event, actor: AuditActor(kind: .daemon), subjects: subjects,
            casefile: casefile,
            refs: refs, facts: facts
        ).encoded()
    }

    /// What the verifier says of what the disk holds.
    func verify() throws -> (report: TrailReport, derived: [DerivedFault]) {
        let verifier = TrailVerifier(oin: organisation.description, simulated: false, publicKeys: [key.publicKey])
        return try TrailReader(folder).verify(verifier)
    }
}

extension Committed {
    /// The value, or a failed test when it was stale.
    func value(_ location: SourceLocation = #_sourceLocation) throws -> Value {
        guard case .done(let value) = self else { throw Unexpected() }
        return value
    }
}

/// Counts what concurrent tasks were answered.
final class Tally: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    func add(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }
    subscript(_ name: String) -> Int { counts.withLock { $0[name] ?? 0 } }
    var names: Set<String> { counts.withLock { Set($0.keys) } }
}

/// A failure that no test expects.
struct Unexpected: Error {}

extension Store {
    /// Runs SQL in a commit.
    func execute(_ sql: String, _ values: [SQLValue] = []) async throws(StoreFault) {
        _ = try await commit { try $0.run(sql, values) }
    }

    /// A number a query gives.
    func number(_ sql: String, _ values: [SQLValue] = []) throws -> Int64 {
        try snapshot { try $0.first(sql, values)?.integer("n") ?? -1 }
    }
}
