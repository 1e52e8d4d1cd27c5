import ArgumentParser
import AuditTrail
import Casework
import Crypto
import Exchange
import Foundation
import PolicyFiles
import Storage
import StrictJSON

/// `convenant restore`
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a data folder from a copy of the data and the copy of the keys.",
        discussion: """
            Example: convenant restore --from /backup/data --keys /safe/keys --data /var/lib/convenant

            Checked before it is accepted: every file, that both are of one exchange, the log, and the seal of every message that waits. Who was
            erased, which consents were withdrawn, which messages were received and which certificates were revoked since the data were copied
            is taken from the keys. Accounts and partners are as they were in the copy. What was told to the desk since, and is in neither copy,
            must be entered again; then `convenant resume` lets messages go. A partner that has a message already knows it by its id.

            It needs no folder of policies: the copy of the data holds what was in force. `convenant serve` needs it, and it is in no copy.

            --keys also takes a data folder whose keys are whole, when only its database was lost: then nothing that ended is forgotten.
            """)
    @OptionGroup var folder: FolderOption
    @Option(help: ArgumentHelp("The copy of the data, or the folder of several: the newest is taken.", valueName: "folder")) var from:
        String
    @Option(help: ArgumentHelp("The copy of the keys, or a data folder whose keys are whole.", valueName: "folder")) var keys: String
    @Option(help: ArgumentHelp("A checkpoint that somebody else kept: it shows how much of the log is lost.", valueName: "file"))
    var checkpoint: [String] = []

    func run() async throws {
        let kept = try checkpoint.map(KeptCheckpoint.init)
        let restored: RestoredFolder
        let bar = ProgressBar("bytes")
        do {
            defer { bar.end() }
            restored = try RestoredFolder.make(data: from, keys: keys, at: folder.folder.path) { bar.show(Int($0), of: Int($1)) }
        } catch let fault { throw fail(fault.description, Exit.code(of: fault, otherwise: Exit.refused)) }
        let done: JSONValue
        let lost: Int64
        do {
            for one in kept { try one.demandLog(of: restored.draft) }
            (done, lost) = try await check(restored, kept.map(\.note))
            try restored.accept()
        } catch {
            restored.discard()
            throw (error as? StoreFault).map { fail($0.description, Exit.code(of: $0, otherwise: Exit.refused)) } ?? error
        }
        print("restored \(restored.target) from data of \(restored.data.at.rfc3339)")
        for (name, what) in [
            ("erased", "persons erased since, erased again"), ("withdrawn", "consents withdrawn since, withdrawn again"),
            ("refused", "refusals recorded since, recorded again"),
            ("notRefused", "refusals by representatives recorded since, not recorded again: enter both"),
            ("closed", "messages received or ended since, told to the desk as delivery faults"),
            ("waiting", "messages wait, their seals hold"),
            ("notTold", "recalls and erasures wait, since nothing can be sealed for their partners now"),
        ] { print("  \(done[name]?.integerValue ?? 0) \(what)") }
        if lost > 0 {
            print("  \(lost) entries or more of the log are lost; the entry `daemon.restored` names the newest checkpoint known")
        }
        let since = done["gapFrom"]?.stringValue ?? restored.data.at.rfc3339
        say(
            "next: accounts disabled, partners removed and certificates replaced since \(since) count again: "
                + "see convenant staff list --data \(restored.target), convenant partner list --data \(restored.target)"
        )
        say("next: enter again what was told to the desk since \(since), then convenant resume --data \(restored.target)")
    }

    /// Checks log and seals, ends what had ended, and checks the log again.
    private func check(_ restored: RestoredFolder, _ notes: [String]) async throws -> (JSONValue, Int64) {
        let draft = restored.draft
        let known = try sort(notes, restored)
        try demandIntact(try LogVerdict.of(draft, outside: known.covered, index: false))
        let desk = try await Assembly.desk(
            try Assembly.lock(draft), settings: try Settings(folder: draft), policies: LoadedPolicies.kept(in: draft), world: .system(),
            simulated: Assembly.isSimulated(draft))
        let done: DeskAnswer
        do {
            done = try await desk.replayEndings(
                RestoreFacts(
                    dataAt: restored.data.at, keysAt: restored.keys?.at, newestCheckpoint: known.newest, entriesLost: known.lost))
        } catch { throw fail("the copy is not as it was written: \(error.code) (hint: take an older copy of the data)", Exit.refused) }
        await desk.close()
        try demandIntact(try LogVerdict.of(draft))
        return (done.body, known.lost)
    }

    private func demandIntact(_ verdict: LogVerdict) throws {
        guard verdict.isIntact else { throw fail(verdict.text, Exit.refused) }
    }

    /// Sorts the checkpoints that are known beside the data: those of what the restored log must hold, and the newest of those that count more
    /// than it, with how many entries more.
    private func sort(_ given: [String], _ restored: RestoredFolder) throws -> (covered: [String], newest: String?, lost: Int64) {
        let key = try CheckedLog.checkpointKey(of: restored.draft)
        func read(_ note: String) -> Checkpoint? {
            Checkpoint.claimedOrigin(note).flatMap {
                try? Checkpoint.open(note, publicKey: key, origin: $0, allowsCosignatures: true)
            }
        }
        func isNewer(_ checkpoint: Checkpoint, than other: Checkpoint?) -> Bool {
            // An origin ends in its year, so that of a later year sorts behind.
            checkpoint.origin == other?.origin ? checkpoint.size > other?.size ?? 0 : checkpoint.origin > other?.origin ?? ""
        }
        let copied = restored.data.checkpoint.flatMap(read)
        var newest = copied
        var found: (covered: [String], newest: String?, lost: Int64) = ([], nil, 0)
        for note in [restored.keys?.checkpoint].compactMap({ $0 }) + given {
            guard let checkpoint = read(note) else {
                throw fail("a checkpoint is not signed by this log (hint: take that of a message from this exchange)", Exit.refused)
            }
            guard isNewer(checkpoint, than: copied) else {
                found.covered.append(note)
                continue
            }
            guard isNewer(checkpoint, than: newest) else { continue }
            found.lost += Int64(checkpoint.size - (newest?.origin == checkpoint.origin ? newest?.size ?? 0 : 0))
            found.newest = note
            newest = checkpoint
        }
        return found
    }
}

/// `convenant resume`
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lets messages go again after a restore.",
        discussion: """
            Example: convenant resume --data /var/lib/convenant

            You say by it that withdrawals, refusals, objections and erasures which the desk was told since the copy of the data was made have
            been entered again. Each message is decided again as it goes.
            """)
    @OptionGroup var folder: FolderOption

    func run() async throws {
        let gap = try await DeskCommands.run("delivery.resume", [:], folder: folder.folder)
        print("messages go again; the gap was \(gap["from"]?.stringValue ?? "") to \(gap["until"]?.stringValue ?? "")")
    }
}
