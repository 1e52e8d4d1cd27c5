import Casework

/// One row of a result, read by column name; it stays valid after the transaction.
///
/// Every accessor throws ``StoreFault/corrupt(_:)`` when the column is missing or holds another type: our own SQL asked for it, so a
/// mismatch is a fault of ours or of the file, never of the input.
public struct SQLRow: Sendable {
    private let columns: [String]
    private let values: [SQLValue]

    init(columns: [String], values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// The value as it is stored.
    public func value(_ column: String) throws(StoreFault) -> SQLValue {
        guard let index = columns.firstIndex(of: column) else { throw .corrupt("column `\(column)` is not in the result") }
        return values[index]
    }

    /// An integer that may be NULL.
    public func integerOrNil(_ column: String) throws(StoreFault) -> Int64? {
        switch try value(column) {
        case .integer(let integer): integer
        case .null: nil
        default: throw .corrupt("column `\(column)` does not hold an integer")
        }
    }

    /// Text that may be NULL.
    public func textOrNil(_ column: String) throws(StoreFault) -> String? {
        switch try value(column) {
        case .text(let text): text
        case .null: nil
        default: throw .corrupt("column `\(column)` does not hold text")
        }
    }

    /// Bytes that may be NULL.
    public func blobOrNil(_ column: String) throws(StoreFault) -> [UInt8]? {
        switch try value(column) {
        case .blob(let bytes): bytes
        case .null: nil
        default: throw .corrupt("column `\(column)` does not hold bytes")
        }
    }

    /// An id that may be NULL.
    public func identifierOrNil<Kind>(_ column: String, of kind: Identifier<Kind>.Type = Identifier<Kind>.self) throws(StoreFault)
        -> Identifier<Kind>?
    {
        guard let bytes = try blobOrNil(column) else { return nil }
        guard let id = Identifier<Kind>(bytes: bytes) else { throw .corrupt("column `\(column)` does not hold an id") }
        return id
    }

    /// An instant that may be NULL.
    public func instantOrNil(_ column: String) throws(StoreFault) -> Instant? {
        try integerOrNil(column).map(Instant.init(millisecondsSince1970:))
    }

    /// A flag that may be NULL; every integer but 0 and 1 is a fault.
    public func flagOrNil(_ column: String) throws(StoreFault) -> Bool? {
        switch try integerOrNil(column) {
        case 0: false
        case 1: true
        case nil: nil
        default: throw .corrupt("column `\(column)` does not hold 0 or 1")
        }
    }

    /// A member of a closed list that may be NULL.
    public func memberOrNil<Member: RawRepresentable>(_ column: String, of list: Member.Type = Member.self) throws(StoreFault) -> Member?
    where Member.RawValue == String {
        guard let text = try textOrNil(column) else { return nil }
        guard let member = Member(rawValue: text) else { throw .corrupt("column `\(column)` holds a word outside its list") }
        return member
    }

    /// Words with a space between each two, that may be NULL. Split as bytes: a `Character` is looked for with all that Unicode may join to it.
    public func wordsOrNil(_ column: String) throws(StoreFault) -> [String]? {
        try textOrNil(column)?.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
    }

    /// An organisation's number that may be NULL.
    public func organisationOrNil(_ column: String) throws(StoreFault) -> OrganisationNumber? {
        guard let text = try textOrNil(column) else { return nil }
        guard let number = OrganisationNumber(text) else { throw .corrupt("column `\(column)` does not hold an OIN") }
        return number
    }
}

extension SQLRow {
    /// An integer.
    public func integer(_ column: String) throws(StoreFault) -> Int64 { try present(integerOrNil(column), column) }
    /// Text.
    public func text(_ column: String) throws(StoreFault) -> String { try present(textOrNil(column), column) }
    /// Words with a space between each two.
    public func words(_ column: String) throws(StoreFault) -> [String] { try present(wordsOrNil(column), column) }
    /// Bytes.
    public func blob(_ column: String) throws(StoreFault) -> [UInt8] { try present(blobOrNil(column), column) }
    /// An id.
    public func identifier<Kind>(_ column: String, of kind: Identifier<Kind>.Type = Identifier<Kind>.self) throws(StoreFault) -> Identifier<
        Kind
    > {
        try present(identifierOrNil(column), column)
    }
    /// An instant.
    public func instant(_ column: String) throws(StoreFault) -> Instant { try present(instantOrNil(column), column) }
    /// A flag.
    public func flag(_ column: String) throws(StoreFault) -> Bool { try present(flagOrNil(column), column) }
    /// A member of a closed list.
    public func member<Member: RawRepresentable>(_ column: String, of list: Member.Type = Member.self) throws(StoreFault) -> Member
    where Member.RawValue == String {
        try present(memberOrNil(column), column)
    }
    /// An organisation's number.
    public func organisation(_ column: String) throws(StoreFault) -> OrganisationNumber { try present(organisationOrNil(column), column) }

    private func present<Value>(_ value: Value?, _ column: String) throws(StoreFault) -> Value {
        guard let value else { throw .corrupt("column `\(column)` is empty") }
        return value
    }
}
