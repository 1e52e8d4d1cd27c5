/// The municipality's OpenID provider, and what Convenant is to it.
public struct ProviderSettings: Hashable, Sendable {
    /// The provider's issuer identifier (OpenID Connect Discovery 1.0 §3): an https address, compared letter for letter.
    public let issuer: String
    /// As whom Convenant is registered there.
    public let clientID: String
    /// The secret of that registration; nil for a public client, which proves itself by PKCE alone.
    public let clientSecret: String?
    /// Where the staff listener is reached from outside, `https://host:port` without a path. The registered redirect address is this with
    /// ``IdentityProvider/returnPath``.
    public let ownAddress: String
    /// The values of `acr` that stand for a second factor; empty when the provider is not asked for one.
    public let levels: [String]
    /// The roots of the provider's TLS certificate, PEM; nil for those of the machine.
    public let roots: [UInt8]?

    /// Settings from their parts.
    public init(
        issuer: String, clientID: String, clientSecret: String?, ownAddress: String, levels: [String] = [], roots: [UInt8]? = nil
    ) {
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.ownAddress = ownAddress
        self.levels = levels
        self.roots = roots
    }
}
