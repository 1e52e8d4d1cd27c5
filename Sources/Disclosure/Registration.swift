/// What the persons' register (BRP) says of somebody that bears on sharing; what nobody said counts as none of it, since most addresses are not
/// secret. Dutch: indicatie geheim, overlijden.
public struct Registration: Hashable, Sendable {
    /// The secrecy indicator (BRP 07.70.10): 0 none, 1 to 7 bar giving the address.
    public let secrecyIndicator: Int
    /// Whether the person has died.
    public let deceased: Bool
    /// Whether the indicator bars giving the address.
    public var isSecret: Bool { secrecyIndicator > 0 }

    /// What is said; nil where nobody said it.
    /// - Parameter secrecyIndicator: 0 to 7.
    public init(secrecyIndicator: Int? = nil, deceased: Bool? = nil) {
        self.secrecyIndicator = secrecyIndicator ?? 0
        self.deceased = deceased ?? false
    }

    /// The more protective of the two, of each what it says.
    public func joined(with other: Registration) -> Registration {
        Registration(
            secrecyIndicator: max(secrecyIndicator, other.secrecyIndicator), deceased: deceased || other.deceased)
    }
}
