/// Why nobody was signed in by way of the provider. No text of the provider's stands in it.
public enum SignOnFault: Error, Hashable, Sendable {
    /// The provider does not answer, or not with 200.
    case unreachable(what: String)
    /// What it answered is not what OpenID Connect says; `member` is the part that is wrong.
    case unusable(member: String)
    /// The visitor did not come back as they were sent: another browser, an old page, or nobody that was sent.
    case notBegun
    /// The provider says that it signed nobody in; its code when that is one of RFC 6749 or OpenID Connect.
    case declined(code: String)

    /// A stable name, for the log.
    public var code: String {
        switch self {
        case .unreachable(let what): "provider-unreachable: \(what)"
        case .unusable(let member): "provider-unusable: \(member)"
        case .notBegun: "sign-on-not-begun"
        case .declined(let code): "provider-declined: \(code)"
        }
    }
}
