import AuditTrail
import Storage

/// What verification of a folder's log found.
struct LogVerdict {
    let isIntact: Bool
    let text: String

    /// Reads and checks the log of a folder, also while a daemon writes to it.
    /// - Parameter index: whether the index is compared too; that of restored data names persons who were erased since.
    static func of(_ folder: DataFolder, outside: [String] = [], index: Bool = true) throws -> LogVerdict {
        let settings = try Settings(folder: folder)
        let verifier = TrailVerifier(
            oin: settings.municipality.oin.description, simulated: Assembly.isSimulated(folder),
            publicKeys: [try CheckedLog.checkpointKey(of: folder)], outside: outside)
        do {
            let reader = try TrailReader(folder)
            let (report, derived) = try reader.verify(verifier)
            return LogVerdict(report, derived: derived, index: index ? try reader.verifyIndex() : nil)
        } catch { throw Assembly.failure(error) }
    }

    /// Checks the newest checkpoint of each year alone: its signature, and that the last entry which it counts is there.
    static func quick(_ folder: DataFolder) throws -> LogVerdict {
        var total: UInt64 = 0
        do {
            let settings = try Settings(folder: folder)
            let key = try CheckedLog.checkpointKey(of: folder)
            let reader = try TrailReader(folder)
            for note in try reader.checkpoints() {
                guard let size = CheckedLog.checkpoint(note, key: key, settings: settings)?.size else {
                    return LogVerdict(isIntact: false, text: "a checkpoint is not signed by this log")
                }
                total += size
            }
            let tail = try reader.entries(after: Int64(total) - 1, limit: 2)
            // A daemon may have appended since its checkpoint was read.
            let isIntact = total == 0 || !tail.isEmpty
            return LogVerdict(isIntact: isIntact, text: isIntact ? "\(total) entries" : "the log and its checkpoint differ in length")
        } catch let fault as StoreFault { throw Assembly.failure(fault) }
    }

    private init(isIntact: Bool, text: String) {
        self.isIntact = isIntact
        self.text = text
    }

    private init(_ report: TrailReport, derived: [DerivedFault], index: IndexReport?) {
        let derived = derived + (index?.faults ?? [])
        var lines = report.faults.map { fault in
            "FAULT \(fault.code.rawValue)\(fault.seqs.map { " entries \($0.lowerBound)-\($0.upperBound)" } ?? ""): \(fault.detail)"
        }
        lines += derived.map { "FAULT \($0.code.rawValue)\($0.seq.map { " entry \($0)" } ?? ""): \($0.detail)" }
        isIntact = report.isIntact && derived.isEmpty
        if let index, index.unnamed > 0 {
            let reasons = index.erasures.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            lines.append(
                "\(index.unnamed) entries name somebody, or a household, to whom no key leads any more; erased: \(reasons.isEmpty ? "nobody" : reasons)"
            )
        }
        let years = report.shards.count == 1 ? "1 year" : "\(report.shards.count) years"
        lines.append(
            isIntact
                ? "log intact: \(report.entries) entries, \(years), every leaf, tile, checkpoint and index row as it must be"
                : "LOG NOT INTACT: \(report.faultCount + derived.count) faults in \(report.entries) entries")
        text = lines.joined(separator: "\n")
    }
}
