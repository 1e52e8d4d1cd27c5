import ArgumentParser
import Exchange
import Foundation
import PartnerTrust
import PolicyFiles
import Storage

/// `convenant doctor`
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks whether a data folder can be served: modes, certificates, policies, log.",
        discussion: "Example: convenant doctor --data /var/lib/convenant")
    @OptionGroup var folder: FolderOption

    func run() async throws {
        let folder = folder.folder
        var findings: [(name: String, fault: String?)] = []
        func look(_ name: String, _ check: () throws -> String?) {
            do { findings.append((name, try check())) } catch let fault as StoreFault {
                findings.append((name, fault.description))
            } catch let code as ExitCode {
                findings.append((name, "see above (\(code.rawValue))"))
            } catch { findings.append((name, "\(error)")) }
        }
        look("folder and modes") {
            try folder.check()
            return nil
        }
        let settings = try Settings(folder: folder)
        look("policies") {
            let report = checkPolicies(folder: settings.policies)
            return report.faults.isEmpty ? nil : "\(report.faults.count) faults (hint: `convenant policy check`)"
        }
        look("pack \(settings.pack)") {
            let loaded = try Assembly.policies(settings, allowingFictitious: Assembly.isSimulated(folder))
            let open = loaded.openQuestions.filter(\.stopsWork)
            return open.isEmpty ? nil : "undecided: \(open.map(\.key).joined(separator: ", ")) (hint: `convenant policy explain`)"
        }
        let now = World.system().wall().millisecondsSince1970
        for (name, path) in [("TLS certificate", folder.tlsChain), ("signing certificate", folder.signingCertificate)] {
            look(name) {
                guard let pem = FileManager.default.contents(atPath: path), let leaf = try certificatesDER(pem: [UInt8](pem)).first,
                    let end = notAfter(leaf)
                else { return "`\(path)` is missing" }
                let days = (end - now) / 86_400_000
                return days < 30 ? "\(days) days left (hint: renew it, certs/README.md)" : nil
            }
        }
        look("roots and revocation lists") {
            _ = try CertificateChecker(try FolderMaking.anchors(folder))
            return nil
        }
        if FileManager.default.fileExists(atPath: folder.database) {
            look("log") {
                let verdict = try LogVerdict.of(folder)
                return verdict.isIntact ? nil : verdict.text
            }
        }
        let width = findings.map(\.name.count).max() ?? 0
        for finding in findings { print("\(finding.name.padding(to: width))  \(finding.fault ?? "ok")") }
        if findings.contains(where: { $0.fault != nil }) { throw Exit.refused }
    }
}
