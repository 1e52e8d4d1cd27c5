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
    ///   - simulated: whether the folder is a demonstration's; a served folder never is.
    ///   - metrics: where it counts its work; nowhere unless said.
    static func desk(
        _ lock: RunLock, settings: Settings, world: World, simulated: Bool, metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) async throws -> ReferralDesk {
        let folder = lock.folder
        try FolderMaking.renewRevocationList(folder, now: world.wall().millisecondsSince1970)
        let policies = try policies(settings, allowingFictitious: simulated)
        do {
            return try await ReferralDesk.open(
                lock, municipality: settings.municipality, policies: policies, world: world,
                settings: DeskSettings(
                    scryptCost: settings.scryptCost, secondFactor: settings.secondFactor, privateHosts: settings.privateHosts,
                    partnersURL: settings.partnersURL),
                secrets: try secrets(folder),
                trust: try CertificateChecker(try FolderMaking.anchors(folder)), simulated: simulated, metrics: metrics)
        } catch let fault as StoreFault { throw failure(fault) }
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
        do {
            return try loadPolicies(folder: settings.policies, pack: settings.pack, allowingFictitious: allowingFictitious)
        } catch {
            throw fail(error.faults.map(\.description).joined(separator: "\n"), Exit.configuration)
        }
    }

    /// Takes the lock of a folder; 73 when another process has it.
    static func lock(_ folder: DataFolder) throws -> RunLock {
        do { return try RunLock(folder) } catch { throw failure(error) }
    }

    /// The same for a daemon that starts: a command that found none holds the lock for a moment, so it waits up to ten seconds.
    static func awaitLock(_ folder: DataFolder) async throws -> RunLock {
        let end = ContinuousClock.now + .seconds(10)
        while true {
            do throws(StoreFault) { return try RunLock(folder) } catch {
                guard error == .inUse, ContinuousClock.now < end else { throw failure(error) }
            }
            try await ContinuousClock().sleep(for: .milliseconds(50))
        }
    }

    /// What a fault of the store means on the command line.
    static func failure(_ fault: StoreFault) -> any Error {
        if case .inUse = fault { return fail("another process uses the data folder", Exit.inUse) }
        return fail(fault.description, Exit.configuration)
    }

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
                tlsChain: (try? certificatesDER(pem: [UInt8](FileManager.default.contents(atPath: folder.tlsChain) ?? Data()))) ?? [],
                logKey: try Curve25519.Signing.PrivateKey(rawRepresentation: try read(folder.checkpointKey)),
                staffHandleKey: SymmetricKey(data: try read(folder.staffHandleKey)))
        } catch let code as ExitCode { throw code } catch {
            throw fail("a secret in `\(folder.secrets)` cannot be used (hint: restore it from where secrets are kept)", Exit.configuration)
        }
    }
}
