import ArgumentParser
import Casework
import Console
import Crypto
import Exchange
import Foundation
import Logging
import Metrics
import PartnerTrust
import PolicyFiles
import Sealing
import SignOn
import Storage
import Wire

/// The one place where living things meet.
enum Assembly {
    /// Opens the desk of a folder whose lock is held.
    /// - Parameters:
    ///   - policies: what it decides by; what the settings name unless said.
    ///   - simulated: whether the folder is a demonstration's; a served folder never is.
    ///   - metrics: where it counts its work; nowhere unless said.
    static func desk(
        _ lock: RunLock, settings: Settings, policies given: LoadedPolicies? = nil, world: World, simulated: Bool,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) async throws -> ReferralDesk {
        let folder = lock.folder
        let revoked = try FolderMaking.renewRevocationList(folder, now: world.wall().millisecondsSince1970, keepingGood: true)
        let policies = try given ?? Self.policies(settings, allowingFictitious: simulated)
        do {
            let desk = try await ReferralDesk.open(
                lock, municipality: settings.municipality, policies: policies, world: world,
                settings: DeskSettings(
                    scryptCost: settings.scryptCost, secondFactor: settings.secondFactor, privateHosts: settings.privateHosts,
                    partnersURL: settings.partnersURL),
                secrets: try secrets(folder),
                trust: try CertificateChecker(try FolderMaking.anchors(folder)), simulated: simulated, metrics: metrics)
            if let revoked { try await desk.noteRevocations(revoked) }
            return desk
        } catch let fault as StoreFault { throw failure(fault) } catch is DeskRefusal {
            throw fail("the revocations were not recorded (hint: look at the disk and its room)", Exit.passing)
        }
    }

    /// The pages for people, which the staff listener serves beside the API.
    static func pages(_ desk: ReferralDesk, settings: Settings, world: World, provider: IdentityProvider?) -> PageResponder {
        servePages(desk: desk, settings: PageSettings(bodyLimit: settings.bodyLimit, random: world.random, provider: provider))
    }

    /// The municipality's OpenID provider, where there is one.
    static func provider(_ settings: Settings, world: World, logger: Logger) throws -> IdentityProvider? {
        guard let provider = settings.provider else { return nil }
        do { return try IdentityProvider(provider, now: { world.wall().millisecondsSince1970 }, logger: logger) } catch {
            throw fail("the setting `provider.roots` names no certificates (hint: a PEM file)", Exit.configuration)
        }
    }

    /// The policies that the settings name.
    static func policies(_ settings: Settings, allowingFictitious: Bool) throws -> LoadedPolicies {
        let folder = try settings.policies
        guard FileManager.default.fileExists(atPath: folder) else {
            throw fail(
                "the folder of policies `\(folder)` is missing (hint: put it there, or name it in the setting `policies` or in "
                    + "CONVENANT_POLICIES)", Exit.configuration)
        }
        do {
            return try loadPolicies(folder: folder, pack: settings.pack, allowingFictitious: allowingFictitious)
        } catch {
            throw fail(error.faults.map(\.description).joined(separator: "\n"), Exit.configuration)
        }
    }

    /// Takes the lock of a folder; 73 when another process has it.
    static func lock(_ folder: DataFolder) throws -> RunLock {
        do { return try RunLock(folder) } catch { throw failure(error, in: folder) }
    }

    /// The same for a daemon that starts: a command that found none holds the lock for a moment, so it waits up to ten seconds.
    static func awaitLock(_ folder: DataFolder) async throws -> RunLock {
        let start = ContinuousClock.now
        var isTold = false
        while true {
            do throws(StoreFault) { return try RunLock(folder) } catch {
                guard error == .inUse, ContinuousClock.now < start + .seconds(10) else { throw failure(error, in: folder) }
            }
            if !isTold, ContinuousClock.now > start + .seconds(2) {
                isTold = true
                say("convenant: \(holder(of: folder)) uses `\(folder.path)`; waiting ten seconds for it to end")
            }
            try await ContinuousClock().sleep(for: .milliseconds(50))
        }
    }

    /// What a fault of the store means on the command line.
    static func failure(_ fault: StoreFault, in folder: DataFolder) -> any Error {
        guard case .inUse = fault else { return failure(fault) }
        return fail("\(holder(of: folder)) uses `\(folder.path)` (hint: stop it, or wait until it has ended)", Exit.inUse)
    }

    /// The same of a folder that nobody else may be using.
    static func failure(_ fault: StoreFault) -> any Error { fail(fault.description, Exit.code(of: fault)) }

    private static func holder(of folder: DataFolder) -> String { folder.lockHolder.map { "process \($0)" } ?? "another process" }

    static func secrets(_ folder: DataFolder) throws -> DeskSecrets {
        func read(_ path: String) throws -> Data {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw fail(
                    "`\(path)` is missing (hint: `convenant init` makes it; else restore it from where secrets are kept)",
                    Exit.configuration)
            }
            return data
        }
        do {
            return DeskSecrets(
                signing: try signingKeys(folder),
                tlsChain: try tlsChain(folder),
                logKey: try Curve25519.Signing.PrivateKey(rawRepresentation: try read(folder.checkpointKey)),
                staffHandleKey: SymmetricKey(data: try read(folder.staffHandleKey)))
        } catch let code as ExitCode { throw code } catch {
            throw fail("a secret in `\(folder.secrets)` cannot be used (hint: restore it from where secrets are kept)", Exit.configuration)
        }
    }

    /// The chain of the listeners' certificate, DER; empty where there is none yet.
    static func tlsChain(_ folder: DataFolder) throws -> [[UInt8]] {
        guard let pem = try readIfThere(folder.tlsChain) else { return [] }
        do { return try certificatesDER(pem: pem) } catch {
            throw fail("`\(folder.tlsChain)` cannot be used: \(error) (hint: certificates in PEM, leaf first)", Exit.configuration)
        }
    }
}
