/// The `typ` and `cty` of Convenant's objects: media types without `application/` (RFC 7515 §4.1.9).
public enum MessageType {
    /// A sealed message, version 1: the outer JWE.
    public static let sealed = "convenant+jwe"
    /// The same in the NL GOV profile, which prescribes it; what it is, `cty` says there.
    public static let sealedNLGov = "JWE"
    /// The `typ` of what is sealed to this key.
    public static func sealed(to key: JWK) -> String { key.kind == .rsa ? sealedNLGov : sealed }
    /// A sealed message, version 1: the JWS inside, and what the JWE's `cty` says.
    public static let signed = "convenant+jws"
    /// A receipt, version 1.
    public static let receipt = "convenant-receipt+jws"
}
