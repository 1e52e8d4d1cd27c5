import ArgumentParser
import Casework
import Exchange
import Storage
import StrictJSON

/// `convenant backup`
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies the data, or the keys, while the daemon runs.",
        discussion: """
            Example: convenant backup --data /var/lib/convenant --to /backup/data
                     convenant backup --data /var/lib/convenant --keys --to /safe/keys

            Each copy of the data is a folder of its own. Of the keys there is one copy, which the next one replaces: an older one would
            bring back who was erased since. Keep the two on different disks, and copy the keys after the data and after each erasure.
            A running daemon is told of the copy and writes it to the log; without one nothing but the copy is made.
            """)
    @OptionGroup var folder: FolderOption
    @Option(help: ArgumentHelp("Where the copy goes: a folder for this part alone.", valueName: "folder")) var to: String
    @Flag(help: "Copy the keys, secrets, signing certificates and what was revoked, and not the data.") var keys = false

    func run() async throws {
        let folder = folder.folder
        let part: BackupPart = keys ? .keys : .data
        let now = World.system().wall()
        let bar = ProgressBar("bytes")
        let made: (path: String, manifest: BackupManifest)
        do {
            defer { bar.end() }
            made = try folder.backUp(part, to: to, at: now) { bar.show(Int($0), of: Int($1)) }
        } catch { throw fail(error.description, Exit.code(of: error, otherwise: Exit.refused)) }
        print(made.path)
        say("convenant: \(made.manifest.files.count) files, \(made.manifest.size) bytes")
        let noted = try DeskCommands.tellDaemon(
            "backup.made", ["part": .string(part.rawValue), "at": .string(now.rfc3339), "bytes": .integer(made.manifest.size)],
            folder: folder)
        if !noted { say("convenant: no daemon answers, so the log and `convenant doctor` do not know of this copy") }
    }
}
