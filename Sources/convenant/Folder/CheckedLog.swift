import ArgumentParser
import AuditTrail
import Crypto
import Foundation
import Reporting
import Storage

/// Reads the entries of a log that its newest checkpoints sign, and checks them against these on the way.
enum CheckedLog {
    /// Gives every signed entry to `take`, in the order of the log.
    /// - Returns: the checkpoints, oldest first.
    /// - Throws: an exit code: 1 when entries and checkpoints do not fit, 78 when the key is missing.
    static func read(_ folder: DataFolder, settings: Settings, take: (RecordedEntry) -> Void) throws -> [ReportHead.LogState] {
        let key = try checkpointKey(of: folder)
        do {
            let reader = try TrailReader(folder)
            // The checkpoints first: entries are only ever added, so what these sign is there whatever a daemon writes meanwhile.
            let notes = try reader.checkpoints()
            let checkpoints = try notes.map { note in
                guard let checkpoint = Self.checkpoint(note, key: key, settings: settings) else { throw notIntact() }
                return checkpoint
            }
            try check(checkpoints, reader, take)
            return checkpoints.map { ReportHead.LogState(origin: $0.origin, size: $0.size, root: Data($0.root).base64EncodedString()) }
        } catch let fault as StoreFault { throw Assembly.failure(fault) }
    }

    /// The public key of a folder's log.
    /// - Throws: exit code 78 when it is missing or is none.
    static func checkpointKey(of folder: DataFolder) throws -> Curve25519.Signing.PublicKey {
        guard let raw = FileManager.default.contents(atPath: folder.checkpointKey),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw)
        else {
            throw fail(
                "`\(folder.checkpointKey)` cannot be used (hint: the log's key is needed to check its signatures)", Exit.configuration)
        }
        return key.publicKey
    }

    /// The checkpoint of a note, when this folder's log signed it with this key.
    static func checkpoint(_ note: String, key: Curve25519.Signing.PublicKey, settings: Settings) -> Checkpoint? {
        guard let origin = Checkpoint.claimedOrigin(note), origin.hasPrefix("convenant/\(settings.municipality.oin)/") else { return nil }
        return try? Checkpoint.open(note, publicKey: key, origin: origin)
    }

    private static func check(_ checkpoints: [Checkpoint], _ reader: TrailReader, _ take: (RecordedEntry) -> Void) throws {
        let total = checkpoints.reduce(0) { $0 + Int($1.size) }
        let bar = ProgressBar("entries")
        defer { bar.end() }
        var (page, place, after): ([StoredEntry], Int, Int64) = ([], 0, 0)
        for checkpoint in checkpoints {
            var tree = MerkleFrontier()
            while tree.size < checkpoint.size {
                if place == page.count {
                    (page, place) = (try reader.entries(after: after, limit: 1_000), 0)
                }
                guard place < page.count, let entry = try? RecordedEntry(reading: page[place].bytes) else { throw notIntact() }
                tree.append(leaf: leafHash(page[place].bytes))
                after = page[place].seq
                place += 1
                take(entry)
                bar.step(of: total)
            }
            guard tree.root == checkpoint.root else { throw notIntact() }
        }
    }

    private static func notIntact() -> ExitCode {
        fail("the log is not as its checkpoint signs it; no figures (hint: `convenant log verify` says where)", Exit.refused)
    }
}
