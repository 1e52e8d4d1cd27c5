import ArgumentParser
import Casework
import Exchange
import Foundation
import Storage

/// `convenant init`
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a data folder: keys, an authority of the municipality's own, and the listeners' certificate.",
        discussion:
            "Example: convenant init --data /var/lib/convenant --oin 00000099000000001000 --name \"Gemeente Voorbeeld\" --host exchange.example"
    )
    @OptionGroup var folder: FolderOption
    @Option(help: ArgumentHelp("The municipality's number (OIN, 20 digits).", valueName: "oin")) var oin: String
    @Option(help: ArgumentHelp("The municipality's name.", valueName: "name")) var name: String
    @Option(help: ArgumentHelp("Host names of the listeners.", valueName: "host")) var host: [String] = ["localhost"]
    @Option(help: ArgumentHelp("IP addresses of the listeners.", valueName: "address")) var address: [String] = ["127.0.0.1"]
    @Option(help: ArgumentHelp("The folder of covenants and packs.", valueName: "dir")) var policies: String?

    func run() async throws {
        guard let number = OrganisationNumber(oin) else { throw fail("`\(oin)` is not an OIN (hint: 20 digits)", ExitCode(64)) }
        let folder = folder.folder
        try FolderMaking.make(
            folder, municipality: Municipality(oin: number, name: name), hosts: host, addresses: address, policies: policies,
            now: World.system().wall().millisecondsSince1970)
        print("made \(folder.path)")
        say("next: convenant staff add desk-1 --role contactPoint --data \(folder.path), then convenant serve --data \(folder.path)")
    }
}
