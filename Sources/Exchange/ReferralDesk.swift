import AuditTrail
import Casework
import Crypto
import Dispatch
import Disclosure
import Foundation
import Metrics
import PartnerTrust
import PolicyFiles
import Sealing
import Storage
import Synchronization

/// The municipality that runs the exchange, and answers for it.
public struct Municipality: Hashable, Sendable {
    public let oin: OrganisationNumber
    public let name: String
    public init(oin: OrganisationNumber, name: String) {
        self.oin = oin
        self.name = name
    }
}

/// What may be set about the desk's work.
public struct DeskSettings: Hashable, Sendable {
    /// scrypt's N for new passwords; not below 16,384.
    public let scryptCost: Int
    /// Working days of the partner's office hours within which a message must be received.
    public let retryDays: Int64
    /// Milliseconds that a session lasts.
    public let sessionLength: Int64
    /// Whether people must have a second factor.
    public let secondFactor: SecondFactorRule
    /// Milliseconds that somebody who broke the glass has a case open.
    public let breakGlassLength: Int64
    /// Where on this machine and in inner networks partners' endpoints may be.
    public let privateHosts: PrivateHosts
    /// Our address for partners, such as `https://exchange.example:8443`; nil when they are to know it by themselves.
    public let partnersURL: String?

    public init(
        scryptCost: Int = 1 << 15, retryDays: Int64 = 5, sessionLength: Int64 = 8 * 3_600_000,
        secondFactor: SecondFactorRule = .required, breakGlassLength: Int64 = 4 * 3_600_000, privateHosts: PrivateHosts = false,
        partnersURL: String? = nil
    ) {
        self.scryptCost = scryptCost
        self.retryDays = retryDays
        self.sessionLength = sessionLength
        self.secondFactor = secondFactor
        self.breakGlassLength = breakGlassLength
        self.privateHosts = privateHosts
        self.partnersURL = partnersURL
    }
}

/// The desk: every use case of the mission is one of its methods, in the folders beside this file.
///
/// A use case reads a snapshot, decides, minimises, seals and writes its log entries' bytes; then hands the store a body that writes all of it
/// in one commit, if what it stood on still holds. Answers come after the commit.
public final class ReferralDesk: Sendable {
    let store: Store
    let vault: KeyVault
    let world: World
    let municipality: Municipality
    let settings: DeskSettings
    let calendar = WorkingCalendar()
    /// The date of today in the Netherlands.
    public var today: CalendarDate { calendar.localDate(of: world.calendar()) }
    let trust: CertificateChecker
    let queueKey: SymmetricKey
    let signing: Mutex<SigningKeys>
    let tlsChain: [[UInt8]]
    let logKey: Curve25519.Signing.PrivateKey
    /// Keys of handles and look-ups, derived from keys that never leave the data folder.
    let staffHandleKey: SymmetricKey
    let bsnIndexKey: SymmetricKey
    let idempotencyKey: SymmetricKey
    let factorKeys: FactorKeys
    /// Hashes the codes of cards that are left at the door.
    let consentCardKey: SymmetricKey
    let policy: Mutex<PolicyInForce>
    let partnerKeys = Mutex<[KeyPlace: (jwks: [UInt8], keys: PartnerKeys)]>([:])
    let sessions = SessionCache()
    let unknownNames = UnknownNames()
    /// Rung after a commit that gave the courier work.
    public let bell = CourierBell()
    /// Rung after a commit that queued something for a partner that fetches.
    public let inboxBell = InboxBell()
    let figures: DeskFigures
    /// Partners that cannot be reached, as their lanes' rows say: so that a request of theirs costs a look-up and no read.
    let lanesDown = Mutex<Set<OrganisationNumber>>([])
    /// The messages that failed one after the other at an endpoint which answers, since it took one; see ``AnswerMeaning/series``.
    let failing = Mutex<[OrganisationNumber: Set<MessageID>]>([:])
    /// When recalls that are not finished were last tried, by the monotonic clock in nanoseconds.
    let recallsTried = Mutex<[UnfinishedRecall: UInt64]>([:])
    /// The machine's time of the last tidying, by which a clock that was set back is noticed.
    let tidiedAt = Mutex<Instant?>(nil)
    /// The time of which a restored folder knows nothing, until somebody has closed it: meanwhile nothing leaves.
    let restoredGap = Mutex<RestoredGap?>(nil)
    /// One password is hashed at a time, and no more than a few wait.
    let passwordQueue = DispatchQueue(label: "convenant.passwords")
    let passwordsWaiting = Atomic<Int>(0)

    init(
        store: Store, vault: KeyVault, world: World, municipality: Municipality, settings: DeskSettings, trust: CertificateChecker,
        secrets: DeskSecrets, instance: VaultKey, policy: PolicyInForce, metrics: any MetricsFactory
    ) {
        figures = DeskFigures(metrics)
        self.store = store
        self.vault = vault
        self.world = world
        self.municipality = municipality
        self.settings = settings
        self.trust = trust
        queueKey = instance.queue
        signing = Mutex(secrets.signingKeys)
        tlsChain = secrets.tlsChain
        logKey = secrets.logKey
        staffHandleKey = secrets.staffHandleKey
        bsnIndexKey = instance.derive("bsn-index")
        idempotencyKey = instance.derive("idempotency")
        factorKeys = FactorKeys(instance)
        consentCardKey = instance.derive("consent-card")
        self.policy = Mutex(policy)
    }

    /// The policy in force.
    var policyInForce: PolicyInForce { policy.withLock { $0 } }

    /// What the policy in force is known by, in lower-case hexadecimal.
    public var policyRevision: String { policyInForce.snapshot.revision }

    /// Whether a resident may be told that a no costs neither benefit, home nor help, as the pack in force has it; not where it does not say.
    public var letsRefuseFreely: Bool { policyInForce.loaded.pack.consentMode?.letsRefuseFreely ?? false }

    /// What people call an article, as the policy in force names its act.
    public func name(of article: LegalArticle) -> PlainText { policyInForce.snapshot.name(of: article) }
}

/// A policy and the number under which the store knows it.
struct PolicyInForce: Sendable {
    let loaded: LoadedPolicies
    let number: Int64
    var snapshot: PolicySnapshot { loaded.snapshot }
}

/// The secrets that the desk works with, read from the data folder.
public struct DeskSecrets: Sendable {
    /// Without one of the NL GOV profile nothing is sealed in that profile.
    public let signingKeys: SigningKeys
    /// The chain of the listeners' certificate, leaf first, DER: only its end is looked at.
    public let tlsChain: [[UInt8]]
    public let logKey: Curve25519.Signing.PrivateKey
    public let staffHandleKey: SymmetricKey

    public init(
        signing signingKeys: SigningKeys, tlsChain: [[UInt8]] = [], logKey: Curve25519.Signing.PrivateKey, staffHandleKey: SymmetricKey
    ) {
        self.signingKeys = signingKeys
        self.tlsChain = tlsChain
        self.logKey = logKey
        self.staffHandleKey = staffHandleKey
    }
}
