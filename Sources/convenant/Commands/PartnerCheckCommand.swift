import ArgumentParser
import Foundation
import JOSE
import PartnerKit
import PartnerTrust

extension Partner {
    /// `convenant partner check`
    struct Check: AsyncParsableCommand {
        enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, html }

        static let configuration = CommandConfiguration(
            abstract: "Sends test messages, good and bad, to a partner's endpoint and reports which it handles rightly.",
            discussion: """
                Example: convenant partner check --prepare --dir ./check
                         convenant partner check https://partner.example:8443/ --dir ./check --certificate tls-chain.pem --keys jwks.json

                --prepare makes a sender of its own with a test number; the partner takes up exchange-roots.pem and exchange-jwks.json of that
                folder in its acceptance environment, and nowhere else. No folder of an exchange or of a partner is taken in its place.

                Exit codes: 0 every test was seen to go right, 1 it was not, 69 the endpoint does not answer.
                """)
        @Argument(help: ArgumentHelp("The partner's endpoint.", valueName: "url")) var endpoint: String?
        @Option(help: ArgumentHelp("The folder of the test sender.", valueName: "dir")) var dir: String
        @Flag(help: "Make that folder, and end.") var prepare = false
        @Option(help: ArgumentHelp("With --prepare: the test sender's number (OIN); begins with 00000099.", valueName: "oin"))
        var oin = "00000099000000009990"
        @Option(help: ArgumentHelp("The partner's TLS certificate, PEM, leaf first.", valueName: "file")) var certificate: String?
        @Option(help: ArgumentHelp("The partner's JWK Set, as for `partner add`.", valueName: "file")) var keys: String?
        @Option(help: "text, json or html.") var format = Format.text
        @Option(help: ArgumentHelp("Who has it done: an organisation or a role.", valueName: "text")) var by: String?
        @Option(help: ArgumentHelp("The partner's system: its name, version and environment.", valueName: "text")) var system: String?

        func validate() throws {
            if prepare { return }
            guard let endpoint, URL(string: endpoint)?.scheme == "https", certificate != nil, keys != nil else {
                throw ValidationError("a check needs the https address of the endpoint, --certificate and --keys (hint: or --prepare)")
            }
        }

        func run() async throws {
            let folder = PartnerFolder(dir)
            do {
                if prepare {
                    try make(folder)
                    print("made \(dir): the partner takes up its exchange-roots.pem and exchange-jwks.json, and \(oin) as the exchange")
                    return
                }
                let report = try await checkPartner(
                    try partner(), by: try TestSender(folder: folder, now: systemMilliseconds()),
                    about: .init(version: ConvenantCommand.configuration.version, performedBy: by, system: system))
                switch format {
                case .text: print(report.text, terminator: "")
                case .json: print(report.json.canonicalText)
                case .html: print(report.html, terminator: "")
                }
                if !report.isRight { throw Exit.refused }
            } catch let fault as PartnerFault {
                if case .unreachable(let why) = fault { throw fail("`\(endpoint ?? "")` does not answer: \(why)", Exit.unreachable) }
                if case .missing(let file) = fault {
                    throw fail("`\(file)` cannot be read (hint: --prepare makes a folder with all that a check needs)", Exit.badInput)
                }
                throw fail(fault.description, Exit.badInput)
            }
        }

        private func make(_ folder: PartnerFolder) throws {
            guard !FileManager.default.fileExists(atPath: dir) else {
                throw fail("`\(dir)` exists already (hint: --prepare makes a folder, and replaces none)", Exit.badInput)
            }
            do throws(PartnerFault) { try TestSender.make(in: folder, oin: oin, now: systemMilliseconds()) } catch {
                guard error.code == "not-a-test-number" else { throw error }
                throw fail("--oin `\(oin)` is not a test number (hint: 20 digits that begin with 00000099)", Exit.badInput)
            }
        }

        private func partner() throws -> CheckedPartner {
            let pem = try readInput(certificate ?? "", what: "the certificate")
            guard let leaf = try? certificatesDER(pem: pem).first, let oin = subjectOIN(leaf) else {
                throw fail("`\(certificate ?? "")` is not a certificate with an organisation number (hint: PEM, leaf first)", Exit.badInput)
            }
            let set = try readInput(keys ?? "", what: "the key set")
            do {
                return CheckedPartner(oin: oin, certificate: leaf, keys: try JWKSet.parse(set), endpoint: endpoint ?? "")
            } catch {
                throw fail("`\(keys ?? "")` is not a partner's key set: \(error.code) (hint: one `sig` and one `enc` key)", Exit.badInput)
            }
        }
    }
}
