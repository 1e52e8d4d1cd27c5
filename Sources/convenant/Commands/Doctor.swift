import ArgumentParser
import Casework
import Exchange
import Foundation
import PartnerTrust
import PolicyFiles
import Storage
import StrictJSON

/// `convenant doctor`
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks whether a data folder can be served, now and in the coming weeks; ends with 1 when something is wrong.",
        discussion: """
            Example: convenant doctor --data /var/lib/convenant

            Beside a running daemon it asks that one. --full reads the whole log; else its newest checkpoint is compared.
            """)
    @OptionGroup var folder: FolderOption
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "Check every entry of the log.") var full = false

    func run() async throws {
        let folder = folder.folder
        var look = Examination(now: World.system().wall().millisecondsSince1970)
        look.at("folder and modes") {
            try folder.check()
            return .ok
        }
        look.at("databases") {
            try folder.checkDatabase()
            let (data, keys) = (
                FileManager.default.fileExists(atPath: folder.database), FileManager.default.fileExists(atPath: folder.keys)
            )
            guard data else { return .good("none yet; `convenant serve` makes them") }
            return keys ? .ok : .fail("`\(folder.keys)` is missing", "put it back, or `convenant restore` both from copies")
        }
        look.at("disk space") { try Self.room(folder) }
        let settings = try Settings(folder: folder)
        look.at("policies") {
            let policies = try settings.policies
            let report = checkPolicies(folder: policies)
            return report.faults.isEmpty ? .ok : .fail("\(report.faults.count) faults", "`convenant policy check \(policies)`")
        }
        look.at("covenants") { try Self.signatures(folder, settings) }
        look.at("pack \(settings.pack)") {
            let loaded = try Assembly.policies(settings, allowingFictitious: Assembly.isSimulated(folder))
            let open = loaded.openQuestions.filter(\.stopsWork)
            return try open.isEmpty
                ? .ok
                : .fail(
                    "undecided: \(open.map(\.key).joined(separator: ", "))",
                    "`convenant policy explain \(settings.policies) --pack \(settings.pack)`")
        }
        let tls = { try FileManager.default.contents(atPath: folder.tlsChain).flatMap { try certificatesDER(pem: [UInt8]($0)).first } }
        let signing = { try Assembly.signingKeys(folder).all.first { $0.state == .current }?.chain.first }
        for (name, path, leaf, hint) in [
            ("TLS certificate", folder.tlsChain, tls, "renew it, certs/README.md"),
            ("signing certificate", folder.signingCertificate, signing, "`convenant keys rotate --signing`"),
        ] {
            look.at(name) { [now = look.now] in
                guard let end = try leaf().flatMap(notAfter) else {
                    return .fail("there is none for the key, as in `\(path)`", "certs/README.md says how it is made")
                }
                return .until(end, from: now, warnBelow: 30, hint)
            }
        }
        look.at("TLS key and certificate") {
            try Assembly.tls(folder).check()
            return .ok
        }
        look.at("revocation lists") { [now = look.now] in
            _ = try FolderMaking.authority(folder)
            let anchors = try FolderMaking.anchors(folder)
            _ = try CertificateChecker(anchors)
            guard let end = anchors.firstListEnd else { return .fail("there is none", "without a list every certificate is refused") }
            return .until(end, from: now, warnBelow: 2, "put a newer one into trust/lists, then reload")
        }
        await look.atData(folder, full: full)
        try look.report(asJSON: json)
    }

    /// Whether all parties have signed, and whether what stands as our signature was made by a key of ours.
    private static func signatures(_ folder: DataFolder, _ settings: Settings) throws -> Finding {
        let policies = try settings.policies
        let signatures = checkPolicies(folder: policies).signatures
        let missing = signatures.count { if case .signed = $0.state { false } else { true } }
        if missing > 0 {
            return .warn(
                "\(missing) of \(signatures.count) signatures missing", "`convenant policy check \(policies)` tells whose")
        }
        let ours = try Set(Assembly.signingKeys(folder).all.map(\.key.kid))
        let foreign = signatures.filter { $0.oin == settings.municipality.oin }.count {
            if case .signed(_, _, let kid) = $0.state { !ours.contains(kid) } else { false }
        }
        return foreign == 0
            ? .good("\(signatures.count) signatures")
            : .warn(
                "\(foreign) of our signatures by keys that are not ours now", "sign them by the key of this folder, unless it was rotated")
    }

    /// Room for as much again as the database has, and for a day's work.
    private static func room(_ folder: DataFolder) throws -> Finding {
        let values = try FileManager.default.attributesOfFileSystem(forPath: folder.path)
        let free = (values[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
        let used = (try? FileManager.default.attributesOfItem(atPath: folder.database)[.size] as? NSNumber)?.int64Value ?? 0
        let text = "\(free >> 20) MiB free"
        if free < 256 << 20 { return .fail(text, "make room: a full disk refuses everything") }
        return free < max(1 << 30, used) ? .warn(text, "the database has \(used >> 20) MiB") : .good(text)
    }
}
