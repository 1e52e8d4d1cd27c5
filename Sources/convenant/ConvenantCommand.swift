import ArgumentParser

/// Runs the program with the arguments of the process, and ends the process when they were wrong or something failed.
public func runConvenant() async { await ConvenantCommand.main() }

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
            78 configuration.
            """,
        version: "1.0.0",
        subcommands: [
            Init.self, Serve.self, Demo.self, Partner.self, Staff.self, Desk.self, Report.self, Log.self, Policy.self, Open.self,
            Queue.self, Keys.self, Erase.self, Backup.self, Restore.self, Resume.self, Doctor.self,
        ])
}
