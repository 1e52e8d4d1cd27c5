import Crypto
import Foundation
import JOSE
import StrictJSON

/// The parts that an accepted referral cannot do without, each alone on one core: microseconds of processor time.
struct FloorParts {
    /// Reading and writing a document of 3.2 KiB.
    let json: Double
    /// Signing with ES256 and sealing on P-256 what is 3.2 KiB long.
    let sealing: Double
    /// A durable row of 6 KiB, ten of them a commit.
    let row: Double
    /// A leaf of the log's tree, and the node that it makes on the average.
    let leaf: Double

    /// - Parameter https: what an answer of the bare server cost in this run.
    func total(https: Double) -> Double { https + json + sealing + row + leaf }

    static func measure(in folder: String) throws -> FloorParts {
        let text = Array(TownPolicies.signal.utf8)
        let json = try each(2_000) { _ in _ = try parseJSON(text).canonicalBytes() }
        let signing = try ES256SigningKey.generate()
        let recipient = try AgreementPrivateKey.generate(.p256).publicKey
        let sealing = try each(1_000) { _ in
            let signed = try JWS.sign(payload: text, typ: MessageType.signed, key: signing)
            _ = try JWE.seal(signed, to: recipient, typ: MessageType.sealed, cty: MessageType.signed)
        }
        let leaf = try each(20_000) { _ in
            var hash = SHA256()
            hash.update(data: [0] + text.prefix(800))
            let digest = Array(hash.finalize())
            var node = SHA256()
            node.update(data: [1] + digest + digest)
            _ = node.finalize()
        }
        return FloorParts(json: json, sealing: sealing, row: try rows(in: folder), leaf: leaf)
    }

    private static func rows(in folder: String) throws -> Double {
        let database = try Database(folder + "/floor.sqlite")
        try database.run(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            CREATE TABLE message (id BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID
            """)
        let insert = try database.prepare("INSERT INTO message VALUES (?, ?)")
        let body = [UInt8](repeating: 7, count: 6 * 1024)
        return try each(5_000) { number in
            if number % 10 == 0 { try database.run("BEGIN IMMEDIATE") }
            // In time order, as a UUIDv7 is.
            insert.bind(withUnsafeBytes(of: UInt64(number).bigEndian, Array.init) + [UInt8](repeating: 3, count: 8), at: 1)
            insert.bind(body, at: 2)
            _ = try insert.step()
            if number % 10 == 9 { try database.run("COMMIT") }
        }
    }

    /// Microseconds of this thread's processor time for each turn.
    private static func each(_ turns: Int, _ body: (Int) throws -> Void) throws -> Double {
        let before = threadMicroseconds()
        for number in 0..<turns { try body(number) }
        return (threadMicroseconds() - before) / Double(turns)
    }

    private static func threadMicroseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1_000_000 + Double(time.tv_nsec) / 1000
    }
}
