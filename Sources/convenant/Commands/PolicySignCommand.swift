import ArgumentParser
import Casework
import Exchange
import PolicyFiles

extension Policy {
    /// `convenant policy sign`
    struct Sign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Signs a covenant for one of its parties; without all signatures nothing flows between them.",
            discussion: """
                Example: convenant policy sign policies/covenants/den-haag-care.yaml --as 00000099000000003000 --key sign.pem --function directeur

                Writes the signature (detached JWS over the file's bytes; ES256, or PS256 by an RSA key) beside the file and the public key into
                keys/OIN.json; nothing is written that would not load. A folder instead of a file signs every covenant to which the
                organisation is a party. The other parties compare the key's name that is printed with the one you tell them.
                """)
        @Argument(help: "A covenant's file, or the folder of policies.") var path: String
        @Option(name: .customLong("as"), help: ArgumentHelp("The party's number.", valueName: "oin")) var oin: String
        @Option(help: ArgumentHelp("Its private signing key, PEM.", valueName: "file")) var key: String
        @Option(help: ArgumentHelp("The function in which it is signed; no person's name.", valueName: "function")) var function =
            "directeur"

        func run() async throws {
            guard let number = OrganisationNumber(oin) else { throw fail("`\(oin)` is not an OIN (hint: 20 digits)", Exit.usage) }
            let pem = String(decoding: try readInput(key, what: "the key"), as: UTF8.self)
            let report: SigningReport
            do throws(PolicyFaults) {
                report = try signCovenants(at: path, as: number, function: function, pem: pem, now: World.system().wall())
            } catch { throw fail(error.description, Exit.badInput) }
            for covenant in report.covenants { print("signed \(covenant) for \(number), key \(report.kid)") }
            if let file = report.keysFile {
                say("added the public key to \(file): the other parties compare its name before they trust it")
            }
        }
    }
}
