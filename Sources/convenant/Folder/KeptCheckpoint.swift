import AuditTrail
import Foundation
import Storage
import StrictJSON

/// A checkpoint that somebody else kept, in a file that the user named.
struct KeptCheckpoint {
    /// The signed note, as it was signed.
    let note: String
    private let path: String
    private let origin: String

    /// Reads a file that holds a note, or the JSON in which `GET /v1/log/checkpoint` answers.
    ///
    /// Line ends, and blank lines before and behind, are made what was signed: they change where a text is copied.
    /// - Throws: exit code 65 when there is none in it.
    init(_ path: String) throws {
        let bytes = try readInput(path, what: "the checkpoint")
        let text = (try? parseJSON(bytes))?["note"]?.stringValue ?? String(decoding: bytes, as: UTF8.self)
        let lines = text.replacingOccurrences(of: "\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
        note = lines + "\n"
        guard let origin = Checkpoint.claimedOrigin(note) else {
            throw fail(
                "`\(path)` holds no checkpoint (hint: five lines, the first `convenant/OIN/YEAR`, or the answer of GET /v1/log/checkpoint)",
                Exit.badInput)
        }
        self.origin = origin
        self.path = path
    }

    /// Refuses one of another log, which says nothing of this one.
    /// - Throws: exit code 65.
    func demandLog(of folder: DataFolder) throws {
        let oin = try Settings(folder: folder).municipality.oin.description
        let year = origin.split(separator: "/").dropFirst(2).first.flatMap { Int($0) }
        let ours = year.map { checkpointOrigin(oin: oin, year: $0, simulated: Assembly.isSimulated(folder)) }
        guard origin == ours else {
            throw fail(
                "`\(path)` is a checkpoint of another log, `\(origin)` (hint: those of this one begin with `convenant/\(oin)/`"
                    + "\(Assembly.isSimulated(folder) ? " and end in `/simulated`" : ""))", Exit.badInput)
        }
    }
}
