import Logging
import Metrics

/// What the courier needs besides the desk.
public struct CourierSettings: Sendable {
    /// Who we are towards partners: the listeners' certificate, which counts for clients too.
    public let tls: ServerTLS
    /// The roots to which partners' certificates must lead, PEM; read again when trust changes.
    public let roots: @Sendable () throws -> [UInt8]
    /// How many messages may be under way to one partner at once.
    public let perPartner: Int
    /// Seconds that a message and its answer may take.
    public let patience: Int64
    /// Nanoseconds since an arbitrary start, for pauses: `World.monotonic`.
    public let monotonic: @Sendable () -> UInt64
    /// The addresses to which a host's name leads.
    var resolve: @Sendable (String) async -> [HostAddress] = resolveBySystem
    /// This many bytes that nobody can guess, for traces' spans: `World.random`.
    public let random: @Sendable (Int) -> [UInt8]
    /// Where figures go.
    public let metrics: any MetricsFactory
    /// Where lines about lanes go: numbers of organisations and codes.
    public let logger: Logger

    /// Settings from their parts.
    public init(
        tls: ServerTLS, roots: @escaping @Sendable () throws -> [UInt8], perPartner: Int = 48, patience: Int64 = 30,
        monotonic: @escaping @Sendable () -> UInt64, random: @escaping @Sendable (Int) -> [UInt8], metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.tls = tls
        self.roots = roots
        self.perPartner = perPartner
        self.patience = patience
        self.monotonic = monotonic
        self.random = random
        self.metrics = metrics
        self.logger = logger
    }
}
