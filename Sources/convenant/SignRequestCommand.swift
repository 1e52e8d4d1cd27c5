import ArgumentParser
import Casework
import Exchange
import Foundation
import PartnerTrust
import Storage
import StrictJSON

extension Partner {
    /// `convenant partner sign-request`
    struct SignRequest: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a party without PKIoverheid a certificate of the municipality's authority, over its own request.",
            discussion: """
                Example: convenant partner sign-request --request tls.csr --kvk 12345678 --name "Stichting Voorbeeld" --use tls --out tls-chain.pem

                Of the request only the public key is taken, once its signature has shown that the party holds the other half; the names are
                those given here. Look first who is asking: --kvk and --school form the number (OIN) that the party then is.
                """)

        /// What the key is for; no key serves two uses.
        enum Use: String, CaseIterable, ExpressibleByArgument { case tls, sig, enc }

        @OptionGroup var folder: FolderOption
        @Option(help: ArgumentHelp("The request, PKCS#10, PEM or DER.", valueName: "file")) var request: String
        @Option(help: ArgumentHelp("Its number in the trade register, 8 digits.", valueName: "number")) var kvk: String?
        @Option(help: ArgumentHelp("Its number as a school (BRIN), 4 characters.", valueName: "number")) var school: String?
        @Option(help: ArgumentHelp("Its OIN, where it has one.", valueName: "oin")) var oin: String?
        @Option(help: "Its name.") var name: String
        @Option(help: "What the key is for: tls, sig or enc.") var use: Use
        @Option(help: ArgumentHelp("Host names on which it receives, for tls.", valueName: "host")) var host: [String] = []
        @Option(help: "How many days it counts, at most 365.") var days = 365
        @Option(help: ArgumentHelp("Where the certificate goes.", valueName: "file")) var out: String

        func validate() throws {
            guard [kvk, school, oin].compactMap({ $0 }).count == 1 else {
                throw ValidationError("name the party by one of --kvk, --school and --oin")
            }
            guard 1...365 ~= days else { throw ValidationError("--days is 1 to 365") }
        }

        func run() async throws {
            let folder = folder.folder
            let number =
                kvk.map { OrganisationNumber(tradeRegister: $0) } ?? school.map { OrganisationNumber(school: $0) }
                ?? oin.flatMap { OrganisationNumber($0) }
            guard let number else {
                throw fail("this is not a party's number (hint: KVK 8 digits, BRIN 4 characters, OIN 20)", Exit.badInput)
            }
            let issued: IssuedCertificate
            do {
                let authority = try CertificateAuthority(
                    certificatePEM: try readInput(folder.trustRoots, what: "the authority's certificate"),
                    privateKeyPEM: try readInput(folder.authorityKey, what: "the authority's key"))
                let now = World.system().wall().millisecondsSince1970
                issued = try authority.issue(
                    CertificateSubject(oin: number.description, commonName: name, organisation: name), for: certificateUse,
                    key: .request(try readInput(request, what: "the request")), from: now - 3_600_000,
                    until: now + Int64(days) * 86_400_000)
            } catch let fault as TrustError {
                throw fail(
                    "no certificate is given: \(fault) (hint: P-256, or RSA from 3072 bits; `openssl req -verify` looks at it)",
                    Exit.badInput)
            }
            // First: a certificate that nobody recorded would be one that nobody revokes.
            _ = try await DeskCommands.run(
                "certificate.issued",
                ["oin": .string(number.description), "use": .string(use.rawValue), "serial": .string(issued.serial)], folder: folder)
            do { try Data(issued.pem).write(to: URL(filePath: out), options: .withoutOverwriting) } catch {
                throw fail("`\(out)` cannot be written (hint: an existing file is not replaced)", Exit.refused)
            }
            print("\(number) \(use.rawValue) \(issued.serial)")
        }

        private var certificateUse: CertificateUse {
            switch use {
            case .tls: .tls(hosts: host, addresses: [])
            case .sig: .signing
            case .enc: .encryption
            }
        }
    }
}
