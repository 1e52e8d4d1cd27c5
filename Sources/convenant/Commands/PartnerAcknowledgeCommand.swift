import ArgumentParser
import Foundation
import JOSE
import PartnerKit

extension Partner {
    /// `convenant partner acknowledge`
    struct Acknowledge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Records that a role of this partner's workers knows a covenant, or lists which roles do.",
            discussion: """
                Example: convenant partner acknowledge --dir ./partner --covenant den-haag-debt-help --version 1 --role debtCounsellor
                         convenant partner acknowledge --dir ./partner

                Read the covenant first. `partner run --role` opens nothing for a role that has not acknowledged its version; what waits opens at its
                next look, and each receipt states the role and the version. On the page (`partner run --page --role`) the same is a button.
                """)
        @Option(help: ArgumentHelp("The partner's folder with its keys.", valueName: "dir")) var dir: String
        @Option(help: ArgumentHelp("The covenant's id.", valueName: "id")) var covenant: String?
        @Option(name: .customLong("version"), help: ArgumentHelp("The covenant's version.", valueName: "n")) var covenantVersion: Int64?
        @Option(help: ArgumentHelp("The role, as the covenant names it.", valueName: "role")) var role: String?

        func validate() throws {
            let given = [covenant != nil, covenantVersion != nil, role != nil]
            guard given.allSatisfy(\.self) || !given.contains(true) else {
                throw ValidationError("--covenant, --version and --role go together (hint: leave all three out to list)")
            }
        }

        func run() throws {
            do throws(PartnerFault) {
                let known = try Acknowledgements(folder: PartnerFolder(dir))
                if let covenant, let covenantVersion, let role { try known.acknowledge(covenant, version: covenantVersion, by: role) }
                for one in known.all() {
                    print("\(one.covenant) version \(one.version): \(one.role), since \(WireInstant.text(one.at).prefix(10))")
                }
            } catch { throw fail(error.description, Exit.badInput) }
        }
    }
}
