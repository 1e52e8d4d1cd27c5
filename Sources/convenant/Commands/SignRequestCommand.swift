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
            let subject: CertificateSubject
            do { subject = try CertificateSubject(oin: number.description, commonName: name, organisation: name) } catch {
                throw fail("--name cannot stand in a certificate (hint: one line of 1 to 64 characters)", Exit.badInput)
            }
            let file = try newFile()
            do {
                let issued = try issue(subject, in: folder)
                // First: a certificate that nobody recorded would be one that nobody revokes.
                _ = try await DeskCommands.run(
                    "certificate.issued",
                    ["oin": .string(number.description), "use": .string(use.rawValue), "serial": .string(issued.serial)], folder: folder)
                do { try file.write(contentsOf: Data(issued.pem)) } catch {
                    throw fail(
                        "`\(out)` cannot be written, and certificate \(issued.serial) is lost (hint: check the disk's room)", Exit.refused)
                }
                print("\(number) \(use.rawValue) \(issued.serial)")
            } catch {
                unlink(out)
                throw error
            }
        }

        /// The file for the certificate, made empty before anything is signed: a certificate that cannot be kept is not given.
        private func newFile() throws -> FileHandle {
            let descriptor = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else {
                let hint = errno == EEXIST ? "an existing file is not replaced" : "check the folder and its mode"
                throw fail("`\(out)` cannot be written (hint: \(hint))", Exit.refused)
            }
            return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        }

        private func issue(_ subject: CertificateSubject, in folder: DataFolder) throws -> IssuedCertificate {
            do {
                guard let authority = try FolderMaking.authority(folder) else {
                    throw fail(
                        "`\(folder.authorityKey)` is missing (hint: sign the request where the authority's key is)", Exit.badInput)
                }
                let now = World.system().wall().millisecondsSince1970
                return try authority.issue(
                    subject, for: certificateUse, key: .request(try readInput(request, what: "the request")),
                    from: FolderMaking.validFrom(now),
                    until: now + Int64(days) * 86_400_000)
            } catch TrustError.invalidName {
                // The subject is sound: what is left are the host names.
                throw fail(
                    "--host `\(host.joined(separator: "`, `"))` cannot stand in a certificate (hint: letters, digits, hyphens and dots)",
                    Exit.badInput)
            } catch let fault as TrustError {
                throw fail(
                    "no certificate is given: \(fault) (hint: P-256, or RSA from 3072 bits; `openssl req -verify` looks at it)",
                    Exit.badInput)
            }
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
