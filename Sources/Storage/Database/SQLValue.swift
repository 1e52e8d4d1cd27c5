import Casework

/// One of the four things SQLite stores in a STRICT table of ours.
///
/// The closed set through which values reach SQL, so that another driver can come under the same records.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    /// The 16 bytes of an id, or NULL.
    public static func of<Kind>(_ id: Identifier<Kind>?) -> SQLValue { id.map { .blob($0.bytes) } ?? .null }
    /// Milliseconds since 1970, or NULL.
    public static func of(_ instant: Instant?) -> SQLValue { instant.map { .integer($0.millisecondsSince1970) } ?? .null }
    /// An integer, or NULL.
    public static func of(_ integer: Int64?) -> SQLValue { integer.map { .integer($0) } ?? .null }
    /// An integer, or NULL.
    public static func of(_ integer: Int?) -> SQLValue { integer.map { .integer(Int64($0)) } ?? .null }
    /// 1 or 0, or NULL.
    public static func of(_ flag: Bool?) -> SQLValue { flag.map { .integer($0 ? 1 : 0) } ?? .null }
    /// Text, or NULL.
    public static func of(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
    /// Bytes, or NULL.
    public static func of(_ bytes: [UInt8]?) -> SQLValue { bytes.map { .blob($0) } ?? .null }
    /// The 20 digits of an organisation's number, or NULL.
    public static func of(_ organisation: OrganisationNumber?) -> SQLValue { organisation.map { .text($0.description) } ?? .null }
    /// The raw text of a closed list's member, or NULL.
    public static func of<Member: RawRepresentable>(_ member: Member?) -> SQLValue where Member.RawValue == String {
        member.map { .text($0.rawValue) } ?? .null
    }
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral, ExpressibleByBooleanLiteral {
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .integer(value ? 1 : 0) }
}
