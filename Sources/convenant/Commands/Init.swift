import ArgumentParser
import Casework
import Exchange
import Foundation
import PartnerTrust
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
        guard let number = OrganisationNumber(oin) else { throw fail("`\(oin)` is not an OIN (hint: 20 digits)", Exit.usage) }
        let folder = folder.folder
        let now = World.system().wall().millisecondsSince1970
        try demandNames(of: number, now: now)
        try FolderMaking.make(
            folder, municipality: Municipality(oin: number, name: name), hosts: host, addresses: address, policies: try wholePolicies(),
            now: now)
        print("made \(folder.path)")
        say("next: convenant staff add desk-1 --role contactPoint --data \(folder.path), then convenant serve --data \(folder.path)")
    }

    /// The path of the policies from the root: the settings name them for commands that run elsewhere.
    private func wholePolicies() throws -> String? {
        guard let policies else { return nil }
        let path = URL(fileURLWithPath: policies).standardizedFileURL.path
        guard FileManager.default.fileExists(atPath: path + "/packs") else {
            throw fail("--policies `\(policies)` holds no `packs` (hint: name the folder of covenants and packs)", Exit.usage)
        }
        return path
    }

    /// Tries whether every name can stand in a certificate, before anything is made.
    private func demandNames(of number: OrganisationNumber, now: Int64) throws {
        let until = now + FolderMaking.year
        // The authority is named after the municipality: of 64 characters ten are its own.
        guard
            let authority = try? CertificateAuthority.makeRoot(
                commonName: "\(name) authority", organisation: name, from: now, until: until),
            let subject = try? CertificateSubject(oin: number.description, commonName: name, organisation: name)
        else { throw fail("--name cannot stand in a certificate (hint: one line of 1 to 54 characters)", Exit.usage) }
        func isSound(_ use: CertificateUse) -> Bool {
            (try? authority.issue(subject, for: use, key: .generated, from: now, until: until)) != nil
        }
        for one in host where !isSound(.tls(hosts: [one], addresses: [])) {
            throw fail("--host `\(one)` cannot stand in a certificate (hint: letters, digits, hyphens and dots)", Exit.usage)
        }
        for one in address where !isSound(.tls(hosts: [], addresses: [one])) {
            throw fail("--address `\(one)` cannot stand in a certificate (hint: an IP address, such as 192.0.2.1)", Exit.usage)
        }
    }
}
