import ArgumentParser
import Foundation
import JOSE
import PartnerKit
import PartnerTrust
import StrictJSON

/// `convenant open`
struct Open: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Opens a sealed message on standard input and prints its payload.",
        discussion: "Example: convenant open --key enc.jwk --sender exchange-jwks.json --trust roots.pem < message.jose")
    @Option(help: ArgumentHelp("Your private encryption key, a JWK.", valueName: "file")) var key: String
    @Option(help: ArgumentHelp("The sender's public keys, a JWK Set.", valueName: "file")) var sender: String
    @Option(help: ArgumentHelp("The roots that the sender's certificates must lead to, PEM.", valueName: "file")) var trust: String

    func run() async throws {
        let now = systemMilliseconds()
        do {
            let secret = try ownKey()
            let keys = try trustedKeys(now: now)
            let sealed = [UInt8](FileHandle.standardInput.readDataToEndOfFile()).filter { $0 != UInt8(ascii: "\n") }
            print(String(decoding: try SealedOpener.openSigned(sealed, encKey: secret, senderKeys: keys).payload, as: UTF8.self))
        } catch let error as JOSEError {
            throw fail(
                "the message is refused: \(error.code) (hint: it must be sealed to this key and signed by this sender)", Exit.refused)
        }
    }

    /// The key that opens what was sealed to it.
    private func ownKey() throws -> AgreementPrivateKey {
        let bytes = try readInput(key, what: "the key")
        do { return try AgreementPrivateKey.parse(bytes) } catch {
            let why = error == .malformed ? "is not a JWK" : "is not a private encryption key: \(error.code)"
            throw fail("`\(key)` \(why) (hint: the file with the private `enc` key, such as enc.jwk)", Exit.refused)
        }
    }

    /// The sender's keys whose certificates lead to a root; a key without a certificate is not trusted.
    private func trustedKeys(now: Int64) throws -> [JWK] {
        guard let set = try? parseJSON(try readInput(sender, what: "the key set")), let items = set["keys"]?.arrayValue else {
            throw fail("`\(sender)` is not a JWK Set", Exit.badInput)
        }
        guard let all = try? items.map({ try JWK($0) }) else {
            throw fail("a key in `\(sender)` cannot be used (hint: public keys, as its /v1/jwks.json gives them)", Exit.refused)
        }
        let roots = try readInput(trust, what: "the roots")
        let keys = all.filter { certificateLeads($0.certificateChain, to: roots, for: .signing, now: now) != nil }
        guard !keys.isEmpty else { throw fail("no key in `\(sender)` has a certificate that leads to `\(trust)`", Exit.refused) }
        return keys
    }
}
