import ArgumentParser

/// Runs the program with the arguments of the process, and ends the process when they were wrong, something failed, or not all that was printed
/// could be written.
public func runConvenant() async {
    do {
        var command = try await ConvenantCommand.asyncParseAsRoot()
        if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
    } catch let asked where ConvenantCommand.exitCode(for: asked).isSuccess {
        print(ConvenantCommand.fullMessage(for: asked))
    } catch { ConvenantCommand.exit(withError: error) }
    if !isOutputWhole { ConvenantCommand.exit(withError: Exit.outputLost) }
}

/// The one executable.
struct ConvenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convenant",
        abstract: "A privacy-aware referral exchange: forwards a referral only where covenant and consent allow it.",
        discussion: """
            Try it, with fictitious people on this machine:
              convenant demo --once

            Run it:
              convenant init --data /var/lib/convenant --oin 00000099000000001000 --name "Gemeente Voorbeeld"
              convenant serve --data /var/lib/convenant

            Exit codes: 0 done, 1 refused or failed verification, 64 usage, 65 bad input file, 69 daemon unreachable, 73 data folder in use,
            74 output that could not be written, 75 a fault that may pass (disk, address), 78 configuration.
            """,
        version: "1.0.0",
        subcommands: [
            Init.self, Serve.self, Demo.self, Partner.self, Staff.self, Desk.self, Report.self, Log.self, Policy.self, Open.self,
            Queue.self, Keys.self, Erase.self, Backup.self, Restore.self, Resume.self, Doctor.self,
        ])
}
