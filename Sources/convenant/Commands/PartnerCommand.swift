import ArgumentParser
import Foundation
import PartnerKit
import StrictJSON
import Synchronization

/// `convenant partner`
struct Partner: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Partner systems: registering them, and running one without a system.",
        subcommands: [Add.self, Rotate.self, Remove.self, List.self, SignRequest.self, Run.self, Acknowledge.self, Check.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Registers a partner's TLS certificate and its signing and encryption keys.",
            discussion:
                "Example: convenant partner add --oin 00000099000000002000 --name \"Schuldhulp\" --certificate tls.pem --keys jwks.json")
        @OptionGroup var folder: FolderOption
        @Option(help: ArgumentHelp("The partner's number (OIN).", valueName: "oin")) var oin: String
        @Option(help: "Its name.") var name: String
        @Option(help: ArgumentHelp("Its TLS certificate, PEM, leaf first.", valueName: "file")) var certificate: String
        @Option(help: ArgumentHelp("Its JWK Set: one `sig` and one `enc` key, each with x5c.", valueName: "file")) var keys: String
        @Option(help: ArgumentHelp("Where it receives, when it does not pull.", valueName: "url")) var endpoint: String?
        @Option(help: ArgumentHelp("Where it is told that something waits, when it pulls (CloudEvents).", valueName: "url"))
        var events: String?
        @Option(help: ArgumentHelp("The number of the role that answers for its tasks, for the call list.", valueName: "number"))
        var telephone: String?
        @Option(help: ArgumentHelp("The role that has a mandate there; not a person's name.", valueName: "role")) var mandatedRole: String?

        func run() async throws {
            var arguments: JSONObject = [
                "oin": .string(oin), "name": .string(name),
                "certificate": .string(String(decoding: try readInput(certificate, what: "the certificate"), as: UTF8.self)),
                "keys": .string(String(decoding: try readInput(keys, what: "the key set"), as: UTF8.self)),
            ]
            if let endpoint { arguments["endpoint"] = .string(endpoint) }
            if let events { arguments["events"] = .string(events) }
            if let telephone { arguments["telephone"] = .string(telephone) }
            if let mandatedRole { arguments["mandatedRole"] = .string(mandatedRole) }
            _ = try await DeskCommands.run("partner.add", arguments, folder: folder.folder)
            print("registered \(oin)")
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Registers a partner's new certificate or keys beside those of before, which count until the end of a day.",
            discussion: """
                Example: convenant partner rotate --oin 00000099000000002000 --keys jwks.json --until 2026-12-31

                New messages are sealed to the new `enc` key at once. What others may know is replaced by `partner add`, without an overlap.
                """)
        @OptionGroup var folder: FolderOption
        @Option(help: ArgumentHelp("The partner's number (OIN).", valueName: "oin")) var oin: String
        @Option(help: ArgumentHelp("Its new TLS certificate, PEM, leaf first.", valueName: "file")) var certificate: String?
        @Option(help: ArgumentHelp("Its new JWK Set: one `sig` and one `enc` key, each with x5c.", valueName: "file")) var keys: String?
        @Option(help: ArgumentHelp("The last day on which what it had before counts.", valueName: "date")) var until: String

        func run() async throws {
            var arguments: JSONObject = ["oin": .string(oin), "until": .string(until)]
            for (name, path) in [("certificate", certificate), ("keys", keys)] {
                guard let path else { continue }
                arguments[name] = .string(String(decoding: try readInput(path, what: "the \(name)"), as: UTF8.self))
            }
            let rotated = try await DeskCommands.run("partner.rotate", arguments, folder: folder.folder)
            print("registered \(oin), both until \(rotated["until"]?.stringValue ?? "")")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a partner, as when its covenant has ended: its certificate lets nobody in any more.",
            discussion: """
                Example: convenant partner remove --oin 00000099000000002000 --end-messages

                While messages are under way it is refused, unless --end-messages ends them (reason partnerGone). Notices of a recall or an erasure are
                not ended: they become delivery faults, so that the desk tells the partner in another way. What was shared stays readable under
                the partner's name, its open tasks stay with the desk, and `partner add` puts it back.
                """)
        @OptionGroup var folder: FolderOption
        @Option(help: ArgumentHelp("The partner's number (OIN).", valueName: "oin")) var oin: String
        @Flag(help: "End the messages that are under way to it.") var endMessages = false

        func run() async throws {
            let done = try await DeskCommands.run(
                "partner.remove", ["oin": .string(oin), "endMessages": .bool(endMessages)], folder: folder.folder)
            for message in (done["ended"]?.arrayValue ?? []).compactMap(\.stringValue) { print("ended \(message)") }
            print("removed \(oin)")
            let open = done["openTasks"]?.integerValue ?? 0
            if open > 0 { say("convenant: \(open) of its tasks are open; they stay on the desk's lists") }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the partners.", discussion: "Example: convenant partner list")
        @OptionGroup var folder: FolderOption

        func run() async throws {
            let items = try await DeskCommands.run("partner.list", [:], folder: folder.folder)["items"]?.arrayValue ?? []
            let overlap = ["formerCertificateUntil", "formerKeysUntil"].filter { name in items.contains { $0[name] != nil } }
            printTable(["oin", "name", "certificate"] + overlap, items)
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Pulls, or is sent, opens and answers messages as a partner without a system of its own.",
            discussion: """
                Example: convenant partner run --dir ./partner --exchange https://exchange.example:8443 --accept
                         convenant partner run --dir ./partner --exchange https://exchange.example:8443 --page

                --page prints an address for the browser on this machine, with which people read and answer. --file-into is for another node:
                every referral becomes a signal at its desk, with an account of the role intermediary in the name of the sending organisation;
                the folder then also holds desk-password and desk-roots.pem.
                """)
        @Option(help: ArgumentHelp("The partner's folder with its keys.", valueName: "dir")) var dir: String
        @Option(help: ArgumentHelp("The exchange's address for partners.", valueName: "url")) var exchange: String
        @Option(help: "Seconds between two looks; at least 1.") var every = 5
        @Option(
            help: ArgumentHelp("Listen here for messages that the exchange pushes; port 0 lets the system choose.", valueName: "host:port"))
        var listen: String?
        @Flag(help: "Let people read and answer in a browser on this machine; recalls wait for their answer.") var page = false
        @Option(help: "With --page: its port; without this or with 0 the system chooses.") var pagePort: Int?
        @Option(help: ArgumentHelp("File every referral at the desk of this node.", valueName: "url")) var fileInto: String?
        @Option(help: ArgumentHelp("With --file-into: the account to file with.", valueName: "name")) var account: String?
        @Option(
            help: ArgumentHelp(
                "The role of the workers who read here: nothing is opened before it has acknowledged the covenant.", valueName: "role"))
        var role: String?
        @Flag(help: "Look once and end.") var once = false
        @Flag(help: "Accept every task that is received, also of referrals that an earlier run opened.") var accept = false

        func validate() throws {
            guard every >= 1 else { throw ValidationError("--every is at least 1 second (hint: leave it out for 5)") }
            guard page || pagePort == nil else { throw ValidationError("--page-port is the page's (hint: add --page)") }
            guard !page || !once else {
                throw ValidationError("--page is there as long as the program runs (hint: leave --once out, or --page)")
            }
            guard (fileInto == nil) == (account == nil) else { throw ValidationError("--file-into and --account go together") }
            guard role.map(Acknowledgements.isRole) ?? true else {
                throw ValidationError(
                    "a role is one camelCase word (hint: as the covenant names it under `workers`, such as debtCounsellor)")
            }
            guard !accept || (!page && fileInto == nil) else {
                throw ValidationError("with --page or --file-into people accept (hint: leave --accept out)")
            }
        }

        func run() async throws {
            guard let url = URL(string: exchange), url.scheme == "https" else {
                throw fail("`\(exchange)` is not an https address (hint: https://host:port)", Exit.usage)
            }
            do {
                let identity = try PartnerIdentity(folder: PartnerFolder(dir))
                let isQuiet = Mutex(true)
                let sound = try await runPartner(
                    identity: identity, exchange: url, everySeconds: every, once: once,
                    listen: try listen.map { try address($0) }, page: try page ? address("127.0.0.1:\(pagePort ?? 0)") : nil, role: role,
                    filing: try fileInto.map { text throws(PartnerFault) in
                        try DeskFiling(identity: identity, desk: text, account: account ?? "")
                    }, acceptTasks: accept,
                    onLine: { line in
                        isQuiet.withLock { $0 = false }
                        print(line)
                    })
                if !sound { throw Exit.refused }
                if once, isQuiet.withLock({ $0 }) { say("convenant: nothing waits") }
            } catch let fault as PartnerFault {
                throw fail(words(fault), ["unreachable", "unanswered"].contains(fault.code) ? Exit.unreachable : Exit.badInput)
            }
        }

        private func address(_ text: String) throws -> EndpointAddress {
            do { return try EndpointAddress(text) } catch {
                throw fail(
                    "`\(text)` is not an address to listen at (hint: write host:port, such as 0.0.0.0:8445; a port is at most 65535)",
                    Exit.badInput)
            }
        }

        /// What is wrong; the files that only --file-into needs are not among those that every partner has.
        private func words(_ fault: PartnerFault) -> String {
            guard case .missing(let file) = fault, fileInto != nil else { return fault.description }
            if file.hasSuffix("/desk-password") {
                return "`\(file)` cannot be read (hint: it holds the password that `convenant staff add \(account ?? "ACCOUNT") "
                    + "--role intermediary --organisation OIN --system` prints at that desk)"
            }
            if file.hasSuffix("/desk-roots.pem") {
                return "`\(file)` cannot be read (hint: a copy of trust/roots.pem of that desk's data folder)"
            }
            return fault.description
        }
    }
}
